import type { Field } from './bit-layout';

/**
 * Messages without a published vector: where their fields stand, by bits of the message from 0, and what an event must
 * say then. Positions of trunking blocks are those of TIA-102.AABC-E's figures and of sdrtrunk's classes, of link
 * control those of TIA-102.AABF-D and dsd-neo; they were written down from there, not from our parsers.
 */
export interface BitTable {
  name: string;
  opcode: number;
  mfid?: number;
  fields: readonly Field[];
  event: Record<string, unknown>;
}

const TARGET = 0x123456;
const SOURCE = 0x0aae61;
const target = (start: number): Field => [start, 24, TARGET];
const source = (start: number): Field => [start, 24, SOURCE];
const BOTH = { target: TARGET, source: SOURCE };
/** Channel 2-240, which is 852.5 MHz in the tests' band plan, and 2-241. */
const channel = (start: number, number = 240): Field[] => [
  [start, 4, 2],
  [start + 4, 12, number],
];
const CHANNEL = { channel: '2-240', frequency: 852_500_000 };
const UPLINK = { uplink_channel: '2-241', uplink_frequency: 852_506_250 };
/** Emergency, protected, duplex, packet mode, priority 5. */
const options = (start: number): Field[] => [
  [start, 1, 1],
  [start + 1, 1, 1],
  [start + 2, 1, 1],
  [start + 3, 1, 1],
  [start + 5, 3, 5],
];
const OPTIONS = { emergency: true, encrypted: true, duplex: true, mode: 'packet', priority: 5 };
const home = (start: number): Field[] => [
  [start, 20, 0xbee07],
  [start + 20, 12, 0x14c],
];
const HOME = { wacn: 'BEE07', system: '14C' };

