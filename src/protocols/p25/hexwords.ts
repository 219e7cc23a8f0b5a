import { popCount } from '../../coding/bits';
import { decodeGolay18Soft, decodeGolay24Soft, encodeGolay18, encodeGolay24 } from '../../coding/golay';
import { decodeHamming10Soft, encodeHamming10 } from '../../coding/hamming';
import { OrderedStatistics } from '../../coding/ordered-statistics';
import type { ReedSolomon } from '../../coding/reed-solomon';
import type { Decoded } from '../../coding/soft';

/**
 * Words of six bits (hexbits), protected twice: each by a short code, all together by a Reed-Solomon code over GF(64)
 * (TIA-102.BAAA-B 4). So are link control, encryption sync and the header word sent.
 */

export interface InnerCode {
  /** Bits of a codeword on air. */
  bits: number;
  /** Hexbits in a codeword. */
  hexbits: 1 | 2;
  decode(llr: Float32Array, offset: number): Decoded;
  encode(data: number): number;
}

export const HAMMING_10: InnerCode = { bits: 10, hexbits: 1, decode: decodeHamming10Soft, encode: encodeHamming10 };
export const GOLAY_18: InnerCode = { bits: 18, hexbits: 1, decode: decodeGolay18Soft, encode: encodeGolay18 };
export const GOLAY_24: InnerCode = { bits: 24, hexbits: 2, decode: decodeGolay24Soft, encode: encodeGolay24 };

export interface Hexwords {
  /** Information octets; null when the word could not be corrected, or what came out does not resemble what came in. */
  octets: Uint8Array | null;
  /** Bits the short code changed. */
  innerCorrected: number;
  /** Bits the Reed-Solomon code changed. */
  outerCorrected: number;
}

/** How surely a word must fit what was received to be believed. */
export interface Limits {
  /**
   * Of words that erasures find: agreement of the soft bits, of which noise reaches 0.8 with one word in 7000 of the
   * (24,16) code and none seen in 20 000 of the others.
   */
  agreement: number;
  /**
   * Of words that ordered statistics find. What reaches 6 comes of noise three times in a million; words near the one
   * sent, which are found in its place where it is weak, reach less than these limits too.
   */
  evidence: number;
}

/** Share of the bits that must agree with a word that erasures find. */
const LEAST_BITS = 0.78;

/** How a word fits soft bits. */
export interface Fit {
  /** Weight of the soft bits that agree minus that of those that do not, as a part of all: 1 to -1, of noise about 0. */
  agreement: number;
  /** Share of the bits that agree. */
  same: number;
  /** The weight that agrees in standard deviations of what chance gives. */
  evidence: number;
}

/** A Reed-Solomon codeword found. */
export interface HexwordFound extends Hexwords {
  octets: Uint8Array;
  /** The word as sent, one bit per element. */
  bits: Uint8Array;
}

/** One kind of word: where it stands in a frame, its codes, and how surely it must fit to be believed. */
export class HexwordCode {
  /** Bits on the air. */
  readonly bits: number;
  private readonly symbols: Uint8Array;
  private readonly reliability: Float64Array;
  /** Made when the first word needs it. */
  private statistics?: OrderedStatistics;

  /**
   * @param starts first bits of the short codewords in a frame
   */
  constructor(
    private readonly starts: readonly number[],
    private readonly inner: InnerCode,
    private readonly outer: ReedSolomon,
    private readonly least: Limits,
  ) {
    this.bits = starts.length * inner.bits;
    this.symbols = new Uint8Array(outer.n);
    this.reliability = new Float64Array(outer.n);
  }

  /** Takes the word's soft bits out of a frame's. */
  gather(frame: Float32Array, word: Float32Array): void {
    const { bits } = this.inner;
    this.starts.forEach((start, i) => {
      for (let j = 0; j < bits; j++) word[i * bits + j] = frame[start + j];
    });
  }

  /**
   * Decodes a word's soft bits: first the short codes, then the Reed-Solomon code with the least reliable symbols erased
   * step by step. Cheap, and enough on most signals.
   */
  decode(word: Float32Array): HexwordFound | Hexwords {
    const innerCorrected = this.decodeInner(word);
    const symbols = this.stepwise(word);
    return symbols ? this.found(symbols, innerCorrected) : { octets: null, innerCorrected, outerCorrected: 0 };
  }

  /** Decodes both codes as one, by ordered statistics: worth 1 dB and more, and slow. */
  decodeTogether(word: Float32Array): HexwordFound | null {
    const symbols = this.together(word);
    return symbols && this.found(symbols, this.decodeInner(word));
  }

