/** Products of samples `lag` apart, d[n] = x[n + lag] conj x[n], and their magnitudes; `count` is a multiple of 4. */
export function fsk4Products(
  re: usize, im: usize, lag: i32, dRe: usize, dIm: usize, dAbs: usize, count: i32,
): void {
  const ahead = <usize>lag << 2;
  const bytes = <usize>count << 2;
  for (let n: usize = 0; n < bytes; n += 16) {
    const a = v128.load(re + n);
    const b = v128.load(im + n);
    const c = v128.load(re + n + ahead);
    const d = v128.load(im + n + ahead);
    const pr = f32x4.add(f32x4.mul(c, a), f32x4.mul(d, b));
    const pi = f32x4.sub(f32x4.mul(d, a), f32x4.mul(c, b));
    v128.store(dRe + n, pr);
    v128.store(dIm + n, pi);
    v128.store(dAbs + n, f32x4.sqrt(f32x4.add(f32x4.mul(pr, pr), f32x4.mul(pi, pi))));
  }
}

/**
 * Normalised correlation of the products with a reference of `lags` products, for each of `count` (a multiple of 4)
 * positions: `direct` with the reference, `mirrored` with its conjugate (inverted spectrum). 1 = perfect.
 */
export function fsk4Correlate(
  dRe: usize, dIm: usize, dAbs: usize, refRe: usize, refIm: usize, lags: i32,
  direct: usize, mirrored: usize, count: i32,
): void {
  const tiny = f32x4.splat(1e-30);
  for (let n = 0; n < count; n += 4) {
    let rr = f32x4.splat(0);
    let ii = f32x4.splat(0);
    let ir = f32x4.splat(0);
    let ri = f32x4.splat(0);
    let total = tiny;
    const at = <usize>n << 2;
    for (let i = 0; i < lags; i++) {
      const offset = at + (<usize>i << 2);
      const a = v128.load(dRe + offset);
      const b = v128.load(dIm + offset);
      const r = v128.load32_splat(refRe + (<usize>i << 2));
      const m = v128.load32_splat(refIm + (<usize>i << 2));
      rr = f32x4.add(rr, f32x4.mul(a, r));
      ii = f32x4.add(ii, f32x4.mul(b, m));
      ir = f32x4.add(ir, f32x4.mul(b, r));
      ri = f32x4.add(ri, f32x4.mul(a, m));
      total = f32x4.add(total, v128.load(dAbs + offset));
    }
    let re = f32x4.add(rr, ii);
    let im = f32x4.sub(ir, ri);
    v128.store(direct + at, f32x4.div(f32x4.sqrt(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))), total));
    re = f32x4.sub(rr, ii);
    im = f32x4.add(ir, ri);
    v128.store(mirrored + at, f32x4.div(f32x4.sqrt(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))), total));
  }
}
