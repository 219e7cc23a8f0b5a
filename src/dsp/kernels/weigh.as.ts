/** A stretch of a planar spectrum times a filter's real response. */
export function weigh(xr: usize, xi: usize, weights: usize, count: usize, yr: usize, yi: usize): void {
  const bytes = count << 2;
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) {
    const w = v128.load(weights + i);
    v128.store(yr + i, f32x4.mul(v128.load(xr + i), w));
    v128.store(yi + i, f32x4.mul(v128.load(xi + i), w));
  }
  for (let i = whole; i < bytes; i += 4) {
    const w = load<f32>(weights + i);
    store<f32>(yr + i, load<f32>(xr + i) * w);
    store<f32>(yi + i, load<f32>(xi + i) * w);
  }
}
