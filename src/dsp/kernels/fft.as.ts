// Stockham FFT on planar complex floats: each pass reads one pair of arrays and writes another, and leaves the result in
// natural order. Four butterflies run side by side in the lanes, so no pass but the first needs a shuffle.
//
// In a pass of radix r, n is the length of the transforms still to do and s = size / n how many are interleaved:
//   y[q + s (r p + i)] = w^(i p) sum over k of x[q + s (p + k n / r)] e^{-2 pi j i k / r},  w = e^{-2 pi j / n}
// for p = 0 .. n/r - 1, q = 0 .. s - 1. (Govindaraju et al., "High performance discrete Fourier transforms on graphics
// processors", 2008, describes the scheme.)

/** e^{-2 pi j i p / n} for i = 1 .. r-1, each as cosine then sine. */
// @ts-ignore: decorator
@inline
function turn(re: v128, im: v128, twiddle: usize, i: usize, outRe: usize, outIm: usize): void {
  const c = v128.load32_splat(twiddle + (i << 3));
  const s = v128.load32_splat(twiddle + (i << 3), 4);
  v128.store(outRe, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
  v128.store(outIm, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)));
}

/** First pass, radix 4, s = 1: the lanes are four neighbouring p, so the results are transposed before storing. */
function first4(size: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const quarter = size; // bytes from x[p] to x[p + size / 4]
  const end = xr + quarter;
  while (xr < end) {
    const ar = v128.load(xr);
    const ai = v128.load(xi);
    const br = v128.load(xr + quarter);
    const bi = v128.load(xi + quarter);
    const cr = v128.load(xr + 2 * quarter);
    const ci = v128.load(xi + 2 * quarter);
    const dr = v128.load(xr + 3 * quarter);
    const di = v128.load(xi + 3 * quarter);
    const acr = f32x4.add(ar, cr);
    const aci = f32x4.add(ai, ci);
    const amcr = f32x4.sub(ar, cr);
    const amci = f32x4.sub(ai, ci);
    const bdr = f32x4.add(br, dr);
    const bdi = f32x4.add(bi, di);
    const bmdr = f32x4.sub(br, dr);
    const bmdi = f32x4.sub(bi, di);
    const r0 = f32x4.add(acr, bdr);
    const i0 = f32x4.add(aci, bdi);
    let tr = f32x4.add(amcr, bmdi);
    let ti = f32x4.sub(amci, bmdr);
    let c = v128.load(twiddle);
    let s = v128.load(twiddle, 16);
    const r1 = f32x4.sub(f32x4.mul(tr, c), f32x4.mul(ti, s));
    const i1 = f32x4.add(f32x4.mul(tr, s), f32x4.mul(ti, c));
    tr = f32x4.sub(acr, bdr);
    ti = f32x4.sub(aci, bdi);
    c = v128.load(twiddle, 32);
    s = v128.load(twiddle, 48);
    const r2 = f32x4.sub(f32x4.mul(tr, c), f32x4.mul(ti, s));
    const i2 = f32x4.add(f32x4.mul(tr, s), f32x4.mul(ti, c));
    tr = f32x4.sub(amcr, bmdi);
    ti = f32x4.add(amci, bmdr);
    c = v128.load(twiddle, 64);
    s = v128.load(twiddle, 80);
    const r3 = f32x4.sub(f32x4.mul(tr, c), f32x4.mul(ti, s));
    const i3 = f32x4.add(f32x4.mul(tr, s), f32x4.mul(ti, c));
    transpose(r0, r1, r2, r3, yr);
    transpose(i0, i1, i2, i3, yi);
    twiddle += 96;
    xr += 16;
    xi += 16;
    yr += 64;
    yi += 64;
  }
}

// @ts-ignore: decorator
@inline
function transpose(a: v128, b: v128, c: v128, d: v128, out: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(out, v128.shuffle<f64>(ab, cd, 1, 3), 16);
  v128.store(out, v128.shuffle<f64>(ab2, cd2, 0, 2), 32);
  v128.store(out, v128.shuffle<f64>(ab2, cd2, 1, 3), 48);
}

