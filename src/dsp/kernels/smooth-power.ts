/** Plain twin of smooth-power.as.ts. */
export function smoothPower(
  re: Float32Array,
  im: Float32Array,
  scale: number,
  share: number,
  mean: Float32Array,
): void {
  for (let i = 0; i < re.length; i++) mean[i] += share * (scale * (re[i] ** 2 + im[i] ** 2) - mean[i]);
}
