import { readBits, writeBits } from './bits';
import { errorLocator, evaluate, ORDER, syndromes } from './gf64';

/**
 * The network identifier of P25: NAC (12 bits) and data unit id (4 bits), protected by the BCH code (63,16,23) and one
 * more bit (TIA-102.BAAA-B 7.5). The 64th bit is no parity of the other 63: it is the sum of the last two bits of the
 * data unit id, as the table of ids (TIA-102.BAAC-D) and the last column of the generator matrix have it.
 */

export const NID_BITS = 64;

const CODE_BITS = 63;
const DATA_BITS = 16;
/** Errors the code corrects. */
const CAPABILITY = 11;
/** Generator polynomial of degree 47, most significant term first. */
const GENERATOR = Array.from(BigInt('0o6331141367235453').toString(2), Number);

export interface Nid {
  nac: number;
  duid: number;
  /** Bits of the 63 that differ from the codeword. */
  corrected: number;
}

export interface SoftNid extends Nid {
  /**
   * How much likelier this codeword is than the next one looked at, as a part of the whole soft energy: 0 (a guess) to
   * about 0.75 (clean). When only one codeword was found it is measured against the received word itself.
   */
  margin: number;
}

/** The 64 bits for a NAC (0..4095) and a data unit id (0..15). */
export function encodeNid(nac: number, duid: number): Uint8Array {
  const bits = new Uint8Array(NID_BITS);
  writeBits(bits, 0, 16, (nac << 4) | duid);
  for (let i = 0; i < 16; i++) {
    if (bits[i] === 0) continue;
    for (let j = 0; j < GENERATOR.length; j++) bits[i + j] ^= GENERATOR[j];
  }
  writeBits(bits, 0, 16, (nac << 4) | duid);
  bits[CODE_BITS] = (duid ^ (duid >> 1)) & 1;
  return bits;
}

/** Corrects up to 11 errors in the first 63 of the bits from `offset`; null when no codeword is that near. */
export function decodeNid(bits: Uint8Array, offset = 0): Nid | null {
  const word = bits.slice(offset, offset + CODE_BITS);
  if (isCodeword(word)) return { nac: readBits(word, 0, 12), duid: readBits(word, 12, 4), corrected: 0 };
  const syndrome = syndromes(word, CODE_BITS, 2 * CAPABILITY);
  const locator = errorLocator(syndrome);
  if (!locator) return null;
  let corrected = 0;
  for (let i = 0; i < CODE_BITS; i++) {
    if (evaluate(locator, (ORDER - (CODE_BITS - 1 - i)) % ORDER) !== 0) continue;
    word[i] ^= 1;
    corrected++;
  }
  if (corrected !== locator.length - 1) return null;
  return { nac: readBits(word, 0, 12), duid: readBits(word, 12, 4), corrected };
}

/** The code is systematic: a word without errors is what its first 16 bits encode to. Most words are, and this costs a tenth of syndromes. */
function isCodeword(word: Uint8Array): boolean {
  const encoded = encodeNid(readBits(word, 0, 12), readBits(word, 12, 4));
  for (let i = DATA_BITS; i < CODE_BITS; i++) if (word[i] !== encoded[i]) return false;
  return true;
}

/** Codewords of the NAC asked for last, one after the other by data unit id. */
const known = { nac: -1, words: new Uint8Array(16 * NID_BITS) };

function codewordsOf(nac: number): Uint8Array {
  if (known.nac !== nac) {
    for (let duid = 0; duid < 16; duid++) known.words.set(encodeNid(nac, duid), duid * NID_BITS);
    known.nac = nac;
  }
  return known.words;
}

/** More differences than this to the likeliest of the 16 words of a known NAC, and it is not a NID (noise: 0.3 %). */
const MOST_SOFT_ERRORS = 17;
/** A word of another NAC than the known one must be this near to be believed before the known one's. */
const SURE_ERRORS = 6;
const CHASE_BITS = 4;
/**
 * A codeword beyond the hard limit must agree with the soft bits this much (agreeing minus contradicted |llr|, as a part
 * of all): nineteen of twenty such words do, one in twenty of those found in noise.
 */
