import { serviceOptions } from '../service-options';
import { type MessageTable, messageTable } from './definition';
import { grant, grantPair } from './grant';

/** Voice and data service messages, outbound (TIA-102.AABC 4.2, 5.2). */
export const TSBK_GRANTS: MessageTable = messageTable([
  {
    opcode: 0x00,
    name: 'GRP_V_CH_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        talkgroup: o.u16(5),
        source: o.u24(7),
      }),
  },
  {
    opcode: 0x02,
    name: 'GRP_V_CH_GRANT_UPDT',
    parse: (o, bands) =>
      grantPair(
        { update: true, options: null, channel: bands.channel(o.u16(2)), talkgroup: o.u16(4) },
        { update: true, options: null, channel: bands.channel(o.u16(6)), talkgroup: o.u16(8) },
      ),
  },
  {
    opcode: 0x03,
    name: 'GRP_V_CH_GRANT_UPDT_EXP',
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(4)),
        uplink: bands.channel(o.u16(6)),
        talkgroup: o.u16(8),
      }),
  },
  {
    opcode: 0x04,
    name: 'UU_V_CH_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: null,
        channel: bands.channel(o.u16(2)),
        target: o.u24(4),
        source: o.u24(7),
      }),
  },
  {
    opcode: 0x05,
    name: 'UU_ANS_REQ',
    parse: (o) => ({
      type: 'unit_call_request',
      target: o.u24(4),
      source: o.u24(7),
      ...serviceOptions(o.u8(2)),
    }),
  },
  {
    opcode: 0x06,
    name: 'UU_V_CH_GRANT_UPDT',
    parse: (o, bands) =>
      grant({
        update: true,
        options: null,
        channel: bands.channel(o.u16(2)),
        target: o.u24(4),
        source: o.u24(7),
      }),
  },
  {
    opcode: 0x08,
    name: 'TELE_INT_CH_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        target: o.u24(7),
        telephone: true,
        call_timer_ms: o.u16(5) * 100,
      }),
  },
  {
    opcode: 0x09,
    name: 'TELE_INT_CH_GRANT_UPDT',
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        target: o.u24(7),
        telephone: true,
        call_timer_ms: o.u16(5) * 100,
      }),
  },
  {
    opcode: 0x0a,
    name: 'TELE_INT_ANS_REQ',
    parse: (o) => ({ type: 'telephone_call_request', digits: o.hex(2, 7), target: o.u24(7) }),
  },
  {
    opcode: 0x10,
    name: 'IND_DATA_CH_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: null,
        channel: bands.channel(o.u16(2)),
        target: o.u24(4),
        source: o.u24(7),
        data: true,
      }),
  },
  {
    opcode: 0x11,
    name: 'GRP_DATA_CH_GRANT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        talkgroup: o.u16(5),
        source: o.u24(7),
        data: true,
      }),
  },
  {
    opcode: 0x12,
    name: 'GRP_DATA_CH_ANN',
    parse: (o, bands) =>
      grantPair(
        { update: true, options: null, channel: bands.channel(o.u16(2)), talkgroup: o.u16(4), data: true },
        { update: true, options: null, channel: bands.channel(o.u16(6)), talkgroup: o.u16(8), data: true },
      ),
  },
  {
    opcode: 0x13,
    name: 'GRP_DATA_CH_ANN_EXP',
    parse: (o, bands) =>
      grant({
        update: true,
        options: o.u8(2),
        channel: bands.channel(o.u16(4)),
        uplink: bands.channel(o.u16(6)),
        talkgroup: o.u16(8),
        data: true,
      }),
  },
  {
    opcode: 0x14,
    name: 'SN-DATA_CHN_GNT',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(2),
        channel: bands.channel(o.u16(3)),
        uplink: bands.channel(o.u16(5)),
        target: o.u24(7),
        data: true,
      }),
  },
  {
    opcode: 0x15,
    name: 'SN-DATA_PAGE_REQ',
    parse: (o) => ({ type: 'data_page', data_service_options: o.u8(2), access_control: o.u16(5), target: o.u24(7) }),
  },
  {
    opcode: 0x16,
    name: 'SN-DATA_CHN_ANN_EXP',
    parse: (o, bands) => ({
      type: 'data_channel',
      ...bands.channel(o.u16(4)),
      uplink_channel: bands.channel(o.u16(6)).channel,
      autonomous_access: o.flag(3, 7),
      requested_access: o.flag(3, 6),
      access_control: o.u16(8),
    }),
  },
]);
