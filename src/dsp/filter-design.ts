/**
 * Linear-phase low-pass filters by the Kaiser window method (Kaiser, "Nonrecursive digital filter design using the
 * I0-sinh window function", 1974; the formulas are in Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3).
 */

/** Modified Bessel function of the first kind, order 0. */
export function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/** Shape parameter of the Kaiser window for this stop-band attenuation, dB. */
export function kaiserBeta(attenuation: number): number {
  if (attenuation > 50) return 0.1102 * (attenuation - 8.7);
  if (attenuation >= 21) return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21);
  return 0;
}

/** Value of the Kaiser window at x, which runs from -1 to 1 across it. */
export function kaiser(x: number, beta: number): number {
  return Math.abs(x) > 1 ? 0 : besselI0(beta * Math.sqrt(1 - x * x)) / besselI0(beta);
}

/** Taps a Kaiser filter needs: transition width in cycles per sample, attenuation in dB. Always odd. */
export function kaiserLength(transition: number, attenuation: number): number {
  const order = Math.max(2, (attenuation - 7.95) / (2.285 * 2 * Math.PI * transition));
  return 2 * Math.ceil(order / 2) + 1;
}

export interface LowpassSpec {
  /** Edges in cycles per sample (Hz / rate), 0 < pass < stop <= 0.5. */
  pass: number;
  stop: number;
  /** Least stop-band attenuation, dB; the pass-band ripple is as small. */
  attenuation: number;
}

/** Symmetric low-pass of odd length with gain 1 at zero frequency. A stop edge of 0.5 or more gives a single tap of 1. */
export function lowpass({ pass, stop, attenuation }: LowpassSpec): Float64Array {
  if (stop >= 0.5) return Float64Array.of(1);
  const length = kaiserLength(stop - pass, attenuation);
  const middle = (length - 1) / 2;
  const beta = kaiserBeta(attenuation);
  const cutoff = (pass + stop) / 2;
  const taps = new Float64Array(length);
  let sum = 0;
  for (let k = -middle; k <= middle; k++) {
    const sinc = k === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * k) / (Math.PI * k);
    taps[middle + k] = sinc * kaiser(k / (middle + 1), beta);
    sum += taps[middle + k];
  }
  return taps.map((tap) => tap / sum);
}

/** Gain of a symmetric filter of odd length at a frequency in cycles per sample; real, as its phase is zero. */
export function zeroPhaseResponse(taps: ArrayLike<number>, frequency: number): number {
  const middle = (taps.length - 1) / 2;
  // cos((k+1)w) = 2 cos(w) cos(kw) - cos((k-1)w)
  const twice = 2 * Math.cos(2 * Math.PI * frequency);
  let previous = twice / 2;
  let current = 1;
  let sum = taps[middle];
  for (let k = 1; k <= middle; k++) {
    const next = twice * current - previous;
    previous = current;
    current = next;
    sum += 2 * taps[middle + k] * current;
  }
  return sum;
}
