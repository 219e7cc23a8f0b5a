/** One turn of a cosine; fine enough to put spurs under -70 dB. A power of two. */
const SIZE = 1 << 13;
const QUARTER = SIZE / 4;
const COSINE = Float32Array.from({ length: SIZE + QUARTER }, (_, i) => Math.cos((2 * Math.PI * (i - QUARTER)) / SIZE));

/** Cosine of a phase of 0 to 1 turns. */
export function cosine(turns: number): number {
  return COSINE[((turns * SIZE) | 0) + QUARTER];
}

/** Sine of a phase of 0 to 1 turns. */
export function sine(turns: number): number {
  return COSINE[(turns * SIZE) | 0];
}

/** What a carrier does to the signal: adds itself to `count` complex samples, I and Q in turn. */
export interface Carrier {
  add(iq: Float32Array, count: number): void;
}
