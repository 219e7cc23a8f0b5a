import { RS_36_20_17 } from '../../coding/reed-solomon';
import { type Encryption, encryption } from '../p25-shared/encryption';
import { Octets } from '../p25-shared/octets';
import { HEADER_DIBITS } from './data-units';
import { GOLAY_18, HexwordCode } from './hexwords';

const WORDS = 36;
const STARTS = Array.from({ length: WORDS }, (_, i) => HEADER_DIBITS * 2 + i * GOLAY_18.bits);
/** Data dibits a header data unit has. */
export const HDU_DIBITS = HEADER_DIBITS + (WORDS * GOLAY_18.bits) / 2;

export interface Header extends Encryption {
  mfid: number;
  talkgroup: number;
}

/** The header word of a header data unit, whose long code finds words near the one sent with an evidence of up to 9: Golay (18,6,8) and RS (36,20,17) (TIA-102.BAAA-B 7.2.1). */
export const HEADER_WORD = new HexwordCode(STARTS, GOLAY_18, RS_36_20_17, { agreement: 0.8, evidence: 12 });

/** Fields of the header word: message indicator, manufacturer, algorithm, key, talkgroup. */
export function parseHeader(octets: Uint8Array): Header {
  const o = new Octets(octets);
  return { ...encryption(o.u8(10), o.u16(11), o.hex(0, 9)), mfid: o.u8(9), talkgroup: o.u16(13) };
}