function radix4(size: usize, s: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const quarter = size;
  const stride = s << 2;
  const end = xr + quarter;
  while (xr < end) {
    const row = xr + stride;
    while (xr < row) {
      const ar = v128.load(xr);
      const ai = v128.load(xi);
      const br = v128.load(xr + quarter);
      const bi = v128.load(xi + quarter);
      const cr = v128.load(xr + 2 * quarter);
      const ci = v128.load(xi + 2 * quarter);
      const dr = v128.load(xr + 3 * quarter);
      const di = v128.load(xi + 3 * quarter);
      const acr = f32x4.add(ar, cr);
      const aci = f32x4.add(ai, ci);
      const amcr = f32x4.sub(ar, cr);
      const amci = f32x4.sub(ai, ci);
      const bdr = f32x4.add(br, dr);
      const bdi = f32x4.add(bi, di);
      const bmdr = f32x4.sub(br, dr);
      const bmdi = f32x4.sub(bi, di);
      v128.store(yr, f32x4.add(acr, bdr));
      v128.store(yi, f32x4.add(aci, bdi));
      turn(f32x4.add(amcr, bmdi), f32x4.sub(amci, bmdr), twiddle, 0, yr + stride, yi + stride);
      turn(f32x4.sub(acr, bdr), f32x4.sub(aci, bdi), twiddle, 1, yr + 2 * stride, yi + 2 * stride);
      turn(f32x4.sub(amcr, bmdi), f32x4.add(amci, bmdr), twiddle, 2, yr + 3 * stride, yi + 3 * stride);
      xr += 16;
      xi += 16;
      yr += 16;
      yi += 16;
    }
    yr += 3 * stride;
    yi += 3 * stride;
    twiddle += 24;
  }
}

function radix2(size: usize, s: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const half = size << 1;
  const stride = s << 2;
  const end = xr + half;
  while (xr < end) {
    const row = xr + stride;
    while (xr < row) {
      const ar = v128.load(xr);
      const ai = v128.load(xi);
      const br = v128.load(xr + half);
      const bi = v128.load(xi + half);
      v128.store(yr, f32x4.add(ar, br));
      v128.store(yi, f32x4.add(ai, bi));
      turn(f32x4.sub(ar, br), f32x4.sub(ai, bi), twiddle, 0, yr + stride, yi + stride);
      xr += 16;
      xi += 16;
      yr += 16;
      yi += 16;
    }
    yr += stride;
    yi += stride;
    twiddle += 8;
  }
}

function radix3(size: usize, s: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const third = (size << 2) / 3;
  const stride = s << 2;
  const end = xr + third;
  const half = f32x4.splat(0.5);
  const sin60 = f32x4.splat(<f32>0.86602540378443864676);
  while (xr < end) {
    const row = xr + stride;
    while (xr < row) {
      const ar = v128.load(xr);
      const ai = v128.load(xi);
      const br = v128.load(xr + third);
      const bi = v128.load(xi + third);
      const cr = v128.load(xr + 2 * third);
      const ci = v128.load(xi + 2 * third);
      const sr = f32x4.add(br, cr);
      const si = f32x4.add(bi, ci);
      const mr = f32x4.sub(ar, f32x4.mul(sr, half));
      const mi = f32x4.sub(ai, f32x4.mul(si, half));
      const dr = f32x4.mul(f32x4.sub(bi, ci), sin60);
      const di = f32x4.mul(f32x4.sub(cr, br), sin60);
      v128.store(yr, f32x4.add(ar, sr));
      v128.store(yi, f32x4.add(ai, si));
      turn(f32x4.add(mr, dr), f32x4.add(mi, di), twiddle, 0, yr + stride, yi + stride);
      turn(f32x4.sub(mr, dr), f32x4.sub(mi, di), twiddle, 1, yr + 2 * stride, yi + 2 * stride);
      xr += 16;
      xi += 16;
      yr += 16;
      yi += 16;
    }
    yr += 2 * stride;
    yi += 2 * stride;
    twiddle += 16;
  }
}

