/** Plain twin of fm-discriminate.as.ts; re and im hold one sample more than angle and power. */
export function fmDiscriminate(re: Float32Array, im: Float32Array, angle: Float32Array, power: Float32Array): void {
  for (let i = 0; i < angle.length; i++) {
    power[i] = re[i] * re[i] + im[i] * im[i];
    const x = re[i + 1] * re[i] + im[i + 1] * im[i];
    const y = im[i + 1] * re[i] - re[i + 1] * im[i];
    angle[i] = Math.atan2(y, x);
  }
}