export const OUTBOUND_TABLES: readonly BitTable[] = [
  {
    name: 'GRP_V_CH_GRANT_UPDT_EXP',
    opcode: 0x03,
    fields: [...options(16), ...channel(32), ...channel(48, 241), [64, 16, 9101]],
    event: { type: 'grant', update: true, talkgroup: 9101, ...CHANNEL, ...UPLINK, ...OPTIONS },
  },
  {
    name: 'UU_V_CH_GRANT',
    opcode: 0x04,
    fields: [...channel(16), target(32), source(56)],
    event: { type: 'grant', update: false, ...BOTH, ...CHANNEL },
  },
  {
    name: 'UU_ANS_REQ',
    opcode: 0x05,
    fields: [...options(16), target(32), source(56)],
    event: { type: 'unit_call_request', ...BOTH, ...OPTIONS },
  },
  {
    name: 'UU_V_CH_GRANT_UPDT',
    opcode: 0x06,
    fields: [...channel(16), target(32), source(56)],
    event: { type: 'grant', update: true, ...BOTH, ...CHANNEL },
  },
  ...[0x08, 0x09].map((opcode) => ({
    name: opcode === 0x08 ? 'TELE_INT_CH_GRANT' : 'TELE_INT_CH_GRANT_UPDT',
    opcode,
    fields: [...options(16), ...channel(24), [40, 16, 600] as const, target(56)],
    event: {
      type: 'grant',
      update: opcode === 0x09,
      telephone: true,
      call_timer_ms: 60_000,
      target: TARGET,
      ...CHANNEL,
      ...OPTIONS,
    },
  })),
  {
    name: 'TELE_INT_ANS_REQ',
    opcode: 0x0a,
    fields: [...[5, 5, 5, 1, 2, 3, 4, 5, 6, 7].map((digit, i): Field => [16 + 4 * i, 4, digit]), target(56)],
    event: { type: 'telephone_call_request', digits: '5551234567', target: TARGET },
  },
  {
    name: 'IND_DATA_CH_GRANT',
    opcode: 0x10,
    fields: [...channel(16), target(32), source(56)],
    event: { type: 'grant', data: true, ...BOTH, ...CHANNEL },
  },
  {
    name: 'GRP_DATA_CH_GRANT',
    opcode: 0x11,
    fields: [...options(16), ...channel(24), [40, 16, 9101], source(56)],
    event: { type: 'grant', data: true, talkgroup: 9101, source: SOURCE, ...CHANNEL, ...OPTIONS },
  },
  {
    name: 'GRP_DATA_CH_ANN',
    opcode: 0x12,
    fields: [...channel(16), [32, 16, 9101]],
    event: { type: 'grant', update: true, data: true, talkgroup: 9101, ...CHANNEL },
  },
  {
    name: 'GRP_DATA_CH_ANN_EXP',
    opcode: 0x13,
    fields: [...options(16), ...channel(32), ...channel(48, 241), [64, 16, 9101]],
    event: { type: 'grant', update: true, data: true, talkgroup: 9101, ...CHANNEL, ...UPLINK },
  },
  {
    name: 'SN-DATA_CHN_GNT',
    opcode: 0x14,
    fields: [[17, 1, 1], [20, 4, 5], ...channel(24), ...channel(40, 241), target(56)],
    event: { type: 'grant', data: true, nsapi: 5, encrypted: true, target: TARGET, ...CHANNEL, ...UPLINK },
  },
  {
    name: 'SN-DATA_PAGE_REQ',
    opcode: 0x15,
    fields: [[20, 4, 5], [40, 16, 3], target(56)],
    event: { type: 'data_page', nsapi: 5, access_control: 3, target: TARGET },
  },
  {
    name: 'QUE_RSP',
    opcode: 0x21,
    fields: [[16, 1, 1], [18, 6, 0], [24, 8, 0x40], [32, 24, 9101], target(56)],
    event: { type: 'queued', service_name: 'GRP_V_REQ', reason_name: 'no channel free', talkgroup: 9101 },
  },
  {
    name: 'TIME_DATE_ANN',
    opcode: 0x35,
    fields: [
      [16, 3, 7],
      [20, 1, 1],
      [21, 11, 300],
      [32, 4, 11],
      [36, 5, 27],
      [41, 13, 26],
      [56, 5, 9],
      [61, 6, 35],
      [67, 6, 59],
    ],
    event: { type: 'time', utc: '2026-11-27T09:35:59Z', local_offset_minutes: -300 },
  },
  {
    name: 'MOT_GRG_DEL_CMD',
    opcode: 0x01,
    mfid: 0x90,
    fields: [
      [16, 16, 0x5f00],
      [32, 16, 9101],
      [48, 16, 9102],
    ],
    event: { type: 'patch', action: 'delete', supergroup: 0x5f00, talkgroups: [9101, 9102], dissolved: false },
  },
  {
    name: 'MOT_GRG_CN_GRANT',
    opcode: 0x02,
    mfid: 0x90,
    fields: [[17, 1, 1], ...channel(24), [40, 16, 0x5f00], source(56)],
    event: { type: 'grant', supergroup: true, talkgroup: 0x5f00, encrypted: true, source: SOURCE, ...CHANNEL },
  },
  {
    name: 'MOT_DENY_RSP',
    opcode: 0x07,
    mfid: 0x90,
    fields: [[17, 1, 1], [18, 6, 0x1f], [24, 8, 0x20], target(56)],
    event: { type: 'deny', service_name: 'CALL_ALRT_REQ', reason_name: 'target unit not valid', target: TARGET },
  },
  {
    name: 'STS_UPDT',
    opcode: 0x18,
    fields: [[16, 8, 3], [24, 8, 9], target(32), source(56)],
    event: { type: 'status', unit_status: 3, user_status: 9, ...BOTH },
  },
  { name: 'STS_Q', opcode: 0x1a, fields: [target(32), source(56)], event: { type: 'status_query', ...BOTH } },
  {
    name: 'MSG_UPDT',
    opcode: 0x1c,
    fields: [[16, 16, 0x1234], target(32), source(56)],
    event: { type: 'short_message', code: 0x1234, ...BOTH },
  },
  {
    name: 'RAD_MON_CMD',
    opcode: 0x1d,
    fields: [[16, 8, 30], [24, 1, 1], [30, 2, 2], source(32), target(56)],
    event: { type: 'radio_monitor', transmit_seconds: 30, silent: true, transmit_multiplier: 2, ...BOTH },
  },
  { name: 'CALL_ALRT', opcode: 0x1f, fields: [target(32), source(56)], event: { type: 'call_alert', ...BOTH } },
  {
    name: 'ACK_RSP_FNE',
    opcode: 0x20,
    fields: [[16, 1, 1], [18, 6, 0x1f], source(32), target(56)],
    event: { type: 'acknowledge', service_name: 'CALL_ALRT_REQ', ...BOTH },
  },
  {
    name: 'ACK_RSP_FNE',
    opcode: 0x20,
    fields: [[17, 1, 1], [18, 6, 0x18], ...home(24), target(56)],
    event: { type: 'acknowledge', service: 0x18, target_wacn: 'BEE07', target_system: '14C', target: TARGET },
  },
  {
    name: 'EXT_FNCT_CMD',
    opcode: 0x24,
    fields: [[16, 16, 0x007f], source(32), target(56)],
    event: { type: 'extended_function', function_name: 'radio_inhibit', argument: SOURCE, target: TARGET },
  },
  {
    name: 'SCCB_EXP',
    opcode: 0x29,
    fields: [[16, 8, 5], [24, 8, 9], ...channel(32), ...channel(56, 241), [72, 8, 0x70]],
    event: { type: 'secondary_control_channel', rfss: 5, site: 9, ...CHANNEL, ...UPLINK },
  },
  {
    name: 'GRP_AFF_Q',
    opcode: 0x2a,
    fields: [target(32), source(56)],
    event: { type: 'affiliation_query', ...BOTH },
  },
  {
    name: 'LOC_REG_RSP',
    opcode: 0x2b,
    fields: [[22, 2, 2], [24, 16, 9101], [40, 8, 5], [48, 8, 9], source(56)],
    event: { type: 'location_registration', accepted: false, response: 'denied', talkgroup: 9101, rfss: 5, site: 9 },
  },
  {
    name: 'U_REG_CMD',
    opcode: 0x2d,
    fields: [target(32), source(56)],
    event: { type: 'registration_command', ...BOTH },
  },
  {
    name: 'AUTH_CMD',
    opcode: 0x2e,
    fields: [...home(24), target(56)],
    event: { type: 'authentication_command', target: TARGET, ...HOME },
  },
  {
    name: 'AUTH_FNE_RESP',
    opcode: 0x32,
    fields: [[24, 32, 0x01020304], target(56)],
    event: { type: 'authentication_response', response: '01020304', target: TARGET },
  },
  {
    name: 'ROAM_ADDR_CMD',
    opcode: 0x36,
    fields: [[16, 8, 2], ...home(24), target(56)],
    event: { type: 'roaming_address', operation: 2, target: TARGET, ...HOME },
  },
  {
    name: 'ROAM_ADDR_UPDT',
    opcode: 0x37,
    fields: [[16, 1, 1], [20, 4, 5], ...home(24), target(56)],
    event: { type: 'roaming_address', last: true, sequence: 5, target: TARGET, ...HOME },
  },
  {
    name: 'P_PARM_UPDT',
    opcode: 0x3f,
    fields: [[32, 8, 0x84], [40, 16, 0x1234], target(56)],
    event: { type: 'protection_parameters', algorithm_name: 'AES-256', key_id: 0x1234, target: TARGET },
  },
  {
    name: 'MOT_EXT_FNCT_CMD',
    opcode: 0x04,
    mfid: 0x90,
    fields: [[16, 16, 0x0200], [32, 24, 9101], target(56)],
    event: { type: 'extended_function', function_name: 'individual_regroup', argument: 9101, target: TARGET },
  },
  {
    name: 'MOT_QUE_RSP',
    opcode: 0x06,
    mfid: 0x90,
    fields: [[16, 1, 1], [18, 6, 0], [24, 8, 0x40], [32, 24, 9101], target(56)],
    event: { type: 'queued', service_name: 'MOT_GRG_V_REQ', reason_name: 'no channel free', target: TARGET },
  },
  {
    name: 'MOT_ACK_RSP_FNE',
    opcode: 0x08,
    mfid: 0x90,
    fields: [[18, 6, 1], source(32), target(56)],
    event: { type: 'acknowledge', service_name: 'MOT_EXT_FNCT_RSP', ...BOTH },
  },
  {
    name: 'MOT_EMERGENCY_ALARM',
    opcode: 0x0a,
    mfid: 0x90,
    fields: [[40, 16, 9101], source(56)],
    event: { type: 'emergency_alarm', talkgroup: 9101, source: SOURCE },
  },
];

