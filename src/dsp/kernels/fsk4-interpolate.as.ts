/**
 * Values of a signal at times start + k * step (in samples of x, counted from the pointer), k = 0 .. count-1, with a
 * polyphase table of phases + 1 rows of `length` taps; `length` is a multiple of 4. The filter's middle lies between
 * taps length/2 - 1 and length/2. Reads x from floor(start) - length/2 + 1 on.
 */
export function fsk4Interpolate(
  x: usize, table: usize, length: i32, phases: i32, start: f64, step: f64, out: usize, count: i32,
): void {
  const rowBytes = <usize>length << 2;
  for (let k = 0; k < count; k++) {
    const time = start + step * <f64>k;
    const whole = floor<f64>(time);
    const phase = <i32>((time - whole) * <f64>phases + 0.5);
    let samples = x + ((<isize>(<i32>whole - (length >> 1) + 1)) << 2);
    let taps = table + <usize>phase * rowBytes;
    let sum = f32x4.splat(0);
    for (let j = 0; j < length; j += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(samples), v128.load(taps)));
      samples += 16;
      taps += 16;
    }
    store<f32>(out + (<usize>k << 2), (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1))
      + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)));
  }
}
