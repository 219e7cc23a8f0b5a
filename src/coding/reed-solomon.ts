import { popCount } from './bits';
import { divide, EXP, errorLocator, evaluate, multiply, ORDER, syndromes } from './gf64';

/**
 * Shortened Reed-Solomon codes over GF(2^6), generator roots alpha^1 .. alpha^(n-k) (TIA-102.BAAA-B 4). Symbols are
 * hexbits (0..63) in a Uint8Array, information first, in the order of transmission.
 */

export interface RsDecoded {
  /** The information symbols. */
  data: Uint8Array;
  /** Symbols changed; erased ones count when they were wrong. */
  corrected: number;
  /** Bits changed in those symbols. */
  correctedBits: number;
}

export class ReedSolomon {
  private readonly parity: number;
  /** Generator polynomial from the constant term upwards. */
  private readonly generator: Uint8Array;

  constructor(
    readonly n: number,
    readonly k: number,
  ) {
    this.parity = n - k;
    this.generator = new Uint8Array(this.parity + 1);
    this.generator[0] = 1;
    for (let root = 1; root <= this.parity; root++) {
      for (let i = root; i > 0; i--) {
        this.generator[i] = this.generator[i - 1] ^ multiply(this.generator[i], EXP[root]);
      }
      this.generator[0] = multiply(this.generator[0], EXP[root]);
    }
  }

  /** `k` symbols to a codeword of `n`. */
  encode(data: Uint8Array): Uint8Array {
    const word = new Uint8Array(this.n);
    word.set(data);
    for (let i = 0; i < this.k; i++) {
      const lead = word[i];
      for (let j = 1; j <= this.parity; j++) word[i + j] ^= multiply(lead, this.generator[this.parity - j]);
    }
    word.set(data);
    return word;
  }

  /**
   * Corrects e errors and f erasures while 2e + f <= n - k; `erasures` are the indices of symbols not to be trusted.
   * Null when no codeword is that near. Chien search and Forney's formula after Berlekamp-Massey.
   */
  decode(received: Uint8Array, erasures: readonly number[] = []): RsDecoded | null {
    if (erasures.length > this.parity) return null;
    const syndrome = syndromes(received, this.n, this.parity);
    if (syndrome.every((value) => value === 0)) {
      return { data: received.slice(0, this.k), corrected: 0, correctedBits: 0 };
    }
    const powers = erasures.map((index) => this.n - 1 - index);
    const locator = errorLocator(syndrome, powers);
    return locator && this.repair(received, syndrome, locator);
  }

  /**
   * Generalised minimum distance decoding: `reliability` (any scale) ranks the symbols; decodes with the 0, 2, 4 ...
   * least reliable ones erased until a codeword is found. Six parity symbols are never spent on erasures, yet of noise
   * one word in 270 (24,12), 170 (24,16) or 100 (36,20) comes out as data: who uses this compares what came out with
   * what came in.
   */
  decodeSoft(received: Uint8Array, reliability: ArrayLike<number>): RsDecoded | null {
    const plain = this.decode(received);
    if (plain) return plain;
    const order = Array.from(received, (_, i) => i).sort((a, b) => reliability[a] - reliability[b]);
    for (let count = 2; count <= this.parity - 6; count += 2) {
      const decoded = this.decode(received, order.slice(0, count));
      if (decoded) return decoded;
    }
    return null;
  }

  private repair(received: Uint8Array, syndrome: Uint8Array, locator: Uint8Array): RsDecoded | null {
    const { n, parity } = this;
    const degree = locator.length - 1;
    const evaluator = new Uint8Array(parity);
    for (let i = 0; i < parity; i++) {
      for (let j = 0; j <= Math.min(i, degree); j++) evaluator[i] ^= multiply(locator[j], syndrome[i - j]);
    }
    const word = received.slice();
    let roots = 0;
    let corrected = 0;
    let correctedBits = 0;
    for (let i = 0; i < n; i++) {
      const inverse = (ORDER - (n - 1 - i)) % ORDER;
      if (evaluate(locator, inverse) !== 0) continue;
      roots++;
      let derivative = 0;
      for (let j = 1; j <= degree; j += 2) derivative ^= multiply(locator[j], EXP[(inverse * (j - 1)) % ORDER]);
      if (derivative === 0) return null;
      const error = divide(evaluate(evaluator, inverse), derivative);
      if (error === 0) continue;
      word[i] ^= error;
      corrected++;
      correctedBits += popCount(error);
    }
    // Roots outside the shortened code mean that the locator does not describe errors of this word.
    return roots === degree ? { data: word.slice(0, this.k), corrected, correctedBits } : null;
  }
}

/** Link control of LDU1 and TDULC: corrects 6 symbols. */
export const RS_24_12_13 = new ReedSolomon(24, 12);
/** Encryption sync of LDU2: corrects 4 symbols. */
export const RS_24_16_9 = new ReedSolomon(24, 16);
/** Header word of HDU: corrects 8 symbols. */
export const RS_36_20_17 = new ReedSolomon(36, 20);
