import { join } from 'node:path';
import type { AudioInfo, CallInfo, CallSource } from '../core/messages';
import { bootId } from './boot-id';
import { type Files, makeFolder, removeFile } from './files';
import { type Draft, type FinishedRecording, PARTIAL_FOLDER, partialPath, type Shelf, writeDraft } from './shelf';
import type { RecordedPart } from './sidecar';
import { WavWriter } from './wav-writer';

/** A gap in a call's audio that makes what follows another transmission, ms; shorter ones are lost frames. */
const TRANSMISSION_GAP = 400;
/** Pauses are kept up to this length, ms: times that jump make no endless files. */
const LONGEST_PAUSE = 30_000;

export interface RecordingOptions {
  dir: string;
  /** Name in the folder of unfinished files. */
  name: string;
  files: Files;
  sidecar: boolean;
  call: CallInfo;
  /** Where a part of a call that began in another file starts, stream ms. */
  start?: number;
  /** Which part of the call it is, from 1. */
  part: number;
  /** It is to hold one transmission. */
  transmission: boolean;
  /** Keep the pauses between transmissions, as silence. */
  pauses: boolean;
}

/** Everything one recording writes. Rejects with the system's errors; what was written before stays. */
export class Recording {
  call: CallInfo;
  /** End of the last audio, stream ms. */
  end: number;
  /** Stream time before which no further attempt to write is made, ms. */
  retryAt = Number.NEGATIVE_INFINITY;
  /** Seconds recorded. */
  length = 0;
  /** Blocks that could not be written. */
  lost = 0;
  readonly name: string;
  private readonly parts: RecordedPart[] = [];
  private readonly positions: number[] = [];
  /** Time between the end of the audio before and the latest, ms. */
  private pause = 0;
  private writer?: WavWriter;

  constructor(private readonly options: RecordingOptions) {
    this.name = options.name;
    this.call = this.own(options.call);
    this.end = this.call.start_time_ms;
  }

  /** What a message says of the call, `seconds` of audio long. */
  heard({ call, time, end }: AudioInfo, seconds: number): void {
    if (seconds > 0) {
      this.pause = time - this.end;
      this.end = time + seconds * 1000;
    }
    if (call) {
      this.call = this.own(call);
      return;
    }
    const { call: own } = this;
    own.length += seconds;
    own.stop_time_ms = Math.round(this.end);
    own.stop_time = Math.floor(this.end / 1000);
    if (end) own.state = 'ended';
  }

  get part(): number {
    return this.options.part;
  }

  /** True when a message's audio is of another transmission than the one before it. */
  endsBefore({ call, time }: AudioInfo): boolean {
    if (this.length === 0) return false;
    const { freq = 0, sources } = call ?? this.call;
    return time - this.end > TRANSMISSION_GAP || this.isOther(freq, this.ownSources(sources).length);
  }

  /** Appends a message's samples. */
  async append(samples: Buffer, info: AudioInfo): Promise<void> {
    const { dir, files } = this.options;
    if (!this.writer) {
      await makeFolder(join(dir, PARTIAL_FOLDER), files);
      await writeDraft(this.partial(''), this.draft(), files);
      this.writer = await WavWriter.create(this.partial('.wav'), info.rate, files);
    }
    const silence = this.options.pauses && this.length > 0 ? Math.min(LONGEST_PAUSE, this.pause) : 0;
    if (silence > 0) await this.writer.write(Buffer.alloc(2 * Math.round((silence * info.rate) / 1000)));
    const paused = this.pause > TRANSMISSION_GAP;
    this.pause = 0;
    const before = this.writer.seconds;
    await this.writer.write(samples);
    this.length = this.writer.seconds;
    this.locate(before, info, paused);
  }

  /** Moves the recording to its place; undefined when it is shorter than `least` seconds, and deleted. */
  async finish(least: number, shelf: Shelf): Promise<FinishedRecording | undefined> {
    const { writer, call, length, parts, positions, name } = this;
    await writer?.close();
    this.writer = undefined;
    if (length === 0 || length < least || call.encrypted) {
      for (const extension of ['.wav', '.json']) await removeFile(this.partial(extension), this.options.files);
      return undefined;
    }
    if (this.isPart) {
      const stop = Math.round(this.end);
      Object.assign(call, { length, stop_time_ms: stop, stop_time: Math.floor(stop / 1000) });
    }
    const reason = this.options.transmission ? 'transmission' : 'stream_end';
    if (call.state === 'active') Object.assign(call, { state: 'ended', reason });
    return shelf.put(name, this.draft(), { length, parts, positions });
  }

  /** Finds out where the transmissions stand in the file. */
  private locate(before: number, info: AudioInfo, paused: boolean): void {
    const { call, parts, positions } = this;
    const sources = call.sources.length;
    const begins = parts.length === 0 || paused || this.isOther(call.freq, sources);
    if (begins && parts.length < 1000) {
      parts.push({ freq: call.freq, time: info.time, pos: before, len: 0, error_count: 0, spike_count: 0 });
    }
    while (positions.length < sources) positions.push(before);
    const part = parts.at(-1)!;
    const earlier = parts.slice(0, -1);
    part.len = this.length - part.pos;
    part.error_count = Math.max(0, call.error_count - sum(earlier, 'error_count'));
    part.spike_count = Math.max(0, call.spike_count - sum(earlier, 'spike_count'));
  }

  /** True when audio on this frequency, of a call with so many sources, belongs to no transmission there was. */
  private isOther(freq: number, sources: number): boolean {
    return sources > this.positions.length || this.parts.at(-1)?.freq !== freq;
  }

  /** It holds a part of a call. */
  private get isPart(): boolean {
    return this.options.start !== undefined || this.options.transmission;
  }

  /** The call as this file has it. */
  private own(call: CallInfo): CallInfo {
    const { start, call: first } = this.options;
    if (start === undefined) return { ...call };
    return {
      ...call,
      start_time_ms: start,
      start_time: Math.floor(start / 1000),
      sources: this.ownSources(call.sources),
      error_count: call.error_count - first.error_count,
      spike_count: call.spike_count - first.spike_count,
    };
  }

  /** Of a call's sources those of this file: the one that was running when it began, and those after it. */
  private ownSources(sources: CallSource[]): CallSource[] {
    const { start, call: first } = this.options;
    return start === undefined ? sources : sources.slice(Math.max(0, first.sources.length - 1));
  }

  private draft(): Draft {
    const { sidecar, part, transmission } = this.options;
    return { call: this.call, sidecar, boot: bootId(), part, transmission };
  }

  private partial(extension: string): string {
    return partialPath(this.options.dir, this.name) + extension;
  }
}

function sum(parts: RecordedPart[], field: 'error_count' | 'spike_count'): number {
  return parts.reduce((total, part) => total + part[field], 0);
}
