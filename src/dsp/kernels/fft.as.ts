// Stockham FFT on planar complex floats: each pass reads one pair of arrays and writes another, and leaves the result in
// natural order. Four butterflies run side by side in the lanes, so no pass but the first needs a shuffle.
//
// In a pass of radix r, n is the length of the transforms still to do and s how many of them are interleaved:
//   y[q + s (r p + i)] = w^(i p) sum over k of x[q + s (p + k n / r)] e^{-2 pi j i k / r},  w = e^{-2 pi j / n}
// for p = 0 .. n/r - 1, q = 0 .. s - 1. (Govindaraju et al., "High performance discrete Fourier transforms on graphics
// processors", 2008, describes the scheme.) A row is what belongs to one p; that of p = 0 needs no multiplication, and
// the last pass has no other.

/** Stores output i of a butterfly, turned by its twiddle factor unless the row is plain; i > 0. */
// @ts-ignore: decorator
@inline
function put(re: v128, im: v128, plain: bool, twiddle: usize, i: usize, yr: usize, yi: usize, stride: usize): void {
  if (plain) {
    v128.store(yr + i * stride, re);
    v128.store(yi + i * stride, im);
    return;
  }
  const c = v128.load32_splat(twiddle + ((i - 1) << 3));
  const s = v128.load32_splat(twiddle + ((i - 1) << 3), 4);
  v128.store(yr + i * stride, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
  v128.store(yi + i * stride, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)));
}

/** First pass of a single transform, radix 4, s = 1: the lanes are neighbouring p, so the results are transposed. */
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

/** One row of radix 2: the two inputs lie `part` bytes apart, the outputs `stride`, which is also the row's length. */
// @ts-ignore: decorator
@inline
function row2(
  part: usize, stride: usize, plain: bool, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const end = xr + stride;
  while (xr < end) {
    const ar = v128.load(xr);
    const ai = v128.load(xi);
    const br = v128.load(xr + part);
    const bi = v128.load(xi + part);
    v128.store(yr, f32x4.add(ar, br));
    v128.store(yi, f32x4.add(ai, bi));
    put(f32x4.sub(ar, br), f32x4.sub(ai, bi), plain, twiddle, 1, yr, yi, stride);
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  }
}

// @ts-ignore: decorator
@inline
function row3(
  part: usize, stride: usize, plain: bool, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const half = f32x4.splat(0.5);
  const sin60 = f32x4.splat(<f32>0.86602540378443864676);
  const end = xr + stride;
  while (xr < end) {
    const ar = v128.load(xr);
    const ai = v128.load(xi);
    const br = v128.load(xr + part);
    const bi = v128.load(xi + part);
    const cr = v128.load(xr + 2 * part);
    const ci = v128.load(xi + 2 * part);
    const sr = f32x4.add(br, cr);
    const si = f32x4.add(bi, ci);
    const mr = f32x4.sub(ar, f32x4.mul(sr, half));
    const mi = f32x4.sub(ai, f32x4.mul(si, half));
    const dr = f32x4.mul(f32x4.sub(bi, ci), sin60);
    const di = f32x4.mul(f32x4.sub(cr, br), sin60);
    v128.store(yr, f32x4.add(ar, sr));
    v128.store(yi, f32x4.add(ai, si));
    put(f32x4.add(mr, dr), f32x4.add(mi, di), plain, twiddle, 1, yr, yi, stride);
    put(f32x4.sub(mr, dr), f32x4.sub(mi, di), plain, twiddle, 2, yr, yi, stride);
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  }
}

/** Butterfly of four; its outputs are number `first`, `first + step` ... of the row. */
// @ts-ignore: decorator
@inline
function butterfly4(
  ar: v128, ai: v128, br: v128, bi: v128, cr: v128, ci: v128, dr: v128, di: v128,
  first: usize, step: usize, plain: bool, twiddle: usize, yr: usize, yi: usize, stride: usize,
): void {
  const acr = f32x4.add(ar, cr);
  const aci = f32x4.add(ai, ci);
  const amcr = f32x4.sub(ar, cr);
  const amci = f32x4.sub(ai, ci);
  const bdr = f32x4.add(br, dr);
  const bdi = f32x4.add(bi, di);
  const bmdr = f32x4.sub(br, dr);
  const bmdi = f32x4.sub(bi, di);
  put(f32x4.add(acr, bdr), f32x4.add(aci, bdi), plain || first == 0, twiddle, first, yr, yi, stride);
  put(f32x4.add(amcr, bmdi), f32x4.sub(amci, bmdr), plain, twiddle, first + step, yr, yi, stride);
  put(f32x4.sub(acr, bdr), f32x4.sub(aci, bdi), plain, twiddle, first + 2 * step, yr, yi, stride);
  put(f32x4.sub(amcr, bmdi), f32x4.add(amci, bmdr), plain, twiddle, first + 3 * step, yr, yi, stride);
}

