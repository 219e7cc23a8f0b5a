import { responseName } from '../names';
import { hex, type Octets } from '../octets';
import { serviceOptions } from '../service-options';
import { type MessageEvent, type MessageTable, messageTable, type Parser } from './definition';
import { grant, uplinkFields } from './grant';
import { idenUpTdma } from './identifier';
import { controlChannel, siteFlags, unresolved } from './site';

/** The WACN that begins with two octets at `at` and ends with the first four bits of octet `to`. */
const splitWacn = (o: Octets, at: number, to: number): string => hex(o.u16(at) * 16 + (o.u8(to) >> 4), 5);

/** Who sends a message across systems: WACN (octets 8, 9 and 12), system, unit; the header has the target. */
const fromAfar = (o: Octets): Record<string, unknown> => ({
  target: o.u24(3),
  source: o.u24(14),
  source_wacn: splitWacn(o, 8, 12),
  source_system: o.system(12),
});

const groupGrant =
  (data: boolean): Parser =>
  (o, bands) =>
    grant({
      update: false,
      options: o.u8(8),
      channel: bands.channel(o.u16(14)),
      uplink: bands.channel(o.u16(16)),
      talkgroup: o.u16(18),
      source: o.u24(3),
      data,
    });

const unitGrant =
  (update: boolean, data = false): Parser =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(8),
      channel: bands.channel(o.u16(22)),
      uplink: bands.channel(o.u16(24)),
      target: o.u24(19),
      source: o.u24(16),
      data,
      source_wacn: o.wacn(12),
      source_system: o.system(14),
    });

const telephoneGrant =
  (update: boolean): Parser =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(8),
      channel: bands.channel(o.u16(12)),
      uplink: bands.channel(o.u16(14)),
      target: o.u24(3),
      telephone: true,
      call_timer_ms: o.u16(16) * 100,
    });

const adjacentSite = (o: Octets): MessageEvent => ({
  type: 'adjacent_site',
  lra: o.u8(3),
  system: o.system(4),
  rfss: o.u8(8),
  site: o.u8(9),
  ...siteFlags(o.u8(4)),
});

/**
 * Multi-block trunking messages, outbound, alternative header (TIA-102.AABC-E, AABB-B 5): octets 0-11 are the header,
 * the data blocks follow from octet 12.
 */
