// The channel by least squares: four complex taps half a symbol apart. Sums of one stretch of signal are 40 floats: the
// four rows of R = sum of x* x^T, real parts then imaginary parts of each, then r = sum of x* y, real then imaginary
// parts, where x = the reference at n + 1, n, n - 1, n - 2. Symbol k of phases and reference stands at k + LEAD.

export const LEAD: i32 = 12;
/** Half symbols of signal before the first symbol's instant. */
export const SIGNAL_LEAD: i32 = 24;
export const SUMS: usize = 160;
export const RIDGE: f32 = 0.05;

/** Cosines, then sines, of eighths of a turn. */
export const TURNS: usize = memory.data<f32>([
  1, 0.70710678, 0, -0.70710678, -1, -0.70710678, 0, 0.70710678,
  0, 0.70710678, 1, 0.70710678, 0, -0.70710678, -1, -0.70710678,
]);
/** Index of the level that makes a step of so many eighths. */
const LEVEL_OF_STEP: usize = memory.data<u8>([0, 2, 0, 3, 0, 0, 0, 1]);

// @ts-ignore: decorator
@inline
function levelAt(phases: usize, k: i32): u32 {
  const at = phases + <usize>(k + LEAD);
  return load<u8>(LEVEL_OF_STEP + ((<usize>load<u8>(at) - <usize>load<u8>(at - 1)) & 7));
}

/** The reference of symbols first .. last - 1, each from half a symbol before its instant: the pattern's two samples turned. */
export function equaliseReference(pattern: usize, phases: usize, first: i32, last: i32, reference: usize): void {
  let index: u32 = 0;
  for (let k = first - 2; k < first + 2; k++) index = 4 * index + levelAt(phases, k);
  for (let k = first; k < last; k++) {
    index = (4 * index + levelAt(phases, k + 2)) & 1023;
    const turn = TURNS + (<usize>load<u8>(phases + <usize>(k + LEAD)) << 2);
    const p = v128.load(pattern + (<usize>index << 4));
    const c = v128.load32_splat(turn);
    const s = f32x4.mul(v128.load32_splat(turn, 32), f32x4(-1, 1, -1, 1));
    v128.store(
      reference + (<usize>(k + LEAD) << 4),
      f32x4.add(f32x4.mul(p, c), f32x4.mul(v128.shuffle<f32>(p, p, 1, 0, 3, 2), s)),
    );
  }
}

/** Adds samples first .. last - 1 (half symbols) to the sums; every second one multiplies them by `forget` before. Gives their energy. */
export function equaliseSums(
  reference: usize, signal: usize, first: i32, last: i32, forget: f32, sums: usize,
): f32 {
  let r0 = v128.load(sums);
  let i0 = v128.load(sums, 16);
  let r1 = v128.load(sums, 32);
  let i1 = v128.load(sums, 48);
  let r2 = v128.load(sums, 64);
  let i2 = v128.load(sums, 80);
  let r3 = v128.load(sums, 96);
  let i3 = v128.load(sums, 112);
  let vr = v128.load(sums, 128);
  let vi = v128.load(sums, 144);
  let energy: f32 = 0;
  const f = f32x4.splat(forget);
  for (let n = first; n < last; n++) {
    if (forget < 1 && (n & 1) === 0) {
      r0 = f32x4.mul(r0, f);
      i0 = f32x4.mul(i0, f);
      r1 = f32x4.mul(r1, f);
      i1 = f32x4.mul(i1, f);
      r2 = f32x4.mul(r2, f);
      i2 = f32x4.mul(i2, f);
      r3 = f32x4.mul(r3, f);
      i3 = f32x4.mul(i3, f);
      vr = f32x4.mul(vr, f);
      vi = f32x4.mul(vi, f);
    }
    // Sample n of the reference stands at n + 1 + 2 LEAD.
    const at = reference + (<usize>(n - 1 + 2 * LEAD) << 3);
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const xr = v128.shuffle<f32>(high, low, 2, 0, 6, 4);
    const xi = v128.shuffle<f32>(high, low, 3, 1, 7, 5);
    let cr = v128.shuffle<f32>(xr, xr, 0, 0, 0, 0);
    let ci = v128.shuffle<f32>(xi, xi, 0, 0, 0, 0);
    r0 = f32x4.add(r0, f32x4.add(f32x4.mul(cr, xr), f32x4.mul(ci, xi)));
    i0 = f32x4.add(i0, f32x4.sub(f32x4.mul(cr, xi), f32x4.mul(ci, xr)));
    cr = v128.shuffle<f32>(xr, xr, 1, 1, 1, 1);
    ci = v128.shuffle<f32>(xi, xi, 1, 1, 1, 1);
    r1 = f32x4.add(r1, f32x4.add(f32x4.mul(cr, xr), f32x4.mul(ci, xi)));
    i1 = f32x4.add(i1, f32x4.sub(f32x4.mul(cr, xi), f32x4.mul(ci, xr)));
    cr = v128.shuffle<f32>(xr, xr, 2, 2, 2, 2);
    ci = v128.shuffle<f32>(xi, xi, 2, 2, 2, 2);
    r2 = f32x4.add(r2, f32x4.add(f32x4.mul(cr, xr), f32x4.mul(ci, xi)));
    i2 = f32x4.add(i2, f32x4.sub(f32x4.mul(cr, xi), f32x4.mul(ci, xr)));
    cr = v128.shuffle<f32>(xr, xr, 3, 3, 3, 3);
    ci = v128.shuffle<f32>(xi, xi, 3, 3, 3, 3);
    r3 = f32x4.add(r3, f32x4.add(f32x4.mul(cr, xr), f32x4.mul(ci, xi)));
    i3 = f32x4.add(i3, f32x4.sub(f32x4.mul(cr, xi), f32x4.mul(ci, xr)));
    const y = signal + (<usize>(n + SIGNAL_LEAD) << 3);
    const re = load<f32>(y);
    const im = load<f32>(y, 4);
    cr = f32x4.splat(re);
    ci = f32x4.splat(im);
    vr = f32x4.add(vr, f32x4.add(f32x4.mul(xr, cr), f32x4.mul(xi, ci)));
    vi = f32x4.add(vi, f32x4.sub(f32x4.mul(xr, ci), f32x4.mul(xi, cr)));
    energy += re * re + im * im;
  }
  v128.store(sums, r0);
  v128.store(sums, i0, 16);
  v128.store(sums, r1, 32);
  v128.store(sums, i1, 48);
  v128.store(sums, r2, 64);
  v128.store(sums, i2, 80);
  v128.store(sums, r3, 96);
  v128.store(sums, i3, 112);
  v128.store(sums, vr, 128);
  v128.store(sums, vi, 144);
  return energy;
}

