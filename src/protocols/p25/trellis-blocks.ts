import { packBits } from '../../coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../coding/crc';
import { decodeTrellis12 } from '../../coding/trellis';
import { BLOCK_DIBITS, HEADER_DIBITS } from './data-units';
import type { SoftFrame } from './soft-frame';

/** Paths the trellis decoder keeps: worth 0.8 dB. */
const LIST_SIZE = 8;
/**
 * Dibits corrected in a block of unknown kind that is believed by its CRC alone. Of blocks that can be read half have
 * fewer than 20 to correct, few more than 30; noise is nearest to some block in all but 27 or more.
 */
const MOST_CORRECTED = 25;
/** Symbols that may be missing at the end of a frame cut short: the code bridges them. */
const MISSING_DIBITS = 8;

export interface CodedBlock {
  /** 12 octets. */
  octets: Uint8Array;
  /** Which of the likeliest paths fitted: 0 = the first. */
  rank: number;
  /** Dibits corrected. */
  corrected: number;
}

/** Blocks of 98 dibits that are (nearly) wholly inside the frame. */
export function blocksIn(frame: SoftFrame): number {
  return Math.max(0, Math.floor((frame.dibits - HEADER_DIBITS + MISSING_DIBITS) / BLOCK_DIBITS));
}

/** Where the metrics of block number `index` (from 0) begin. */
export const blockOffset = (index: number): number => (HEADER_DIBITS + index * BLOCK_DIBITS) * 4;

/**
 * The block number `index` (from 0) of a TSDU or PDU: rate 1/2 trellis code with a CRC-16 at its end. A block that fits
 * only on a less likely path, or with many errors, must be `plausible` by its first two octets too: the tries are capped
 * at nine a block, and of noise only those count whose opcode exists. A message of an unknown kind must be clear to be told.
 */
export function decodeCheckedBlock(
  frame: SoftFrame,
  index: number,
  plausible: (first: number, second: number) => boolean,
): CodedBlock | null {
  const offset = blockOffset(index);
  const fits = (bits: Uint8Array): boolean => crcFits(bits, P25_CRC_CCITT);
  const known = (bits: Uint8Array): boolean => {
    const [first, second] = packBits(bits.subarray(0, 16));
    return plausible(first, second);
  };
  const likeliest = decodeTrellis12(frame.metrics, 1, fits, offset);
  if (likeliest && likeliest.corrected > MOST_CORRECTED && !known(likeliest.bits)) return null;
  const block = likeliest ?? decodeTrellis12(frame.metrics, LIST_SIZE, (bits) => fits(bits) && known(bits), offset);
  return block && { octets: packBits(block.bits), rank: block.rank, corrected: block.corrected };
}

/** The likeliest contents of a block without a check of its own (rate 1/2). */
export function decodeDataBlock(frame: SoftFrame, index: number): CodedBlock | null {
  const offset = blockOffset(index);
  const block = decodeTrellis12(frame.metrics, 1, () => true, offset);
  return block && { octets: packBits(block.bits), rank: block.rank, corrected: block.corrected };
}
