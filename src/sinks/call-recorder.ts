import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { TrunkflowError } from '../core/errors';
import type { DiagnosisEvent } from '../core/events';
import type { AudioInfo, CallHappening, CallInfo } from '../core/messages';
import type { Counters } from '../core/stage';
import { type CallArchive, openArchive } from './archive/call-archive';
import { conventionalCall } from './conventional-call';
import { openEncoder } from './encode/thread';
import type { Files } from './files';
import { NotRecorded } from './not-recorded';
import { RecentCalls } from './recent-calls';
import { type NotKept, RecorderDiagnosis } from './recorder-diagnosis';
import { type GivenOptions, type RecorderOptions, recorderOptions } from './recorder-options';
import { RecorderTroubles } from './recorder-troubles';
import { Recording } from './recording';
import { recordingPath } from './recording-names';
import { partialName, recoverRecordings } from './recover';
import { Retention } from './retention';
import { type FinishedRecording, PARTIAL_FOLDER, partialPath, Shelf } from './shelf';
import { type AudioMessage, needSpeech } from './speech';
import { storageError } from './storage-error';
import { Turns } from './turns';

/** What a recorder tells. */
export interface RecorderSink {
  recorded?(recording: FinishedRecording): void;
  /** Writing failed: told once for a trouble, not for every block. The recorder goes on trying. */
  error?(error: TrunkflowError): void;
  /** Why nothing is recorded, or that calls are again: once for each change. */
  diagnosis?(event: DiagnosisEvent): void;
}

/** A gap in the audio of a channel without calls (ms of stream time) that makes another file. */
const CONVENTIONAL_GAP = 1500;
/** After a file could not be created: time until the next attempt, ms of stream time. */
const RETRY = 1000;
const MAX_OPEN = 256;
/** Messages that may wait for the disk: about a minute of many calls. */
const MAX_WAITING = 4000;

/** Unfinished recordings of this process, by path: a recorder must not take those of another one for leftovers. */
const inUse = new Set<string>();
let recordings = 0;

/**
 * Writes each call to a file with a sidecar. While a call lasts it is a WAV file in `<dir>/.partial`; when the call is
 * over it gets its format and is renamed, so that what has its final name is complete. What a crash leaves is finished
 * at the next start.
 */
