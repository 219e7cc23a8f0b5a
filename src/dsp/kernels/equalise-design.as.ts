// Minimum-mean-square-error decision-feedback equaliser by formula, from four channel taps and the noise power: ten
// forward taps half a symbol apart, two feedback taps. Columns of matrices are planar: 16 real parts, 16 imaginary parts.

/** Where in a waveform's tables things stand, bytes: patterns, signal correlation (two rows of 32), cross-correlation, noise. */
const SIGNAL: usize = 16384;
const SIGNAL_ROW: usize = 128;
const CROSS: usize = 16640;
const NOISE: usize = 16768;
const SIGNAL_LAGS: usize = 14;
const CROSS_LAGS: i32 = 12;

const COLUMN: usize = 128;
const IMAGINARY: usize = 64;
/** h(x) h*(z), real and imaginary parts, z in the lanes. */
const PRODUCTS: usize = memory.data(128);
/** Correlation of the forward taps' inputs by lag, in a row whose first tap is even, and odd; room before for negative lags. */
const LAGS: usize = memory.data(4 * 128 + 128);
/** E u(i) c*(k - q) at i + 2q, real then imaginary parts. */
const INPUTS: usize = memory.data(192);
const FACTOR: usize = memory.data(12 * 128 + 64);
const RIGHT: usize = memory.data(128);
const DIAGONAL: usize = memory.data(64);

