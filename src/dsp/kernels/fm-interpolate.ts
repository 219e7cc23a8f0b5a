/** Plain twin of fm-interpolate.as.ts, for one plane; `origin` is the index in x that time 0 means. */
export function fmInterpolate(
  x: Float32Array,
  origin: number,
  table: Float32Array,
  length: number,
  phases: number,
  start: number,
  step: number,
  out: Float32Array,
): void {
  for (let k = 0; k < out.length; k++) {
    const time = start + step * k;
    const whole = Math.floor(time);
    const row = Math.floor((time - whole) * phases + 0.5) * length;
    const first = origin + whole - length / 2 + 1;
    let sum = 0;
    for (let j = 0; j < length; j++) sum += x[first + j] * table[row + j];
    out[k] = sum;
  }
}
