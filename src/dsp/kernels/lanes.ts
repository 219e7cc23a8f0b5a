/** Plain twin of gather in lanes.as.ts: channel k takes the bins from firsts[k] on. */
export function gather(
  xr: Float32Array,
  xi: Float32Array,
  firsts: readonly number[],
  weights: readonly Float32Array[],
  yr: Float32Array,
  yi: Float32Array,
): void {
  for (let k = 0; k < 4; k++)
    for (let i = 0; i < weights[k].length; i++) {
      yr[4 * i + k] = weights[k][i] * xr[firsts[k] + i];
      yi[4 * i + k] = weights[k][i] * xi[firsts[k] + i];
    }
}

/** Plain twin of scatter in lanes.as.ts. Angles in radians, by channel. */
export function scatter(
  xr: Float32Array,
  xi: Float32Array,
  count: number,
  angles: readonly { first: number; step: number }[],
  row: number,
  yr: Float32Array,
  yi: Float32Array,
): void {
  for (let k = 0; k < 4; k++)
    for (let i = 0; i < count; i++) {
      const angle = angles[k].first + i * angles[k].step;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [a, b] = [xr[4 * i + k], xi[4 * i + k]];
      yr[k * row + i] = a * c - b * s;
      yi[k * row + i] = a * s + b * c;
    }
}

/** What scatter needs to know of a channel's rotation goes to lane k of its 40 floats. step: radians. */
export function setRotorStep(rotors: Float32Array, k: number, step: number): void {
  for (let steps = 1; steps <= 4; steps++) setRotor(rotors, steps, k, steps * step);
}

/** The angle of the channel's first sample, radians. */
export function setRotorFirst(rotors: Float32Array, k: number, first: number): void {
  setRotor(rotors, 0, k, first);
}

function setRotor(rotors: Float32Array, steps: number, k: number, angle: number): void {
  rotors[8 * steps + k] = Math.cos(angle);
  rotors[8 * steps + 4 + k] = Math.sin(angle);
}
