// Sequence detection of 4-level FSK with a phase reference of its own for every survivor (per-survivor processing). A state is the last two
// symbols (digit 0 of base 4 the newest); lanes are the four symbols that may follow.

const STATES: i32 = 16;
/** Bytes of one value per state, of the metrics of one interval's 64 branches, and of one history's templates. */
const ROW: usize = 64;
const BRANCHES: usize = 256;
const TEMPLATE: usize = 128;
/** Samples per symbol. */
const SAMPLES: f32 = 4;
/** What a branch loses that is known not to be. */
const FORBIDDEN: f32 = 40;

/** Where a state's values stand in its block: path metric, phase reference, frequency, and the four symbols before. */
const REFERENCE_RE: usize = ROW;
const REFERENCE_IM: usize = 2 * ROW;
const FREQUENCY: usize = 3 * ROW;
const HISTORY: usize = 4 * ROW;
const BLOCK: usize = 5 * ROW;
/** After two such blocks, now and next: correlations with the templates. */
const CORRELATIONS_RE: usize = 2 * BLOCK;
const CORRELATIONS_IM: usize = 2 * BLOCK + BRANCHES;
/** Cosine and sine of the turns that levels 1 and 3 make. */
const TURNS: usize = 2 * BLOCK + 2 * BRANCHES;

