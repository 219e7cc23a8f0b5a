import { dirname, join, relative, sep } from 'node:path';
import type { CallInfo } from '../core/messages';
import type { CallArchive } from './archive/call-archive';
import { syncFolder } from './archive/day-log';
import { FORMATS, type RecordingFormat } from './formats';
import { freePath, recordingPath } from './recording-names';
import { type RecordedSound, sidecar } from './sidecar';
import type { Files } from './wav-writer';

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
  /** Which transmission of the call it holds, from 1; absent when it holds the whole call. */
  transmission?: number;
  /** Set when the recording is complete and gets its place: what is in it, its id and its path without extension. */
  sound?: RecordedSound;
  id?: string;
  target?: string;
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

/** Paths about to be used, so that no two recorders of this process choose the same. */
const chosen = new Set<string>();

/** Gives complete recordings their final names, their sidecars and their entries in the archive. */
export class Shelf {
  constructor(
    private readonly dir: string,
    private readonly files: Files,
    private readonly archive: CallArchive | undefined,
  ) {}

  /**
   * Puts a complete recording from the folder of partial ones into its place. What a crash interrupts here is done
   * again, to the same end, by the next recover(). Rejects with the system's errors.
   */
  async put(name: string, draft: Draft, sound: RecordedSound, recovered = false): Promise<FinishedRecording> {
    const { dir, files } = this;
    const partial = partialPath(dir, name);
    const { call } = draft;
    const id = draft.id ?? (this.archive ? await this.archive.freeId(call.id) : call.id);
    const target = draft.target ?? (await freePath(dir, recordingPath(call), chosen, files));
    try {
      await writeDraft(partial, { ...draft, sound, id, target }, files);
      const path = join(dir, target);
      const format: RecordingFormat = 'wav';
      const filename = path + FORMATS[format].extension;
      const json = draft.sidecar ? `${path}.json` : null;
      const metadata = sidecar(call, sound);
      await files.mkdir(dirname(filename), { recursive: true });
      if (json) await files.writeFile(`${partial}.sidecar`, `${JSON.stringify(metadata, null, 2)}\n`, { flush: true });
      await files.rename(`${partial}.wav`, filename);
      if (json) await files.rename(`${partial}.sidecar`, json);
      const { length } = sound;
      const { transmission } = draft;
      const finished = { id, filename, format, json, metadata, call, length, transmission, recovered };
      if (this.archive) await this.file(finished);
      await removeFile(`${partial}.json`, files);
      return finished;
    } finally {
      chosen.delete(join(dir, target));
    }
  }

  /** Puts it into the archive; then nothing of it is lost any more. */
  private async file({ id, filename, json, call, format, length }: FinishedRecording): Promise<void> {
    const { dir, files } = this;
    await syncFolder(dirname(filename), files);
    let bytes = 0;
    for (const path of json ? [filename, json] : [filename]) bytes += (await files.stat(path)).size;
    const below = (path: string) => relative(dir, path).split(sep).join('/');
    const sidecarPath = json && below(json);
    await this.archive!.add({
      id,
      call,
      file: below(filename),
      sidecar: sidecarPath,
      format,
      length,
      bytes,
      recorded: true,
    });
  }
}

/** Flushed: after a power cut it is all that says what the file beside it is. */
export async function writeDraft(partial: string, draft: Draft, files: Files): Promise<void> {
  await files.writeFile(`${partial}.draft`, JSON.stringify(draft), { flush: true });
  await files.rename(`${partial}.draft`, `${partial}.json`);
}

export async function removeFile(path: string, files: Files): Promise<void> {
  await files.unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
