/** Symbols either side over which a bare carrier is looked for, and how straight its turns go on. */
const REACH = 8;
const STRAIGHT = 0.82;

/**
 * Zeros the metrics (4 a symbol) of unknown symbols (`known` < 0) around which the phase stands still: an equaliser would read
 * anything there. From symbol to symbol data turn it by odd eighths: the mean of their turns is no more than 0.71 straight on, that of a
 * carrier is 1. `signal`: two complex samples a symbol from the first instant on.
 */
export function blankCarrier(signal: Float32Array, symbols: number, known: Int8Array, metrics: Float32Array): void {
  let re = 0;
  let im = 0;
  let power = 1e-20;
  const add = (k: number, sign: number): void => {
    const a = 4 * k;
    const b = a + 4;
    re += sign * (signal[b] * signal[a] + signal[b + 1] * signal[a + 1]);
    im += sign * (signal[b + 1] * signal[a] - signal[b] * signal[a + 1]);
    power += (sign * (signal[a] ** 2 + signal[a + 1] ** 2 + signal[b] ** 2 + signal[b + 1] ** 2)) / 2;
  };
  for (let k = 0; k < Math.min(REACH, symbols); k++) add(k, 1);
  let blank = 0;
  for (let k = 0; k < symbols; k++) {
    if (k + REACH < symbols) add(k + REACH, 1);
    if (k > REACH) add(k - REACH - 1, -1);
    if (re <= STRAIGHT * power || Math.abs(im) >= 0.3 * re) continue;
    // All the stretch that was looked at.
    for (blank = Math.max(blank, k - REACH); blank <= Math.min(k + REACH, symbols - 1); blank++)
      if (known[blank] < 0) metrics.fill(0, 4 * blank, 4 * blank + 4);
  }
}
