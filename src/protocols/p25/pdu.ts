import { crcBytes, P25_CRC_32 } from '../../coding/crc';
import { BLOCK_OCTETS } from '../p25-shared/messages/multi-block';
import { Octets } from '../p25-shared/octets';
import { responseMeaning, SERVICE_ACCESS_POINTS } from './pdu-names';
import type { SoftFrame } from './soft-frame';
import { blocksIn, decodeCheckedBlock, decodeDataBlock } from './trellis-blocks';

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
const CRC_OCTETS = 4;

export interface Pdu {
  /** Fields of the header block, as the 'packet' event shows them. */
  header: Record<string, unknown>;
  /** Header and data blocks, 12 octets each, of a multi-block trunking message whose CRC fitted. */
  multiBlock: Uint8Array | null;
  /** A multi-block trunking message is there but its CRC does not fit. */
  failed: boolean;
  /** Dibits corrected. */
  corrected: number;
  /** Rank of the header's trellis path. */
  rank: number;
}

/** Header of a packet data unit and, of multi-block trunking messages, all blocks. Null when the header fails. */
export function decodePdu(frame: SoftFrame): Pdu | null {
  const available = blocksIn(frame);
  if (available === 0) return null;
  const block = decodeCheckedBlock(frame, 0, (first) => FORMATS.has(first & 0x1f));
  if (!block) return null;
  const { octets: bytes, corrected, rank } = block;
  const header = new Octets(bytes);
  const pdu: Pdu = { header: packetHeader(header), multiBlock: null, failed: false, corrected, rank };
  const blocks = blocksToFollow(header);
  if (!isTrunking(header) || blocks === 0) return pdu;
  if (blocks >= available) return { ...pdu, failed: true };
  const octets = new Uint8Array((blocks + 1) * BLOCK_OCTETS);
  octets.set(bytes);
  for (let i = 1; i <= blocks; i++) {
    const data = decodeDataBlock(frame, i);
    if (!data) return { ...pdu, failed: true };
    octets.set(data.octets, i * BLOCK_OCTETS);
    pdu.corrected += data.corrected;
  }
  const end = octets.length - CRC_OCTETS;
  const fits = crcBytes(octets.subarray(BLOCK_OCTETS, end), P25_CRC_32) === new Octets(octets).u32(end);
  return { ...pdu, multiBlock: fits ? octets : null, failed: !fits };
}

const formatOf = (o: Octets): number => o.u8(0) & 0x1f;
const accessPointOf = (o: Octets): number => o.u8(1) & 0x3f;
const blocksToFollow = (o: Octets): number => o.u8(6) & 0x7f;

const isTrunking = (o: Octets): boolean =>
  formatOf(o) === FORMAT.TRUNKING || (formatOf(o) === FORMAT.UNCONFIRMED && accessPointOf(o) === TRUNKING_CONTROL);

/** What the header block says, as the `packet` event shows it. */
export function packetHeader(o: Octets): Record<string, unknown> {
  const format = formatOf(o);
  const isResponse = format === FORMAT.RESPONSE;
  return {
    format: FORMATS.get(format) ?? `format ${format}`,
    confirmed: o.flag(0, 6),
    outbound: o.flag(0, 5),
    ...(isResponse ? { response: responseMeaning(o.u8(1)) } : serviceFields(accessPointOf(o))),
    mfid: o.u8(2),
    unit: o.u24(3),
    // A response between two units names the answering one too.
    ...(isResponse && !o.flag(6, 7) && { source: o.u24(7) }),
    blocks: blocksToFollow(o),
  };
}

const serviceFields = (accessPoint: number): Record<string, unknown> => ({
  service_access_point: accessPoint,
  service: SERVICE_ACCESS_POINTS[accessPoint] ?? 'other',
});