const FACTOR: usize = memory.data(128);

/** Taps (interleaved) that solve (R + ridge I) h = r, by Cholesky's method. */
export function equaliseSolve(sums: usize, ridge: f32, taps: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const row = FACTOR + (i << 5);
    const from = sums + (i << 5);
    for (let j: usize = 0; j <= i; j++) {
      let re = load<f32>(from + (j << 2));
      let im = load<f32>(from + (j << 2), 16);
      const other = FACTOR + (j << 5);
      for (let k: usize = 0; k < j; k++) {
        const ar = load<f32>(row + (k << 3));
        const ai = load<f32>(row + (k << 3), 4);
        const br = load<f32>(other + (k << 3));
        const bi = load<f32>(other + (k << 3), 4);
        re -= ar * br + ai * bi;
        im -= ai * br - ar * bi;
      }
      if (i === j) store<f32>(row + (j << 3), 1 / sqrt<f32>(max<f32>(re + ridge, 1e-9)));
      else {
        const d = load<f32>(other + (j << 3));
        store<f32>(row + (j << 3), re * d);
        store<f32>(row + (j << 3), im * d, 4);
      }
    }
    let re = load<f32>(sums + (i << 2), 128);
    let im = load<f32>(sums + (i << 2), 144);
    for (let k: usize = 0; k < i; k++) {
      const ar = load<f32>(row + (k << 3));
      const ai = load<f32>(row + (k << 3), 4);
      const br = load<f32>(taps + (k << 3));
      const bi = load<f32>(taps + (k << 3), 4);
      re -= ar * br - ai * bi;
      im -= ar * bi + ai * br;
    }
    const d = load<f32>(row + (i << 3));
    store<f32>(taps + (i << 3), re * d);
    store<f32>(taps + (i << 3), im * d, 4);
  }
  for (let i: i32 = 3; i >= 0; i--) {
    const at = taps + (<usize>i << 3);
    let re = load<f32>(at);
    let im = load<f32>(at, 4);
    for (let k = i + 1; k < 4; k++) {
      const a = FACTOR + (<usize>k << 5) + (<usize>i << 3);
      const ar = load<f32>(a);
      const ai = load<f32>(a, 4);
      const br = load<f32>(taps + (<usize>k << 3));
      const bi = load<f32>(taps + (<usize>k << 3), 4);
      re -= ar * br + ai * bi;
      im -= ar * bi - ai * br;
    }
    const d = load<f32>(FACTOR + (<usize>i << 5) + (<usize>i << 3));
    store<f32>(at, re * d);
    store<f32>(at, im * d, 4);
  }
}

/** |y|^2 - 2 Re(h^H r) + h^H R h: what the taps leave of the samples with these sums. */
export function equaliseResidual(sums: usize, energy: f32, taps: usize): f32 {
  let sum = energy;
  for (let i: usize = 0; i < 4; i++) {
    const ar = load<f32>(taps + (i << 3));
    const ai = load<f32>(taps + (i << 3), 4);
    sum -= 2 * (ar * load<f32>(sums + (i << 2), 128) + ai * load<f32>(sums + (i << 2), 144));
    const row = sums + (i << 5);
    sum += load<f32>(row + (i << 2)) * (ar * ar + ai * ai);
    for (let j: usize = 0; j < i; j++) {
      const br = load<f32>(taps + (j << 3));
      const bi = load<f32>(taps + (j << 3), 4);
      sum += 2 * (load<f32>(row + (j << 2)) * (ar * br + ai * bi) - load<f32>(row + (j << 2), 16) * (ar * bi - ai * br));
    }
  }
  return max<f32>(sum, 0);
}

/**
 * Fits a channel to known symbols first .. last - 1 (phases known two further to both sides). `shift` half symbols later in the
 * signal. Leaves sums and taps; gives the energy, and what the taps leave of it at `left`.
 */
export function equaliseFit(
  pattern: usize, phases: usize, reference: usize, signal: usize, first: i32, last: i32, shift: i32,
  sums: usize, taps: usize, left: usize,
): f32 {
  equaliseReference(pattern, phases, first - 1, last + 1, reference);
  memory.fill(sums, 0, SUMS);
  const energy = equaliseSums(reference, signal + (shift << 3), 2 * first, 2 * last, 1, sums);
  equaliseSolve(sums, RIDGE, taps);
  store<f32>(left, equaliseResidual(sums, energy, taps));
  return energy;
}
