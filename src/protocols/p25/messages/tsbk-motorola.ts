import { denyReason, functionName, queueReason } from '../names';
import type { Octets } from '../octets';
import type { Definition, MessageTable } from './definition';
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
export const TSBK_MOTOROLA: MessageTable = {
  0: { name: 'MOT_GRG_ADD', parse: patch('add') },
  1: { name: 'MOT_GRG_DEL', parse: patch('delete') },
  2: {
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
  3: {
    name: 'MOT_GRG_CN_GRANT_UPDT',
    parse: (o, bands) =>
      grantPair(
        { update: true, options: null, channel: bands.channel(o.u16(2)), talkgroup: o.u16(4), supergroup: true },
        { update: true, options: null, channel: bands.channel(o.u16(6)), talkgroup: o.u16(8), supergroup: true },
      ),
  },
  4: {
    name: 'MOT_EXT_FNCT_CMD',
    parse: (o) => ({
      type: 'extended_function',
      function: o.u16(2),
      function_name: functionName(o.u16(2)),
      argument: o.u24(4),
      target: o.u24(7),
    }),
  },
  5: { name: 'MOT_TRAFFIC_CHANNEL', parse: raw('traffic_channel') },
  6: {
    name: 'MOT_QUE_RSP',
    parse: (o) => ({
      type: 'queued',
      service: o.u8(2) & 0x3f,
      reason: o.u8(3),
      reason_name: queueReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  7: {
    name: 'MOT_DENY_RSP',
    parse: (o) => ({
      type: 'deny',
      service: o.u8(2) & 0x3f,
      reason: o.u8(3),
      reason_name: denyReason(o.u8(3)),
      target: o.u24(7),
    }),
  },
  8: {
    name: 'MOT_ACK_RSP',
    parse: (o) => ({ type: 'acknowledge', service: o.u8(2) & 0x3f, source: o.u24(4), target: o.u24(7) }),
  },
  9: { name: 'MOT_SYSTEM_LOADING', parse: raw('system_loading') },
  10: {
    name: 'MOT_EMERGENCY_ALARM',
    parse: (o) => ({ type: 'emergency_alarm', talkgroup: o.u16(5), source: o.u24(7) }),
  },
  11: {
    name: 'MOT_BASE_STATION_ID',
    parse: (o, bands) => ({ type: 'base_station', call_sign: callSign(o), ...bands.channel(o.u16(8)) }),
  },
  14: { name: 'MOT_CC_SHUTDOWN', parse: raw('control_channel_shutdown') },
  22: {
    name: 'MOT_TDMA_DATA_CHANNEL',
    parse: (o, bands) => ({
      type: 'data_channel',
      ...bands.channel(o.u16(4)),
      uplink_channel: bands.channel(o.u16(6)).channel,
    }),
  },
};
