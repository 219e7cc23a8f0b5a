/** Small fast generator of uniform numbers 0..1 (mulberry32); the same seed gives the same numbers everywhere. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Gaussian numbers of variance 1 (Box-Muller). */
export function gaussian(next: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** `count` different numbers below `below`. */
export function distinct(next: () => number, count: number, below: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(next() * below));
  return [...chosen];
}

/** Random floats between -1 and 1; the same for a seed everywhere. */
export function randomFloats(length: number, seed: number): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length }, () => 2 * random() - 1);
}
