import { affiliation, answered } from '../../p25-shared/messages/answers';
import { type MessageEvent, type MessageTable, messageTable, type Parser } from '../../p25-shared/messages/definition';
import { dataChannel, grant, telephoneGrantExplicit } from '../../p25-shared/messages/grant';
import { idenUpTdma } from '../../p25-shared/messages/identifier';
import { radioMonitor } from '../../p25-shared/messages/radio-monitor';
import {
  adjacentSite,
  controlChannel,
  controlPairAt,
  FOREIGN,
  networkStatus,
  rfssStatus,
  secondaryChannelPair,
} from '../../p25-shared/messages/site';
import { extendedFunction, unitStatus } from '../../p25-shared/messages/unit-messages';
import { hex, type Octets } from '../../p25-shared/octets';
import { serviceOptions } from '../../p25-shared/service-options';
import { caller, explicitGroup, subscriber } from './unique';

/** The target in octets 1-3, the source with its home from octet 4 on: how the messages between units begin. */
const toFrom = (o: Octets): Record<string, unknown> => ({ target: o.u24(1), ...caller(o, 4) });

const unitGrant =
  (update: boolean): Parser =>
  (o, bands) => {
    return grant({
      update,
      options: null,
      channel: bands.channel(o.u16(1)),
      uplink: bands.channel(o.u16(3)),
      target: o.u24(12),
      ...caller(o, 5),
    });
  };

const telephone = (update: boolean): Parser => telephoneGrantExplicit(update, { options: 1, channels: 3, target: 9 });

const functionCommand = (o: Octets): MessageEvent => ({
  ...extendedFunction(o, 2),
  target: o.u24(7),
  source_wacn: o.wacn(10),
  source_system: o.system(12),
});

/** Messages of phase 1 in long form (TIA-102.BBAD, b1b2 = 11): both channels of a pair, addresses with their home system. */
export const LONG: MessageTable = messageTable([
  {
    opcode: 0xc0,
    name: 'GRP_V_CH_GRANT_EXP',
    least: 11,
    parse: (o, bands) => grant({ update: false, ...explicitGroup(o, bands, 1), source: o.u24(8) }),
  },
  {
    opcode: 0xc3,
    name: 'GRP_V_CH_GRANT_UPDT_EXP',
    least: 8,
    parse: (o, bands) => grant({ update: true, ...explicitGroup(o, bands, 1) }),
  },
  { opcode: 0xc4, name: 'UU_V_CH_GRANT_EXT', least: 15, parse: unitGrant(false) },
  {
    opcode: 0xc5,
    name: 'UU_ANS_REQ_EXT',
    least: 12,
    parse: (o) => ({ type: 'unit_call_request', target: o.u24(2), ...caller(o, 5), ...serviceOptions(o.u8(1)) }),
  },
  { opcode: 0xc6, name: 'UU_V_CH_GRANT_UPDT_EXT', least: 15, parse: unitGrant(true) },
  { opcode: 0xc8, name: 'TELE_INT_CH_GRANT_EXP', least: 12, parse: telephone(false) },
  { opcode: 0xc9, name: 'TELE_INT_CH_GRANT_UPDT_EXP', least: 12, parse: telephone(true) },
  {
    opcode: 0xcc,
    name: 'RAD_MON_CMD_EXT',
    least: 14,
    parse: (o) => ({ ...radioMonitor(o), target: o.u24(4), ...caller(o, 7) }),
  },
  { opcode: 0xd6, name: 'SN-DATA_CHN_ANN_EXP', least: 9, parse: dataChannel(2) },
  {
    opcode: 0xd8,
    name: 'STS_UPDT_EXT',
    least: 14,
    parse: (o) => ({ ...unitStatus(o, 2), target: o.u24(4), ...caller(o, 7) }),
  },
  { opcode: 0xda, name: 'STS_Q_EXT', least: 11, parse: (o) => ({ type: 'status_query', ...toFrom(o) }) },
  {
    opcode: 0xdc,
    name: 'MSG_UPDT_EXT',
    least: 14,
    parse: (o) => ({ type: 'short_message', code: o.u16(2), target: o.u24(4), ...caller(o, 7) }),
  },
  { opcode: 0xdf, name: 'CALL_ALRT_EXT', least: 11, parse: (o) => ({ type: 'call_alert', ...toFrom(o) }) },
  {
    opcode: 0xe4,
    name: 'EXT_FNCT_CMD_EXT',
    least: 17,
    parse: (o) => ({ ...functionCommand(o), source_id: o.u24(14) }),
  },
  { opcode: 0xe5, name: 'EXT_FNCT_CMD_LCCH', least: 14, parse: functionCommand },
  {
    opcode: 0xe8,
    name: 'GRP_AFF_RSP_EXT',
    least: 16,
    parse: (o) => ({
      ...affiliation(o, 2, 3),
      group_wacn: o.wacn(7),
      group_system: o.system(9),
      group_id: o.u16(11),
      source: o.u24(13),
    }),
  },
  { opcode: 0xe9, name: 'SCCB_EXP', least: 8, parse: secondaryChannelPair },
  { opcode: 0xea, name: 'GRP_AFF_Q_EXT', least: 11, parse: (o) => ({ type: 'affiliation_query', ...toFrom(o) }) },
  {
    opcode: 0xec,
    name: 'U_REG_RSP_EXT',
    least: 13,
    parse: (o) => ({ type: 'registration', ...answered(o.u8(2)), ...subscriber(o, 3), source: o.u24(10) }),
  },
  {
    opcode: 0xf2,
    name: 'AUTH_FNE_RESP_EXT',
    least: 16,
    parse: (o) => ({
      type: 'authentication_response',
      target: o.u24(2),
      wacn: o.wacn(5),
      system: o.system(7),
      response: o.hex(12, 16),
    }),
  },
  {
    opcode: 0xf3,
    name: 'IDEN_UP_TDMA_EXT',
    least: 14,
    parse: (o) => ({ ...idenUpTdma(o, 2, 3, 6), wacn: o.wacn(10), system: o.system(12) }),
  },
  {
    opcode: 0xfa,
    name: 'RFSS_STS_BCST_EXP',
    least: 11,
    parse: (o, bands) => ({ ...rfssStatus(o, 1), ...controlPairAt(o, bands, 6) }),
  },
  {
    opcode: 0xfb,
    name: 'NET_STS_BCST_EXP',
    least: 13,
    parse: (o, bands) => ({
      ...networkStatus(o, 1),
      ...controlPairAt(o, bands, 6),
      color_code: hex(o.u16(11) & 0xfff, 3),
    }),
  },
  {
    opcode: 0xfc,
    name: 'ADJ_STS_BCST_EXP',
    least: 11,
    parse: (o, bands) => ({ ...adjacentSite(o, 1), ...controlPairAt(o, bands, 6) }),
  },
  {
    opcode: 0xfe,
    name: 'ADJ_STS_BCST_EXT_EXP',
    least: 15,
    // Another network's band plan is not known here.
    parse: (o) => ({
      ...adjacentSite(o, 2),
      ...controlChannel(FOREIGN.channel(o.u16(7)), o.u8(11)),
      wacn: o.wacn(12),
    }),
  },
]);
