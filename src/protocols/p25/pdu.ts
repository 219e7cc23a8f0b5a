import { crcBytes, P25_CRC_32 } from '../../coding/crc';
import { manufacturerName } from '../p25-shared/manufacturers';
import { BLOCK_OCTETS } from '../p25-shared/messages/multi-block';
import { Octets } from '../p25-shared/octets';
import { readBlocks } from './data-blocks';
import { responseMeaning, SERVICE_ACCESS_POINTS } from './pdu-names';
import type { SoftFrame } from './soft-frame';
import { blocksIn, decodeCheckedBlock } from './trellis-blocks';

/** Packet formats (TIA-102.BAAA-B 5.3 to 5.6, AABB-B 5). */
const FORMAT = { RESPONSE: 0x03, UNCONFIRMED: 0x15, CONFIRMED: 0x16, TRUNKING: 0x17 } as const;
const FORMATS: ReadonlyMap<number, string> = new Map([
  [FORMAT.RESPONSE, 'response'],
  [FORMAT.UNCONFIRMED, 'unconfirmed'],
  [FORMAT.CONFIRMED, 'confirmed'],
  [FORMAT.TRUNKING, 'trunking'],
]);
/** Unconfirmed data for this service access point are a multi-block trunking message with the standard header. */
const TRUNKING_CONTROL = 61;
/** The same, encrypted. */
const PROTECTED_TRUNKING_CONTROL = 63;
const CRC_OCTETS = 4;

export interface Pdu {
  /** The header block's 12 octets. */
  header: Octets;
  /** Its fields, as the 'packet' event shows them. */
  fields: Record<string, unknown>;
  /** Contents without padding and check; null when there are none, or not all of them could be read. */
  payload: Uint8Array | null;
  /** Header and data blocks, 12 octets each, of a multi-block trunking message whose CRC fitted. */
  multiBlock: Uint8Array | null;
  /** It has contents, and their CRC does not fit. */
  failed: boolean;
  /** It has more blocks than the frame that was received, or only some of the blocks: others were sent before. */
  partial: boolean;
  /** Dibits corrected. */
  corrected: number;
  /** Rank of the header's trellis path. */
  rank: number;
}

/** A packet data unit: header, data blocks, checks. Null when the header fails. */
export function decodePdu(frame: SoftFrame): Pdu | null {
  const available = blocksIn(frame);
  if (available === 0) return null;
  const block = decodeCheckedBlock(frame, 0, (first) => FORMATS.has(first & 0x1f));
  if (!block) return null;
  const header = new Octets(block.octets);
  const pdu: Pdu = {
    header,
    fields: packetHeader(header),
    payload: null,
    multiBlock: null,
    failed: false,
    partial: false,
    corrected: block.corrected,
    rank: block.rank,
  };
  const count = blocksToFollow(header);
  if (count === 0) return pdu;
  // A trunking message that is cut off has failed: it is never longer than a frame.
  if (count >= available) return { ...pdu, failed: isTrunking(header), partial: !isTrunking(header) };
  const blocks = readBlocks(frame, count, formatOf(header) === FORMAT.CONFIRMED);
  pdu.corrected += blocks.corrected;
  if (!blocks.octets) return { ...pdu, failed: blocks.failed, partial: !blocks.failed };
  const end = blocks.octets.length - CRC_OCTETS;
  const data = blocks.octets.subarray(0, end);
  const check = new Octets(blocks.octets).u32(end);
  const unpadded = data.subarray(0, Math.max(0, end - padOctets(header)));
  // Some senders leave the padding out of the sum.
  if (crcBytes(data, P25_CRC_32) !== check && crcBytes(unpadded, P25_CRC_32) !== check) return { ...pdu, failed: true };
  if (!isTrunking(header)) return { ...pdu, payload: unpadded };
  const multiBlock = new Uint8Array((count + 1) * BLOCK_OCTETS);
  multiBlock.set(header.bytes);
  multiBlock.set(blocks.octets, BLOCK_OCTETS);
  return { ...pdu, multiBlock };
}

const formatOf = (o: Octets): number => o.u8(0) & 0x1f;
export const accessPointOf = (o: Octets): number => o.u8(1) & 0x3f;
const blocksToFollow = (o: Octets): number => o.u8(6) & 0x7f;
const padOctets = (o: Octets): number => (formatOf(o) === FORMAT.TRUNKING ? 0 : o.u8(7) & 0x1f);

const isTrunking = (o: Octets): boolean =>
  formatOf(o) === FORMAT.TRUNKING || (formatOf(o) === FORMAT.UNCONFIRMED && isTrunkingControl(o));

const isTrunkingControl = (o: Octets): boolean =>
  accessPointOf(o) === TRUNKING_CONTROL || accessPointOf(o) === PROTECTED_TRUNKING_CONTROL;

export const isOutbound = (o: Octets): boolean => o.flag(0, 5);
export const unitOf = (o: Octets): number => o.u24(3);
/** Where user data begin after the header of the protocol that carries them, octets. */
export const dataOffset = (o: Octets): number => o.u8(9) & 0x3f;

/** What the header block says, as the `packet` event shows it. */
export function packetHeader(o: Octets): Record<string, unknown> {
  const format = formatOf(o);
  const isResponse = format === FORMAT.RESPONSE;
  return {
    format: FORMATS.get(format) ?? `format ${format}`,
    confirmed: o.flag(0, 6),
    outbound: isOutbound(o),
    ...(isResponse ? { response: responseMeaning(o.u8(1)) } : serviceFields(accessPointOf(o))),
    mfid: o.u8(2),
    manufacturer: manufacturerName(o.u8(2)),
    unit: unitOf(o),
    // A response between two units names the answering one too.
    ...(isResponse && !o.flag(6, 7) && { source: o.u24(7) }),
    ...(format === FORMAT.CONFIRMED && sequenceFields(o)),
    blocks: blocksToFollow(o),
  };
}

const serviceFields = (accessPoint: number): Record<string, unknown> => ({
  service_access_point: accessPoint,
  service: SERVICE_ACCESS_POINTS[accessPoint] ?? 'other',
});

/** Where a confirmed packet stands among others (TIA-102.BAED-A 2.3). */
const sequenceFields = (o: Octets): Record<string, unknown> => ({
  // False: blocks that were asked for again.
  whole: o.flag(6, 7),
  sequence: (o.u8(8) >> 4) & 7,
  fragment: o.u8(8) & 7,
  last: o.flag(8, 3),
  resynchronise: o.flag(8, 7),
});
