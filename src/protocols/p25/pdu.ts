import { crcBytes, P25_CRC_32 } from '../../coding/crc';
import { Octets } from './octets';
import type { SoftFrame } from './soft-frame';
import { blocksIn, decodeCheckedBlock, decodeDataBlock } from './trellis-blocks';

/** Packet formats (TIA-102.BAAA 6.1). */
const FORMATS: ReadonlyMap<number, string> = new Map([
  [0x03, 'response'],
  [0x15, 'unconfirmed'],
  [0x16, 'confirmed'],
  [0x17, 'trunking'],
]);
/** Alternative multi-block trunking control. */
const TRUNKING = 0x17;
const BLOCK_OCTETS = 12;
const CRC_OCTETS = 4;

/** Service access points that occur on air (TIA-102.BAAC). */
const SERVICE_ACCESS_POINTS: Readonly<Record<number, string>> = {
  0: 'user_data',
  1: 'encrypted_user_data',
  2: 'circuit_data',
  3: 'circuit_data_control',
  4: 'packet_data',
  5: 'address_resolution',
  6: 'sndcp_control',
  31: 'extended_address',
  32: 'registration',
  33: 'channel_reassignment',
  34: 'system_configuration',
  35: 'loopback',
  36: 'statistics',
  37: 'out_of_service',
  38: 'paging',
  39: 'radio_configuration',
  40: 'key_management',
  41: 'encrypted_key_management',
  48: 'location',
  61: 'trunking_control',
  63: 'encrypted_trunking_control',
};

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
  const o = new Octets(block.octets);
  const format = o.u8(0) & 0x1f;
  const blocks = o.u8(6) & 0x7f;
  const header = {
    format: FORMATS.get(format) ?? `format ${format}`,
    confirmed: o.flag(0, 6),
    outbound: o.flag(0, 5),
    service_access_point: o.u8(1) & 0x3f,
    service: SERVICE_ACCESS_POINTS[o.u8(1) & 0x3f] ?? 'other',
    mfid: o.u8(2),
    unit: o.u24(3),
    blocks,
  };
  const pdu: Pdu = { header, multiBlock: null, failed: false, corrected: block.corrected, rank: block.rank };
  if (format !== TRUNKING || blocks === 0) return pdu;
  if (blocks >= available) return { ...pdu, failed: true };
  const octets = new Uint8Array((blocks + 1) * BLOCK_OCTETS);
  octets.set(block.octets);
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
