import type { VoiceFormat } from '../../core/messages';

/**
 * Puts a transmitted frame in the order of its codewords.
 * @param frame one byte a bit (int8, > 0 for a 1) when `format` is 'soft', else eight bits a byte, most significant first
 * @param order for each transmitted bit, where it stands among the coded bits
 * @param coded where the soft bits go; hard bits become +1 and -1
 */
export function deinterleave(frame: Uint8Array, format: VoiceFormat, order: Uint8Array, coded: Float32Array): void {
  for (let bit = 0; bit < order.length; bit++) {
    const soft = format === 'soft' ? (frame[bit] << 24) >> 24 : (frame[bit >> 3] >> (7 - (bit & 7))) & 1 ? 1 : -1;
    coded[order[bit]] = soft;
  }
}

/** Takes off the pseudo-random sequence that the first vector seeds from the coded bits `from` to `to` (TIA-102.BABA 7.4). */
export function demodulate(coded: Float32Array, seed: number, from: number, to: number): void {
  let state = 16 * seed;
  for (let bit = from; bit < to; bit++) {
    state = (173 * state + 13849) & 0xffff;
    if (state >= 0x8000) coded[bit] = -coded[bit];
  }
}

/** Unpacks the information bits of a 'bare' frame, most significant bit first. */
export function unpackBits(frame: Uint8Array, bits: Uint8Array): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (frame[i >> 3] >> (7 - (i & 7))) & 1;
}
