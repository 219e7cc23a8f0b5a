import { type MessageTable, messageTable } from '../../p25-shared/messages/definition';
import { telephoneGrant } from '../../p25-shared/messages/grant';
import { radioMonitor } from '../../p25-shared/messages/radio-monitor';
import { controlAt, networkStatus } from '../../p25-shared/messages/site';
import { algorithmName } from '../../p25-shared/names';
import { hex } from '../../p25-shared/octets';
import { dataServiceOptions, serviceOptions } from '../../p25-shared/service-options';

/**
 * Messages of phase 1 in short form (TIA-102.BBAD, b1b2 = 01) whose layout is not simply that of the trunking block: those
 * that are go through asTsbk.
 */
export const SHORT: MessageTable = messageTable([
  {
    opcode: 0x41,
    name: 'GRP_V_REQ',
    least: 7,
    parse: (o) => ({
      type: 'request',
      service: 'group_voice',
      talkgroup: o.u16(2),
      source: o.u24(4),
      ...serviceOptions(o.u8(1)),
    }),
  },
  {
    opcode: 0x45,
    name: 'UU_ANS_REQ',
    least: 8,
    parse: (o) => ({ type: 'unit_call_request', target: o.u24(2), source: o.u24(5), ...serviceOptions(o.u8(1)) }),
  },
  { opcode: 0x48, name: 'TELE_INT_CH_GRANT', least: 10, parse: telephoneGrant(false, 1) },
  { opcode: 0x49, name: 'TELE_INT_CH_GRANT_UPDT', least: 10, parse: telephoneGrant(true, 1) },
  {
    opcode: 0x4c,
    name: 'RAD_MON_CMD',
    least: 10,
    parse: (o) => ({
      ...radioMonitor(o),
      target: o.u24(4),
      source: o.u24(7),
    }),
  },
  {
    opcode: 0x55,
    name: 'SN-DATA_PAGE_REQ',
    least: 7,
    parse: (o) => ({
      type: 'data_page',
      ...dataServiceOptions(o.u8(1)),
      access_control: o.u16(2),
      target: o.u24(4),
    }),
  },
  {
    opcode: 0x5e,
    name: 'RAD_MON_ENH_CMD',
    least: 14,
    parse: (o) => ({
      type: 'radio_monitor',
      target: o.u24(1),
      talkgroup: o.u16(4),
      source: o.u24(6),
      silent: o.flag(9, 7),
      transmit_seconds: o.u8(10),
      key_id: o.u16(11),
      algorithm: o.u8(13),
      algorithm_name: algorithmName(o.u8(13)),
    }),
  },
  {
    opcode: 0x77,
    name: 'ROAM_ADDR_UPDT',
    least: 13,
    parse: (o) => ({
      type: 'roaming_address',
      last: o.flag(2, 7),
      sequence: o.u8(2) & 15,
      target: o.u24(3),
      wacn: o.wacn(6),
      system: o.system(8),
      source_id: o.u24(10),
    }),
  },
  {
    opcode: 0x7b,
    name: 'NET_STS_BCST',
    least: 11,
    parse: (o, bands) => ({
      ...networkStatus(o, 1),
      ...controlAt(o, bands, 6),
      color_code: hex(o.u16(9) & 0xfff, 3),
    }),
  },
]);
