import { answerName, cancelReason } from '../names';
import type { Octets } from '../octets';
import { serviceOptions } from '../service-options';
import { type MessageTable, messageTable, type Parser } from './definition';
import { addressStack, homeAt, splitHome, targetHome } from './home';
import { enhancedMonitor } from './radio-monitor';
import { telephoneNumber } from './telephone';
import { unitStatus } from './unit-messages';

/** The radio that sends; the header has it. */
const source = (o: Octets): Record<string, unknown> => ({ source: o.u24(3) });

/** The unit called in its home system, which begins at octet `at`. */
const targetAt = (o: Octets, at: number): Record<string, unknown> => ({
  ...targetHome(homeAt(o, at)),
  target: o.u24(at + 4),
});

/** The same where the home begins in the header. */
const splitTarget = (o: Octets): Record<string, unknown> => ({ ...targetHome(splitHome(o)), target: o.u24(14) });

const request =
  (service: string, fields: (o: Octets) => Record<string, unknown>): Parser =>
  (o) => ({ type: 'request', service, ...fields(o), ...source(o) });

/** The radio in its home system, whose unit number there may be another than the one it sends with. */
const whole = (o: Octets): Record<string, unknown> => ({ ...splitHome(o), source_id: o.u24(14) });

const status: Parser = (o) => ({
  ...unitStatus(o, 8),
  ...targetAt(o, 12),
  ...source(o),
});

/** Requests of radios for units, groups and themselves in other systems (TIA-102.AABC-E 4.1, 5.1, 6.1). */
export const MULTI_BLOCK_INBOUND: MessageTable = messageTable([
  {
    opcode: 0x04,
    name: 'UU_V_REQ',
    parse: request('unit_voice', (o) => ({ ...targetAt(o, 13), ...serviceOptions(o.u8(8)) })),
  },
  {
    opcode: 0x05,
    name: 'UU_ANS_RSP',
    parse: request('unit_voice_answer', (o) => ({
      answer: o.u8(9),
      answer_name: answerName(o.u8(9)),
      ...targetAt(o, 13),
    })),
  },
  { opcode: 0x10, name: 'IND_DATA_REQ', parse: request('unit_data', (o) => targetAt(o, 12)) },
  { opcode: 0x18, name: 'STS_UPDT_REQ', parse: status },
  { opcode: 0x19, name: 'STS_Q_RSP', parse: status },
  { opcode: 0x1a, name: 'STS_Q_REQ', parse: (o) => ({ type: 'status_query', ...splitTarget(o), ...source(o) }) },
  {
    opcode: 0x1c,
    name: 'MSG_UPDT_REQ',
    parse: (o) => ({ type: 'short_message', code: o.u16(8), ...targetAt(o, 12), ...source(o) }),
  },
  {
    opcode: 0x1e,
    name: 'RAD_MON_ENH_REQ',
    parse: (o) => ({ type: 'radio_monitor', ...source(o), target: o.u24(12), ...enhancedMonitor(o) }),
  },
  { opcode: 0x1f, name: 'CALL_ALRT_REQ', parse: (o) => ({ type: 'call_alert', ...splitTarget(o), ...source(o) }) },
  {
    opcode: 0x20,
    name: 'ACK_RSP_U',
    parse: (o) => ({
      type: 'acknowledge',
      service: o.u8(8) & 0x3f,
      target_wacn: o.hex(9, 10) + o.hex(12, 14).slice(0, 3),
      target_system: o.system(13),
      target: o.u24(15),
      ...source(o),
    }),
  },
  {
    opcode: 0x23,
    name: 'CAN_SRV_REQ',
    parse: request('cancel', (o) => ({
      cancelled: o.u8(8) & 0x3f,
      reason: o.u8(9),
      reason_name: cancelReason(o.u8(9)),
      ...targetAt(o, 13),
    })),
  },
  {
    opcode: 0x28,
    name: 'GRP_AFF_REQ',
    parse: request('affiliation', (o) => ({ ...splitHome(o), talkgroup: o.u16(14) })),
  },
  {
    opcode: 0x2d,
    name: 'LOC_REG_REQ',
    parse: request('location_registration', (o) => ({ ...whole(o), lra: o.u8(17), talkgroup: o.u16(18) })),
  },
  { opcode: 0x2e, name: 'AUTH_Q', parse: request('authentication_query', splitTarget) },
  { opcode: 0x36, name: 'ROAM_ADDR_REQ', parse: request('roaming_address', splitTarget) },
  { opcode: 0x37, name: 'ROAM_ADDR_RSP', parse: request('roaming_address_answer', addressStack) },
  {
    opcode: 0x38,
    name: 'AUTH_RESP',
    parse: request('authentication_answer', (o) => ({ ...whole(o), response: o.hex(17, 21) })),
  },
  {
    opcode: 0x39,
    name: 'AUTH_RESP_M',
    blocks: 2,
    parse: request('authentication_answer', (o) => ({
      ...whole(o),
      challenge: o.hex(17, 22),
      response: o.hex(22, 26),
      standalone: o.flag(26, 0),
    })),
  },
  {
    opcode: 0x3a,
    name: 'AUTH_FNE_RST',
    parse: request('authentication_result', (o) => ({
      ...whole(o),
      passed: o.flag(17, 7),
      standalone: o.flag(17, 0),
    })),
  },
  { opcode: 0x3b, name: 'AUTH_SU_DMD', parse: request('authentication_demand', whole) },
]);

/** Digits of a dialled number: as many as one or two data blocks hold after the opcode, count and service options. */
const MOST_DIGITS = 34;
const FIRST_DIGITS = 15;

/** The message with the standard header: a telephone number (TIA-102.AABC-E 4.1.4). */
export const DIALLING: MessageTable = messageTable([
  {
    opcode: 0x08,
    name: 'TELE_INT_DIAL_REQ',
    parse: request('telephone', (o) => {
      const room = 2 * (o.bytes.length - FIRST_DIGITS);
      const count = Math.min(o.u8(13), MOST_DIGITS, room);
      return { digits: telephoneNumber(o, FIRST_DIGITS, count), ...serviceOptions(o.u8(14)) };
    }),
  },
]);
