import { isKnownTsbk } from '../p25-shared/messages';
import type { SoftFrame } from './soft-frame';
import { blocksIn, type CodedBlock, decodeCheckedBlock } from './trellis-blocks';

/** Most trunking blocks in a TSDU (TIA-102.AABB-B 4.2). */
const MAX_BLOCKS = 3;
/** First octet's bit that marks the last block. */
const LAST_BLOCK = 0x80;

/** The trunking signalling blocks of a TSDU, null for each whose CRC did not fit. Ends with the last-block flag. */
export function decodeTsdu(frame: SoftFrame, inbound: boolean): (CodedBlock | null)[] {
  const blocks: (CodedBlock | null)[] = [];
  const count = Math.min(MAX_BLOCKS, blocksIn(frame));
  for (let i = 0; i < count; i++) {
    const block = decodeCheckedBlock(frame, i, (first, mfid) => isKnownTsbk(first, mfid, inbound));
    blocks.push(block);
    if (block && block.octets[0] & LAST_BLOCK) break;
  }
  return blocks;
}
