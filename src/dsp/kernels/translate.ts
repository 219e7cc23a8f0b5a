/**
 * Taps in the order translate.as.ts wants them. `taps` is a symmetric low-pass of odd length, `frequency` the one to move
 * to zero in cycles per sample.
 */
export function translatingTaps(taps: ArrayLike<number>, frequency: number): Float32Array {
  const middle = (taps.length - 1) / 2;
  const half = (middle + 4) & ~3;
  const packed = new Float32Array(2 * half);
  for (let k = 0; k <= middle; k++) {
    const tap = k === 0 ? taps[middle] / 2 : taps[middle + k];
    const at = 8 * (k >> 2) + (k & 3);
    packed[at] = tap * Math.cos(2 * Math.PI * frequency * k);
    packed[at + 4] = tap * Math.sin(2 * Math.PI * frequency * k);
  }
  return packed;
}

/**
 * Plain twin of translate.as.ts: out[n] = sum over k of taps[k] x[first + n step - k] e^{j w k}, k from -middle to middle.
 * The caller rotates out[n] by e^{-j w (first + n step)} to complete the shift to zero.
 */
export function translate(
  re: Float32Array,
  im: Float32Array,
  first: number,
  taps: ArrayLike<number>,
  frequency: number,
  step: number,
  outRe: Float32Array,
  outIm: Float32Array,
): void {
  const middle = (taps.length - 1) / 2;
  for (let n = 0; n < outRe.length; n++) {
    let sumRe = 0;
    let sumIm = 0;
    for (let k = -middle; k <= middle; k++) {
      const at = first + n * step - k;
      const c = taps[middle + k] * Math.cos(2 * Math.PI * frequency * k);
      const s = taps[middle + k] * Math.sin(2 * Math.PI * frequency * k);
      sumRe += re[at] * c - im[at] * s;
      sumIm += re[at] * s + im[at] * c;
    }
    outRe[n] = sumRe;
    outIm[n] = sumIm;
  }
}
