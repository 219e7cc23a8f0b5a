import { packBits } from '../../coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../coding/crc';
import { decodeTrellis12 } from '../../coding/trellis';
import { BLOCK_DIBITS, HEADER_DIBITS } from './data-units';
import type { SoftFrame } from './soft-frame';

/** Paths the trellis decoder keeps: worth 0.8 dB. */
const LIST_SIZE = 8;
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
 * only on a less likely path must be `plausible` by its first two octets too, so that trying several paths does not
 * multiply false messages.
 */
export function decodeCheckedBlock(
  frame: SoftFrame,
  index: number,
  plausible: (first: number, second: number) => boolean,
): CodedBlock | null {
  const offset = blockOffset(index);
  const fits = (bits: Uint8Array): boolean => crcFits(bits, P25_CRC_CCITT);
  const block =
    decodeTrellis12(frame.metrics, 1, fits, offset) ??
    decodeTrellis12(
      frame.metrics,
      LIST_SIZE,
      (bits) => {
        if (!fits(bits)) return false;
        const [first, second] = packBits(bits.subarray(0, 16));
        return plausible(first, second);
      },
      offset,
    );
  return block && { octets: packBits(block.bits), rank: block.rank, corrected: block.corrected };
}

/** The likeliest contents of a block without a check of its own (rate 1/2). */
export function decodeDataBlock(frame: SoftFrame, index: number): CodedBlock | null {
  const offset = blockOffset(index);
  const block = decodeTrellis12(frame.metrics, 1, () => true, offset);
  return block && { octets: packBits(block.bits), rank: block.rank, corrected: block.corrected };
}
