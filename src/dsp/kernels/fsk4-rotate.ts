/** Plain twin of fsk4-rotate.as.ts: turns sample i of x (or of its conjugate) by the angle first + i * step, radians. */
export function fsk4Rotate(
  re: Float32Array,
  im: Float32Array,
  outRe: Float32Array,
  outIm: Float32Array,
  first: number,
  step: number,
  conjugate: boolean,
): void {
  for (let i = 0; i < outRe.length; i++) {
    const c = Math.cos(first + i * step);
    const s = Math.sin(first + i * step);
    const b = conjugate ? -im[i] : im[i];
    outRe[i] = re[i] * c - b * s;
    outIm[i] = re[i] * s + b * c;
  }
}

/** What the kernel takes for the same rotation: 10 numbers. */
export function rotorOf(first: number, step: number, out: Float32Array): void {
  for (let i = 0; i < 4; i++) {
    out[i] = Math.cos(first + i * step);
    out[4 + i] = Math.sin(first + i * step);
  }
  out[8] = Math.cos(4 * step);
  out[9] = Math.sin(4 * step);
}
