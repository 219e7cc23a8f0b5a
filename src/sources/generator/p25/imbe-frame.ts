import { readBits, unpackBits, writeBits } from '../../../coding/bits';
import { encodeGolay23 } from '../../../coding/golay';
import { encodeHamming15 } from '../../../coding/hamming';

/** Information bits of the vectors u0 to u7, and bits of the codewords that carry them (TIA-102.BABA 7). */
const INFORMATION = [12, 12, 12, 12, 11, 11, 11, 7];
const CODED = [23, 23, 23, 23, 15, 15, 15, 7];

/** Rows of the interleaver. */
const ROWS = 6;
const COLUMNS = 24;

/**
 * Where bit n of the eight codewords in a row is sent: they are written along the six rows of 24 and read by columns,
 * the two bits of a dibit changing places in every other column (TIA-102.BABA annex H).
 */
export function imbePosition(n: number): number {
  const column = n % COLUMNS;
  return ROWS * column + (Math.floor(n / COLUMNS) ^ (column & 1));
}

/**
 * The 144 bits sent for 88 bits (11 bytes) of speech: Golay (23,12) and Hamming (15,11) codewords, those of u1 to u6
 * masked by a pseudo-random sequence that starts from u0, interleaved (TIA-102.BABA 7).
 */
export function encodeImbeFrame(speech: Uint8Array): Uint8Array {
  const information = unpackBits(speech, 88);
  const coded = new Uint8Array(144);
  let random = readBits(information, 0, 12) * 16;
  let from = 0;
  let to = 0;
  INFORMATION.forEach((width, vector) => {
    const data = readBits(information, from, width);
    const word = width === 12 ? encodeGolay23(data) : width === 11 ? encodeHamming15(data) : data;
    writeBits(coded, to, CODED[vector], word);
    if (vector > 0 && vector < 7) {
      for (let i = to; i < to + CODED[vector]; i++) {
        random = (173 * random + 13849) & 0xffff;
        coded[i] ^= random >> 15;
      }
    }
    from += width;
    to += CODED[vector];
  });
  const sent = new Uint8Array(144);
  for (let n = 0; n < 144; n++) sent[imbePosition(n)] = coded[n];
  return sent;
}
