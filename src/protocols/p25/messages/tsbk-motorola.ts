import { denyReason, functionName, queueReason } from '../names';
import type { Octets } from '../octets';
import { type Definition, type MessageTable, messageTable } from './definition';
import { grant, grantPair } from './grant';

/** Talkgroups in the three fields of a patch message; unused fields repeat one or are 0. */
const members = (o: Octets): number[] => [...new Set([o.u16(4), o.u16(6), o.u16(8)])].filter((group) => group !== 0);

const patch =
  (action: 'add' | 'delete'): Definition['parse'] =>
  (o) => ({ type: 'patch', action, supergroup: o.u16(2), talkgroups: members(o) });

/** Eight characters of six bits, '+' onwards; 0 = none. */
function callSign(o: Octets): string {
  let text = '';
  for (let i = 0; i < 8; i++) {
    const bit = 16 + 6 * i;
    const code = (o.u16(bit >> 3) >> (10 - (bit & 7))) & 0x3f;
    if (code !== 0) text += String.fromCharCode(code + 43);
  }
  return text;
}

const raw =
  (type: string): Definition['parse'] =>
  (o) => ({ type, hex: o.hex() });

/** Motorola's outbound messages (manufacturer id 0x90), as far as public decoders know them. */
export const TSBK_MOTOROLA: MessageTable = messageTable([
  { opcode: 0x00, name: 'MOT_GRG_ADD', parse: patch('add') },
  { opcode: 0x01, name: 'MOT_GRG_DEL', parse: patch('delete') },
  {
    opcode: 0x02,
    name: 'MOT_GRG_CN_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        talkgroup: o.u16(5),
        source: o.u24(7),
        supergroup: true,
      }),
  },
  {
    opcode: 0x03,
    name: 'MOT_GRG_CN_GRANT_UPDT',
    parse: (o, bands) =>
      grantPair(
        { update: true, options: null, channel: bands.channel(o.u16(2)), talkgroup: o.u16(4), supergroup: true },
        { update: true, options: null, channel: bands.channel(o.u16(6)), talkgroup: o.u16(8), supergroup: true },
      ),
  },
  {
    opcode: 0x04,
    name: 'MOT_EXT_FNCT_CMD',
    parse: (o) => ({
      type: 'extended_function',
      function: o.u16(2),
      function_name: functionName(o.u16(2)),
      argument: o.u24(4),
      target: o.u24(7),
    }),
  },
  { opcode: 0x05, name: 'MOT_TRAFFIC_CHANNEL', parse: raw('traffic_channel') },
  {
    opcode: 0x06,
    name: 'MOT_QUE_RSP',
    parse: (o) => ({
      type: 'queued',
      service: o.u8(2) & 0x3f,
      reason: o.u8(3),
      reason_name: queueReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  {
    opcode: 0x07,
    name: 'MOT_DENY_RSP',
    parse: (o) => ({
      type: 'deny',
      service: o.u8(2) & 0x3f,
      reason: o.u8(3),
      reason_name: denyReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  {
    opcode: 0x08,
    name: 'MOT_ACK_RSP',
    parse: (o) => ({ type: 'acknowledge', service: o.u8(2) & 0x3f, source: o.u24(4), target: o.u24(7) }),
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
    parse: (o, bands) => ({ type: 'base_station', call_sign: callSign(o), ...bands.channel(o.u16(8)) }),
  },
  { opcode: 0x0e, name: 'MOT_CC_SHUTDOWN', parse: raw('control_channel_shutdown') },
  {
    opcode: 0x16,
    name: 'MOT_TDMA_DATA_CHANNEL',
    parse: (o, bands) => ({
      type: 'data_channel',
      ...bands.channel(o.u16(4)),
      uplink_channel: bands.channel(o.u16(6)).channel,
    }),
  },
]);
