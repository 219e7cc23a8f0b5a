import type { Octets } from '../octets';
import { serviceOptions } from '../service-options';
import { type MessageEvent, type MessageTable, messageTable, type Parser } from './definition';
import { grant, groupUpdates } from './grant';
import { telephoneNumber } from './telephone';
import { extendedFunction, unitStatus } from './unit-messages';

/** Who talks now. `options` = service options octet. */
export function talker(
  options: number,
  who: { talkgroup?: number; source?: number; target?: number; [field: string]: unknown },
): MessageEvent {
  // Source 0 is "no unit": a console, or not yet known (TIA-102.AABF-D 7.4).
  const { source, ...rest } = who;
  return { type: 'talker', ...(source ? { source } : {}), ...rest, ...serviceOptions(options) };
}

const ends = (o: Octets): Record<string, unknown> => ({ target: o.u24(3), source: o.u24(6) });

const statusUpdate: Parser = (o) => ({ ...unitStatus(o, 1), ...ends(o) });

const shortMessage: Parser = (o) => ({ type: 'short_message', code: o.u16(1), ...ends(o) });

const functionCommand: Parser = (o) => ({ ...extendedFunction(o, 1), target: o.u24(6) });

/** Link control words of calls and of messages between units (TIA-102.AABF-D 7.3). */
export const LC_CALLS: MessageTable = messageTable([
  { opcode: 0x00, name: 'LC_GRP_V_CH_USR', parse: (o) => talker(o.u8(2), { talkgroup: o.u16(4), source: o.u24(6) }) },
  { opcode: 0x02, name: 'LC_GRP_V_CH_UPDT', parse: groupUpdates(1) },
  { opcode: 0x03, name: 'LC_UU_V_CH_USR', parse: (o) => talker(o.u8(2), { target: o.u24(3), source: o.u24(6) }) },
  {
    opcode: 0x04,
    name: 'LC_GRP_V_CH_UPDT_EXP',
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(5)),
        uplink: bands.channel(o.u16(7)),
        talkgroup: o.u16(3),
      }),
  },
  {
    opcode: 0x05,
    name: 'LC_UU_ANS_REQ',
    parse: (o) => ({ type: 'unit_call_request', ...ends(o), ...serviceOptions(o.u8(1)) }),
  },
  {
    opcode: 0x06,
    name: 'LC_TELE_INT_V_CH_USR',
    parse: (o) => talker(o.u8(2), { target: o.u24(6), telephone: true, call_timer_ms: o.u16(4) * 100 }),
  },
  {
    opcode: 0x07,
    name: 'LC_TELE_INT_ANS_REQ',
    parse: (o) => ({ type: 'telephone_call_request', digits: telephoneNumber(o, 1, 10), target: o.u24(6) }),
  },
  {
    opcode: 0x09,
    name: 'LC_SOURCE_ID_EXT',
    parse: (o) => ({ type: 'source_identity', wacn: o.wacn(2), system: o.system(4), source: o.u24(6) }),
  },
  { opcode: 0x0a, name: 'LC_UU_V_CH_USR_EXT', parse: (o) => talker(o.u8(2), { target: o.u24(3), source: o.u24(6) }) },
  { opcode: 0x0f, name: 'LC_CALL_TRM_CAN', parse: (o) => ({ type: 'call_termination', unit: o.u24(6) }) },
  { opcode: 0x10, name: 'LC_GRP_AFF_Q', parse: (o) => ({ type: 'affiliation_query', ...ends(o) }) },
  {
    opcode: 0x11,
    name: 'LC_U_REG_CMD',
    parse: (o) => ({ type: 'registration_command', wacn: o.wacn(1), system: o.system(3), target: o.u24(5) }),
  },
  {
    opcode: 0x12,
    name: 'LC_U_AUTH_CMD',
    parse: (o) => ({ type: 'authentication_command', wacn: o.wacn(1), system: o.system(3), target: o.u24(5) }),
  },
  { opcode: 0x13, name: 'LC_STS_Q', parse: (o) => ({ type: 'status_query', ...ends(o) }) },
  {
    opcode: 0x14,
    name: 'LC_STS_UPDT',
    parse: statusUpdate,
  },
  { opcode: 0x15, name: 'LC_MSG_UPDT', parse: shortMessage },
  { opcode: 0x16, name: 'LC_CALL_ALRT', parse: (o) => ({ type: 'call_alert', ...ends(o) }) },
  {
    opcode: 0x17,
    name: 'LC_EXT_FNCT_CMD',
    parse: functionCommand,
  },
  {
    opcode: 0x1a,
    name: 'LC_STS_UPDT_SRC_RQRD',
    parse: statusUpdate,
  },
  { opcode: 0x1b, name: 'LC_MSG_UPDT_SRC_RQRD', parse: shortMessage },
  {
    opcode: 0x1c,
    name: 'LC_EXT_FNCT_CMD_SRC_RQRD',
    parse: functionCommand,
  },
]);
