import { packBits } from '../../coding/bits';
import { crc, P25_CRC_9 } from '../../coding/crc';
import { decodeTrellis34 } from '../../coding/trellis';
import { BLOCK_OCTETS } from '../p25-shared/messages/multi-block';
import type { SoftFrame } from './soft-frame';
import { blockOffset, decodeDataBlock } from './trellis-blocks';

/** A confirmed block: serial number (7 bits), CRC-9, 16 octets (TIA-102.BAAA-B 5.5.2). */
const SERIAL_BITS = 7;
const CRC_BITS = 9;
const CONFIRMED_OCTETS = 16;
const CONFIRMED_BITS = SERIAL_BITS + CRC_BITS + 8 * CONFIRMED_OCTETS;
/** Paths the trellis decoder keeps where a CRC chooses among them. */
const LIST_SIZE = 8;

export interface DataBlocks {
  /** Contents of all blocks one after the other; null when one is missing. */
  octets: Uint8Array | null;
  /** A block's own CRC did not fit. */
  failed: boolean;
  /** Dibits corrected. */
  corrected: number;
}

/** The `count` data blocks that follow the header of a packet data unit. */
export function readBlocks(frame: SoftFrame, count: number, confirmed: boolean): DataBlocks {
  const size = confirmed ? CONFIRMED_OCTETS : BLOCK_OCTETS;
  const octets = new Uint8Array(count * size);
  let corrected = 0;
  for (let i = 0; i < count; i++) {
    const block = confirmed ? decodeConfirmedBlock(frame, i + 1) : decodeDataBlock(frame, i + 1);
    if (!block) return { octets: null, failed: true, corrected };
    // Blocks sent again have the numbers they had.
    if ('serial' in block && block.serial !== i) return { octets: null, failed: false, corrected };
    octets.set(block.octets, i * size);
    corrected += block.corrected;
  }
  return { octets, failed: false, corrected };
}

interface ConfirmedBlock {
  serial: number;
  octets: Uint8Array;
  corrected: number;
}

/** The block number `index` (the header is 0) of a confirmed packet: rate 3/4 trellis code, a CRC-9 of its own. */
function decodeConfirmedBlock(frame: SoftFrame, index: number): ConfirmedBlock | null {
  const block = decodeTrellis34(frame.metrics, LIST_SIZE, fits, blockOffset(index));
  if (!block) return null;
  const bytes = packBits(block.bits);
  return { serial: bytes[0] >> 1, octets: bytes.subarray(2), corrected: block.corrected };
}

const summed = new Uint8Array(CONFIRMED_BITS - CRC_BITS);

/** The CRC-9 is over the serial number and the data, and stands between them. */
function fits(bits: Uint8Array): boolean {
  summed.set(bits.subarray(0, SERIAL_BITS));
  summed.set(bits.subarray(SERIAL_BITS + CRC_BITS), SERIAL_BITS);
  let check = 0;
  for (let i = 0; i < CRC_BITS; i++) check = (check << 1) | bits[SERIAL_BITS + i];
  return crc(summed, P25_CRC_9) === check;
}
