import { answerName, cancelReason } from '../names';
import type { Octets } from '../octets';
import { dataServiceOptions, serviceOptions } from '../service-options';
import { type MessageTable, messageTable, type Parser } from './definition';
import { raw } from './raw';
import { extendedFunction, unitStatus } from './unit-messages';

/** Octets 4-6 target, 7-9 source: the ends of nearly every request. */
const ends = (o: Octets): Record<string, unknown> => ({ target: o.u24(4), source: o.u24(7) });
const source = (o: Octets): Record<string, unknown> => ({ source: o.u24(7) });
const home = (o: Octets): Record<string, unknown> => ({ wacn: o.wacn(3), system: o.system(5), source: o.u24(7) });

const answer = (o: Octets): Record<string, unknown> => ({ answer: o.u8(3), answer_name: answerName(o.u8(3)) });
const data = (o: Octets): Record<string, unknown> => dataServiceOptions(o.u8(2));

const request =
  (service: string, fields: (o: Octets) => Record<string, unknown>): Parser =>
  (o) => ({ type: 'request', service, ...fields(o) });

/** What radios send, heard on a repeater's input (TIA-102.AABC-E 4.1, 5.1, 6.1). */
export const TSBK_INBOUND: MessageTable = messageTable([
  {
    opcode: 0x00,
    name: 'GRP_V_REQ',
    parse: request('group_voice', (o) => ({ talkgroup: o.u16(5), ...source(o), ...serviceOptions(o.u8(2)) })),
  },
  { opcode: 0x04, name: 'UU_V_REQ', parse: request('unit_voice', (o) => ({ ...ends(o), ...serviceOptions(o.u8(2)) })) },
  { opcode: 0x05, name: 'UU_ANS_RSP', parse: request('unit_voice_answer', (o) => ({ ...answer(o), ...ends(o) })) },
  // Sent in several blocks only, as RAD_MON_ENH_REQ and AUTH_RESP_M.
  { opcode: 0x08, name: 'TELE_INT_DIAL_REQ', parse: raw('request') },
  { opcode: 0x09, name: 'TELE_INT_PSTN_REQ', parse: request('telephone', (o) => ({ number: o.u8(6), ...source(o) })) },
  {
    opcode: 0x0a,
    name: 'TELE_INT_ANS_RSP',
    parse: request('telephone_answer', (o) => ({ ...answer(o), ...source(o) })),
  },
  { opcode: 0x10, name: 'IND_DATA_REQ', parse: request('unit_data', ends) },
  { opcode: 0x11, name: 'GRP_DATA_REQ', parse: request('group_data', (o) => ({ talkgroup: o.u16(5), ...source(o) })) },
  {
    opcode: 0x12,
    name: 'SN-DATA_CHN_REQ',
    parse: request('data_channel', (o) => ({ ...data(o), access_control: o.u16(3), ...source(o) })),
  },
  {
    opcode: 0x13,
    name: 'SN-DATA_PAGE_RES',
    parse: request('data_page_answer', (o) => ({ ...data(o), ...answer(o), access_control: o.u16(4), ...source(o) })),
  },
  {
    opcode: 0x14,
    name: 'SN-REC_REQ',
    parse: request('data_reconnect', (o) => ({
      ...data(o),
      access_control: o.u16(3),
      has_data: o.flag(5, 7),
      ...source(o),
    })),
  },
  {
    opcode: 0x18,
    name: 'STS_UPDT_REQ',
    parse: (o) => ({ ...unitStatus(o, 2), ...ends(o) }),
  },
  {
    opcode: 0x19,
    name: 'STS_Q_RSP',
    parse: (o) => ({ ...unitStatus(o, 2), ...ends(o) }),
  },
  { opcode: 0x1a, name: 'STS_Q_REQ', parse: (o) => ({ type: 'status_query', ...ends(o) }) },
  { opcode: 0x1c, name: 'MSG_UPDT_REQ', parse: (o) => ({ type: 'short_message', code: o.u16(2), ...ends(o) }) },
  {
    opcode: 0x1d,
    name: 'RAD_MON_REQ',
    parse: (o) => ({ type: 'radio_monitor', transmit_multiplier: o.u8(3) & 3, ...ends(o) }),
  },
  { opcode: 0x1e, name: 'RAD_MON_ENH_REQ', parse: raw('radio_monitor') },
  { opcode: 0x1f, name: 'CALL_ALRT_REQ', parse: (o) => ({ type: 'call_alert', ...ends(o) }) },
  { opcode: 0x20, name: 'ACK_RSP_U', parse: (o) => ({ type: 'acknowledge', service: o.u8(2) & 0x3f, ...ends(o) }) },
  {
    opcode: 0x23,
    name: 'CAN_SRV_REQ',
    parse: request('cancel', (o) => ({
      cancelled: o.u8(2) & 0x3f,
      reason: o.u8(3),
      reason_name: cancelReason(o.u8(3)),
      ...source(o),
    })),
  },
  {
    opcode: 0x24,
    name: 'EXT_FNCT_RSP',
    parse: (o) => ({ ...extendedFunction(o, 2), ...source(o) }),
  },
  {
    opcode: 0x27,
    name: 'EMRG_ALRM_REQ',
    parse: (o) => ({
      type: 'emergency_alarm',
      man_down: o.flag(2, 0),
      vehicle_sensed: o.flag(2, 1),
      accessory_sensed: o.flag(2, 2),
      ...(o.flag(2, 7) && { code: o.u8(3) }),
      talkgroup: o.u16(5),
      ...source(o),
    }),
  },
  {
    opcode: 0x28,
    name: 'GRP_AFF_REQ',
    parse: request('affiliation', (o) => ({ system: o.system(3), talkgroup: o.u16(5), ...source(o) })),
  },
  {
    opcode: 0x29,
    name: 'GRP_AFF_Q_RSP',
    parse: request('affiliation_answer', (o) => ({
      announcement_group: o.u16(3),
      talkgroup: o.u16(5),
      ...source(o),
    })),
  },
  { opcode: 0x2b, name: 'U_DE_REG_REQ', parse: request('deregistration', home) },
  { opcode: 0x2c, name: 'U_REG_REQ', parse: request('registration', (o) => ({ emergency: o.flag(2, 7), ...home(o) })) },
  {
    opcode: 0x2d,
    name: 'LOC_REG_REQ',
    parse: request('location_registration', (o) => ({
      emergency: o.flag(2, 7),
      lra: o.u8(4),
      talkgroup: o.u16(5),
      ...source(o),
    })),
  },
  { opcode: 0x2e, name: 'AUTH_Q', parse: request('authentication_query', ends) },
  { opcode: 0x2f, name: 'AUTH_RSP', parse: request('authentication_answer', source) },
  { opcode: 0x30, name: 'P_PARM_REQ', parse: request('protection_parameters', home) },
  {
    opcode: 0x32,
    name: 'IDEN_UP_REQ',
    parse: request('iden_update', (o) => ({
      ...(o.flag(2, 7) ? { all: true } : { identifier: o.u8(2) & 0x0f }),
      ...source(o),
    })),
  },
  { opcode: 0x36, name: 'ROAM_ADDR_REQ', parse: request('roaming_address', ends) },
  {
    opcode: 0x37,
    name: 'ROAM_ADDR_RSP',
    parse: request('roaming_address_answer', (o) => ({ last: o.flag(2, 7), sequence: o.u8(2) & 0x0f, ...home(o) })),
  },
  {
    opcode: 0x38,
    name: 'AUTH_RESP',
    parse: request('authentication_answer', (o) => ({ response: o.hex(3, 7), standalone: o.flag(2, 0), ...source(o) })),
  },
  { opcode: 0x39, name: 'AUTH_RESP_M', parse: raw('request') },
  {
    opcode: 0x3a,
    name: 'AUTH_FNE_RST',
    parse: request('authentication_result', (o) => ({ passed: o.flag(2, 7), ...source(o) })),
  },
  { opcode: 0x3b, name: 'AUTH_SU_DMD', parse: request('authentication_demand', source) },
]);
