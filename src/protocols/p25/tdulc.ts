import { RS_24_12_13 } from '../../coding/reed-solomon';
import { HEADER_DIBITS } from './data-units';
import { GOLAY_24, HexwordCode } from './hexwords';

const WORDS = 12;
const STARTS = Array.from({ length: WORDS }, (_, i) => HEADER_DIBITS * 2 + i * GOLAY_24.bits);
/** Data dibits a terminator with link control has. */
export const TDULC_DIBITS = HEADER_DIBITS + (WORDS * GOLAY_24.bits) / 2;

/** Link control of a terminator: two hexbits in each Golay (24,12,8) word, RS (24,12,13) (TIA-102.BAAA-B 7.2.3). */
export const TERMINATOR_LINK_CONTROL = new HexwordCode(STARTS, GOLAY_24, RS_24_12_13, { agreement: 0.8, evidence: 6 });
