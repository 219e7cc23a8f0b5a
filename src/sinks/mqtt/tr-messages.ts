import type { EventObject } from '../../core/messages';

/** trunk-recorder's kinds of trunking messages. */
const KINDS = {
  GRANT: 0,
  STATUS: 1,
  UPDATE: 2,
  CONTROL_CHANNEL: 3,
  REGISTRATION: 4,
  DEREGISTRATION: 5,
  AFFILIATION: 6,
  SYSID: 7,
  ACKNOWLEDGE: 8,
  LOCATION: 9,
  PATCH_ADD: 10,
  PATCH_DELETE: 11,
  DATA_GRANT: 12,
  UU_ANS_REQ: 13,
  UU_V_GRANT: 14,
  UU_V_UPDATE: 15,
  UNKNOWN: 99,
} as const;

/** Names of P25's outbound messages (TIA-102.AABC-E annex D): opcode and what it is. */
const OPCODES: Readonly<Record<string, readonly [opcode: number, description: string]>> = {
  GRP_V_CH_GRANT: [0x00, 'Group Voice Channel Grant'],
  GRP_V_CH_GRANT_UPDT: [0x02, 'Group Voice Channel Grant Update'],
  GRP_V_CH_GRANT_UPDT_EXP: [0x03, 'Group Voice Channel Update - Explicit'],
  UU_V_CH_GRANT: [0x04, 'Unit To Unit Voice Channel Grant'],
  UU_ANS_REQ: [0x05, 'Unit To Unit Answer Request'],
  UU_V_CH_GRANT_UPDT: [0x06, 'Unit to Unit Voice Channel Grant Update'],
  TELE_INT_CH_GRANT: [0x08, 'Telephone Interconnect Voice Channel Grant'],
  TELE_INT_CH_GRANT_UPDT: [0x09, 'Telephone Interconnect Voice Channel Grant Update'],
  TELE_INT_ANS_REQ: [0x0a, 'Telephone Interconnect Answer Request'],
  IND_DATA_CH_GRANT: [0x10, 'Individual Data Channel Grant'],
  GRP_DATA_CH_GRANT: [0x11, 'Group Data Channel Grant'],
  GRP_DATA_CH_ANN: [0x12, 'Group Data Channel Announcement'],
  GRP_DATA_CH_ANN_EXP: [0x13, 'Group Data Channel Announcement - Explicit'],
  'SN-DATA_CHN_GNT': [0x14, 'SNDCP Data Channel Grant'],
  'SN-DATA_PAGE_REQ': [0x15, 'SNDCP Data Page Request'],
  'SN-DATA_CHN_ANN_EXP': [0x16, 'SNDCP Data Channel Announcement - Explicit'],
  STS_UPDT: [0x18, 'Status Update'],
  STS_Q: [0x1a, 'Status Query'],
  MSG_UPDT: [0x1c, 'Message Update'],
  RAD_MON_CMD: [0x1d, 'Radio Unit Monitor Command'],
  RAD_MON_ENH_CMD: [0x1e, 'Radio Unit Monitor Enhanced Command'],
  CALL_ALRT: [0x1f, 'Call Alert'],
  ACK_RSP_FNE: [0x20, 'Acknowledge Response - FNE'],
  QUE_RSP: [0x21, 'Queued Response'],
  EXT_FNCT_CMD: [0x24, 'Extended Function Command'],
  DENY_RSP: [0x27, 'Deny Response'],
  GRP_AFF_RSP: [0x28, 'Group Affiliation Response'],
  SCCB_EXP: [0x29, 'Secondary Control Channel Broadcast - Explicit'],
  GRP_AFF_Q: [0x2a, 'Group Affiliation Query'],
  LOC_REG_RSP: [0x2b, 'Location Registration Response'],
  U_REG_RSP: [0x2c, 'Unit Registration Response'],
  U_REG_CMD: [0x2d, 'Unit Registration Command'],
  AUTH_CMD: [0x2e, 'Authentication Command'],
  U_DE_REG_ACK: [0x2f, 'De-Registration Acknowledge'],
  SYNC_BCST: [0x30, 'Sync Broadcast / Patch'],
  AUTH_DMD: [0x31, 'Authentication Demand'],
  AUTH_FNE_RESP: [0x32, 'Authentication FNE Response'],
  IDEN_UP_TDMA: [0x33, 'Identifier Update for TDMA'],
  IDEN_UP_VU: [0x34, 'Identifier Update for VHF/UHF Bands'],
  TIME_DATE_ANN: [0x35, 'Time and Date Announcement'],
  ROAM_ADDR_CMD: [0x36, 'Roaming Address Command'],
  ROAM_ADDR_UPDT: [0x37, 'Roaming Address Update'],
  SYS_SRV_BCST: [0x38, 'System Service Broadcast'],
  SCCB: [0x39, 'Secondary Control Channel Broadcast'],
  RFSS_STS_BCST: [0x3a, 'RFSS Status Broadcast'],
  NET_STS_BCST: [0x3b, 'Network Status Broadcast'],
  ADJ_STS_BCST: [0x3c, 'Adjacent Status Broadcast'],
  IDEN_UP: [0x3d, 'Identifier Update'],
  ADJ_STS_BCST_UNC: [0x3e, 'Adjacent Status Broadcast Uncoordinated'],
  P_PARM_UPDT: [0x3f, 'Protection Parameter Update'],
  MOT_GRG_ADD_CMD: [0x00, 'Motorola Group Regroup Add'],
  MOT_GRG_DEL_CMD: [0x01, 'Motorola Group Regroup Delete'],
  MOT_GRG_CN_GRANT: [0x02, 'Motorola Group Regroup Channel Grant'],
  MOT_GRG_CN_GRANT_UPDT: [0x03, 'Motorola Group Regroup Channel Grant Update'],
  MOT_GRG_CN_GRANT_EXP: [0x02, 'Motorola Group Regroup Channel Grant - Explicit'],
  MOT_EXT_FNCT_CMD: [0x04, 'Motorola Extended Function Command'],
  MOT_SYS_BCST: [0x05, 'Motorola System Broadcast'],
  MOT_QUE_RSP: [0x06, 'Motorola Queued Response'],
  MOT_DENY_RSP: [0x07, 'Motorola Deny Response'],
  MOT_ACK_RSP_FNE: [0x08, 'Motorola Acknowledge Response - FNE'],
  MOT_SYSTEM_LOADING: [0x09, 'Motorola System Loading'],
  MOT_EMERGENCY_ALARM: [0x0a, 'Motorola Emergency Alarm'],
  MOT_BASE_STATION_ID: [0x0b, 'Motorola Base Station Identification'],
  MOT_CC_SHUTDOWN: [0x0e, 'Motorola Control Channel Shutdown'],
  MOT_TDMA_DATA_CHANNEL: [0x16, 'Motorola TDMA Data Channel'],
  HARRIS_GRG_EXENC_CMD: [0x30, 'Sync Broadcast / Patch'],
  HARRIS_BASE_STATION_ID: [0x33, 'Harris Base Station Identification'],
};