// @ts-ignore: decorator
@inline
function largest(v: v128): f32 {
  v = f32x4.max(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
}

/** What the branches lose by a symbol that is known (below 4). */
// @ts-ignore: decorator
@inline
function lossOf(known: i32): v128 {
  if (known > 3) return f32x4.splat(0);
  return v128.and(i32x4.ne(i32x4(0, 1, 2, 3), i32x4.splat(known)), f32x4.splat(FORBIDDEN));
}

/** Correlates the interval's samples with the templates of every branch; writes them and the branches' metrics. */
function correlate(
  re: usize, im: usize, templates: usize, state: usize, work: usize, gammas: usize, known: i32, first: bool,
): void {
  const r0 = v128.load32_splat(re);
  const r1 = v128.load32_splat(re, 4);
  const r2 = v128.load32_splat(re, 8);
  const r3 = v128.load32_splat(re, 12);
  const i0 = v128.load32_splat(im);
  const i1 = v128.load32_splat(im, 4);
  const i2 = v128.load32_splat(im, 8);
  const i3 = v128.load32_splat(im, 12);
  const loss = lossOf(known);
  for (let s: usize = 0; s < ROW; s += 4) {
    const t = templates + <usize>load<i32>(state + HISTORY + s) * TEMPLATE;
    let a = v128.load(t);
    let b = v128.load(t, 16);
    let zr = f32x4.add(f32x4.mul(r0, a), f32x4.mul(i0, b));
    let zi = f32x4.sub(f32x4.mul(i0, a), f32x4.mul(r0, b));
    a = v128.load(t, 32);
    b = v128.load(t, 48);
    zr = f32x4.add(zr, f32x4.add(f32x4.mul(r1, a), f32x4.mul(i1, b)));
    zi = f32x4.add(zi, f32x4.sub(f32x4.mul(i1, a), f32x4.mul(r1, b)));
    a = v128.load(t, 64);
    b = v128.load(t, 80);
    zr = f32x4.add(zr, f32x4.add(f32x4.mul(r2, a), f32x4.mul(i2, b)));
    zi = f32x4.add(zi, f32x4.sub(f32x4.mul(i2, a), f32x4.mul(r2, b)));
    a = v128.load(t, 96);
    b = v128.load(t, 112);
    zr = f32x4.add(zr, f32x4.add(f32x4.mul(r3, a), f32x4.mul(i3, b)));
    zi = f32x4.add(zi, f32x4.sub(f32x4.mul(i3, a), f32x4.mul(r3, b)));
    v128.store(work + CORRELATIONS_RE + (s << 2), zr);
    v128.store(work + CORRELATIONS_IM + (s << 2), zi);
    const gamma = first
      ? f32x4.sqrt(f32x4.add(f32x4.mul(zr, zr), f32x4.mul(zi, zi)))
      : f32x4.add(
          f32x4.mul(zr, v128.load32_splat(state + REFERENCE_RE + s)),
          f32x4.mul(zi, v128.load32_splat(state + REFERENCE_IM + s)),
        );
    v128.store(gammas + (s << 2), f32x4.sub(gamma, loss));
  }
}

/** The best way into each of the four states that end in `digit` and then a lane's symbol, with its reference moved on. */
function advance(
  state: usize, next: usize, work: usize, gammas: usize, digit: usize, first: bool, beta: f32, follow: f32,
): v128 {
  let best = f32x4.splat(-1e30);
  let zr = best;
  let zi = best;
  let ur = best;
  let ui = best;
  let w = best;
  let history = best;
  for (let s = digit << 2; s < ROW; s += 16) {
    const value = f32x4.add(v128.load32_splat(state + s), v128.load(gammas + (s << 2)));
    const better = f32x4.gt(value, best);
    best = f32x4.max(value, best);
    zr = v128.bitselect(v128.load(work + CORRELATIONS_RE + (s << 2)), zr, better);
    zi = v128.bitselect(v128.load(work + CORRELATIONS_IM + (s << 2)), zi, better);
    ur = v128.bitselect(v128.load32_splat(state + REFERENCE_RE + s), ur, better);
    ui = v128.bitselect(v128.load32_splat(state + REFERENCE_IM + s), ui, better);
    w = v128.bitselect(v128.load32_splat(state + FREQUENCY + s), w, better);
    history = v128.bitselect(v128.load32_splat(state + HISTORY + s), history, better);
  }
  const unit = f32x4.splat(1 / SAMPLES);
  zr = f32x4.mul(zr, unit);
  zi = f32x4.mul(zi, unit);
  if (first) {
    w = f32x4.splat(0);
    ur = zr;
    ui = zi;
  } else {
    const error = f32x4.sub(f32x4.mul(zi, ur), f32x4.mul(zr, ui));
    w = f32x4.add(w, f32x4.mul(error, f32x4.splat(follow)));
    const part = f32x4.splat(beta);
    ur = f32x4.add(ur, f32x4.mul(part, f32x4.sub(zr, ur)));
    ui = f32x4.add(ui, f32x4.mul(part, f32x4.sub(zi, ui)));
  }
  // The symbol that leaves the templates turns the reference by its whole phase, pi h times its level.
  const old = i32x4.shr_u(history, 6);
  const outer = v128.or(i32x4.eq(old, i32x4.splat(0)), i32x4.eq(old, i32x4.splat(3)));
  const negative = i32x4.lt_s(old, i32x4.splat(2));
  const c = v128.bitselect(v128.load32_splat(work, TURNS + 8), v128.load32_splat(work, TURNS), outer);
  let sine = v128.bitselect(v128.load32_splat(work, TURNS + 12), v128.load32_splat(work, TURNS + 4), outer);
  sine = v128.bitselect(f32x4.neg(sine), sine, negative);
  // exp(jw) to the second order, times that.
  const cw = f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(0.5), f32x4.mul(w, w)));
  const er = f32x4.sub(f32x4.mul(cw, c), f32x4.mul(w, sine));
  const ei = f32x4.add(f32x4.mul(cw, sine), f32x4.mul(w, c));
  const pr = f32x4.sub(f32x4.mul(ur, er), f32x4.mul(ui, ei));
  const pi = f32x4.add(f32x4.mul(ur, ei), f32x4.mul(ui, er));
  const size = f32x4.sqrt(f32x4.add(f32x4.splat(1e-20), f32x4.add(f32x4.mul(pr, pr), f32x4.mul(pi, pi))));
  const at = next + (digit << 4);
  v128.store(at, best);
  v128.store(at, f32x4.div(pr, size), REFERENCE_RE);
  v128.store(at, f32x4.div(pi, size), REFERENCE_IM);
  v128.store(at, w, FREQUENCY);
  const newest = v128.or(i32x4.shl(history, 2), i32x4(0, 1, 2, 3));
  v128.store(at, v128.and(newest, i32x4.splat(255)), HISTORY);
  return best;
}

/**
 * Goes forward over `steps` intervals. `re`, `im`: four samples each, the first interval being that of the symbol before the first;
 * in interval i symbol i decides, and `known[i]` below 4 tells it. `templates`: [history of four symbols][sample][re, im][symbol].
 * `h`: modulation index; `beta` and `follow`: how fast phase and frequency follow. Writes the metrics of the branches (`gammas`, 64
 * each interval) and of the states before it (`alphas`, 16). `work`: 1168 bytes. Gives the likeliest path's metric.
 */
