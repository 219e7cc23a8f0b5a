// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Interleaves a planar complex signal and measures it. The sample before the first must exist.
 * sums: [0] the power |x[i]|^2, [1] and [2] real and imaginary part of x[i] conj(x[i-1]), each summed over i.
 */
export function deliver(re: usize, im: usize, count: usize, out: usize, sums: usize): void {
  let power = f32x4.splat(0);
  let lagRe = f32x4.splat(0);
  let lagIm = f32x4.splat(0);
  const whole = count & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    const at = i << 2;
    const a = v128.load(re + at);
    const b = v128.load(im + at);
    const c = v128.load(re + at - 4);
    const d = v128.load(im + at - 4);
    v128.store(out + (i << 3), v128.shuffle<f32>(a, b, 0, 4, 1, 5));
    v128.store(out + (i << 3), v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
    power = f32x4.add(power, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    lagRe = f32x4.add(lagRe, f32x4.add(f32x4.mul(a, c), f32x4.mul(b, d)));
    lagIm = f32x4.add(lagIm, f32x4.sub(f32x4.mul(b, c), f32x4.mul(a, d)));
  }
  let sum0 = total(power);
  let sum1 = total(lagRe);
  let sum2 = total(lagIm);
  for (let i = whole; i < count; i++) {
    const at = i << 2;
    const a = load<f32>(re + at);
    const b = load<f32>(im + at);
    const c = load<f32>(re + at - 4);
    const d = load<f32>(im + at - 4);
    store<f32>(out + (i << 3), a);
    store<f32>(out + (i << 3), b, 4);
    sum0 += a * a + b * b;
    sum1 += a * c + b * d;
    sum2 += b * c - a * d;
  }
  store<f32>(sums, sum0);
  store<f32>(sums, sum1, 4);
  store<f32>(sums, sum2, 8);
}