function radix5(size: usize, s: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const fifth = (size << 2) / 5;
  const stride = s << 2;
  const end = xr + fifth;
  const cos72 = f32x4.splat(<f32>0.30901699437494742410);
  const cos144 = f32x4.splat(<f32>-0.80901699437494742410);
  const sin72 = f32x4.splat(<f32>0.95105651629515357212);
  const sin144 = f32x4.splat(<f32>0.58778525229247312917);
  while (xr < end) {
    const row = xr + stride;
    while (xr < row) {
      const ar = v128.load(xr);
      const ai = v128.load(xi);
      const br = v128.load(xr + fifth);
      const bi = v128.load(xi + fifth);
      const cr = v128.load(xr + 2 * fifth);
      const ci = v128.load(xi + 2 * fifth);
      const dr = v128.load(xr + 3 * fifth);
      const di = v128.load(xi + 3 * fifth);
      const er = v128.load(xr + 4 * fifth);
      const ei = v128.load(xi + 4 * fifth);
      const ber = f32x4.add(br, er);
      const bei = f32x4.add(bi, ei);
      const cdr = f32x4.add(cr, dr);
      const cdi = f32x4.add(ci, di);
      const bmer = f32x4.sub(br, er);
      const bmei = f32x4.sub(bi, ei);
      const cmdr = f32x4.sub(cr, dr);
      const cmdi = f32x4.sub(ci, di);
      v128.store(yr, f32x4.add(ar, f32x4.add(ber, cdr)));
      v128.store(yi, f32x4.add(ai, f32x4.add(bei, cdi)));
      const pr = f32x4.add(ar, f32x4.add(f32x4.mul(ber, cos72), f32x4.mul(cdr, cos144)));
      const pi = f32x4.add(ai, f32x4.add(f32x4.mul(bei, cos72), f32x4.mul(cdi, cos144)));
      const qr = f32x4.add(ar, f32x4.add(f32x4.mul(ber, cos144), f32x4.mul(cdr, cos72)));
      const qi = f32x4.add(ai, f32x4.add(f32x4.mul(bei, cos144), f32x4.mul(cdi, cos72)));
      const ur = f32x4.add(f32x4.mul(bmer, sin72), f32x4.mul(cmdr, sin144));
      const ui = f32x4.add(f32x4.mul(bmei, sin72), f32x4.mul(cmdi, sin144));
      const vr = f32x4.sub(f32x4.mul(bmer, sin144), f32x4.mul(cmdr, sin72));
      const vi = f32x4.sub(f32x4.mul(bmei, sin144), f32x4.mul(cmdi, sin72));
      turn(f32x4.add(pr, ui), f32x4.sub(pi, ur), twiddle, 0, yr + stride, yi + stride);
      turn(f32x4.add(qr, vi), f32x4.sub(qi, vr), twiddle, 1, yr + 2 * stride, yi + 2 * stride);
      turn(f32x4.sub(qr, vi), f32x4.add(qi, vr), twiddle, 2, yr + 3 * stride, yi + 3 * stride);
      turn(f32x4.sub(pr, ui), f32x4.add(pi, ur), twiddle, 3, yr + 4 * stride, yi + 4 * stride);
      xr += 16;
      xi += 16;
      yr += 16;
      yi += 16;
    }
    yr += 4 * stride;
    yi += 4 * stride;
    twiddle += 32;
  }
}

/**
 * Forward transform of `size` planar complex floats. size: 16 times any product of 2, 3 and 5; the first pass has radix 4.
 * The source is kept; target and work are two more pairs of arrays. Swapping real and imaginary in all six gives the
 * inverse times `size`.
 * radices: i32 each, ending with 0. twiddles: as fftPlan (fft.ts) lays them out.
 */
export function fft(
  size: usize, radices: usize, twiddles: usize, xr: usize, xi: usize, yr: usize, yi: usize, workRe: usize, workIm: usize,
): void {
  let passes = 0;
  while (load<i32>(radices + (passes << 2))) passes++;
  // The last pass must write to y, so passes alternate between work and y counted from the end.
  let toTarget = (passes & 1) != 0;
  let s: usize = 1;
  for (let pass = 0; pass < passes; pass++) {
    const radix = <usize>load<i32>(radices + (pass << 2));
    const outRe = toTarget ? yr : workRe;
    const outIm = toTarget ? yi : workIm;
    if (s == 1) first4(size, twiddles, xr, xi, outRe, outIm);
    else if (radix == 4) radix4(size, s, twiddles, xr, xi, outRe, outIm);
    else if (radix == 2) radix2(size, s, twiddles, xr, xi, outRe, outIm);
    else if (radix == 3) radix3(size, s, twiddles, xr, xi, outRe, outIm);
    else radix5(size, s, twiddles, xr, xi, outRe, outIm);
    s *= radix;
    twiddles += (size / s) * (radix - 1) << 3;
    xr = outRe;
    xi = outIm;
    toTarget = !toTarget;
  }
}