const CHASE_AGREEMENT = 0.74;

const hard = new Uint8Array(NID_BITS);

/**
 * Soft decoding of the 64 LLRs from `offset` (> 0 means bit 1). With the NAC known (learnt from earlier frames) the
 * likeliest of its 16 codewords is taken unless the word clearly is another NAC's: 1024 additions. Without, the BCH
 * decoder is tried on the word and on the 15 variations of its four least reliable bits, and the likeliest codeword
 * wins (Chase): needed until the NAC is known only, and 0.2 ms where more than seven bits are wrong; with fewer all
 * variations give one codeword, and the first is enough. White noise is taken for a NID once in 300 times, with at most
 * eight bits corrected not once in 20 000: who has no second proof looks at `corrected`.
 */
export function decodeNidSoft(llr: Float32Array, knownNac?: number, offset = 0): SoftNid | null {
  let energy = 0;
  for (let i = 0; i < NID_BITS; i++) {
    const value = llr[offset + i];
    hard[i] = value > 0 ? 1 : 0;
    energy += Math.abs(value);
  }
  if (!(energy > 0)) return null;
  const candidate = knownNac === undefined ? null : likeliestOf(llr, knownNac, offset, energy);
  if (candidate && candidate.corrected <= CAPABILITY) return candidate;
  const other = chase(llr, offset, energy);
  if (other && other.corrected <= SURE_ERRORS) return other;
  return candidate && candidate.corrected <= MOST_SOFT_ERRORS ? candidate : other;
}

function likeliestOf(llr: Float32Array, nac: number, offset: number, energy: number): SoftNid {
  const words = codewordsOf(nac);
  let best = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  let duid = 0;
  for (let i = 0; i < 16; i++) {
    let sum = 0;
    for (let j = 0; j < NID_BITS; j++) sum += words[i * NID_BITS + j] ? llr[offset + j] : -llr[offset + j];
    if (sum > best) {
      second = best;
      best = sum;
      duid = i;
    } else if (sum > second) second = sum;
  }
  let corrected = 0;
  for (let j = 0; j < CODE_BITS; j++) if (words[duid * NID_BITS + j] !== hard[j]) corrected++;
  return { nac, duid, corrected, margin: (best - second) / energy };
}

function chase(llr: Float32Array, offset: number, energy: number): SoftNid | null {
  let weakest: number[] = [];
  let best: SoftNid | null = null;
  let bestSum = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (let pattern = 0; pattern < 1 << CHASE_BITS; pattern++) {
    // The word as received comes first, and nearly always is enough.
    if (pattern === 1) weakest = weakestBits(llr, offset);
    const word = hard.slice();
    weakest.forEach((index, i) => {
      word[index] ^= (pattern >> i) & 1;
    });
    const nid = decodeNid(word);
    if (!nid || (best && nid.nac === best.nac && nid.duid === best.duid)) continue;
    const codeword = encodeNid(nid.nac, nid.duid);
    let sum = 0;
    let corrected = 0;
    for (let j = 0; j < NID_BITS; j++) {
      sum += codeword[j] ? llr[offset + j] : -llr[offset + j];
      if (j < CODE_BITS && codeword[j] !== hard[j]) corrected++;
    }
    if (sum > bestSum) {
      second = bestSum;
      bestSum = sum;
      best = { ...nid, corrected, margin: 0 };
      // So near to the word as received, every variation of it decodes to this codeword.
      if (corrected <= CAPABILITY - CHASE_BITS) break;
    } else second = Math.max(second, sum);
  }
  if (!best || (best.corrected > CAPABILITY && bestSum < CHASE_AGREEMENT * energy)) return null;
  best.margin = (bestSum - Math.max(second, 0)) / energy;
  return best;
}

function weakestBits(llr: Float32Array, offset: number): number[] {
  return Array.from({ length: CODE_BITS }, (_, i) => i)
    .sort((a, b) => Math.abs(llr[offset + a]) - Math.abs(llr[offset + b]))
    .slice(0, CHASE_BITS);
}
