/** Plain twins of fsk4-correlate.as.ts. */
export function fsk4Products(
  re: Float32Array,
  im: Float32Array,
  lag: number,
  dRe: Float32Array,
  dIm: Float32Array,
  dAbs: Float32Array,
): void {
  for (let n = 0; n < dRe.length; n++) {
    dRe[n] = re[n + lag] * re[n] + im[n + lag] * im[n];
    dIm[n] = im[n + lag] * re[n] - re[n + lag] * im[n];
    dAbs[n] = Math.hypot(dRe[n], dIm[n]);
  }
}

export function fsk4Correlate(
  dRe: Float32Array,
  dIm: Float32Array,
  dAbs: Float32Array,
  refRe: Float32Array,
  refIm: Float32Array,
  direct: Float32Array,
  mirrored: Float32Array,
): void {
  for (let n = 0; n < direct.length; n++) {
    let rr = 0;
    let ii = 0;
    let ir = 0;
    let ri = 0;
    let total = 1e-30;
    for (let i = 0; i < refRe.length; i++) {
      rr += dRe[n + i] * refRe[i];
      ii += dIm[n + i] * refIm[i];
      ir += dIm[n + i] * refRe[i];
      ri += dRe[n + i] * refIm[i];
      total += dAbs[n + i];
    }
    direct[n] = Math.hypot(rr + ii, ir - ri) / total;
    mirrored[n] = Math.hypot(rr - ii, ir + ri) / total;
  }
}