type Kind = keyof typeof KINDS;

/** Kind by our event type, where that decides it. */
const TYPES: Readonly<Record<string, Kind>> = {
  status: 'STATUS',
  secondary_control_channel: 'CONTROL_CHANNEL',
  registration: 'REGISTRATION',
  deregistration: 'DEREGISTRATION',
  affiliation: 'AFFILIATION',
  network_status: 'SYSID',
  rfss_status: 'SYSID',
  acknowledge: 'ACKNOWLEDGE',
  location_registration: 'LOCATION',
  unit_call_request: 'UU_ANS_REQ',
};

/** Fields that say where a message came from, not what it says. */
const ABOUT = new Set(['type', 'protocol', 'stream', 'time', 'nac', 'message']);

/** A control channel message as in trunk-recorder's `messages`; undefined for what is none. */
export function trMessage(event: EventObject, system: { number: number; name: string }): object | undefined {
  const { message } = event;
  const isUnknown = event.type === 'unknown';
  if (typeof message !== 'string' && !isUnknown) return undefined;
  const known = typeof message === 'string' && Object.hasOwn(OPCODES, message) ? OPCODES[message] : undefined;
  // Link control words come from voice channels, requests from radios.
  if (!known && !isUnknown) return undefined;
  const kind = kindOf(event);
  return {
    sys_num: system.number,
    sys_name: system.name,
    trunk_msg: KINDS[kind],
    trunk_msg_type: kind,
    opcode: (known?.[0] ?? 0xff).toString(16).toUpperCase().padStart(2, '0'),
    opcode_type: known ? message : 'UNK',
    opcode_desc: known?.[1] ?? 'Unidentified',
    meta: meta(event),
  };
}

function kindOf(event: EventObject): Kind {
  if (event.type === 'grant') {
    if (event.data === true) return 'DATA_GRANT';
    if (event.talkgroup === undefined) return event.update === true ? 'UU_V_UPDATE' : 'UU_V_GRANT';
    return event.update === true ? 'UPDATE' : 'GRANT';
  }
  if (event.type === 'patch') return event.action === 'delete' ? 'PATCH_DELETE' : 'PATCH_ADD';
  return Object.hasOwn(TYPES, event.type) ? TYPES[event.type] : 'UNKNOWN';
}

/** The message's fields in one line for people. */
function meta(event: EventObject): string {
  const fields = Object.entries(event).filter(([name, value]) => !ABOUT.has(name) && value !== undefined);
  return [event.type, ...fields.map(([name, value]) => `${name}=${text(value)}`)].join(' ');
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
