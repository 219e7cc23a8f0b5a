/** Plain twin of deliver.as.ts; re[0] and im[0] are the sample before the first. Returns the three sums. */
export function deliver(re: Float32Array, im: Float32Array, out: Float32Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 1; i < re.length; i++) {
    out[2 * i - 2] = re[i];
    out[2 * i - 1] = im[i];
    sums[0] += re[i] * re[i] + im[i] * im[i];
    sums[1] += re[i] * re[i - 1] + im[i] * im[i - 1];
    sums[2] += im[i] * re[i - 1] - re[i] * im[i - 1];
  }
  return sums;
}
