import { algorithmName } from '../names';
import type { Octets } from '../octets';
import type { MessageEvent } from './definition';

/** The command to transmit and be listened to, two octets from `at` on; whom and for whom stands elsewhere. */
export const radioMonitor = (o: Octets, at = 2): MessageEvent => ({
  type: 'radio_monitor',
  transmit_seconds: o.u8(at),
  silent: o.flag(at + 1, 7),
  transmit_multiplier: o.u8(at + 1) & 3,
});

/** Group, and from octet 15 flags, time and key, as command and request of the enhanced radio monitor have them. */
export const enhancedMonitor = (o: Octets): Record<string, unknown> => ({
  silent: o.flag(15, 7),
  // The monitored unit calls this group; else the unit that asked.
  ...(o.flag(15, 6) && { talkgroup: o.u16(8) }),
  transmit_seconds: o.u8(16),
  key_id: o.u16(17),
  algorithm: o.u8(19),
  algorithm_name: algorithmName(o.u8(19)),
});
