/** Voice codewords (AMBE+2, 72 bits) of voice bursts, and the encryption sync beside them (TIA-102.BBAC 5.4). */

export const AMBE_BITS = 72;
const STARTS = [2, 76, 172, 246];

/** Soft bits are scaled so that their mean magnitude is this. */
const MEAN_CONFIDENCE = 32;

/** The first `frames` (2 or 4) voice codewords of a burst, as 72 int8 each in the order of the air. */
export function voiceBits(burst: Float32Array, frames: number): Int8Array {
  let sum = 0;
  for (let i = 0; i < frames; i++) for (let j = 0; j < AMBE_BITS; j++) sum += Math.abs(burst[STARTS[i] + j]);
  const scale = sum > 0 ? (MEAN_CONFIDENCE * frames * AMBE_BITS) / sum : 0;
  const bits = new Int8Array(frames * AMBE_BITS);
  for (let i = 0; i < frames; i++) {
    for (let j = 0; j < AMBE_BITS; j++) {
      const value = burst[STARTS[i] + j];
      const size = Math.min(127, Math.max(1, Math.round(Math.abs(value) * scale)));
      bits[i * AMBE_BITS + j] = value > 0 ? size : -size;
    }
  }
  return bits;
}
