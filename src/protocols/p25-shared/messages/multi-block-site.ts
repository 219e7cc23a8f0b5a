import { algorithmName } from '../names';
import { hex, type Octets } from '../octets';
import { type MessageEvent, type MessageTable, messageTable } from './definition';
import { uplinkFields } from './grant';
import { idenUpTdma } from './identifier';
import { controlChannel, siteFlags, unresolved } from './site';

const adjacentSite = (o: Octets): MessageEvent => ({
  type: 'adjacent_site',
  lra: o.u8(3),
  system: o.system(4),
  rfss: o.u8(8),
  site: o.u8(9),
  ...siteFlags(o.u8(4)),
});

/** The site counts its channels by another band plan than this one's. */
const uncoordinatedSite = (o: Octets): MessageEvent => ({
  ...adjacentSite(o),
  wacn: o.wacn(17),
  ...controlChannel(unresolved(o.u16(12)), o.u8(16)),
  ...uplinkFields(unresolved(o.u16(14))),
});

/** Octets of a message with two data blocks. */
const PROTECTION_OCTETS = 36;

/** What opcode 3E was before it was a neighbour's: protection parameters, which take two data blocks (AABC-B). */
const protectionParameters = (o: Octets): MessageEvent => ({
  type: 'protection_parameters',
  message: 'P_PARM_BCST',
  algorithm: o.u8(9),
  algorithm_name: algorithmName(o.u8(9)),
  key_id: o.u16(12),
  target: o.u24(3),
  inbound_message_indicator: o.hex(14, 23),
  message_indicator: o.hex(23, 32),
});

const wacnOfIdentifier = (o: Octets): string => hex(o.u16(4) * 16 + (o.u8(8) >> 4), 5);

/** The site, its channels and neighbours, outbound (TIA-102.AABC-E 6.2). */
export const MULTI_BLOCK_SITE: MessageTable = messageTable([
  {
    opcode: 0x33,
    name: 'IDEN_UP_TDMA',
    // Told of other systems: the identifier means something else there than here.
    parse: (o) => ({ ...idenUpTdma(o, 3, 16, 12), wacn: wacnOfIdentifier(o), system: o.system(8) }),
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
    parse: (o) => (o.bytes.length >= PROTECTION_OCTETS ? protectionParameters(o) : uncoordinatedSite(o)),
  },
]);
