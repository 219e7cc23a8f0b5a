// Raw IQ to planar floats. Each kernel computes value * scale + bias (the bias holds the format's middle and the DC
// correction), writes the sums of the results to sums[0] (I) and sums[1] (Q), and returns how many samples it had to
// replace by zero.

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Eight 16-bit integers become floats at `target`; returns them added in pairs. */
// @ts-ignore: decorator
@inline
function put8(target: usize, words: v128, scale: v128, bias: v128): v128 {
  const a = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words)), scale), bias);
  const b = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(words)), scale), bias);
  v128.store(target, a);
  v128.store(target, b, 16);
  return f32x4.add(a, b);
}

/** 8-bit samples, unsigned (cu8) or signed (cs8). */
export function convert8(
  source: usize, count: usize, signed: bool, re: usize, im: usize, scale: f32, biasRe: f32, biasIm: f32, sums: usize,
): i32 {
  const k = f32x4.splat(scale);
  const biasI = f32x4.splat(biasRe);
  const biasQ = f32x4.splat(biasIm);
  let sumI = f32x4.splat(0);
  let sumQ = f32x4.splat(0);
  const whole = count & ~7;
  for (let i: usize = 0; i < whole; i += 8) {
    // The low byte of each 16-bit lane is I, the high byte Q; a shift isolates it and extends its sign at once.
    const x = v128.load(source + (i << 1));
    const low = i16x8.shl(x, 8);
    const at = i << 2;
    sumI = f32x4.add(sumI, put8(re + at, signed ? i16x8.shr_s(low, 8) : i16x8.shr_u(low, 8), k, biasI));
    sumQ = f32x4.add(sumQ, put8(im + at, signed ? i16x8.shr_s(x, 8) : i16x8.shr_u(x, 8), k, biasQ));
  }
  let restI = total(sumI);
  let restQ = total(sumQ);
  for (let i = whole; i < count; i++) {
    const p = source + (i << 1);
    const a = (signed ? <f32>load<i8>(p) : <f32>load<u8>(p)) * scale + biasRe;
    const b = (signed ? <f32>load<i8>(p, 1) : <f32>load<u8>(p, 1)) * scale + biasIm;
    store<f32>(re + (i << 2), a);
    store<f32>(im + (i << 2), b);
    restI += a;
    restQ += b;
  }
  store<f32>(sums, restI);
  store<f32>(sums, restQ, 4);
  return 0;
}

/** Signed 16-bit samples, little-endian (cs16). */
export function convert16(
  source: usize, count: usize, re: usize, im: usize, scale: f32, biasRe: f32, biasIm: f32, sums: usize,
): i32 {
  const k = f32x4.splat(scale);
  const biasI = f32x4.splat(biasRe);
  const biasQ = f32x4.splat(biasIm);
  let sumI = f32x4.splat(0);
  let sumQ = f32x4.splat(0);
  const whole = count & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    const x = v128.load(source + (i << 2));
    const a = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(x, 16), 16)), k), biasI);
    const b = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(x, 16)), k), biasQ);
    v128.store(re + (i << 2), a);
    v128.store(im + (i << 2), b);
    sumI = f32x4.add(sumI, a);
    sumQ = f32x4.add(sumQ, b);
  }
  let restI = total(sumI);
  let restQ = total(sumQ);
  for (let i = whole; i < count; i++) {
    const a = <f32>load<i16>(source + (i << 2)) * scale + biasRe;
    const b = <f32>load<i16>(source + (i << 2), 2) * scale + biasIm;
    store<f32>(re + (i << 2), a);
    store<f32>(im + (i << 2), b);
    restI += a;
    restQ += b;
  }
  store<f32>(sums, restI);
  store<f32>(sums, restQ, 4);
  return 0;
}

/** 32-bit floats (cf32). A sample that is not finite, or larger than a million, counts as zero. */
export function convertFloat(
  source: usize, count: usize, re: usize, im: usize, scale: f32, biasRe: f32, biasIm: f32, sums: usize,
): i32 {
  const k = f32x4.splat(scale);
  const biasI = f32x4.splat(biasRe);
  const biasQ = f32x4.splat(biasIm);
  const limit = f32x4.splat(1e6);
  let sumI = f32x4.splat(0);
  let sumQ = f32x4.splat(0);
  let bad = 0;
  const whole = count & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    const x = v128.load(source + (i << 3));
    const y = v128.load(source + (i << 3), 16);
    let a = v128.shuffle<f32>(x, y, 0, 2, 4, 6);
    let b = v128.shuffle<f32>(x, y, 1, 3, 5, 7);
    const good = v128.and(f32x4.le(f32x4.abs(a), limit), f32x4.le(f32x4.abs(b), limit));
    bad += 4 - popcnt(i32x4.bitmask(good));
    a = f32x4.add(f32x4.mul(v128.and(a, good), k), biasI);
    b = f32x4.add(f32x4.mul(v128.and(b, good), k), biasQ);
    v128.store(re + (i << 2), a);
    v128.store(im + (i << 2), b);
    sumI = f32x4.add(sumI, a);
    sumQ = f32x4.add(sumQ, b);
  }
  let restI = total(sumI);
  let restQ = total(sumQ);
  for (let i = whole; i < count; i++) {
    let a = load<f32>(source + (i << 3));
    let b = load<f32>(source + (i << 3), 4);
    if (!(abs(a) <= 1e6 && abs(b) <= 1e6)) {
      bad++;
      a = 0;
      b = 0;
    }
    a = a * scale + biasRe;
    b = b * scale + biasIm;
    store<f32>(re + (i << 2), a);
    store<f32>(im + (i << 2), b);
    restI += a;
    restQ += b;
  }
  store<f32>(sums, restI);
  store<f32>(sums, restQ, 4);
  return bad;
}
