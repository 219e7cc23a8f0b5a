import type { Octets } from '../octets';
import type { MessageEvent } from './definition';

/** Micro-slots of the synchronisation broadcast last 7.5 ms. */
const MICRO_SLOT_MS = 7.5;

/** ISO 8601 in UTC with whole seconds, or null when the fields are no date and time. */
function isoTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): string | null {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return real ? `${date.toISOString().slice(0, 19)}Z` : null;
}

/** Synchronization broadcast (TIA-102.AABC-E 6.2.33). */
export function syncBroadcast(o: Octets): MessageEvent {
  const microSlots = o.u16(8) & 0x1fff;
  const seconds = Math.min(59, Math.floor((microSlots * MICRO_SLOT_MS) / 1000));
  const minute = (o.u16(7) >> 5) & 0x3f;
  const halfHours = o.u8(4) & 0x1f;
  return {
    type: 'time',
    utc: isoTime(2000 + (o.u8(5) >> 1), (o.u16(5) >> 5) & 0x0f, o.u8(6) & 0x1f, o.u8(7) >> 3, minute, seconds),
    unsynchronised: o.flag(3, 3),
    unreliable: o.flag(3, 2),
    /** The micro-slot count is locked to the minute. */
    minute_locked: !o.flag(3, 1),
    micro_slots: microSlots,
    ...(o.flag(4, 6) && { local_offset_minutes: (o.flag(4, 5) ? -30 : 30) * halfHours }),
  };
}

/** Time and date announcement (TIA-102.AABC-E 6.2.27). */
export function timeAndDate(o: Octets): MessageEvent {
  const valid = o.flag(2, 7) && o.flag(2, 6);
  const year = 2000 + ((o.u16(5) >> 2) & 0x1fff);
  const month = o.u8(4) >> 4;
  const day = (o.u16(4) >> 7) & 0x1f;
  const minute = (o.u16(7) >> 5) & 0x3f;
  const second = (o.u16(8) >> 7) & 0x3f;
  const offset = o.u16(2) & 0x7ff;
  return {
    type: 'time',
    utc: valid ? isoTime(year, month, day, o.u8(7) >> 3, minute, second) : null,
    ...(o.flag(2, 5) && { local_offset_minutes: o.flag(2, 3) ? -offset : offset }),
  };
}
