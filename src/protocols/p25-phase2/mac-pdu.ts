import type { BandPlan } from '../p25-shared/band-plan';
import type { MessageEvent } from '../p25-shared/messages/definition';
import { parseMac } from './messages';
import { macLength } from './messages/lengths';

/** What a MAC PDU says of the channel (TIA-102.BBAC 8.4.1), by the first three bits. */
export const MAC = { SIGNAL: 0, PTT: 1, END_PTT: 2, IDLE: 3, ACTIVE: 4, HANGTIME: 6 } as const;

/** Names of the PDU types. */
export const MAC_NAMES: Readonly<Record<number, string>> = {
  0: 'MAC_SIGNAL',
  1: 'MAC_PTT',
  2: 'MAC_END_PTT',
  3: 'MAC_IDLE',
  4: 'MAC_ACTIVE',
  6: 'MAC_HANGTIME',
};

/** True for PDUs that carry messages; the others have a layout of their own. */
const holdsMessages = (type: number): boolean => type !== MAC.PTT && type !== MAC.END_PTT && type in MAC_NAMES;

/** More messages than a PDU has room for. */
const MOST_MESSAGES = 8;

/** Events of the messages in a PDU, which follow each other from its second octet on. */
export function macMessages(octets: Uint8Array, bands: BandPlan): MessageEvent[] {
  const events: MessageEvent[] = [];
  if (!holdsMessages(octets[0] >> 5)) return events;
  let at = 1;
  for (let n = 0; n < MOST_MESSAGES && at < octets.length; n++) {
    const rest = octets.subarray(at);
    // Null information: nothing more follows.
    if (rest[0] === 0) break;
    const length = macLength(rest);
    if (length > rest.length || length === 0) {
      // Its end is not known, or lies in PDUs to come: what follows cannot be found.
      events.push(...parseMac(rest, length, bands));
      break;
    }
    events.push(...parseMac(rest.subarray(0, length), length, bands));
    at += length;
  }
  return events;
}
