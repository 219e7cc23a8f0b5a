import { hex } from '../octets';
import { serviceOptions } from '../service-options';
import { type MessageTable, messageTable, type Parser } from './definition';
import { grant, telephoneGrantExplicit } from './grant';
import { fromAfar, homeAt, sourceHome, targetHome } from './home';
import { enhancedMonitor } from './radio-monitor';
import { unitStatus } from './unit-messages';

/** A grant to a group: the channels of both directions and the group from octet `at` on. */
export const groupGrantExplicit =
  (at: number, more: Record<string, unknown> = {}): Parser =>
  (o, bands) =>
    grant({
      update: false,
      options: o.u8(8),
      channel: bands.channel(o.u16(at)),
      uplink: bands.channel(o.u16(at + 2)),
      talkgroup: o.u16(at + 4),
      source: o.u24(3),
      ...more,
    });

const unitGrant =
  (update: boolean, data = false): Parser =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(8),
      channel: bands.channel(o.u16(22)),
      uplink: bands.channel(o.u16(24)),
      target: o.u24(19),
      source: o.u24(16),
      data,
      ...sourceHome(homeAt(o, 12)),
      // The home of the unit called: its WACN begins in the header.
      ...(!data && targetHome({ wacn: hex(o.u8(9) * 0x1000 + (o.u16(26) >> 4), 5), system: o.system(27) })),
    });

const telephoneGrant = (update: boolean): Parser =>
  telephoneGrantExplicit(update, { options: 8, channels: 12, target: 3 });

/** Grants and messages between units, outbound (TIA-102.AABC-E 4.2, 5.2, 6.2). */
export const MULTI_BLOCK_CALLS: MessageTable = messageTable([
  { opcode: 0x00, name: 'GRP_V_CH_GRANT', parse: groupGrantExplicit(14) },
  { opcode: 0x04, name: 'UU_V_CH_GRANT', blocks: 2, parse: unitGrant(false) },
  {
    opcode: 0x05,
    name: 'UU_ANS_REQ',
    parse: (o) => ({
      type: 'unit_call_request',
      target: o.u24(3),
      source: o.u24(17),
      ...sourceHome(homeAt(o, 13)),
      ...serviceOptions(o.u8(8)),
    }),
  },
  { opcode: 0x06, name: 'UU_V_CH_GRANT_UPDT', blocks: 2, parse: unitGrant(true) },
  { opcode: 0x08, name: 'TELE_INT_CH_GRANT', parse: telephoneGrant(false) },
  { opcode: 0x09, name: 'TELE_INT_CH_GRANT_UPDT', parse: telephoneGrant(true) },
  { opcode: 0x10, name: 'IND_DATA_CH_GRANT', blocks: 2, parse: unitGrant(false, true) },
  { opcode: 0x11, name: 'GRP_DATA_CH_GRANT', parse: groupGrantExplicit(14, { data: true }) },
  {
    opcode: 0x18,
    name: 'STS_UPDT',
    parse: (o) => ({ ...unitStatus(o, 17), ...fromAfar(o) }),
  },
  { opcode: 0x1a, name: 'STS_Q', parse: (o) => ({ type: 'status_query', ...fromAfar(o) }) },
  { opcode: 0x1c, name: 'MSG_UPDT', parse: (o) => ({ type: 'short_message', code: o.u16(17), ...fromAfar(o) }) },
  { opcode: 0x1f, name: 'CALL_ALRT', parse: (o) => ({ type: 'call_alert', ...fromAfar(o) }) },
  // The header names the target, as in the single-block radio monitor the fields of octets 7 to 9.
  {
    opcode: 0x1e,
    name: 'RAD_MON_ENH_CMD',
    parse: (o) => ({ type: 'radio_monitor', target: o.u24(3), source: o.u24(12), ...enhancedMonitor(o) }),
  },
]);
