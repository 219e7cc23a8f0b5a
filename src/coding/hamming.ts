import { popCount } from './bits';
import { type Decoded, hardWord, type SoftBits } from './soft';

/**
 * A systematic code with four parity bits, given by the parity of each information bit, first transmitted first.
 * Codewords are numbers, information bits first (most significant).
 */
class HammingCode {
  readonly bits: number;
  /** Syndrome of an error in each bit, first transmitted first. */
  private readonly columns: readonly number[];
  /** Error pattern of each syndrome; 0 where no single error explains it. */
  private readonly errorOf = new Int32Array(16);
  /** Least cost and its error pattern for each syndrome, before and after a bit. */
  private readonly cost = [new Float64Array(16), new Float64Array(16)];
  private readonly error = [new Int32Array(16), new Int32Array(16)];

  constructor(parity: readonly number[]) {
    this.columns = [...parity, 8, 4, 2, 1];
    this.bits = this.columns.length;
    this.columns.forEach((column, i) => {
      this.errorOf[column] = 1 << (this.bits - 1 - i);
    });
  }

  private syndrome(word: number): number {
    let syndrome = 0;
    for (let i = 0; i < this.bits; i++) if ((word >>> (this.bits - 1 - i)) & 1) syndrome ^= this.columns[i];
    return syndrome;
  }

  encode(data: number): number {
    const word = data << 4;
    return word | this.syndrome(word);
  }

  decode(word: number): Decoded | null {
    const syndrome = this.syndrome(word);
    if (syndrome === 0) return { data: word >>> 4, corrected: 0 };
    const error = this.errorOf[syndrome];
    return error === 0 ? null : { data: (word ^ error) >>> 4, corrected: 1 };
  }

  /**
   * Maximum likelihood: walks through the bits keeping, for each of the 16 syndromes, the cheapest set of bits to flip
   * that has it (Wolf's syndrome trellis). 16 steps of work a bit; nothing for a clean word.
   */
  decodeSoft(llr: SoftBits, offset: number): Decoded {
    const word = hardWord(llr, offset, this.bits);
    const syndrome = this.syndrome(word);
    if (syndrome === 0) return { data: word >>> 4, corrected: 0 };
    let now = 0;
    this.cost[0].fill(Number.POSITIVE_INFINITY);
    this.cost[0][0] = 0;
    this.error[0][0] = 0;
    for (let i = 0; i < this.bits; i++) {
      const column = this.columns[i];
      const weight = Math.abs(llr[offset + i]);
      const mask = 1 << (this.bits - 1 - i);
      const cost = this.cost[now];
      const error = this.error[now];
      const nextCost = this.cost[1 - now];
      const nextError = this.error[1 - now];
      for (let s = 0; s < 16; s++) {
        const flipped = cost[s ^ column] + weight;
        const flip = flipped < cost[s];
        nextCost[s] = flip ? flipped : cost[s];
        nextError[s] = flip ? error[s ^ column] | mask : error[s];
      }
      now = 1 - now;
    }
    const error = this.error[now][syndrome];
    return { data: (word ^ error) >>> 4, corrected: popCount(error) };
  }
}

/** (10,6,3): hexbits of link control and encryption sync in LDU1 and LDU2 (TIA-102.BAAA-B 4). */
const HAMMING10 = new HammingCode([0b1110, 0b1101, 0b1011, 0b0111, 0b0011, 0b1100]);

/** (15,11,3): IMBE vectors u4 to u6 (TIA-102.BABA 7). */
const HAMMING15 = new HammingCode([
  0b1111, 0b1110, 0b1101, 0b1100, 0b1011, 0b1010, 0b1001, 0b0111, 0b0110, 0b0101, 0b0011,
]);

/** 6 information bits to a 10-bit codeword. */
export function encodeHamming10(data: number): number {
  return HAMMING10.encode(data);
}

/** Corrects one error; null for the syndromes no single error explains. */
export function decodeHamming10(word: number): Decoded | null {
  return HAMMING10.decode(word);
}

/** The maximum-likelihood codeword for 10 soft bits from `offset`. */
export function decodeHamming10Soft(llr: SoftBits, offset = 0): Decoded {
  return HAMMING10.decodeSoft(llr, offset);
}

/** 11 information bits to a 15-bit codeword. */
export function encodeHamming15(data: number): number {
  return HAMMING15.encode(data);
}

/** Corrects one error; never fails, since the code is perfect. */
export function decodeHamming15(word: number): Decoded {
  return HAMMING15.decode(word)!;
}

/** The maximum-likelihood codeword for 15 soft bits from `offset`. */
export function decodeHamming15Soft(llr: SoftBits, offset = 0): Decoded {
  return HAMMING15.decodeSoft(llr, offset);
}
