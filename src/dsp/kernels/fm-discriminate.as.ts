/** Arctangent on 0..1, error below 2e-6 (odd minimax polynomial). */
// @ts-ignore: decorator
@inline function arctangent(z: v128): v128 {
  const q = f32x4.mul(z, z);
  let p = f32x4.splat(-0.01172120);
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.05265332));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-0.11643287));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.19354346));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-0.33262347));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.99997726));
  return f32x4.mul(p, z);
}

/**
 * FM discriminator: angle[i] = arg(x[i + 1] conj x[i]) in radians per sample and power[i] = |x[i]|^2, for `count`
 * (rounded up to a multiple of 4) samples; reads one sample more.
 */
export function fmDiscriminate(re: usize, im: usize, angle: usize, power: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const halfPi = f32x4.splat(1.5707963267948966);
  const pi = f32x4.splat(3.141592653589793);
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(re + i);
    const b = v128.load(im + i);
    const c = v128.load(re + i, 4);
    const d = v128.load(im + i, 4);
    v128.store(power + i, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    const x = f32x4.add(f32x4.mul(c, a), f32x4.mul(d, b));
    const y = f32x4.sub(f32x4.mul(d, a), f32x4.mul(c, b));
    const ax = f32x4.abs(x);
    const ay = f32x4.abs(y);
    const large = f32x4.max(f32x4.max(ax, ay), f32x4.splat(1e-37));
    let angles = arctangent(f32x4.div(f32x4.min(ax, ay), large));
    angles = v128.bitselect(f32x4.sub(halfPi, angles), angles, f32x4.gt(ay, ax));
    angles = v128.bitselect(f32x4.sub(pi, angles), angles, f32x4.lt(x, zero));
    v128.store(angle + i, v128.bitselect(f32x4.neg(angles), angles, f32x4.lt(y, zero)));
  }
}