// @ts-ignore: decorator
@inline
function row4(
  part: usize, stride: usize, plain: bool, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const end = xr + stride;
  while (xr < end) {
    butterfly4(
      v128.load(xr), v128.load(xi), v128.load(xr + part), v128.load(xi + part),
      v128.load(xr + 2 * part), v128.load(xi + 2 * part), v128.load(xr + 3 * part), v128.load(xi + 3 * part),
      0, 1, plain, twiddle, yr, yi, stride,
    );
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  }
}

// @ts-ignore: decorator
@inline
function row5(
  part: usize, stride: usize, plain: bool, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const cos72 = f32x4.splat(<f32>0.30901699437494742410);
  const cos144 = f32x4.splat(<f32>-0.80901699437494742410);
  const sin72 = f32x4.splat(<f32>0.95105651629515357212);
  const sin144 = f32x4.splat(<f32>0.58778525229247312917);
  const end = xr + stride;
  while (xr < end) {
    const ar = v128.load(xr);
    const ai = v128.load(xi);
    const br = v128.load(xr + part);
    const bi = v128.load(xi + part);
    const cr = v128.load(xr + 2 * part);
    const ci = v128.load(xi + 2 * part);
    const dr = v128.load(xr + 3 * part);
    const di = v128.load(xi + 3 * part);
    const er = v128.load(xr + 4 * part);
    const ei = v128.load(xi + 4 * part);
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
    put(f32x4.add(pr, ui), f32x4.sub(pi, ur), plain, twiddle, 1, yr, yi, stride);
    put(f32x4.add(qr, vi), f32x4.sub(qi, vr), plain, twiddle, 2, yr, yi, stride);
    put(f32x4.sub(qr, vi), f32x4.add(qi, vr), plain, twiddle, 3, yr, yi, stride);
    put(f32x4.sub(pr, ui), f32x4.add(pi, ur), plain, twiddle, 4, yr, yi, stride);
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  }
}

// @ts-ignore: decorator
@inline
function row8(
  part: usize, stride: usize, plain: bool, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const root = f32x4.splat(<f32>0.70710678118654752440);
  const end = xr + stride;
  while (xr < end) {
    // Sums of the inputs half a transform apart give the even outputs; their differences, turned by 45 degrees each, the
    // odd ones.
    let ar = v128.load(xr);
    let ai = v128.load(xi);
    let br = v128.load(xr + 4 * part);
    let bi = v128.load(xi + 4 * part);
    const s0r = f32x4.add(ar, br);
    const s0i = f32x4.add(ai, bi);
    const d0r = f32x4.sub(ar, br);
    const d0i = f32x4.sub(ai, bi);
    ar = v128.load(xr + part);
    ai = v128.load(xi + part);
    br = v128.load(xr + 5 * part);
    bi = v128.load(xi + 5 * part);
    const s1r = f32x4.add(ar, br);
    const s1i = f32x4.add(ai, bi);
    ar = f32x4.sub(ar, br);
    ai = f32x4.sub(ai, bi);
    const d1r = f32x4.mul(f32x4.add(ar, ai), root);
    const d1i = f32x4.mul(f32x4.sub(ai, ar), root);
    ar = v128.load(xr + 2 * part);
    ai = v128.load(xi + 2 * part);
    br = v128.load(xr + 6 * part);
    bi = v128.load(xi + 6 * part);
    const s2r = f32x4.add(ar, br);
    const s2i = f32x4.add(ai, bi);
    const d2r = f32x4.sub(ai, bi);
    const d2i = f32x4.sub(br, ar);
    ar = v128.load(xr + 3 * part);
    ai = v128.load(xi + 3 * part);
    br = v128.load(xr + 7 * part);
    bi = v128.load(xi + 7 * part);
    const s3r = f32x4.add(ar, br);
    const s3i = f32x4.add(ai, bi);
    ar = f32x4.sub(br, ar);
    ai = f32x4.sub(bi, ai);
    const d3r = f32x4.mul(f32x4.sub(ar, ai), root);
    const d3i = f32x4.mul(f32x4.add(ai, ar), root);
    butterfly4(s0r, s0i, s1r, s1i, s2r, s2i, s3r, s3i, 0, 2, plain, twiddle, yr, yi, stride);
    butterfly4(d0r, d0i, d1r, d1i, d2r, d2i, d3r, d3i, 1, 2, plain, twiddle, yr, yi, stride);
    xr += 16;
    xi += 16;
    yr += 16;
    yi += 16;
  }
}