export const MULTI_BLOCK: MessageTable = messageTable([
  { opcode: 0x00, name: 'GRP_V_CH_GRANT', parse: groupGrant(false) },
  { opcode: 0x04, name: 'UU_V_CH_GRANT', blocks: 2, parse: unitGrant(false) },
  {
    opcode: 0x05,
    name: 'UU_ANS_REQ',
    parse: (o) => ({
      type: 'unit_call_request',
      target: o.u24(3),
      source: o.u24(17),
      source_wacn: o.wacn(13),
      source_system: o.system(15),
      ...serviceOptions(o.u8(8)),
    }),
  },
  { opcode: 0x06, name: 'UU_V_CH_GRANT_UPDT', blocks: 2, parse: unitGrant(true) },
  { opcode: 0x08, name: 'TELE_INT_CH_GRANT', parse: telephoneGrant(false) },
  { opcode: 0x09, name: 'TELE_INT_CH_GRANT_UPDT', parse: telephoneGrant(true) },
  { opcode: 0x10, name: 'IND_DATA_CH_GRANT', blocks: 2, parse: unitGrant(false, true) },
  { opcode: 0x11, name: 'GRP_DATA_CH_GRANT', parse: groupGrant(true) },
  {
    opcode: 0x18,
    name: 'STS_UPDT',
    parse: (o) => ({ type: 'status', unit_status: o.u8(17), user_status: o.u8(18), ...fromAfar(o) }),
  },
  { opcode: 0x1a, name: 'STS_Q', parse: (o) => ({ type: 'status_query', ...fromAfar(o) }) },
  { opcode: 0x1c, name: 'MSG_UPDT', parse: (o) => ({ type: 'short_message', code: o.u16(17), ...fromAfar(o) }) },
  { opcode: 0x1f, name: 'CALL_ALRT', parse: (o) => ({ type: 'call_alert', ...fromAfar(o) }) },
  {
    opcode: 0x28,
    name: 'GRP_AFF_RSP',
    parse: (o) => ({
      type: 'affiliation',
      response: responseName(o.u8(20)),
      accepted: (o.u8(20) & 3) === 0,
      global: o.flag(20, 7),
      announcement_group: o.u16(16),
      talkgroup: o.u16(18),
      source: o.u24(3),
    }),
  },
  { opcode: 0x2a, name: 'GRP_AFF_Q', parse: (o) => ({ type: 'affiliation_query', ...fromAfar(o) }) },
  {
    opcode: 0x2c,
    name: 'U_REG_RSP',
    parse: (o) => ({
      type: 'registration',
      response: responseName(o.u8(17)),
      accepted: (o.u8(17) & 3) === 0,
      wacn: splitWacn(o, 8, 12),
      system: o.system(12),
      source_id: o.u24(14),
      source: o.u24(3),
    }),
  },
  {
    opcode: 0x31,
    name: 'AUTH_DMD',
    blocks: 2,
    parse: (o) => ({
      type: 'authentication_demand',
      wacn: splitWacn(o, 8, 12),
      system: o.system(12),
      target: o.u24(14),
    }),
  },
  {
    opcode: 0x33,
    name: 'IDEN_UP_TDMA',
    // Told of other systems: the identifier means something else there than here.
    parse: (o) => ({ ...idenUpTdma(o, 3, 16, 12), wacn: splitWacn(o, 4, 8), system: o.system(8) }),
  },
  {
    opcode: 0x3a,
    name: 'RFSS_STS_BCST',
    parse: (o, bands) => ({
      type: 'rfss_status',
      lra: o.u8(3),
      network_connected: o.flag(4, 4),
      system: o.system(4),
      rfss: o.u8(12),
      site: o.u8(13),
      ...controlChannel(bands.channel(o.u16(14)), o.u8(18)),
      ...uplinkFields(bands.channel(o.u16(16))),
    }),
  },
  {
    opcode: 0x3b,
    name: 'NET_STS_BCST',
    parse: (o, bands) => ({
      type: 'network_status',
      lra: o.u8(3),
      wacn: o.wacn(12),
      system: o.system(4),
      ...controlChannel(bands.channel(o.u16(15)), o.u8(19)),
      ...uplinkFields(bands.channel(o.u16(17))),
    }),
  },
  {
    opcode: 0x3c,
    name: 'ADJ_STS_BCST',
    parse: (o, bands) => ({
      ...adjacentSite(o),
      ...controlChannel(bands.channel(o.u16(12)), o.u8(16)),
      ...uplinkFields(bands.channel(o.u16(14))),
    }),
  },
  {
    opcode: 0x3e,
    name: 'ADJ_STS_BCST_UNC',
    // The site counts its channels by another band plan than this one's.
    parse: (o) => ({
      ...adjacentSite(o),
      wacn: o.wacn(17),
      ...controlChannel(unresolved(o.u16(12)), o.u8(16)),
      ...uplinkFields(unresolved(o.u16(14))),
    }),
  },
]);

/** Motorola's (TIA-102.AABH 3.2). */
export const MULTI_BLOCK_MOTOROLA: MessageTable = messageTable([
  {
    opcode: 0x02,
    name: 'MOT_GRG_CN_GRANT_EXP',
    parse: (o, bands) =>
      grant({
        update: false,
        options: o.u8(8),
        channel: bands.channel(o.u16(12)),
        uplink: bands.channel(o.u16(14)),
        talkgroup: o.u16(16),
        source: o.u24(3),
        supergroup: true,
      }),
  },
]);
