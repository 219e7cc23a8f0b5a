/**
 * Filters a discriminator's output at the symbol instants only: value[k] = sum over taps of angle[k * stride + j], and
 * weakest[k] = least power within `reach` samples of the symbol's middle. `length` is a multiple of 4; the filter's
 * middle is the instant of power[k * stride + length / 2].
 */
export function fsk4Symbols(
  angle: usize, power: usize, taps: usize, length: i32, stride: i32, reach: i32,
  value: usize, weakest: usize, count: i32,
): void {
  for (let k = 0; k < count; k++) {
    const from = angle + (<usize>(k * stride) << 2);
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < <usize>length << 2; j += 16)
      sum = f32x4.add(sum, f32x4.mul(v128.load(from + j), v128.load(taps + j)));
    store<f32>(value + (<usize>k << 2), (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1))
      + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)));
    const middle = power + (<usize>(k * stride + (length >> 1)) << 2);
    let least = load<f32>(middle);
    for (let j: usize = 4; j <= <usize>reach << 2; j += 4)
      least = min<f32>(least, min<f32>(load<f32>(middle - j), load<f32>(middle + j)));
    store<f32>(weakest + (<usize>k << 2), least);
  }
}
