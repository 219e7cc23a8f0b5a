/**
 * Soft bits: one log-likelihood ratio per bit, > 0 for a 1, < 0 for a 0, the magnitude its confidence on any scale that
 * is the same for the whole codeword. The voice messages carry them as int8, the demodulators as float.
 */
export type SoftBits = Float32Array | Int8Array;

/** What a decoder of a short code gives. */
export interface Decoded {
  /** The information bits as a number, first transmitted bit most significant. */
  data: number;
  /** Bits by which the received (hard) word differs from the codeword chosen. */
  corrected: number;
}

/** The hard decisions on `count` (at most 31) soft bits from `offset`, first bit most significant. */
export function hardWord(llr: SoftBits, offset: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word = (word << 1) | (llr[offset + i] > 0 ? 1 : 0);
  return word;
}
