import { join } from 'node:path';
import type { TrunkflowError } from '../core/errors';
import type { CallInfo } from '../core/messages';
import { bootId } from './boot-id';
import { type Files, removeFile } from './files';
import { FORMATS } from './formats';
import { recordingPath } from './recording-names';
import { type Draft, type FinishedRecording, PARTIAL_FOLDER, partialPath, type Shelf } from './shelf';
import type { RecordedSound } from './sidecar';
import { storageError } from './storage-error';
import { WAV_HEADER_BYTES, WavWriter } from './wav-writer';

/** Name of an unfinished recording: it tells whose it is. */
export function partialName(count: number, base: string): string {
  return `${process.pid}-${count}-${base}`;
}

/**
 * Finishes the recordings that a crash left unfinished: the header is made to fit, the file moved to its place and its
 * sidecar written from what was known when the call began. Those of recorders that still run are left alone: `inUse`
 * has the paths of this process's, to which those worked on here are added.
 */
export async function recoverRecordings(
  dir: string,
  inUse: Set<string>,
  files: Files,
  shelf: Shelf,
  report: { recorded(recording: FinishedRecording): void; failed(error: TrunkflowError): void },
): Promise<void> {
  const folder = join(dir, PARTIAL_FOLDER);
  const names = await files.readdir(folder).catch(() => [] as string[]);
  for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
    const name = file.slice(0, -'.json'.length);
    const path = partialPath(dir, name);
    if (inUse.has(path)) continue;
    inUse.add(path);
    try {
      const recording = await recover(dir, name, files, shelf);
      if (recording) report.recorded(recording);
    } catch (error) {
      report.failed(storageError(error, join(folder, file)));
    } finally {
      inUse.delete(path);
    }
  }
}

async function recover(dir: string, name: string, files: Files, shelf: Shelf): Promise<FinishedRecording | undefined> {
  const partial = partialPath(dir, name);
  const draft = await readDraft(`${partial}.json`, files);
  if (!draft && !(await exists(`${partial}.json`, files))) return undefined; // finished by another recorder meanwhile
  if (belongsToAnother(name, draft?.boot)) return undefined;
  if (!draft?.call) throw new Error('what was known of the call cannot be read');
  const { sound, target, format } = draft;
  let path = `${partial}.wav`;
  const unmoved = await exists(path, files);
  if (sound && target && format && !unmoved && (await exists(join(dir, target + FORMATS[format].extension), files)))
    return shelf.put(name, draft, sound, true, true);
  if (!unmoved) {
    draft.target ??= recordingPath(draft.call);
    path = join(dir, `${draft.target}.wav`);
  }
  const bytes = (await exists(path, files)) ? await WavWriter.repair(path, files) : 0;
  if (bytes === 0) {
    for (const extension of ['.wav', '.out', '.sidecar', '.json']) await removeFile(partial + extension, files);
    return undefined;
  }
  // It had its place already, only the rest may be missing: moving it back makes this one case.
  if (!unmoved) await files.rename(path, `${partial}.wav`);
  return shelf.put(name, draft, sound ?? guess(draft.call, bytes / 2 / (await rateOf(`${partial}.wav`, files))), true);
}

/** What is in a recording of which only the beginning of the call is known. */
function guess(call: CallInfo, length: number): RecordedSound {
  if (call.state === 'active') {
    call.state = 'ended';
    call.reason = 'stream_end';
    call.length = length;
    call.stop_time_ms = call.start_time_ms + Math.round(length * 1000);
    call.stop_time = Math.floor(call.stop_time_ms / 1000);
  }
  const { freq, start_time_ms: time, error_count, spike_count } = call;
  return { length, parts: [{ freq, time, pos: 0, len: length, error_count, spike_count }] };
}

async function readDraft(path: string, files: Files): Promise<Draft | undefined> {
  try {
    return JSON.parse(await files.readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function rateOf(path: string, files: Files): Promise<number> {
  const handle = await files.open(path, 'r');
  try {
    const header = Buffer.alloc(WAV_HEADER_BYTES);
    await handle.read(header, 0, WAV_HEADER_BYTES, 0);
    return header.readUInt32LE(24);
  } finally {
    await handle.close();
  }
}

async function exists(path: string, files: Files): Promise<boolean> {
  return files.stat(path).then(
    () => true,
    () => false,
  );
}

/** True when the process that writes it is another one that still runs; process numbers are given anew at each boot. */
function belongsToAnother(name: string, boot: string | undefined): boolean {
  if (boot !== undefined && bootId() !== undefined && boot !== bootId()) return false;
  const pid = Number(/^(\d+)-/.exec(name)?.[1]);
  if (!pid || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