export const INBOUND_TABLES: readonly BitTable[] = [
  {
    name: 'GRP_V_REQ',
    opcode: 0x00,
    fields: [...options(16), [40, 16, 9101], source(56)],
    event: { type: 'request', service: 'group_voice', talkgroup: 9101, source: SOURCE, ...OPTIONS },
  },
  {
    name: 'UU_V_REQ',
    opcode: 0x04,
    fields: [...options(16), target(32), source(56)],
    event: { service: 'unit_voice', ...BOTH, ...OPTIONS },
  },
  {
    name: 'UU_ANS_RSP',
    opcode: 0x05,
    fields: [[24, 8, 0x20], target(32), source(56)],
    event: { service: 'unit_voice_answer', answer_name: 'proceed', ...BOTH },
  },
  {
    name: 'TELE_INT_PSTN_REQ',
    opcode: 0x09,
    fields: [[48, 8, 7], source(56)],
    event: { service: 'telephone', number: 7, source: SOURCE },
  },
  {
    name: 'TELE_INT_ANS_RSP',
    opcode: 0x0a,
    fields: [[24, 8, 0x22], source(56)],
    event: { service: 'telephone_answer', answer_name: 'wait', source: SOURCE },
  },
  { name: 'IND_DATA_REQ', opcode: 0x10, fields: [target(32), source(56)], event: { service: 'unit_data', ...BOTH } },
  {
    name: 'GRP_DATA_REQ',
    opcode: 0x11,
    fields: [[40, 16, 9101], source(56)],
    event: { service: 'group_data', talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'SN-DATA_CHN_REQ',
    opcode: 0x12,
    fields: [[20, 4, 5], [24, 16, 3], source(56)],
    event: { service: 'data_channel', nsapi: 5, access_control: 3, source: SOURCE },
  },
  {
    name: 'SN-DATA_PAGE_RES',
    opcode: 0x13,
    fields: [[20, 4, 5], [24, 8, 0x21], [32, 16, 3], source(56)],
    event: { service: 'data_page_answer', nsapi: 5, answer_name: 'deny', access_control: 3, source: SOURCE },
  },
  {
    name: 'SN-REC_REQ',
    opcode: 0x14,
    fields: [[20, 4, 5], [24, 16, 3], [40, 1, 1], source(56)],
    event: { service: 'data_reconnect', nsapi: 5, access_control: 3, has_data: true, source: SOURCE },
  },
  ...[0x18, 0x19].map((opcode) => ({
    name: opcode === 0x18 ? 'STS_UPDT_REQ' : 'STS_Q_RSP',
    opcode,
    fields: [[16, 8, 3] as const, [24, 8, 9] as const, target(32), source(56)],
    event: { type: 'status', unit_status: 3, user_status: 9, ...BOTH },
  })),
  { name: 'STS_Q_REQ', opcode: 0x1a, fields: [target(32), source(56)], event: { type: 'status_query', ...BOTH } },
  {
    name: 'MSG_UPDT_REQ',
    opcode: 0x1c,
    fields: [[16, 16, 0x1234], target(32), source(56)],
    event: { type: 'short_message', code: 0x1234, ...BOTH },
  },
  {
    name: 'RAD_MON_REQ',
    opcode: 0x1d,
    fields: [[30, 2, 3], target(32), source(56)],
    event: { type: 'radio_monitor', transmit_multiplier: 3, ...BOTH },
  },
  { name: 'CALL_ALRT_REQ', opcode: 0x1f, fields: [target(32), source(56)], event: { type: 'call_alert', ...BOTH } },
  {
    name: 'ACK_RSP_U',
    opcode: 0x20,
    fields: [[18, 6, 0x1f], target(32), source(56)],
    event: { type: 'acknowledge', service: 0x1f, ...BOTH },
  },
  {
    name: 'CAN_SRV_REQ',
    opcode: 0x23,
    fields: [[18, 6, 0x04], [24, 8, 0x20], source(56)],
    event: { service: 'cancel', cancelled: 4, reason_name: 'end resource assignment', source: SOURCE },
  },
  {
    name: 'EXT_FNCT_RSP',
    opcode: 0x24,
    fields: [[16, 16, 0x0080], [32, 24, 7], source(56)],
    event: { type: 'extended_function', function_name: 'radio_check_acknowledge', argument: 7, source: SOURCE },
  },
  {
    name: 'EMRG_ALRM_REQ',
    opcode: 0x27,
    fields: [[16, 1, 1], [23, 1, 1], [24, 8, 1], [40, 16, 9101], source(56)],
    event: { type: 'emergency_alarm', man_down: true, vehicle_sensed: false, code: 1, talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'GRP_AFF_REQ',
    opcode: 0x28,
    fields: [[28, 12, 0x14c], [40, 16, 9101], source(56)],
    event: { service: 'affiliation', system: '14C', talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'GRP_AFF_Q_RSP',
    opcode: 0x29,
    fields: [[24, 16, 9100], [40, 16, 9101], source(56)],
    event: { service: 'affiliation_answer', announcement_group: 9100, talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'U_DE_REG_REQ',
    opcode: 0x2b,
    fields: [...home(24), source(56)],
    event: { service: 'deregistration', source: SOURCE, ...HOME },
  },
  {
    name: 'U_REG_REQ',
    opcode: 0x2c,
    fields: [[16, 1, 1], ...home(24), source(56)],
    event: { service: 'registration', emergency: true, source: SOURCE, ...HOME },
  },
  {
    name: 'LOC_REG_REQ',
    opcode: 0x2d,
    fields: [[32, 8, 7], [40, 16, 9101], source(56)],
    event: { service: 'location_registration', emergency: false, lra: 7, talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'AUTH_Q',
    opcode: 0x2e,
    fields: [target(32), source(56)],
    event: { service: 'authentication_query', ...BOTH },
  },
  { name: 'AUTH_RSP', opcode: 0x2f, fields: [source(56)], event: { service: 'authentication_answer', source: SOURCE } },
  {
    name: 'P_PARM_REQ',
    opcode: 0x30,
    fields: [...home(24), source(56)],
    event: { service: 'protection_parameters', source: SOURCE, ...HOME },
  },
  {
    name: 'IDEN_UP_REQ',
    opcode: 0x32,
    fields: [[20, 4, 9], source(56)],
    event: { service: 'iden_update', identifier: 9, source: SOURCE },
  },
  {
    name: 'ROAM_ADDR_REQ',
    opcode: 0x36,
    fields: [target(32), source(56)],
    event: { service: 'roaming_address', ...BOTH },
  },
  {
    name: 'ROAM_ADDR_RSP',
    opcode: 0x37,
    fields: [[16, 1, 1], [20, 4, 5], ...home(24), source(56)],
    event: { service: 'roaming_address_answer', last: true, sequence: 5, source: SOURCE, ...HOME },
  },
  {
    name: 'AUTH_RESP',
    opcode: 0x38,
    fields: [[23, 1, 1], [24, 32, 0x01020304], source(56)],
    event: { service: 'authentication_answer', standalone: true, response: '01020304', source: SOURCE },
  },
  {
    name: 'AUTH_FNE_RST',
    opcode: 0x3a,
    fields: [[16, 1, 1], source(56)],
    event: { service: 'authentication_result', passed: true, source: SOURCE },
  },
  {
    name: 'AUTH_SU_DMD',
    opcode: 0x3b,
    fields: [source(56)],
    event: { service: 'authentication_demand', source: SOURCE },
  },
  {
    name: 'MOT_GRG_V_REQ',
    opcode: 0x00,
    mfid: 0x90,
    fields: [[17, 1, 1], [40, 16, 9101], source(56)],
    event: { service: 'group_voice', talkgroup: 9101, encrypted: true, source: SOURCE },
  },
  {
    name: 'MOT_EXT_FNCT_RSP',
    opcode: 0x01,
    mfid: 0x90,
    fields: [[16, 16, 0x0281], [32, 24, 9101], source(56)],
    event: { type: 'extended_function', function_name: 'individual_regroup_cancel_acknowledge', source: SOURCE },
  },
];

/** Link control words; the standard ones are sent without a manufacturer (bit 1 of octet 0 set). */
export const LINK_CONTROL_TABLES: readonly BitTable[] = [
  {
    name: 'LC_UU_V_CH_USR',
    opcode: 0x03,
    fields: [[1, 1, 0], ...options(16), target(24), source(48)],
    event: { type: 'talker', ...BOTH, ...OPTIONS },
  },
  {
    name: 'LC_GRP_V_CH_UPDT',
    opcode: 0x02,
    fields: [...channel(8), [24, 16, 9101], ...channel(40, 241), [56, 16, 9102]],
    event: { type: 'grant', update: true, talkgroup: 9101, ...CHANNEL },
  },
  {
    name: 'LC_CALL_TRM_CAN',
    opcode: 0x0f,
    fields: [source(48)],
    event: { type: 'call_termination', unit: SOURCE },
  },
  {
    name: 'LC_CONV_FALLBACK',
    opcode: 0x2a,
    fields: [[1, 1, 0], ...[7, 7, 8, 7, 7, 7].map((number, i): Field => [24 + 8 * i, 8, number])],
    event: { type: 'conventional_fallback', channels: [7, 8] },
  },
  {
    name: 'MOT_LC_BASE_STATION_ID',
    opcode: 0x05,
    mfid: 0x90,
    fields: [...'WNVQ250'].map((character, i): Field => [16 + 6 * i, 6, character.charCodeAt(0) - 43]),
    event: { type: 'base_station', call_sign: 'WNVQ250' },
  },
  {
    name: 'LC_GRP_V_CH_UPDT_EXP',
    opcode: 0x04,
    fields: [...options(16), [24, 16, 9101], ...channel(40), ...channel(56, 241)],
    event: { type: 'grant', update: true, talkgroup: 9101, ...CHANNEL, ...UPLINK, ...OPTIONS },
  },
  {
    name: 'LC_UU_ANS_REQ',
    opcode: 0x05,
    fields: [...options(8), target(24), source(48)],
    event: { type: 'unit_call_request', ...BOTH, ...OPTIONS },
  },
  {
    name: 'LC_TELE_INT_V_CH_USR',
    opcode: 0x06,
    fields: [...options(16), [32, 16, 600], target(48)],
    event: { type: 'talker', telephone: true, call_timer_ms: 60_000, target: TARGET, ...OPTIONS },
  },
  {
    name: 'LC_TELE_INT_ANS_REQ',
    opcode: 0x07,
    fields: [...[5, 5, 5, 1, 2, 3, 4, 5, 6, 11].map((digit, i): Field => [8 + 4 * i, 4, digit]), target(48)],
    event: { type: 'telephone_call_request', digits: '555123456#', target: TARGET },
  },
  {
    name: 'LC_SOURCE_ID_EXT',
    opcode: 0x09,
    fields: [...home(16), source(48)],
    event: { type: 'source_identity', source: SOURCE, ...HOME },
  },
  {
    name: 'LC_UU_V_CH_USR_EXT',
    opcode: 0x0a,
    fields: [...options(16), target(24), source(48)],
    event: { type: 'talker', ...BOTH, ...OPTIONS },
  },
  {
    name: 'LC_GRP_AFF_Q',
    opcode: 0x10,
    fields: [target(24), source(48)],
    event: { type: 'affiliation_query', ...BOTH },
  },
  {
    name: 'LC_U_REG_CMD',
    opcode: 0x11,
    fields: [...home(8), target(40)],
    event: { type: 'registration_command', target: TARGET, ...HOME },
  },
  {
    name: 'LC_U_AUTH_CMD',
    opcode: 0x12,
    fields: [...home(8), target(40)],
    event: { type: 'authentication_command', target: TARGET, ...HOME },
  },
  { name: 'LC_STS_Q', opcode: 0x13, fields: [target(24), source(48)], event: { type: 'status_query', ...BOTH } },
  ...[0x14, 0x1a].map((opcode) => ({
    name: opcode === 0x14 ? 'LC_STS_UPDT' : 'LC_STS_UPDT_SRC_RQRD',
    opcode,
    fields: [[8, 8, 3] as const, [16, 8, 9] as const, target(24), source(48)],
    event: { type: 'status', unit_status: 3, user_status: 9, ...BOTH },
  })),
  ...[0x15, 0x1b].map((opcode) => ({
    name: opcode === 0x15 ? 'LC_MSG_UPDT' : 'LC_MSG_UPDT_SRC_RQRD',
    opcode,
    fields: [[8, 16, 0x1234] as const, target(24), source(48)],
    event: { type: 'short_message', code: 0x1234, ...BOTH },
  })),
  { name: 'LC_CALL_ALRT', opcode: 0x16, fields: [target(24), source(48)], event: { type: 'call_alert', ...BOTH } },
  ...[0x17, 0x1c].map((opcode) => ({
    name: opcode === 0x17 ? 'LC_EXT_FNCT_CMD' : 'LC_EXT_FNCT_CMD_SRC_RQRD',
    opcode,
    fields: [[8, 16, 0x007e] as const, [24, 24, 7] as const, target(48)],
    event: { type: 'extended_function', function_name: 'radio_uninhibit', argument: 7, target: TARGET },
  })),
  {
    name: 'LC_CH_ID_UPDT',
    opcode: 0x18,
    fields: [
      [8, 4, 9],
      [12, 9, 100],
      [21, 1, 0],
      [22, 8, 180],
      [30, 10, 50],
      [40, 32, 170_200_000],
    ],
    event: {
      type: 'iden_update',
      identifier: 9,
      bandwidth: 12_500,
      transmit_offset: -45_000_000,
      spacing: 6250,
      base_frequency: 851_000_000,
    },
  },
  {
    name: 'LC_CH_ID_UPDT_VU',
    opcode: 0x19,
    fields: [
      [8, 4, 9],
      [12, 4, 5],
      [16, 1, 1],
      [17, 13, 400],
      [30, 10, 100],
      [40, 32, 90_000_000],
    ],
    event: { type: 'iden_update', bandwidth: 12_500, transmit_offset: 5_000_000, base_frequency: 450_000_000 },
  },
  {
    name: 'LC_SYS_SRV_BCST',
    opcode: 0x20,
    fields: [
      [20, 4, 3],
      [24, 24, 1 << 19],
      [48, 24, 1 << 18],
    ],
    event: { available: ['group_voice'], supported: ['individual_voice'], request_priority: 3 },
  },
  {
    name: 'LC_SCCB',
    opcode: 0x21,
    fields: [[8, 8, 5], [16, 8, 9], ...channel(24), [40, 8, 4]],
    event: { type: 'secondary_control_channel', rfss: 5, site: 9, service_class: ['backup_control'], ...CHANNEL },
  },
  {
    name: 'LC_RFSS_STS_BCST',
    opcode: 0x23,
    fields: [[8, 8, 7], [20, 12, 0x14c], [32, 8, 5], [40, 8, 9], ...channel(48), [64, 8, 0x70]],
    event: { type: 'rfss_status', lra: 7, system: '14C', rfss: 5, site: 9, control_frequency: 852_500_000 },
  },
  {
    name: 'LC_NET_STS_BCST',
    opcode: 0x24,
    fields: [...home(16), ...channel(48), [64, 8, 0x70]],
    event: { type: 'network_status', control_channel: '2-240', ...HOME },
  },
  {
    name: 'LC_P_PARM_BCST',
    opcode: 0x25,
    fields: [[24, 8, 0xaa], [32, 16, 0x1234], target(48)],
    event: { type: 'protection_parameters', algorithm_name: 'ADP (RC4)', key_id: 0x1234, target: TARGET },
  },
  {
    name: 'LC_SCCB_EXP',
    opcode: 0x26,
    fields: [[8, 8, 5], [16, 8, 9], ...channel(24), ...channel(40, 241), [56, 8, 4]],
    event: { type: 'secondary_control_channel', rfss: 5, site: 9, ...CHANNEL, ...UPLINK },
  },
  {
    name: 'LC_ADJ_STS_BCST_EXP',
    opcode: 0x27,
    fields: [[8, 8, 7], ...channel(16), [32, 8, 5], [40, 8, 9], ...channel(48, 241), [66, 1, 1]],
    event: { type: 'adjacent_site', lra: 7, rfss: 5, site: 9, valid: true, control_channel: '2-240', ...UPLINK },
  },
  {
    name: 'LC_RFSS_STS_BCST_EXP',
    opcode: 0x28,
    fields: [[8, 8, 7], ...channel(16, 241), [32, 8, 5], [40, 8, 9], ...channel(48), [64, 8, 0x70]],
    event: { type: 'rfss_status', lra: 7, rfss: 5, site: 9, control_channel: '2-240', ...UPLINK },
  },
  {
    name: 'LC_NET_STS_BCST_EXP',
    opcode: 0x29,
    fields: [...home(8), ...channel(40), ...channel(56, 241)],
    event: { type: 'network_status', control_channel: '2-240', ...HOME, ...UPLINK },
  },
  {
    name: 'MOT_LC_GRG_V_CH_UPDT',
    opcode: 0x01,
    mfid: 0x90,
    fields: [...options(16), [24, 16, 9101], ...channel(56)],
    event: { type: 'grant', update: true, talkgroup: 9101, supergroup: true, ...CHANNEL },
  },
  {
    name: 'MOT_LC_GRG_ADD',
    opcode: 0x03,
    mfid: 0x90,
    fields: [
      [16, 16, 0x5f00],
      [32, 16, 9101],
      [48, 16, 9102],
    ],
    event: { type: 'patch', action: 'add', supergroup: 0x5f00, talkgroups: [9101, 9102] },
  },
  {
    name: 'MOT_LC_GRG_DEL',
    opcode: 0x04,
    mfid: 0x90,
    fields: [
      [16, 16, 0x5f00],
      [32, 16, 0x5f00],
    ],
    event: { type: 'patch', action: 'delete', supergroup: 0x5f00, talkgroups: [], dissolved: true },
  },
  {
    name: 'MOT_LC_EMERGENCY_ALARM',
    opcode: 0x0a,
    mfid: 0x90,
    fields: [[16, 16, 9101], source(48)],
    event: { type: 'emergency_alarm', talkgroup: 9101, source: SOURCE },
  },
  {
    name: 'MOT_LC_UNIT_GPS',
    opcode: 0x06,
    mfid: 0x90,
    // A half of 90 degrees south, a quarter of 180 degrees before the date line.
    fields: [
      [23, 1, 1],
      [24, 1, 1],
      [25, 23, 0x400000],
      [48, 1, 1],
      [49, 23, 0x600000],
    ],
    event: { type: 'location', latitude: -45.000005, longitude: -44.999984, outdated: true },
  },
  {
    name: 'HARRIS_LC_RETURN_TO_CC',
    opcode: 0x0a,
    mfid: 0xa4,
    fields: [source(24), target(48)],
    event: { type: 'return_to_control_channel', ...BOTH },
  },
  {
    name: 'TAIT_LC_SOURCE_ID',
    opcode: 0x01,
    mfid: 0xd8,
    fields: [...home(16), source(48)],
    event: { type: 'source_identity', source: SOURCE, ...HOME },
  },
];
