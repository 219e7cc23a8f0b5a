// @ts-ignore: decorator
@inline
function reversed(pointer: usize): v128 {
  const v = v128.load(pointer);
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Symmetric FIR decimator on real samples: keeps each `step`-th output. A complex signal takes two calls.
 *
 * x: address of the first output's centre sample; the `half` samples before it and after the last centre must exist.
 * taps: h(0) / 2, h(1), h(2) ... counted from the middle. half: how many, a multiple of 8.
 */
export function fir(x: usize, taps: usize, half: usize, step: usize, count: usize, out: usize): void {
  const bytes = half << 2;
  const stride = step << 2;
  const end = out + (count << 2);
  // Two outputs at a time keep four independent sums busy. Each output adds in the same order in both loops.
  while (out + 4 < end) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    const y = x + stride;
    for (let k: usize = 0; k < bytes; k += 32) {
      const low = v128.load(taps + k);
      const high = v128.load(taps + k, 16);
      a = f32x4.add(a, f32x4.mul(f32x4.add(v128.load(x + k), reversed(x - k - 12)), low));
      b = f32x4.add(b, f32x4.mul(f32x4.add(v128.load(x + k, 16), reversed(x - k - 28)), high));
      c = f32x4.add(c, f32x4.mul(f32x4.add(v128.load(y + k), reversed(y - k - 12)), low));
      d = f32x4.add(d, f32x4.mul(f32x4.add(v128.load(y + k, 16), reversed(y - k - 28)), high));
    }
    store<f32>(out, total(f32x4.add(a, b)));
    store<f32>(out, total(f32x4.add(c, d)), 4);
    x += stride << 1;
    out += 8;
  }
  if (out < end) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 32) {
      a = f32x4.add(a, f32x4.mul(f32x4.add(v128.load(x + k), reversed(x - k - 12)), v128.load(taps + k)));
      b = f32x4.add(b, f32x4.mul(f32x4.add(v128.load(x + k, 16), reversed(x - k - 28)), v128.load(taps + k, 16)));
    }
    store<f32>(out, total(f32x4.add(a, b)));
  }
}
