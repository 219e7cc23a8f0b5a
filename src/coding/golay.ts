import { popCount } from './bits';
import { type Decoded, hardWord, type SoftBits } from './soft';

/**
 * The Golay codes of P25: (23,12,7) protects the first four IMBE vectors (TIA-102.BABA 7), (24,12,8) the terminator's
 * link control and (18,6,8), the same shortened by six zeros, the header's hexbits (TIA-102.BAAA-B 4).
 * Codewords are numbers: information bits first (most significant), then parity; the 24th bit makes the weight even.
 */

/** x^11 + x^10 + x^6 + x^5 + x^4 + x^2 + 1 */
const GENERATOR = 0xc75;

function remainder(word: number): number {
  for (let bit = 22; bit >= 11; bit--) if ((word >>> bit) & 1) word ^= GENERATOR << (bit - 11);
  return word;
}

/** The 11 parity bits of each 12 information bits. */
const PARITY = Uint16Array.from({ length: 4096 }, (_, data) => remainder(data << 11));

/** The code is perfect: each of the 2048 syndromes belongs to exactly one error pattern of at most three bits. */
const ERROR_OF_SYNDROME = ((): Int32Array => {
  const table = new Int32Array(2048);
  for (let a = 0; a < 23; a++) {
    for (let b = 0; b <= a; b++) {
      for (let c = 0; c <= b; c++) {
        const error = (1 << a) | (1 << b) | (1 << c);
        table[remainder(error)] = error;
      }
    }
  }
  return table;
})();

/** Syndrome of a single error in bit i, counted from the least significant. */
const COLUMN = Uint16Array.from({ length: 23 }, (_, bit) => remainder(1 << bit));

const syndromeOf = (word: number): number => PARITY[word >>> 11] ^ (word & 0x7ff);

export function encodeGolay23(data: number): number {
  return (data << 11) | PARITY[data];
}

export function encodeGolay24(data: number): number {
  const word = encodeGolay23(data);
  return (word << 1) | (popCount(word) & 1);
}

/** `data`: 6 bits. */
export function encodeGolay18(data: number): number {
  return encodeGolay24(data);
}

/** Corrects up to three errors; never fails, since the code is perfect: four errors become a wrong codeword. */
export function decodeGolay23(word: number): Decoded {
  const error = ERROR_OF_SYNDROME[syndromeOf(word)];
  return { data: (word ^ error) >>> 11, corrected: popCount(error) };
}

/** Corrects up to three errors; null when there are four. */
export function decodeGolay24(word: number): Decoded | null {
  const { data } = decodeGolay23(word >>> 1);
  const corrected = popCount(encodeGolay24(data) ^ word);
  return corrected <= 3 ? { data, corrected } : null;
}

/** Corrects up to three errors of an 18-bit word; null when there are more (a few of those hit another codeword). */
export function decodeGolay18(word: number): Decoded | null {
  const decoded = decodeGolay24(word);
  return decoded && decoded.data < 64 ? decoded : null;
}

/** Test patterns are made of this many least reliable bits. */
const CHASE_BITS = 6;
const weakest = new Int32Array(CHASE_BITS);
const weights = new Float64Array(24);
/** Costs of the codewords in a list: at most as many as there are patterns. */
const listCosts = new Float64Array(1 << CHASE_BITS);

/** Weights of the 23 bits, counted from the least significant, and the six least reliable of them. */
function rank(llr: SoftBits, offset: number): void {
  for (let bit = 0; bit < 23; bit++) weights[bit] = Math.abs(llr[offset + 22 - bit]);
  let count = 0;
  for (let bit = 0; bit < 23; bit++) {
    let i = count < CHASE_BITS ? count++ : CHASE_BITS;
    for (; i > 0 && weights[weakest[i - 1]] > weights[bit]; i--) if (i < CHASE_BITS) weakest[i] = weakest[i - 1];
    if (i < CHASE_BITS) weakest[i] = bit;
  }
}

/**
 * Chase's second algorithm over the first 23 bits: every pattern of the six least reliable bits is completed to a
 * codeword by the syndrome table, the one with the least sum of contradicted |llr| wins. `extended` counts the 24th bit
 * in. A word that already is a codeword returns at once, the likeliest one by definition.
 * Cost: about 0.1 us for a clean word, 1 us else. It misses the maximum-likelihood codeword in less than 1 % of the
 * words that are wrong anyway (see docs/coding.md).
 */
