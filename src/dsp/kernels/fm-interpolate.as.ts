// @ts-ignore: decorator
@inline
function dot(x: usize, taps: usize, bytes: usize): f32 {
  // Four sums, so that the additions need not wait for each other.
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const end = taps + bytes;
  while (taps < end) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(taps)));
    b = f32x4.add(b, f32x4.mul(v128.load(x, 16), v128.load(taps, 16)));
    c = f32x4.add(c, f32x4.mul(v128.load(x, 32), v128.load(taps, 32)));
    d = f32x4.add(d, f32x4.mul(v128.load(x, 48), v128.load(taps, 48)));
    x += 64;
    taps += 64;
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1);
}

/**
 * Values of a signal at times start + k * step, k = 0 .. count-1, in samples counted from the pointers and not negative.
 * The signal has two planes, or one when `im` is 0. `table` holds phases + 1 rows of `length` taps, a multiple of 16; the
 * filter's middle lies between taps length/2 - 1 and length/2. Reads from sample floor(start) - length/2 + 1 on.
 */
export function fmInterpolate(
  re: usize, im: usize, table: usize, length: i32, phases: i32, start: f64, step: f64,
  outRe: usize, outIm: usize, count: i32,
): void {
  const rowBytes = <usize>length << 2;
  for (let k = 0; k < count; k++) {
    const time = start + step * <f64>k;
    const whole = <i32>time;
    const phase = <i32>((time - <f64>whole) * <f64>phases + 0.5);
    const first = <isize>(whole - (length >> 1) + 1) << 2;
    const taps = table + <usize>phase * rowBytes;
    const at = <usize>k << 2;
    store<f32>(outRe + at, dot(re + first, taps, rowBytes));
    if (im) store<f32>(outIm + at, dot(im + first, taps, rowBytes));
  }
}
