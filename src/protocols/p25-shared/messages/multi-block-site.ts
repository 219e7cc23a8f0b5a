import { algorithmName } from '../names';
import { hex, type Octets } from '../octets';
import { type MessageEvent, type MessageTable, messageTable } from './definition';
import { idenUpTdma } from './identifier';
import { adjacentSite, controlPairAt, FOREIGN, rfssStatus } from './site';

/** The site counts its channels by another band plan than this one's. */
const uncoordinatedSite = (o: Octets): MessageEvent => ({
  ...adjacentSite(o, 3, 8),
  wacn: o.wacn(17),
  ...controlPairAt(o, FOREIGN, 12),
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
      ...rfssStatus(o, 3, 12),
      ...controlPairAt(o, bands, 14),
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
      ...controlPairAt(o, bands, 15),
    }),
  },
  {
    opcode: 0x3c,
    name: 'ADJ_STS_BCST',
    parse: (o, bands) => ({
      ...adjacentSite(o, 3, 8),
      ...controlPairAt(o, bands, 12),
    }),
  },
  {
    opcode: 0x3e,
    name: 'ADJ_STS_BCST_UNC',
    parse: (o) => (o.bytes.length >= PROTECTION_OCTETS ? protectionParameters(o) : uncoordinatedSite(o)),
  },
]);
