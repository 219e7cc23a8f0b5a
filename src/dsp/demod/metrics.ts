import { nthSmallest } from '../nth-smallest';

/** Coherent receivers cut their metrics off here: a level with this is known not to be. */
export const LEAST_METRIC = -40;
/** Squared distance beyond which a level is simply "not this one": noise after a discriminator is not Gaussian. */
const MOST_DISTANCE = 12;
const MOST_WEIGHT = 3;
const STRETCH = 36;

/**
 * Soft metrics of `count` symbols: L(a) = -min(d_a, 12) * weight, d_a = squared distance to level a less that to the
 * nearest level, weight = power over the frame's median power, at most 3. `value` is in units where (value - zero) * scale
 * is the level; `power` null gives weight 1. Gives the mean squared distance to the nearest level where it is worst, over
 * stretches of 36 symbols: 0.33 when the values say nothing.
 */
export function writeMetrics(
  value: Float32Array,
  zero: number,
  scale: number,
  power: Float32Array | null,
  count: number,
  metrics: Float32Array,
): number {
  let worst = 0;
  let stretch = 0;
  const typical = power ? median(power, count) : 1;
  for (let k = 0; k < count; k++) {
    const v = (value[k] - zero) * scale;
    const weight = power ? Math.min(power[k] / typical, MOST_WEIGHT) : 1;
    const nearest = Math.max(-3, Math.min(3, 2 * Math.round((v - 1) / 2) + 1));
    const least = (v - nearest) ** 2;
    stretch += least;
    if (k % STRETCH === STRETCH - 1) {
      worst = Math.max(worst, stretch / STRETCH);
      stretch = 0;
    }
    for (let a = 0; a < 4; a++) metrics[4 * k + a] = -Math.min((v - (2 * a - 3)) ** 2 - least, MOST_DISTANCE) * weight;
  }
  return worst;
}

function median(values: Float32Array, count: number): number {
  return Math.max(nthSmallest(values.slice(0, count), count >> 1), 1e-30);
}
