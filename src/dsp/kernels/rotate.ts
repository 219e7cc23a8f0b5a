/** What rotate.as.ts needs to know of the rotation: 10 numbers. Angles in radians. */
export function rotor(first: number, step: number, out: Float32Array): void {
  for (let i = 0; i < 4; i++) {
    out[i] = Math.cos(first + i * step);
    out[4 + i] = Math.sin(first + i * step);
  }
  out[8] = Math.cos(4 * step);
  out[9] = Math.sin(4 * step);
}

/** Plain twin of rotate.as.ts. */
export function rotate(re: Float32Array, im: Float32Array, first: number, step: number): void {
  for (let i = 0; i < re.length; i++) {
    const c = Math.cos(first + i * step);
    const s = Math.sin(first + i * step);
    const a = re[i];
    re[i] = a * c - im[i] * s;
    im[i] = a * s + im[i] * c;
  }
}
