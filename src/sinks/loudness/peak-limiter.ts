/** Seconds the limiter looks ahead. */
const AHEAD = 0.005;
/** Seconds in which the gain comes back by about two thirds. */
const RELEASE = 0.15;
/** Points between two samples at which peaks are looked for. */
const BETWEEN = 4;
/** Samples on either side that a point between two is made of. */
const REACH = 6;

/** Weights of the neighbours for each point: a windowed sinc. */
const TAPS = Array.from({ length: BETWEEN }, (_, phase) =>
  Float64Array.from({ length: 2 * REACH }, (_, i) => {
    const x = i - REACH + 1 - phase / BETWEEN;
    const window = Math.cos((Math.PI * x) / (2 * REACH)) ** 2;
    return (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  }),
);

/** Largest level of a signal, also between its samples, near sample `at`. */
export function truePeak(samples: ArrayLike<number>, at: number): number {
  let peak = Math.abs(samples[at]);
  for (let phase = 1; phase < BETWEEN; phase++) {
    const taps = TAPS[phase];
    let sum = 0;
    for (let i = 0; i < taps.length; i++) sum += taps[i] * (samples[at + i - REACH + 1] ?? 0);
    peak = Math.max(peak, Math.abs(sum));
  }
  return peak;
}

/**
 * Keeps peaks, also those between samples, below a ceiling. The gain goes down ahead of a peak and comes back slowly; what
 * stays below passes unchanged, so that it works on rare peaks only and does not pump.
 * @param gainAt gain of each sample
 * @returns samples rounded to 16 bits
 */
export function amplify(
  samples: Int16Array,
  rate: number,
  gainAt: (index: number) => number,
  ceiling: number,
): Int16Array {
  const ahead = Math.max(2, Math.round(AHEAD * rate));
  const back = 1 - Math.exp(-1 / (RELEASE * rate));
  const out = new Int16Array(samples.length);
  // Of the last `ahead` samples: the gain each needs, and the least of those before each.
  const needed = new Float64Array(ahead).fill(1);
  const least = new Float64Array(ahead).fill(1);
  let sum = ahead;
  let held = 1;
  for (let i = 0; i < samples.length + ahead - 1; i++) {
    const slot = i % ahead;
    needed[slot] = i < samples.length ? Math.min(1, ceiling / (gainAt(i) * truePeak(samples, i) || ceiling)) : 1;
    let minimum = 1;
    for (let k = 0; k < ahead; k++) if (needed[k] < minimum) minimum = needed[k];
    held = Math.min(minimum, held + (1 - held) * back);
    sum += held - least[slot];
    least[slot] = held;
    const at = i - ahead + 1;
    if (at >= 0) out[at] = Math.max(-32_768, Math.min(32_767, Math.round(samples[at] * gainAt(at) * (sum / ahead))));
  }
  return out;
}
