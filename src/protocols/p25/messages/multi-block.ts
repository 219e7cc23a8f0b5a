import { responseName } from '../names';
import { type Definition, type MessageTable, messageTable } from './definition';
import { grant, uplinkFields } from './grant';
import { idenUpTdma } from './identifier';
import { controlChannel, siteFlags } from './site';

const groupGrant: Definition['parse'] = (o, bands) =>
  grant({
    update: false,
    options: o.u8(8),
    channel: bands.channel(o.u16(14)),
    uplink: bands.channel(o.u16(16)),
    talkgroup: o.u16(18),
    source: o.u24(3),
  });

const unitGrant =
  (update: boolean): Definition['parse'] =>
  (o, bands) =>
    grant({
      update,
      options: o.u8(8),
      channel: bands.channel(o.u16(22)),
      target: o.u24(19),
      source: o.u24(16),
      source_wacn: o.wacn(12),
      source_system: o.system(14),
    });

const telephoneGrant =
  (update: boolean): Definition['parse'] =>
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

/**
 * Multi-block trunking messages, outbound, alternative header (TIA-102.AABC, AABB 4): octets 0-11 are the header, the
 * data blocks follow from octet 12.
 */
export const MULTI_BLOCK: MessageTable = messageTable([
  { opcode: 0x00, name: 'GRP_V_CH_GRANT', parse: groupGrant },
  { opcode: 0x04, name: 'UU_V_CH_GRANT', parse: unitGrant(false) },
  { opcode: 0x06, name: 'UU_V_CH_GRANT_UPDT', parse: unitGrant(true) },
  { opcode: 0x08, name: 'TELE_INT_CH_GRANT', parse: telephoneGrant(false) },
  { opcode: 0x09, name: 'TELE_INT_CH_GRANT_UPDT', parse: telephoneGrant(true) },
  {
    opcode: 0x28,
    name: 'GRP_AFF_RSP',
    parse: (o) => ({
      type: 'affiliation',
      response: responseName(o.u8(20)),
      accepted: (o.u8(20) & 3) === 0,
      local: o.flag(20, 7),
      announcement_group: o.u16(16),
      talkgroup: o.u16(18),
      source: o.u24(3),
    }),
  },
  {
    opcode: 0x2c,
    name: 'U_REG_RSP',
    parse: (o) => ({
      type: 'registration',
      response: responseName(o.u8(17)),
      accepted: (o.u8(17) & 3) === 0,
      // The WACN's last digit is in the first data block: octets 8, 9 and 12 hold it without a gap in between.
      wacn: o.hex(8, 10) + o.hex(12, 13).slice(0, 1),
      system: o.system(12),
      source_id: o.u24(14),
      source: o.u24(3),
    }),
  },
  { opcode: 0x33, name: 'IDEN_UP_TDMA', parse: (o) => idenUpTdma(o, 3, 16, 12) },
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
      type: 'adjacent_site',
      lra: o.u8(3),
      system: o.system(4),
      rfss: o.u8(8),
      site: o.u8(9),
      ...siteFlags(o.u8(4)),
      ...controlChannel(bands.channel(o.u16(12)), o.u8(16)),
      ...uplinkFields(bands.channel(o.u16(14))),
    }),
  },
]);
