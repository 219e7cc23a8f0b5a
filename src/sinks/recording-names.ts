import { join } from 'node:path';
import type { CallInfo } from '../core/messages';
import type { Files } from './files';
import { FORMATS } from './formats';
import { safePart } from './safe-names';

/**
 * Path of a recording below the recordings' folder, without extension, as trunk-recorder names it:
 * `<short name>/YYYY/M/D/<talkgroup>-<start, epoch seconds with ms>_<Hz>[.<slot>]-call_<n>`; the date is local time.
 */
export function recordingPath(call: CallInfo): string {
  const date = new Date(call.start_time_ms);
  const folder = [systemFolder(call.sys_name), date.getFullYear(), date.getMonth() + 1, date.getDate()].join('/');
  const slot = call.phase2_tdma ? `.${call.tdma_slot}` : '';
  const start = (call.start_time_ms / 1000).toFixed(3);
  // A call may come from another machine: what should be a number there need not be one.
  return `${folder}/${safePart(`${call.talkgroup}-${start}_${Math.round(call.freq)}${slot}-call_${call.call_num}`)}`;
}

/** What may stand beside each other under one name. */
const EXTENSIONS = [...Object.values(FORMATS).map(({ extension }) => extension), '.json'];

/**
 * A path below `dir`, without extension, that no file has: the wanted one, or with `-2`, `-3` ... behind it.
 * @param taken paths that will be used soon; the one given is put there
 */
export async function freePath(dir: string, wanted: string, taken: Set<string>, files: Files): Promise<string> {
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    const full = join(dir, path);
    if (taken.has(full)) continue;
    taken.add(full);
    const found = await Promise.all(EXTENSIONS.map((extension) => files.stat(full + extension).catch(() => undefined)));
    if (found.every((one) => one === undefined)) return path;
    taken.delete(full);
  }
}

/** Letters and digits of a system's name. */
function systemFolder(name: string): string {
  const plain = String(name)
    .slice(0, 64)
    .replace(/[^A-Za-z0-9_.-]/g, '_');
  return plain === '' ? 'radio' : safePart(plain);
}