export function fsk4Sequence(
  re: usize, im: usize, templates: usize, known: usize, steps: i32, h: f32, beta: f32, follow: f32,
  work: usize, gammas: usize, alphas: usize,
): f32 {
  let state = work;
  let next = work + BLOCK;
  for (let s = 0; s < STATES; s++) {
    store<f32>(state + (<usize>s << 2), 0);
    store<i32>(state + HISTORY + (<usize>s << 2), s);
  }
  for (let level = 1; level < 4; level += 2) {
    const turn = <f32>level * <f32>Math.PI * h;
    const at = work + TURNS + (<usize>(level >> 1) << 3);
    store<f32>(at, Mathf.cos(turn));
    store<f32>(at, Mathf.sin(turn), 4);
  }
  let total: f32 = 0;
  for (let i = 0; i < steps; i++) {
    const at = <usize>i << 4;
    correlate(re + at, im + at, templates, state, work, gammas, <i32>load<u8>(known + i), i === 0);
    for (let s: usize = 0; s < ROW; s += 16) v128.store(alphas + s, v128.load(state + s));
    let most = advance(state, next, work, gammas, 0, i === 0, beta, follow);
    most = f32x4.max(most, advance(state, next, work, gammas, 1, i === 0, beta, follow));
    most = f32x4.max(most, advance(state, next, work, gammas, 2, i === 0, beta, follow));
    most = f32x4.max(most, advance(state, next, work, gammas, 3, i === 0, beta, follow));
    const best = largest(most);
    total += best;
    for (let s: usize = 0; s < ROW; s += 16)
      v128.store(next + s, f32x4.sub(v128.load(next + s), f32x4.splat(best)));
    const swap = state;
    state = next;
    next = swap;
    gammas += BRANCHES;
    alphas += ROW;
  }
  return total;
}

/**
 * Goes back over what fsk4Sequence left: max-log metrics of the first `symbols` symbols, four each, times `scale`, the
 * largest 0. Those of a known symbol are as if only all others were known. `work`: 128 bytes.
 */
export function fsk4SequenceBack(
  gammas: usize, alphas: usize, known: usize, steps: i32, symbols: i32, scale: f32, work: usize, metrics: usize,
): void {
  let after = work;
  let before = work + ROW;
  for (let s: usize = 0; s < ROW; s += 16) v128.store(after + s, f32x4.splat(0));
  const factor = f32x4.splat(scale);
  for (let i = steps - 1; i >= 0; i--) {
    const gamma = gammas + <usize>i * BRANCHES;
    const alpha = alphas + <usize>i * ROW;
    let out = f32x4.splat(-1e30);
    let most = out;
    for (let s: usize = 0; s < ROW; s += 16) {
      // Four states with the same digit before the newest; each row holds the ways on from one of them.
      const a = f32x4.add(v128.load(gamma + (s << 2)), v128.load(after));
      const b = f32x4.add(v128.load(gamma + (s << 2), 16), v128.load(after, 16));
      const c = f32x4.add(v128.load(gamma + (s << 2), 32), v128.load(after, 32));
      const d = f32x4.add(v128.load(gamma + (s << 2), 48), v128.load(after, 48));
      out = f32x4.max(out, f32x4.add(a, v128.load32_splat(alpha + s)));
      out = f32x4.max(out, f32x4.add(b, v128.load32_splat(alpha + s, 4)));
      out = f32x4.max(out, f32x4.add(c, v128.load32_splat(alpha + s, 8)));
      out = f32x4.max(out, f32x4.add(d, v128.load32_splat(alpha + s, 12)));
      const ab = f32x4.max(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
      const cd = f32x4.max(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
      const four = f32x4.max(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
      v128.store(before + s, four);
      most = f32x4.max(most, four);
    }
    const best = f32x4.splat(largest(most));
    for (let s: usize = 0; s < ROW; s += 16) v128.store(before + s, f32x4.sub(v128.load(before + s), best));
    const swap = after;
    after = before;
    before = swap;
    out = f32x4.add(out, lossOf(<i32>load<u8>(known + i)));
    if (i < symbols)
      v128.store(metrics + (<usize>i << 4), f32x4.mul(factor, f32x4.sub(out, f32x4.splat(largest(out)))));
  }
}
