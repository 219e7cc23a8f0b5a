import type { CallInfo } from '../core/messages';

/**
 * Path of a recording below the recordings' folder, without extension, as trunk-recorder names it:
 * `<short name>/YYYY/M/D/<talkgroup>-<start, epoch seconds with ms>_<Hz>[.<slot>]-call_<n>`; the date is local time.
 */
export function recordingPath(call: CallInfo): string {
  const date = new Date(call.start_time_ms);
  const folder = [safeName(call.sys_name), date.getFullYear(), date.getMonth() + 1, date.getDate()].join('/');
  const slot = call.phase2_tdma ? `.${call.tdma_slot}` : '';
  const start = (call.start_time_ms / 1000).toFixed(3);
  return `${folder}/${call.talkgroup}-${start}_${Math.round(call.freq)}${slot}-call_${call.call_num}`;
}

/** A name that stays below its folder, on any file system. */
function safeName(name: string): string {
  return (
    String(name)
      .replace(/[^A-Za-z0-9_.-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 64) || 'radio'
  );
}
