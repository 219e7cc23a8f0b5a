import { decodeGolay23Soft, encodeGolay23, listGolay23 } from '../../coding/golay';
import { decodeHamming15Soft, encodeHamming15 } from '../../coding/hamming';
import type { Decoded } from '../../coding/soft';
import type { VoiceFormat } from '../../core/messages';
import { deinterleave, demodulate, unpackBits } from '../mbe/coding';
import { FRAME_BITS } from './allocation';

/** Coded bits of a frame. */
export const CODED_BITS = 144;
/** Bytes of a frame in each format. */
export const FRAME_BYTES: Readonly<Record<VoiceFormat, number>> = { soft: CODED_BITS, packed: 18, bare: 11 };

/** Information bits of the vectors u0 .. u7 (TIA-102.BABA 7.1). */
export const VECTOR_BITS = [12, 12, 12, 12, 11, 11, 11, 7];
/** Where each vector starts among the information bits, and its codeword among the coded bits. */
const VECTOR_START = [0, 12, 24, 36, 48, 59, 70, 81];
const CODE_START = [0, 23, 46, 69, 92, 107, 122, 137];
/** Vectors 0 to 3 are Golay, 4 to 6 Hamming codewords; the last goes without. */
const FIRST_HAMMING = 4;
/** Most errors a hard decision decoder finds in each codeword of u0 .. u6. */
export const HARD_LIMITS = [3, 3, 3, 3, 1, 1, 1];
const UNCODED = 7;

/**
 * Annex H: coded bit (c0's first bit = 0, in order of the codewords) of each bit on the air. Six columns of 24 are read
 * row by row, with each two neighbours swapped in every other row.
 */
const INTERLEAVE = Uint8Array.from({ length: CODED_BITS }, (_, bit) => {
  const row = Math.floor(bit / 6);
  return 24 * ((bit % 6) ^ (row & 1)) + row;
});

const coded = new Float32Array(CODED_BITS);
const trial = new Float32Array(CODED_BITS);

/** With this many errors or fewer nothing but the first vector's own code is needed. */
const SURE = 1;
/** Codewords of the first vector that are tried. */
const candidates = new Int32Array(4);

/** Weight of the soft bits from `start` that contradict a codeword. */
function contradiction(llr: Float32Array, start: number, codeword: number, bits: number): number {
  let sum = 0;
  for (let i = 0; i < bits; i++) {
    const value = (codeword >> (bits - 1 - i)) & 1 ? llr[start + i] : -llr[start + i];
    if (value < 0) sum -= value;
  }
  return sum;
}

/** The content of a frame after error correction. */
export class ImbeFrame {
  /** The 88 information bits u0 .. u7, one per element, most significant first. */
  readonly bits = new Uint8Array(FRAME_BITS);
  /** Bits corrected in the codeword of each of u0 .. u6. */
  readonly errors = new Uint8Array(UNCODED);
  /** Bits corrected in all codewords, eT. */
  totalErrors = 0;

  /** Takes a frame of FRAME_BYTES[format] bytes. Never fails: what cannot be corrected is counted in `errors`. */
  read(frame: Uint8Array, format: VoiceFormat): void {
    this.errors.fill(0);
    this.totalErrors = 0;
    if (format === 'bare') {
      unpackBits(frame, this.bits);
      return;
    }
    deinterleave(frame, format, INTERLEAVE, coded);
    let first = decodeGolay23Soft(coded, CODE_START[0]);
    if (first.corrected > SURE) first = this.likeliestFirst(first);
    const u0 = this.accept(0, first);
    demodulate(coded, u0, CODE_START[1], CODE_START[UNCODED]);
    for (let v = 1; v < FIRST_HAMMING; v++) this.accept(v, decodeGolay23Soft(coded, CODE_START[v]));
    for (let v = FIRST_HAMMING; v < UNCODED; v++) this.accept(v, decodeHamming15Soft(coded, CODE_START[v]));
    for (let i = 0; i < VECTOR_BITS[UNCODED]; i++) {
      this.bits[VECTOR_START[UNCODED] + i] = coded[CODE_START[UNCODED] + i] > 0 ? 1 : 0;
    }
  }

  /**
   * The first vector seeds the sequence that all others are sent with: with a wrong one they come out as noise, which
   * contradicts their codes. So of the first vector's likeliest codewords that is taken with which the whole frame is
   * contradicted least.
   */
  private likeliestFirst(first: Decoded): Decoded {
    const count = listGolay23(coded, CODE_START[0], candidates);
    let best = Number.POSITIVE_INFINITY;
    let data = first.data;
    for (let i = 0; i < count; i++) {
      const cost = frameContradiction(candidates[i], best);
      if (cost >= best) continue;
      best = cost;
      data = candidates[i];
    }
    const codeword = encodeGolay23(data);
    let corrected = 0;
    for (let i = 0; i < 23; i++) if (coded[CODE_START[0] + i] > 0 !== ((codeword >> (22 - i)) & 1) > 0) corrected++;
    return { data, corrected };
  }

  private accept(vector: number, { data, corrected }: Decoded): number {
    const width = VECTOR_BITS[vector];
    for (let i = 0; i < width; i++) this.bits[VECTOR_START[vector] + i] = (data >> (width - 1 - i)) & 1;
    this.errors[vector] = corrected;
    this.totalErrors += corrected;
    return data;
  }
}

/** Weight of the soft bits of `coded` that contradict the frame with this first vector; more than `limit` is not counted. */
function frameContradiction(first: number, limit: number): number {
  let sum = contradiction(coded, CODE_START[0], encodeGolay23(first), 23);
  trial.set(coded);
  demodulate(trial, first, CODE_START[1], CODE_START[UNCODED]);
  for (let v = 1; v < UNCODED && sum < limit; v++) {
    const start = CODE_START[v];
    sum +=
      v < FIRST_HAMMING
        ? contradiction(trial, start, encodeGolay23(decodeGolay23Soft(trial, start).data), 23)
        : contradiction(trial, start, encodeHamming15(decodeHamming15Soft(trial, start).data), 15);
  }
  return sum;
}
