/** Plain twin of weigh.as.ts. */
export function weigh(
  xr: Float32Array,
  xi: Float32Array,
  weights: Float32Array,
  yr: Float32Array,
  yi: Float32Array,
): void {
  for (let i = 0; i < weights.length; i++) {
    yr[i] = xr[i] * weights[i];
    yi[i] = xi[i] * weights[i];
  }
}
