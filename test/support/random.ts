/** Pseudo-random numbers 0 <= x < 1, the same for a seed everywhere (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random floats between -1 and 1. */
export function randomFloats(length: number, seed: number): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length }, () => 2 * random() - 1);
}