  /** How a word fits soft bits. */
  fit(word: Float32Array, bits: Uint8Array): Fit {
    let sum = 0;
    let weight = 0;
    let variance = 0;
    let same = 0;
    for (let i = 0; i < this.bits; i++) {
      const value = bits[i] ? word[i] : -word[i];
      if (value > 0) same++;
      sum += value;
      weight += Math.abs(value);
      variance += value * value;
    }
    if (!(weight > 0)) return { agreement: 0, same: 0, evidence: 0 };
    return { agreement: sum / weight, same: same / this.bits, evidence: sum / Math.sqrt(variance) };
  }

  private found(symbols: Uint8Array, innerCorrected: number): HexwordFound {
    let outerCorrected = 0;
    symbols.forEach((symbol, i) => {
      outerCorrected += popCount(symbol ^ this.symbols[i]);
    });
    return { octets: this.octets(symbols), bits: this.encode(symbols), innerCorrected, outerCorrected };
  }

  private decodeInner(word: Float32Array): number {
    const { inner, symbols, reliability } = this;
    let innerCorrected = 0;
    let to = 0;
    for (let start = 0; start < this.bits; start += inner.bits) {
      const { data, corrected } = inner.decode(word, start);
      innerCorrected += corrected;
      const codeword = inner.encode(data);
      let sure = 0;
      for (let i = 0; i < inner.bits; i++) {
        sure += (codeword >> (inner.bits - 1 - i)) & 1 ? word[start + i] : -word[start + i];
      }
      for (let i = inner.hexbits - 1; i >= 0; i--) {
        symbols[to] = (data >> (6 * i)) & 0x3f;
        reliability[to++] = sure;
      }
    }
    return innerCorrected;
  }

  private stepwise(word: Float32Array): Uint8Array | null {
    const plain = this.outer.decodeSoft(this.symbols, this.reliability);
    if (!plain || isEmpty(plain.data)) return null;
    const symbols = this.outer.encode(plain.data);
    const { agreement, same } = this.fit(word, this.encode(symbols));
    return agreement >= this.least.agreement && same >= LEAST_BITS ? symbols : null;
  }

  private together(word: Float32Array): Uint8Array | null {
    this.statistics ??= new OrderedStatistics(this.generator());
    const { inner, outer, statistics } = this;
    if (!statistics.decode(word, 2) || statistics.evidence < this.least.evidence) return null;
    const symbols = new Uint8Array(outer.n);
    // The short codes are systematic: the hexbits come first.
    for (let i = 0; i < outer.n; i++) {
      const start = Math.floor(i / inner.hexbits) * inner.bits + (i % inner.hexbits) * 6;
      symbols[i] = readHexbit(statistics.word, start);
    }
    return isEmpty(symbols) ? null : symbols;
  }

  private encode(symbols: Uint8Array): Uint8Array {
    const { inner } = this;
    const bits = new Uint8Array(this.bits);
    for (let i = 0, to = 0; to < this.bits; i += inner.hexbits) {
      const data = inner.hexbits === 1 ? symbols[i] : (symbols[i] << 6) | symbols[i + 1];
      const codeword = inner.encode(data);
      for (let j = inner.bits - 1; j >= 0; j--) bits[to++] = (codeword >> j) & 1;
    }
    return bits;
  }

  /** Both codes as one binary code. */
  private generator(): Uint8Array[] {
    return Array.from({ length: 6 * this.outer.k }, (_, i) => {
      const data = new Uint8Array(this.outer.k);
      data[Math.floor(i / 6)] = 0x20 >> (i % 6);
      return this.encode(this.outer.encode(data));
    });
  }

  /** Four hexbits are three octets. */
  private octets(symbols: Uint8Array): Uint8Array {
    const octets = new Uint8Array((this.outer.k * 6) >> 3);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const value = (symbols[Math.floor(bit / 6)] >> (5 - (bit % 6))) & 1;
      octets[bit >> 3] |= value << (7 - (bit & 7));
    }
    return octets;
  }
}

/** A carrier that does not change reads as zeros, a word of every code here. Nothing that is sent is all zeros. */
const isEmpty = (symbols: Uint8Array): boolean => symbols.every((hexbit) => hexbit === 0);

function readHexbit(bits: Uint8Array, start: number): number {
  let value = 0;
  for (let i = start; i < start + 6; i++) value = (value << 1) | bits[i];
  return value;
}