export class CallRecorder {
  private readonly options: RecorderOptions;
  private readonly open = new Map<string, Recording>();
  private readonly turns: Turns;
  private readonly shelf: Shelf;
  private readonly opened?: { archive: CallArchive; close(): Promise<void> };
  private readonly encoder?: ReturnType<typeof openEncoder>;
  private readonly notRecorded: NotRecorded;
  /** In place of the log. */
  private readonly recent?: RecentCalls;
  private readonly retention?: Retention;
  private readonly count: Counters = {
    recorded: 0,
    recovered: 0,
    too_short: 0,
    encrypted: 0,
    not_wanted: 0,
    no_audio: 0,
    not_encoded: 0,
    lost_blocks: 0,
    errors: 0,
  };
  private readonly diagnosis = new RecorderDiagnosis();
  private waiting = 0;
  /** A recording could not be finished. */
  private unfinished = false;
  private conventionalCalls = 0;
  private readonly troubles: RecorderTroubles;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    options: GivenOptions,
    private readonly sink: RecorderSink = {},
    private readonly files: Files = nodeFiles,
  ) {
    const { name, ...read } = recorderOptions(options);
    this.options = read;
    const { dir, format, bitrate, loudness, log } = read;
    if (log) this.opened = openArchive(dir, files);
    const { archive } = this;
    this.troubles = new RecorderTroubles(this.count, (error) => this.sink.error?.(error));
    const failed = (error: unknown) => this.troubles.failed(storageError(error, dir));
    if (archive) this.retention = new Retention(archive, read, failed);
    else this.recent = new RecentCalls();
    this.notRecorded = new NotRecorded(archive ?? this.recent!, failed, undefined, (call, reason) => {
      if (reason !== 'no_audio') return;
      this.count.no_audio++;
      this.became(call, 'no_audio');
    });
    if (format !== 'wav' || loudness !== undefined) this.encoder = openEncoder();
    const tools = {
      files,
      archive,
      encoder: this.encoder?.thread,
      trouble: (error: TrunkflowError) => this.troubles.notEncoded(error),
    };
    this.shelf = new Shelf({ dir, name, format, bitrate, loudness }, tools);
    this.turns = new Turns(this.recover());
  }

  /** The log of calls; undefined when none is kept. */
  get archive(): CallArchive | undefined {
    return this.opened?.archive;
  }

  /** Calls recorded now. */
  get recording(): number {
    return this.open.size;
  }

  counters(): Counters {
    return { ...this.count, recording: this.open.size };
  }

  /**
   * Takes audio; resolves when it is written, so a caller that awaits it is held to the disk's speed. Trouble with the
   * disk goes to the sink, not to the caller.
   * @throws TrunkflowError 'wrong-port' or 'bad-message' (as a rejection) for what is not speech
   */
  async write(message: AudioMessage): Promise<void> {
    needSpeech(message);
    const { rate, stream } = message.info;
    if (!(Number.isInteger(rate) && rate > 0 && rate <= 768_000) || message.payload.length % 2 !== 0) {
      throw new TrunkflowError('bad-message', 'Unusable audio message', {
        expected: 'whole 16-bit samples at a whole rate',
        got: `${message.payload.length} bytes at ${rate} samples/s`,
        status: 'bad message',
      });
    }
    if (this.waiting >= MAX_WAITING && !message.info.end) {
      this.count.lost_blocks++;
      this.troubles.failed(tooSlow(this.options.dir));
      return;
    }
    this.waiting++;
    try {
      await this.turns.take(stream, () => this.take(message));
    } finally {
      this.waiting--;
    }
  }

  /** Takes what a call follower tells of a call: of each that is not recorded it is known why. */
  told(event: CallHappening, call: CallInfo): void {
    if (event === 'not_followed' && call.reason === 'encrypted') this.became(call, 'encrypted');
    this.notRecorded.told(event, call);
  }

  /** What keeps it from writing now; undefined when all is well. */
  get trouble(): TrunkflowError | undefined {
    return this.troubles.disk;
  }

  /** Why recordings are kept as WAV instead of the wanted format; undefined when all is well. */
  get encoderTrouble(): TrunkflowError | undefined {
    return this.troubles.encoder;
  }

  /** Why none of the latest calls was recorded; null while calls are. */
  get problem(): RecorderDiagnosis['problem'] {
    return this.diagnosis.problem;
  }

  /** Finishes every recording, also of calls that never ended. */
  async close(): Promise<void> {
    const streams = new Set([...(await this.turns.waiting()), ...this.open.keys()]);
    await Promise.all([...streams].map((stream) => this.turns.take(stream, () => this.finish(stream))));
    await this.notRecorded.close();
    await this.retention?.close();
    await this.opened?.close();
    await this.encoder?.close();
  }

  private async take({ payload, info }: AudioMessage): Promise<void> {
    const { stream, call, end } = info;
    const before = this.open.get(stream);
    if (before && this.isOver(before, info, payload.length > 0)) await this.finish(stream);
    if (call && (call.encrypted || (call.record === false && !this.open.has(stream)))) {
      await this.leaveOut(info, call);
      return;
    }
    const wanted = payload.length > 0 && (call !== undefined || this.options.conventional);
    const recording = this.open.get(stream) ?? (wanted ? await this.begin(info, before) : undefined);
    if (!recording) return;
    recording.heard(info, payload.length / 2 / info.rate);
    if (wanted) await this.append(recording, payload, info);
    // A channel without calls says with an empty message that its squelch has closed.
    if (end || (!call && payload.length === 0)) await this.finish(stream);
  }

  /** A call that is not to be recorded, or no longer. */
  private async leaveOut(info: AudioInfo, call: CallInfo): Promise<void> {
    this.open.get(info.stream)?.heard(info, 0);
    await this.finish(info.stream);
    if (!info.end) return;
    if (!call.encrypted) this.count.not_wanted++;
    this.became(call, call.encrypted ? 'encrypted' : 'not_wanted');
    this.notRecorded.add(call, call.encrypted ? 'encrypted' : 'not_wanted', call.length);
  }

  /** True when what comes belongs into another file. */
  private isOver(recording: Recording, info: AudioInfo, sounds: boolean): boolean {
    const { maxLength, split } = this.options;
    if (recording.length >= maxLength) return sounds;
    if (info.call && info.call.id !== recording.call.id) return true;
    if (sounds && split === 'transmission' && recording.endsBefore(info)) return true;
    if (info.call) return false;
    return info.time - recording.end >= CONVENTIONAL_GAP;
  }

  /** @param before the recording of the same stream that was finished for this one */
  private async begin(info: AudioInfo, before: Recording | undefined): Promise<Recording | undefined> {
    const call = info.call ?? this.conventionalCall(info);
    if (!info.call && call.record === false) return undefined;
    if (this.open.size >= MAX_OPEN) {
      const longest = this.open.keys().next().value!;
      await this.turns.take(longest, () => this.finish(longest));
    }
    const { dir, sidecar, split, pauses } = this.options;
    if (!info.call) this.conventionalCalls++;
    const base = recordingPath(call).split('/').at(-1)!;
    const name = partialName(++recordings, base);
    inUse.add(partialPath(dir, name));
    // The same call again: the file before it was full, or held the transmission before.
    const again = info.call && before?.call.id === call.id;
    const start = again ? Math.floor(info.time) : undefined;
    const part = again ? before.part + 1 : 1;
    const transmission = split === 'transmission';
    const recording = new Recording({ dir, name, files: this.files, sidecar, call, start, part, transmission, pauses });
    this.open.set(info.stream, recording);
    return recording;
  }

  /** The next call made of audio that belongs to none. */
  private conventionalCall(info: AudioInfo): CallInfo {
    const { conventionalName, describeConventional } = this.options;
    const call = conventionalCall(info, this.conventionalCalls + 1, conventionalName);
    return describeConventional?.(call) ?? call;
  }

  private async append(recording: Recording, payload: Buffer, info: AudioInfo): Promise<void> {
    if (info.time < recording.retryAt) {
      this.count.lost_blocks++;
      return;
    }
    try {
      await recording.append(payload, info);
      this.troubles.written();
    } catch (error) {
      this.count.lost_blocks++;
      recording.lost++;
      recording.retryAt = info.time + RETRY;
      this.troubles.failed(storageError(error, join(this.options.dir, PARTIAL_FOLDER)));
    }
  }

  /** Finishes what a crash, or trouble with the disk, left unfinished. */
  private recover(): Promise<void> {
    this.unfinished = false;
    return recoverRecordings(this.options.dir, inUse, this.files, this.shelf, {
      recorded: (recording) => {
        this.count.recovered++;
        this.sink.recorded?.(recording);
      },
      failed: (error) => this.troubles.failed(error),
    });
  }

  private async finish(stream: string): Promise<void> {
    const recording = this.open.get(stream);
    if (!recording) return;
    this.open.delete(stream);
    try {
      const finished = await recording.finish(this.options.minLength, this.shelf);
      if (finished) {
        this.count.recorded++;
        await this.recent?.add({ id: finished.call.id, recorded: true });
        this.became(finished.call, null);
        this.sink.recorded?.(finished);
        this.retention?.recorded();
        if (finished.format === this.options.format) this.troubles.encoded();
        if (this.unfinished) await this.recover();
      } else this.dropped(recording);
    } catch (error) {
      // It stays among the unfinished ones and is tried again when another could be finished, or at the next start.
      this.unfinished = true;
      this.troubles.failed(storageError(error, this.options.dir));
    } finally {
      inUse.delete(partialPath(this.options.dir, recording.name));
    }
  }

  /** A recording that was not kept. What is encrypted is logged when it ends. */
  private dropped({ call, length, lost }: Recording): void {
    if (length > 0) this.count[call.encrypted ? 'encrypted' : 'too_short']++;
    if (length > 0 && !call.encrypted) this.became(call, 'too_short');
    if (!call.encrypted && (length > 0 || lost > 0))
      this.notRecorded.add(call, length > 0 ? 'too_short' : 'not_written', length || call.length);
  }

  /** What became of a call. */
  private became({ stop_time_ms }: CallInfo, reason: NotKept | null): void {
    const event = this.diagnosis.observe(reason, stop_time_ms);
    if (event) this.sink.diagnosis?.(event);
  }
}

function tooSlow(dir: string): TrunkflowError {
  return new TrunkflowError('storage', `The disk does not keep up: ${dir}`, {
    hint: 'Choose a faster one; a network disk may have gone away',
    status: 'disk too slow',
  });
}
