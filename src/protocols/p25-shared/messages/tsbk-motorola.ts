import { denyReason, supergroupDenyReason } from '../names';
import type { Octets } from '../octets';
import { acknowledged, queued } from './answers';
import { callSign } from './call-sign';
import { type Definition, type MessageTable, messageTable } from './definition';
import { groupGrant, groupUpdates, uplinkFields } from './grant';
import { patchAdd, patchDelete } from './patch';
import { raw } from './raw';
import { TSBK_INBOUND } from './tsbk-inbound';
import { extendedFunction } from './unit-messages';

const SUPERGROUP = { supergroup: true };

/** The three talkgroups of a patch message. */
const members = (o: Octets): number[] => [o.u16(4), o.u16(6), o.u16(8)];

/** Motorola's inbound messages (TIA-102.AABH 3.1). */
export const TSBK_MOTOROLA_INBOUND: MessageTable = messageTable([
  {
    opcode: 0x00,
    name: 'MOT_GRG_V_REQ',
    parse: (o) => ({
      type: 'request',
      service: 'group_voice',
      talkgroup: o.u16(5),
      source: o.u24(7),
      encrypted: o.flag(2, 6),
      ...SUPERGROUP,
    }),
  },
  {
    opcode: 0x01,
    name: 'MOT_EXT_FNCT_RSP',
    parse: (o) => ({ ...extendedFunction(o, 2), source: o.u24(7) }),
  },
]);

/** Answers to a Motorola request may give a reason of their own: bit 7 of octet 2 (TIA-102.AABH 3.2). */
const deny: Definition['parse'] = (o) => {
  const service = o.u8(2) & 0x3f;
  // Bit 6: the request is not one of Motorola's.
  const name = (o.flag(2, 6) ? TSBK_INBOUND : TSBK_MOTOROLA_INBOUND)[service]?.name;
  return {
    type: 'deny',
    service,
    ...(name && { service_name: name }),
    reason: o.u8(3),
    reason_name: o.flag(2, 7) ? supergroupDenyReason(o.u8(3)) : denyReason(o.u8(3)),
    additional: o.u24(4),
    target: o.u24(7),
  };
};

/** Motorola's outbound messages (manufacturer id 0x90): TIA-102.AABH 3.2, the others as public decoders know them. */
export const TSBK_MOTOROLA: MessageTable = messageTable([
  { opcode: 0x00, name: 'MOT_GRG_ADD_CMD', parse: (o) => patchAdd(o.u16(2), members(o)) },
  { opcode: 0x01, name: 'MOT_GRG_DEL_CMD', parse: (o) => patchDelete(o.u16(2), members(o)) },
  { opcode: 0x02, name: 'MOT_GRG_CN_GRANT', parse: groupGrant(2, SUPERGROUP) },
  { opcode: 0x03, name: 'MOT_GRG_CN_GRANT_UPDT', parse: groupUpdates(2, SUPERGROUP) },
  {
    opcode: 0x04,
    name: 'MOT_EXT_FNCT_CMD',
    parse: (o) => ({ ...extendedFunction(o, 2), target: o.u24(7) }),
  },
  { opcode: 0x05, name: 'MOT_SYS_BCST', parse: raw('system_broadcast') },
  { opcode: 0x06, name: 'MOT_QUE_RSP', parse: queued(TSBK_MOTOROLA_INBOUND) },
  { opcode: 0x07, name: 'MOT_DENY_RSP', parse: deny },
  {
    opcode: 0x08,
    name: 'MOT_ACK_RSP_FNE',
    parse: acknowledged(TSBK_MOTOROLA_INBOUND, (o) => ({ source: o.u24(4) })),
  },
  { opcode: 0x09, name: 'MOT_SYSTEM_LOADING', parse: raw('system_loading') },
  {
    opcode: 0x0a,
    name: 'MOT_EMERGENCY_ALARM',
    parse: (o) => ({ type: 'emergency_alarm', talkgroup: o.u16(5), source: o.u24(7) }),
  },
  {
    opcode: 0x0b,
    name: 'MOT_BASE_STATION_ID',
    parse: (o, bands) => ({ type: 'base_station', call_sign: callSign(o, '+'), ...bands.channel(o.u16(8)) }),
  },
  { opcode: 0x0e, name: 'MOT_CC_SHUTDOWN', parse: raw('control_channel_shutdown') },
  {
    opcode: 0x16,
    name: 'MOT_TDMA_DATA_CHANNEL',
    parse: (o, bands) => ({
      type: 'data_channel',
      ...bands.channel(o.u16(4)),
      ...uplinkFields(bands.channel(o.u16(6))),
    }),
  },
]);
