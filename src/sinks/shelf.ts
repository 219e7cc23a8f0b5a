import { dirname, join, relative, sep } from 'node:path';
import { TrunkflowError } from '../core/errors';
import type { CallInfo } from '../core/messages';
import type { CallArchive } from './archive/call-archive';
import { tagsOf } from './encode/tags';
import type { EncoderThread } from './encode/thread';
import { type Files, makeFolder, removeFile, syncFolder } from './files';
import { FORMATS, type RecordingFormat } from './formats';
import { LoudnessHistory } from './loudness/history';
import type { NamePattern } from './name-pattern';
import { freePath } from './recording-names';
import { type RecordedSound, sidecar } from './sidecar';

/** Folder below the recordings' for files that are still written: same disk, so finishing them is a rename. */
export const PARTIAL_FOLDER = '.partial';

/** Path of an unfinished recording, without extension. */
export function partialPath(dir: string, name: string): string {
  return join(dir, PARTIAL_FOLDER, name);
}

/** Kept beside an unfinished recording, so that it can be finished after a crash. */
export interface Draft {
  call: CallInfo;
  sidecar: boolean;
  /** The run of the computer in which it is written, where that is known. */
  boot?: string;
  /** Which part of the call it holds, from 1: a transmission, or what fitted into a file. */
  part?: number;
  /** It holds one transmission. */
  transmission?: boolean;
  /** Set when the recording is complete and gets its place: what is in it, its id, its path without extension. */
  sound?: RecordedSound;
  id?: string;
  target?: string;
  format?: RecordingFormat;
}

export interface FinishedRecording {
  /** The call's id in the archive. */
  id: string;
  filename: string;
  format: RecordingFormat;
  /** Path of the JSON file; null when none is wanted. */
  json: string | null;
  /** What the JSON file says. */
  metadata: Record<string, unknown>;
  call: CallInfo;
  /** Seconds. */
  length: number;
  /** Which transmission of the call, from 1; absent when it is the whole call. */
  transmission?: number;
  /** Finished after a crash: the call's last figures may be missing. */
  recovered: boolean;
}

export interface ShelfOptions {
  dir: string;
  name: NamePattern;
  format: RecordingFormat;
  /** bit/s; absent: what is usual. */
  bitrate?: number;
  /** LUFS to which recordings are brought; absent: they stay as they are. */
  loudness?: number;
}

/** What a shelf works with. */
export interface ShelfTools {
  files: Files;
  archive?: CallArchive;
  /** Needed for anything but WAV as it is. */
  encoder?: EncoderThread;
  /** A recording could not be encoded, and is kept as WAV. */
  trouble(error: TrunkflowError): void;
}

/** Paths about to be used, so that no two recorders of this process choose the same. */
const chosen = new Set<string>();

/** Gives complete recordings their format, their final names, their sidecars and their entries in the archive. */
export class Shelf {
  private readonly usual = new LoudnessHistory();

  constructor(
    private readonly options: ShelfOptions,
    private readonly tools: ShelfTools,
  ) {}

  /**
   * Puts a complete recording from the folder of partial ones into its place. What a crash interrupts here is done
   * again, to the same end, by the next recover(). Rejects with the system's errors.
   * @param placed its file has its place already, as the draft says
   */
  async put(
    name: string,
    given: Draft,
    sound: RecordedSound,
    recovered = false,
    placed = false,
  ): Promise<FinishedRecording> {
    const { dir } = this.options;
    const { files, archive } = this.tools;
    const partial = partialPath(dir, name);
    const { call, part = 1 } = given;
    const draft = {
      ...given,
      sound,
      format: given.format ?? this.options.format,
      id: given.id ?? (archive ? await archive.freeId(call.id) : part > 1 ? `${call.id}_${part}` : call.id),
      target: given.target ?? (await freePath(dir, this.options.name(call), chosen, files)),
    };
    const path = join(dir, draft.target);
    try {
      await this.settle(partial, draft);
      const ready = placed ? undefined : await this.encode(partial, draft);
      const filename = path + FORMATS[draft.format].extension;
      const json = draft.sidecar ? `${path}.json` : null;
      const metadata = sidecar(call, sound);
      await makeFolder(dirname(filename), files);
      if (json) await files.writeFile(`${partial}.sidecar`, `${JSON.stringify(metadata, null, 2)}\n`, { flush: true });
      if (ready) await files.rename(ready, filename);
      if (json) await files.rename(`${partial}.sidecar`, json);
      const transmission = draft.transmission ? part : undefined;
      const { id, format } = draft;
      const finished = { id, filename, format, json, metadata, call, length: sound.length, transmission, recovered };
      if (archive) await this.file(archive, finished);
      for (const extension of ['.wav', '.json']) await removeFile(partial + extension, files);
      return finished;
    } finally {
      chosen.delete(path);
    }
  }

  /** Writes down what becomes of a recording, its id too: from here on it keeps that, whatever happens. */
  private async settle(partial: string, draft: Draft & { id: string }): Promise<void> {
    const { files, archive } = this.tools;
    try {
      await writeDraft(partial, draft, files);
    } catch (error) {
      archive?.release(draft.id);
      throw error;
    }
  }

  /** Makes the file that goes to the final place; gives its path. Sets the draft's format to what it became. */
  private async encode(partial: string, draft: Draft & { format: RecordingFormat }): Promise<string> {
    const { bitrate, loudness: target } = this.options;
    const { encoder, files, trouble } = this.tools;
    const source = `${partial}.wav`;
    if (!encoder || (draft.format === 'wav' && target === undefined)) return source;
    const { call, format } = draft;
    const talkgroup = `${call.sys_name}/${call.talkgroup}`;
    const starts = draft.sound!.parts.map(({ pos }) => pos);
    const loudness = target === undefined ? undefined : { target, usual: this.usual.get(talkgroup), starts };
    try {
      const job = { source, target: `${partial}.out`, format, bitrate, tags: tagsOf(call), loudness };
      const { loudness: before, speech } = await encoder.run(job);
      if (before !== undefined && speech !== undefined) this.usual.add(talkgroup, before, speech);
      return job.target;
    } catch (error) {
      await removeFile(`${partial}.out`, files);
      if (!(error instanceof TrunkflowError)) throw error; // the disk's, not the encoder's
      trouble(error);
      draft.format = 'wav';
      await writeDraft(partial, draft, files);
      return source;
    }
  }

  /** Puts it into the archive; then nothing of it is lost any more. */
  private async file(archive: CallArchive, { id, filename, json, call, format, length }: FinishedRecording) {
    const { dir } = this.options;
    const { files } = this.tools;
    await syncFolder(dirname(filename), files);
    let bytes = 0;
    for (const path of json ? [filename, json] : [filename]) bytes += (await files.stat(path)).size;
    const below = (path: string) => relative(dir, path).split(sep).join('/');
    const [file, sidecar] = [below(filename), json && below(json)];
    await archive.add({ id, call, file, sidecar, format, length, bytes, recorded: true });
  }
}

/** Flushed: after a power cut it is all that says what the file beside it is. */
export async function writeDraft(partial: string, draft: Draft, files: Files): Promise<void> {
  await files.writeFile(`${partial}.draft`, JSON.stringify(draft), { flush: true });
  await files.rename(`${partial}.draft`, `${partial}.json`);
}