const FLOOR: f32 = 1e-4;
const DECISION: f32 = 1.001;

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** taps: 4 complex, interleaved. theta: 12 complex, interleaved: forward taps, then feedback taps. */
export function equaliseDesign(tables: usize, taps: usize, noise: f32, theta: usize): void {
  const t0 = v128.load(taps);
  const t1 = v128.load(taps, 16);
  const hr = v128.shuffle<f32>(t0, t1, 0, 2, 4, 6);
  const hi = v128.shuffle<f32>(t0, t1, 1, 3, 5, 7);
  for (let x: usize = 0; x < 4; x++) {
    const a = v128.load32_splat(taps + (x << 3));
    const b = v128.load32_splat(taps + (x << 3), 4);
    v128.store(PRODUCTS + (x << 5), f32x4.add(f32x4.mul(a, hr), f32x4.mul(b, hi)));
    v128.store(PRODUCTS + (x << 5), f32x4.sub(f32x4.mul(b, hr), f32x4.mul(a, hi)), 16);
  }
  for (let parity: usize = 0; parity < 2; parity++)
    for (let d: usize = 0; d < 10; d++) {
      let re = f32x4.splat(0);
      let im = f32x4.splat(0);
      for (let x: usize = 0; x < 4; x++) {
        const weight = v128.load(
          tables + SIGNAL + ((parity + x) & 1) * SIGNAL_ROW + ((SIGNAL_LAGS + d - x) << 2),
        );
        re = f32x4.add(re, f32x4.mul(v128.load(PRODUCTS + (x << 5)), weight));
        im = f32x4.add(im, f32x4.mul(v128.load(PRODUCTS + (x << 5), 16), weight));
      }
      // Tap i = j + d; rows begin at j, so an input of this parity belongs to the row of parity (parity + d) & 1.
      const to = LAGS + (((parity + d) & 1) << 8) + ((16 + d) << 2);
      store<f32>(to, total(re) + noise * load<f32>(tables + NOISE + (d << 2)));
      store<f32>(to, total(im), 128);
    }
  const backR = v128.shuffle<f32>(hr, hr, 3, 2, 1, 0);
  const backI = v128.shuffle<f32>(hi, hi, 3, 2, 1, 0);
  for (let i = 0; i < 14; i++) {
    const weight = v128.load(tables + CROSS + (<usize>(i - 7 + CROSS_LAGS) << 2));
    store<f32>(INPUTS + (<usize>i << 2), total(f32x4.mul(backR, weight)));
    store<f32>(INPUTS + (<usize>i << 2), total(f32x4.mul(backI, weight)), 96);
  }
  // Past decisions are uncorrelated: eliminated, they are two columns more of the factor, before the ten of the forward taps.
  const scale: f32 = 1 / sqrt<f32>(DECISION);
  for (let q: usize = 1; q <= 2; q++)
    for (let i: usize = 0; i < 48; i += 16) {
      const from = INPUTS + (q << 3) + i;
      const to = FACTOR + (q - 1) * COLUMN + i;
      v128.store(to, f32x4.mul(v128.load(from), f32x4.splat(scale)));
      v128.store(to + IMAGINARY, f32x4.mul(v128.load(from, 96), f32x4.splat(-scale)));
    }
  for (let i: usize = 0; i < 48; i += 16) {
    v128.store(RIGHT + i, v128.load(INPUTS + i));
    v128.store(RIGHT + i, f32x4.neg(v128.load(INPUTS + i, 96)), 64);
  }
  for (let j: usize = 0; j < 10; j++) {
    const lags = LAGS + ((j & 1) << 8) + ((16 - j) << 2);
    const column = FACTOR + (j + 2) * COLUMN;
    for (let i = (j << 2) & ~15; i < 48; i += 16) {
      let re = v128.load(lags + i);
      let im = f32x4.neg(v128.load(lags + i, 128));
      for (let other = FACTOR; other < column; other += COLUMN) {
        const ar = v128.load(other + i);
        const ai = v128.load(other + i + IMAGINARY);
        const br = v128.load32_splat(other + (j << 2));
        const bi = v128.load32_splat(other + (j << 2), 64);
        re = f32x4.sub(re, f32x4.add(f32x4.mul(ar, br), f32x4.mul(ai, bi)));
        im = f32x4.sub(im, f32x4.sub(f32x4.mul(ai, br), f32x4.mul(ar, bi)));
      }
      v128.store(column + i, re);
      v128.store(column + i + IMAGINARY, im);
    }
    for (let i = (j << 2) & ~15; i < j << 2; i += 4) {
      store<f32>(column + i, 0);
      store<f32>(column + i, 0, 64);
    }
    const d: f32 = 1 / sqrt<f32>(max<f32>(load<f32>(column + (j << 2)) + FLOOR, 1e-7));
    store<f32>(DIAGONAL + (j << 2), d);
    const yr = load<f32>(RIGHT + (j << 2)) * d;
    const yi = load<f32>(RIGHT + (j << 2), 64) * d;
    const splat = f32x4.splat(d);
    const wr = f32x4.splat(yr);
    const wi = f32x4.splat(yi);
    for (let i = (j << 2) & ~15; i < 48; i += 16) {
      const ar = f32x4.mul(v128.load(column + i), splat);
      const ai = f32x4.mul(v128.load(column + i + IMAGINARY), splat);
      v128.store(column + i, ar);
      v128.store(column + i + IMAGINARY, ai);
      v128.store(RIGHT + i, f32x4.sub(v128.load(RIGHT + i), f32x4.sub(f32x4.mul(ar, wr), f32x4.mul(ai, wi))));
      v128.store(RIGHT + i, f32x4.sub(v128.load(RIGHT + i, 64), f32x4.add(f32x4.mul(ar, wi), f32x4.mul(ai, wr))), 64);
    }
    store<f32>(RIGHT + (j << 2), yr);
    store<f32>(RIGHT + (j << 2), yi, 64);
  }
  for (let i: i32 = 9; i >= 0; i--) {
    const column = FACTOR + <usize>(i + 2) * COLUMN;
    let re = load<f32>(RIGHT + (<usize>i << 2));
    let im = load<f32>(RIGHT + (<usize>i << 2), 64);
    for (let k = i + 1; k < 10; k++) {
      const ar = load<f32>(column + (<usize>k << 2));
      const ai = load<f32>(column + (<usize>k << 2), 64);
      const br = load<f32>(theta + (<usize>k << 3));
      const bi = load<f32>(theta + (<usize>k << 3), 4);
      re -= ar * br + ai * bi;
      im -= ar * bi - ai * br;
    }
    const d = load<f32>(DIAGONAL + (<usize>i << 2));
    store<f32>(theta + (<usize>i << 3), re * d);
    store<f32>(theta + (<usize>i << 3), im * d, 4);
  }
  for (let q: usize = 1; q <= 2; q++) {
    let re: f32 = 0;
    let im: f32 = 0;
    for (let i: usize = 0; i < 10; i++) {
      const ar = load<f32>(INPUTS + ((i + 2 * q) << 2));
      const ai = load<f32>(INPUTS + ((i + 2 * q) << 2), 96);
      const br = load<f32>(theta + (i << 3));
      const bi = load<f32>(theta + (i << 3), 4);
      re += ar * br - ai * bi;
      im += ar * bi + ai * br;
    }
    store<f32>(theta + ((9 + q) << 3), re / DECISION);
    store<f32>(theta + ((9 + q) << 3), im / DECISION, 4);
  }
}