// Each pass: the plain row, then the others. `part`: bytes from one input of a butterfly to the next.

function pass2(part: usize, stride: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  row2(part, stride, true, twiddle, xr, xi, yr, yi);
  for (let at = stride; at < part; at += stride) {
    twiddle += 8;
    row2(part, stride, false, twiddle, xr + at, xi + at, yr + 2 * at, yi + 2 * at);
  }
}

function pass3(part: usize, stride: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  row3(part, stride, true, twiddle, xr, xi, yr, yi);
  for (let at = stride; at < part; at += stride) {
    twiddle += 16;
    row3(part, stride, false, twiddle, xr + at, xi + at, yr + 3 * at, yi + 3 * at);
  }
}

function pass4(part: usize, stride: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  row4(part, stride, true, twiddle, xr, xi, yr, yi);
  for (let at = stride; at < part; at += stride) {
    twiddle += 24;
    row4(part, stride, false, twiddle, xr + at, xi + at, yr + 4 * at, yi + 4 * at);
  }
}

function pass5(part: usize, stride: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  row5(part, stride, true, twiddle, xr, xi, yr, yi);
  for (let at = stride; at < part; at += stride) {
    twiddle += 32;
    row5(part, stride, false, twiddle, xr + at, xi + at, yr + 5 * at, yi + 5 * at);
  }
}

function pass8(part: usize, stride: usize, twiddle: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  row8(part, stride, true, twiddle, xr, xi, yr, yi);
  for (let at = stride; at < part; at += stride) {
    twiddle += 56;
    row8(part, stride, false, twiddle, xr + at, xi + at, yr + 8 * at, yi + 8 * at);
  }
}

/**
 * Forward transforms of `size` complex floats each: one planar transform (lanes = 1) of 16 times any product of 2, 3 and 5,
 * the first pass of radix 4; or four side by side (lanes = 4, see lanes.as.ts) of any product of 2, 3 and 5.
 * The source is kept; target and work are two more pairs of arrays. Swapping real and imaginary in all six gives the
 * inverse times `size`.
 * radices: i32 each, ending with 0. twiddles: as fftTwiddles (fft.ts) lays them out.
 */
export function fft(
  size: usize, lanes: usize, radices: usize, twiddles: usize,
  xr: usize, xi: usize, yr: usize, yi: usize, workRe: usize, workIm: usize,
): void {
  let passes = 0;
  while (load<i32>(radices + (passes << 2))) passes++;
  // The last pass must write to y, so passes alternate between work and y counted from the end.
  let toTarget = (passes & 1) != 0;
  let rest = size;
  let stride = lanes << 2;
  for (let pass = 0; pass < passes; pass++) {
    const radix = <usize>load<i32>(radices + (pass << 2));
    const outRe = toTarget ? yr : workRe;
    const outIm = toTarget ? yi : workIm;
    rest /= radix;
    const part = rest * stride;
    if (stride == 4) first4(size, twiddles, xr, xi, outRe, outIm);
    else if (radix == 8) pass8(part, stride, twiddles, xr, xi, outRe, outIm);
    else if (radix == 4) pass4(part, stride, twiddles, xr, xi, outRe, outIm);
    else if (radix == 5) pass5(part, stride, twiddles, xr, xi, outRe, outIm);
    else if (radix == 3) pass3(part, stride, twiddles, xr, xi, outRe, outIm);
    else pass2(part, stride, twiddles, xr, xi, outRe, outIm);
    stride *= radix;
    twiddles += rest * (radix - 1) << 3;
    xr = outRe;
    xi = outIm;
    toTarget = !toTarget;
  }
}
