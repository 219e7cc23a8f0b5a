/** The levels of a 4-level signal. */
const LEVELS = [-3, -1, 1, 3] as const;

/** How the values of a 4-level signal lie to its levels. */
export interface LevelFit {
  /** Value of level 0. */
  zero: number;
  /** Value of a step of 1 in level. */
  gain: number;
  /** Mean square distance to the nearest level, in levels. */
  error: number;
}

/**
 * Finds zero and gain of 4-level values without knowing what was sent: the gain that random symbols of this spread would
 * have, then least squares with the levels nearest to the values. Null for values that do not vary.
 */
export function fitLevels(values: ArrayLike<number>): LevelFit | null {
  const { length } = values;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < length; i++) {
    sum += values[i];
    squares += values[i] * values[i];
  }
  const mean = sum / length;
  const spread = Math.sqrt(Math.max(0, squares / length - mean * mean));
  if (!(spread > 1e-9)) return null;
  // The mean square of the four levels is 5.
  let fit: LevelFit = { zero: mean, gain: spread / Math.sqrt(5), error: 0 };
  for (let round = 0; round < 4; round++) fit = refine(values, fit) ?? fit;
  let error = 0;
  for (let i = 0; i < length; i++) {
    const level = (values[i] - fit.zero) / fit.gain;
    error += (level - nearestLevel(level)) ** 2;
  }
  return { ...fit, error: error / length };
}

export function nearestLevel(value: number): number {
  return value < -2 ? -3 : value < 0 ? -1 : value < 2 ? 1 : 3;
}

function refine(values: ArrayLike<number>, { zero, gain }: LevelFit): LevelFit | null {
  const { length } = values;
  let sumV = 0;
  let sumL = 0;
  let sumLL = 0;
  let sumVL = 0;
  for (let i = 0; i < length; i++) {
    const level = nearestLevel((values[i] - zero) / gain);
    sumV += values[i];
    sumL += level;
    sumLL += level * level;
    sumVL += values[i] * level;
  }
  const variance = sumLL - (sumL * sumL) / length;
  if (variance < 1e-9) return null;
  const slope = (sumVL - (sumV * sumL) / length) / variance;
  return slope > 0 ? { gain: slope, zero: (sumV - slope * sumL) / length, error: 0 } : null;
}

/** What a symbol's metrics were made of. */
export interface SymbolValue {
  /** In levels: -3 .. 3 and beyond. */
  value: number;
  /** The symbol's power relative to the frame's typical one, at most 3. */
  weight: number;
}

/** Squared distance at which the metrics of a symbol end (src/dsp/demod/metrics.ts). */
const MOST_DISTANCE = 12;

/**
 * The value and weight a symbol's four metrics were made of: the metric of a level is the weight times the squared
 * distance to it less that to the nearest level, so differences of neighbours give the value, exactly while it lies
 * within the levels.
 */
export function symbolValue(metrics: Float32Array, at: number): SymbolValue {
  let nearest = 0;
  for (let a = 1; a < 4; a++) if (metrics[at + a] > metrics[at + nearest]) nearest = a;
  const level = LEVELS[nearest];
  const distance = (a: number) => metrics[at + nearest] - metrics[at + a];
  if (nearest === 1 || nearest === 2) {
    const below = distance(nearest - 1);
    const above = distance(nearest + 1);
    const weight = (below + above) / 8;
    return { weight, value: weight > 0 ? level + (below - above) / (below + above) : 0 };
  }
  // From an outer level the farthest one is always beyond the end.
  const outward = Math.sign(level);
  const weight = distance(3 - nearest) / MOST_DISTANCE;
  const step = distance(nearest - outward);
  return { weight, value: weight > 0 ? level + outward * (step / (4 * weight) - 1) : 0 };
}
