/**
 * Power of the sum of `count` complex values, interleaved, from the `first` on, each turned back by `turn` radians more than the
 * one before: their spectrum at any one frequency.
 */
export function turnedPower(values: Float64Array, first: number, count: number, turn: number): number {
  const c = Math.cos(turn);
  const s = Math.sin(turn);
  let re = 0;
  let im = 0;
  // Horner's rule in exp(-j turn), from the last value down.
  for (let at = 2 * (first + count - 1); at >= 2 * first; at -= 2) {
    const next = re * c + im * s + values[at];
    im = im * c - re * s + values[at + 1];
    re = next;
  }
  return re * re + im * im;
}
