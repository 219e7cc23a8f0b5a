/** Plain twin of fsk4-symbols.as.ts. */
export function fsk4Symbols(
  angle: Float32Array,
  power: Float32Array,
  taps: Float32Array,
  stride: number,
  reach: number,
  value: Float32Array,
  weakest: Float32Array,
): void {
  for (let k = 0; k < value.length; k++) {
    let sum = 0;
    for (let j = 0; j < taps.length; j++) sum += angle[k * stride + j] * taps[j];
    value[k] = sum;
    const middle = k * stride + taps.length / 2;
    let least = power[middle];
    for (let j = 1; j <= reach; j++) least = Math.min(least, power[middle - j], power[middle + j]);
    weakest[k] = least;
  }
}
