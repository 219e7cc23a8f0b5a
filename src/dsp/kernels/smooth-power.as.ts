/**
 * Takes a planar signal's power into a running mean: mean += share (scale |x|^2 - mean), for each of `count` places, a
 * multiple of 4.
 */
export function smoothPower(re: usize, im: usize, count: usize, scale: f32, share: f32, mean: usize): void {
  const weight = f32x4.splat(scale);
  const part = f32x4.splat(share);
  const bytes = count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(re + i);
    const b = v128.load(im + i);
    const power = f32x4.mul(f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)), weight);
    const old = v128.load(mean + i);
    v128.store(mean + i, f32x4.add(old, f32x4.mul(f32x4.sub(power, old), part)));
  }
}
