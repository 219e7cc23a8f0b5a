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
 * Translating FIR decimator: shifts one frequency to zero, filters with a symmetric low-pass and keeps each `step`-th
 * output, up to a rotation that `rotate` makes good. Because the taps at +k and -k are conjugates, sums and differences
 * of the samples at c+k and c-k need one real multiplication each instead of a complex one.
 *
 * re, im: address of the first output's centre sample; the `half` samples before it and after the last centre must exist.
 * taps: for each four k from 0, four h(k) cos(wk), then four h(k) sin(wk); k = 0 is counted twice, so its tap is halved.
 * half: pairs of taps, a multiple of 4.
 */
export function translate(
  re: usize, im: usize, taps: usize, half: usize, step: usize, count: usize, outRe: usize, outIm: usize,
): void {
  const bytes = half << 2;
  for (let n: usize = 0; n < count; n++) {
    let sumRe = f32x4.splat(0);
    let crossRe = f32x4.splat(0);
    let sumIm = f32x4.splat(0);
    let crossIm = f32x4.splat(0);
    let tap = taps;
    let backRe = re - 12;
    let backIm = im - 12;
    for (let k: usize = 0; k < bytes; k += 16) {
      const cosine = v128.load(tap);
      const sine = v128.load(tap, 16);
      const a = v128.load(re + k);
      const b = reversed(backRe);
      const c = v128.load(im + k);
      const d = reversed(backIm);
      sumRe = f32x4.add(sumRe, f32x4.mul(f32x4.add(a, b), cosine));
      crossRe = f32x4.add(crossRe, f32x4.mul(f32x4.sub(c, d), sine));
      sumIm = f32x4.add(sumIm, f32x4.mul(f32x4.add(c, d), cosine));
      crossIm = f32x4.add(crossIm, f32x4.mul(f32x4.sub(a, b), sine));
      tap += 32;
      backRe -= 16;
      backIm -= 16;
    }
    store<f32>(outRe + (n << 2), total(sumRe) + total(crossRe));
    store<f32>(outIm + (n << 2), total(sumIm) - total(crossIm));
    re += step << 2;
    im += step << 2;
  }
}
