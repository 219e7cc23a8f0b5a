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

/** The same of two signals at once, so that each tap is loaded once. */
// @ts-ignore: decorator
@inline
function dots(re: usize, im: usize, taps: usize, bytes: usize, outRe: usize, outIm: usize): void {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const end = taps + bytes;
  while (taps < end) {
    let tap = v128.load(taps);
    a = f32x4.add(a, f32x4.mul(v128.load(re), tap));
    b = f32x4.add(b, f32x4.mul(v128.load(im), tap));
    tap = v128.load(taps, 16);
    c = f32x4.add(c, f32x4.mul(v128.load(re, 16), tap));
    d = f32x4.add(d, f32x4.mul(v128.load(im, 16), tap));
    tap = v128.load(taps, 32);
    a = f32x4.add(a, f32x4.mul(v128.load(re, 32), tap));
    b = f32x4.add(b, f32x4.mul(v128.load(im, 32), tap));
    tap = v128.load(taps, 48);
    c = f32x4.add(c, f32x4.mul(v128.load(re, 48), tap));
    d = f32x4.add(d, f32x4.mul(v128.load(im, 48), tap));
    re += 64;
    im += 64;
    taps += 64;
  }
  a = f32x4.add(a, c);
  b = f32x4.add(b, d);
  a = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  a = f32x4.add(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
  store<f32>(outRe, f32x4.extract_lane(a, 0));
  store<f32>(outIm, f32x4.extract_lane(a, 2));
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
  const lead = <usize>(length / 2 - 1) << 2;
  // Times are kept as integers of 2^-32 samples: turning floats into integers would cost as much as all the rest.
  let time = <i64>(start * 4294967296.0);
  const advance = <i64>(step * 4294967296.0 + 0.5);
  const end = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 4) {
    const first = (<usize>(time >> 32) << 2) - lead;
    const phase = ((time & 0xffffffff) * phases + 0x80000000) >> 32;
    const taps = table + <usize>phase * rowBytes;
    if (im) dots(re + first, im + first, taps, rowBytes, outRe + at, outIm + at);
    else store<f32>(outRe + at, dot(re + first, taps, rowBytes));
    time += advance;
  }
}
