import { LEAD, SIGNAL_LEAD } from './equalise-channel.as';

// Sequence detection over the four possible phases of each symbol. Lanes are states: of the symbol before (q) or of the
// symbol itself (n). A symbol's phase is 2 * state + parity; the phase before the first symbol is 0.

const IMPOSSIBLE: f32 = 1e4;
/** Weight against each level of the symbol at hand, twice, so that four in a row begin with any. */
const BIAS: usize = memory.data(32);

/** Cosines and sines of the phases of even, then odd parity. */
// @ts-ignore: decorator
@inline
export function cosines(parity: i32): v128 {
  return parity ? f32x4(0.70710678, -0.70710678, -0.70710678, 0.70710678) : f32x4(1, 0, -1, 0);
}
// @ts-ignore: decorator
@inline
export function sines(parity: i32): v128 {
  return parity ? f32x4(0.70710678, 0.70710678, -0.70710678, -0.70710678) : f32x4(0, 1, 0, -1);
}

// @ts-ignore: decorator
@inline
export function least(v: v128): f32 {
  return min<f32>(
    min<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    min<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** Forward taps times signal around symbol k: real part in lane 0, imaginary part in lane 1. */
// @ts-ignore: decorator
@inline
export function forwardOutput(theta: usize, signal: usize, k: i32): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  const from = signal + (<usize>(2 * k - 5 + SIGNAL_LEAD) << 3);
  for (let i: usize = 0; i < 80; i += 16) {
    const w = v128.load(theta + i);
    const y = v128.load(from + i);
    a = f32x4.add(a, f32x4.mul(w, y));
    b = f32x4.add(b, f32x4.mul(w, v128.shuffle<f32>(y, y, 1, 0, 3, 2)));
  }
  // a: wr yr, wi yi; b: wr yi, wi yr.
  a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  b = f32x4.add(b, v128.shuffle<f32>(b, b, 2, 3, 0, 1));
  const re = f32x4.extract_lane(a, 0) - f32x4.extract_lane(a, 1);
  const im = f32x4.extract_lane(b, 0) + f32x4.extract_lane(b, 1);
  return f32x4(re, im, 0, 0);
}

/** Writes the weights against the levels of symbol k. */
// @ts-ignore: decorator
@inline
function writeBias(known: usize, priors: usize, k: i32, wrong: f32): void {
  let bias = f32x4.splat(0);
  if (priors) bias = f32x4.neg(v128.load(priors + (<usize>k << 4)));
  v128.store(BIAS, bias);
  const level = load<u8>(known + <usize>k);
  if (level < 4) {
    const own = load<f32>(BIAS + (<usize>level << 2));
    bias = f32x4.add(bias, f32x4.splat(wrong));
    v128.store(BIAS, bias);
    store<f32>(BIAS + (<usize>level << 2), own);
    bias = v128.load(BIAS);
  }
  v128.store(BIAS, bias, 16);
}

/** Costs of the four ways from state q. */
// @ts-ignore: decorator
@inline
function costs(base: v128, br: v128, bi: v128, q: i32, before: i32, cos: v128, sin: v128, weight: v128): v128 {
  const cost = f32x4.mul(
    f32x4.sub(base, f32x4.add(f32x4.mul(br, cos), f32x4.mul(bi, sin))),
    weight,
  );
  return f32x4.add(cost, v128.load(BIAS + (<usize>((2 - before - q) & 3) << 2)));
}

/** One step forward: of each state's four predecessors the best, its number at `back`, costs at `gamma` unless it is 0. */
// @ts-ignore: decorator
@inline
export function step(
  theta: usize, signal: usize, k: i32, alpha: v128, behind: v128, weight: v128,
  known: usize, priors: usize, wrong: f32, gamma: usize, back: usize,
): v128 {
  const before = k & 1;
  const z = forwardOutput(theta, signal, k);
  const cq = cosines(before);
  const sq = sines(before);
  const cn = cosines(1 - before);
  const sn = sines(1 - before);
  // The phase two symbols ago, of the survivor of each state: bytes of the lanes wanted.
  const bytes = i32x4.add(i32x4.mul(behind, i32x4.splat(0x04040404)), i32x4.splat(0x03020100));
  const cp = v128.swizzle(cn, bytes);
  const sp = v128.swizzle(sn, bytes);
  const b1r = v128.load32_splat(theta, 80);
  const b1i = v128.load32_splat(theta, 84);
  const b2r = v128.load32_splat(theta, 88);
  const b2i = v128.load32_splat(theta, 92);
  let br = v128.shuffle<f32>(z, z, 0, 0, 0, 0);
  let bi = v128.shuffle<f32>(z, z, 1, 1, 1, 1);
  br = f32x4.sub(br, f32x4.sub(f32x4.mul(b1r, cq), f32x4.mul(b1i, sq)));
  bi = f32x4.sub(bi, f32x4.add(f32x4.mul(b1r, sq), f32x4.mul(b1i, cq)));
  br = f32x4.sub(br, f32x4.sub(f32x4.mul(b2r, cp), f32x4.mul(b2i, sp)));
  bi = f32x4.sub(bi, f32x4.add(f32x4.mul(b2r, sp), f32x4.mul(b2i, cp)));
  const base = f32x4.add(f32x4.add(f32x4.mul(br, br), f32x4.mul(bi, bi)), f32x4.splat(1));
  br = f32x4.add(br, br);
  bi = f32x4.add(bi, bi);
  writeBias(known, priors, k, wrong);
  const g0 = costs(
    v128.shuffle<f32>(base, base, 0, 0, 0, 0), v128.shuffle<f32>(br, br, 0, 0, 0, 0),
    v128.shuffle<f32>(bi, bi, 0, 0, 0, 0), 0, before, cn, sn, weight,
  );
  const g1 = costs(
    v128.shuffle<f32>(base, base, 1, 1, 1, 1), v128.shuffle<f32>(br, br, 1, 1, 1, 1),
    v128.shuffle<f32>(bi, bi, 1, 1, 1, 1), 1, before, cn, sn, weight,
  );
  const g2 = costs(
    v128.shuffle<f32>(base, base, 2, 2, 2, 2), v128.shuffle<f32>(br, br, 2, 2, 2, 2),
    v128.shuffle<f32>(bi, bi, 2, 2, 2, 2), 2, before, cn, sn, weight,
  );
  const g3 = costs(
    v128.shuffle<f32>(base, base, 3, 3, 3, 3), v128.shuffle<f32>(br, br, 3, 3, 3, 3),
    v128.shuffle<f32>(bi, bi, 3, 3, 3, 3), 3, before, cn, sn, weight,
  );
  if (gamma) {
    v128.store(gamma, g0);
    v128.store(gamma, g1, 16);
    v128.store(gamma, g2, 32);
    v128.store(gamma, g3, 48);
  }
  let best = f32x4.add(g0, v128.shuffle<f32>(alpha, alpha, 0, 0, 0, 0));
  let from = i32x4.splat(0);
  let value = f32x4.add(g1, v128.shuffle<f32>(alpha, alpha, 1, 1, 1, 1));
  from = v128.bitselect(i32x4.splat(1), from, f32x4.lt(value, best));
  best = f32x4.pmin(best, value);
  value = f32x4.add(g2, v128.shuffle<f32>(alpha, alpha, 2, 2, 2, 2));
  from = v128.bitselect(i32x4.splat(2), from, f32x4.lt(value, best));
  best = f32x4.pmin(best, value);
  value = f32x4.add(g3, v128.shuffle<f32>(alpha, alpha, 3, 3, 3, 3));
  from = v128.bitselect(i32x4.splat(3), from, f32x4.lt(value, best));
  best = f32x4.pmin(best, value);
  v128.store(back, from);
  return f32x4.sub(best, f32x4.splat(least(best)));
}

/**
 * Phases of symbols first .. last on the path that ends best at `last`. alpha: what the paths cost, 4 floats; back: 4 integers for
 * each symbol, from symbol -1 on.
 */
export function equaliseTrace(alpha: usize, back: usize, last: i32, first: i32, phases: usize): void {
  let state: i32 = 0;
  for (let n = 1; n < 4; n++)
    if (load<f32>(alpha + (<usize>n << 2)) < load<f32>(alpha + (<usize>state << 2))) state = n;
  for (let k = last; k >= first; k--) {
    store<u8>(phases + <usize>(k + LEAD), 2 * state + ((k + 1) & 1));
    state = load<i32>(back + (<usize>(k + 1) << 4) + (<usize>state << 2));
  }
}

// @ts-ignore: decorator
@inline
function byLevel(v: v128, shift: i32): v128 {
  if (shift === 0) return v;
  if (shift === 1) return v128.shuffle<f32>(v, v, 1, 2, 3, 0);
  if (shift === 2) return v128.shuffle<f32>(v, v, 2, 3, 0, 1);
  return v128.shuffle<f32>(v, v, 3, 0, 1, 2);
}

/**
 * Max-log BCJR. thetas: 24 floats for each `segment` symbols, weights: one float each. known: level's index, or 255. priors: 4
 * floats a symbol, or 0. alpha and back: 4 for each symbol and one more, gamma: 16. Writes metrics (4 a symbol, the best 0) and phases.
 */
export function equaliseSequence(
  signal: usize, thetas: usize, weights: usize, segment: i32, known: usize, priors: usize, symbols: i32,
  alpha: usize, gamma: usize, back: usize, metrics: usize, phases: usize,
): void {
  let a = f32x4(0, 1e9, 1e9, 1e9);
  let behind = i32x4.splat(0);
  v128.store(alpha, a);
  v128.store(back, behind);
  let theta = thetas;
  let left = segment;
  for (let k = 0; k < symbols; k++) {
    if (left === 0) {
      theta += 96;
      weights += 4;
      left = segment;
    }
    left--;
    const at = <usize>(k + 1) << 4;
    a = step(
      theta, signal, k, a, behind, v128.load32_splat(weights), known, priors, IMPOSSIBLE,
      gamma + (<usize>k << 6), back + at,
    );
    behind = v128.load(back + at);
    v128.store(alpha + at, a);
  }
  equaliseTrace(alpha + (<usize>symbols << 4), back, symbols - 1, 0, phases);
  let f = f32x4.splat(0);
  for (let k = symbols - 1; k >= 0; k--) {
    const at = <usize>k << 4;
    const g = gamma + (<usize>k << 6);
    const past = v128.load(alpha + at);
    const v0 = f32x4.add(v128.load(g), f);
    const v1 = f32x4.add(v128.load(g, 16), f);
    const v2 = f32x4.add(v128.load(g, 32), f);
    const v3 = f32x4.add(v128.load(g, 48), f);
    const t0 = f32x4.add(v0, v128.shuffle<f32>(past, past, 0, 0, 0, 0));
    const t1 = f32x4.add(v1, v128.shuffle<f32>(past, past, 1, 1, 1, 1));
    const t2 = f32x4.add(v2, v128.shuffle<f32>(past, past, 2, 2, 2, 2));
    const t3 = f32x4.add(v3, v128.shuffle<f32>(past, past, 3, 3, 3, 3));
    // A level's way from state q leads to n = level + q - offset, the offset being 2 where the phase before is even, else 1.
    let cost: v128;
    if (k & 1)
      cost = f32x4.pmin(f32x4.pmin(byLevel(t0, 3), t1), f32x4.pmin(byLevel(t2, 1), byLevel(t3, 2)));
    else cost = f32x4.pmin(f32x4.pmin(byLevel(t0, 2), byLevel(t1, 3)), f32x4.pmin(t2, byLevel(t3, 1)));
    v128.store(metrics + at, f32x4.sub(f32x4.splat(least(cost)), cost));
    const a01 = f32x4.pmin(v128.shuffle<f32>(v0, v1, 0, 4, 1, 5), v128.shuffle<f32>(v0, v1, 2, 6, 3, 7));
    const a23 = f32x4.pmin(v128.shuffle<f32>(v2, v3, 0, 4, 1, 5), v128.shuffle<f32>(v2, v3, 2, 6, 3, 7));
    f = f32x4.pmin(v128.shuffle<f32>(a01, a23, 0, 1, 4, 5), v128.shuffle<f32>(a01, a23, 2, 3, 6, 7));
    f = f32x4.sub(f, f32x4.splat(least(f)));
  }
}