function chase(llr: SoftBits, offset: number, extended: boolean): Decoded {
  const word = hardWord(llr, offset, 23);
  const last = extended && llr[offset + 23] > 0 ? 1 : 0;
  const syndrome = syndromeOf(word);
  if (syndrome === 0 && (!extended || (popCount(word) & 1) === last)) return { data: word >>> 11, corrected: 0 };

  rank(llr, offset);
  const lastWeight = extended ? Math.abs(llr[offset + 23]) : 0;
  let best = Number.POSITIVE_INFINITY;
  let bestWord = word;
  let pattern = 0;
  let patternSyndrome = syndrome;
  for (let test = 0; test < 1 << CHASE_BITS; test++) {
    if (test > 0) {
      // Gray code: each pattern differs from the one before in a single bit.
      const bit = weakest[31 - Math.clz32(test & -test)];
      pattern ^= 1 << bit;
      patternSyndrome ^= COLUMN[bit];
    }
    const error = pattern ^ ERROR_OF_SYNDROME[patternSyndrome];
    const candidate = word ^ error;
    let cost = extended && (popCount(candidate) & 1) !== last ? lastWeight : 0;
    for (let rest = error; rest !== 0 && cost < best; rest &= rest - 1) {
      cost += weights[31 - Math.clz32(rest & -rest)];
    }
    if (cost < best) {
      best = cost;
      bestWord = candidate;
    }
  }
  let corrected = popCount(bestWord ^ word);
  if (extended && (popCount(bestWord) & 1) !== last) corrected++;
  return { data: bestWord >>> 11, corrected };
}

/** The likeliest codeword for 23 soft bits from `offset`. */
export function decodeGolay23Soft(llr: SoftBits, offset = 0): Decoded {
  return chase(llr, offset, false);
}

/**
 * The information of the likeliest codewords for 23 soft bits from `offset`, the likeliest first, as many as fit into
 * `list`: for who can tell by something else which of them was sent. Returns how many there are.
 */
export function listGolay23(llr: SoftBits, offset: number, list: Int32Array): number {
  const word = hardWord(llr, offset, 23);
  rank(llr, offset);
  let count = 0;
  for (let test = 0; test < 1 << CHASE_BITS; test++) {
    let pattern = 0;
    for (let i = 0; i < CHASE_BITS; i++) if ((test >> i) & 1) pattern |= 1 << weakest[i];
    const error = pattern ^ ERROR_OF_SYNDROME[syndromeOf(word ^ pattern)];
    const data = (word ^ error) >>> 11;
    let cost = 0;
    for (let rest = error; rest !== 0; rest &= rest - 1) cost += weights[31 - Math.clz32(rest & -rest)];
    let known = 0;
    while (known < count && list[known] !== data) known++;
    if (known < count) continue;
    let i = count < list.length ? count++ : list.length;
    for (; i > 0 && listCosts[i - 1] > cost; i--) {
      if (i === list.length) continue;
      list[i] = list[i - 1];
      listCosts[i] = listCosts[i - 1];
    }
    if (i === list.length) continue;
    list[i] = data;
    listCosts[i] = cost;
  }
  return count;
}

/** The likeliest codeword for 24 soft bits from `offset`. */
export function decodeGolay24Soft(llr: SoftBits, offset = 0): Decoded {
  return chase(llr, offset, true);
}

const GOLAY18 = Int32Array.from({ length: 64 }, (_, data) => encodeGolay18(data));

/** The maximum-likelihood codeword for 18 soft bits from `offset` (all 64 are tried). */
export function decodeGolay18Soft(llr: SoftBits, offset = 0): Decoded {
  const word = hardWord(llr, offset, 18);
  let best = Number.POSITIVE_INFINITY;
  let data = 0;
  for (let i = 0; i < 64; i++) {
    let cost = 0;
    for (let rest = GOLAY18[i] ^ word; rest !== 0 && cost < best; rest &= rest - 1) {
      cost += Math.abs(llr[offset + 17 - (31 - Math.clz32(rest & -rest))]);
    }
    if (cost < best) {
      best = cost;
      data = i;
    }
  }
  return { data, corrected: popCount(GOLAY18[data] ^ word) };
}
