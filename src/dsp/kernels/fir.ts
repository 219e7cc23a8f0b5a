/** Taps in the order fir.as.ts wants them, from a symmetric filter of odd length. */
export function foldedTaps(taps: ArrayLike<number>): Float32Array {
  const middle = (taps.length - 1) / 2;
  const folded = new Float32Array((middle + 8) & ~7);
  for (let k = 0; k <= middle; k++) folded[k] = taps[middle + k];
  folded[0] /= 2;
  return folded;
}

/** Plain twin of fir.as.ts: out[n] = sum over k of taps[middle + k] x[first + n step + k], taps symmetric. */
export function fir(x: Float32Array, first: number, taps: ArrayLike<number>, step: number, out: Float32Array): void {
  const middle = (taps.length - 1) / 2;
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    for (let k = -middle; k <= middle; k++) sum += taps[middle + k] * x[first + n * step + k];
    out[n] = sum;
  }
}
