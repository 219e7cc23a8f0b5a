import {
  equaliseReference, equaliseResidual, equaliseSolve, equaliseSums, LEAD, RIDGE, SIGNAL_LEAD, SUMS, TURNS,
} from './equalise-channel.as';
import { equaliseDesign } from './equalise-design.as';
import { equaliseTrace, forwardOutput, step } from './equalise-sequence.as';

const LEAST_NOISE: f32 = 2e-3;
/** Symbols between two estimates in the forward pass, and after which a decision is used. */
const BLOCK: i32 = 8;
const DELAY: i32 = 6;
const WRONG: f32 = 1e3;

const THETA: usize = memory.data(96);
const ALPHA: usize = memory.data(16);
/** Share of a new change of the taps in the mean change, which is what they are expected to go on with. */
const TREND: f32 = 0.3;
const EXPECTED: usize = memory.data(32);
const CHANGE: usize = memory.data(32);

/** New taps at EXPECTED: those that solve the sums, gone on by `lead` times the mean change from block to block. */
function expect(sums: usize, taps: usize, lead: f32): void {
  memory.copy(EXPECTED, taps, 32);
  equaliseSolve(sums, RIDGE, taps);
  for (let i: usize = 0; i < 32; i += 16) {
    const now = v128.load(taps + i);
    const was = v128.load(CHANGE + i);
    const step = f32x4.sub(f32x4.sub(now, v128.load(EXPECTED + i)), was);
    const change = f32x4.add(was, f32x4.mul(f32x4.splat(TREND), step));
    v128.store(CHANGE + i, change);
    v128.store(EXPECTED + i, f32x4.add(now, f32x4.mul(f32x4.splat(lead), change)));
  }
}

/** Error power of the channel's taps on samples first .. last - 1, taken into a slow mean. */
function trackNoise(reference: usize, signal: usize, first: i32, last: i32, taps: usize, noise: f32): f32 {
  for (let n = first; n < last; n++) {
    const y = signal + (<usize>(n + SIGNAL_LEAD) << 3);
    let re = load<f32>(y);
    let im = load<f32>(y, 4);
    for (let j: usize = 0; j < 4; j++) {
      const x = reference + (<usize>(n + 2 + 2 * LEAD - <i32>j) << 3);
      const xr = load<f32>(x);
      const xi = load<f32>(x, 4);
      const hr = load<f32>(taps + (j << 3));
      const hi = load<f32>(taps + (j << 3), 4);
      re -= hr * xr - hi * xi;
      im -= hr * xi + hi * xr;
    }
    noise = 0.995 * noise + 0.005 * (re * re + im * im);
  }
  return noise;
}

/**
 * First pass: decisions forward in time from symbol `trained` on, and every eight symbols a new channel from past decisions.
 * sums and taps: those of the training. `lead`: how many blocks the channel is thought to have gone on since what it was estimated
 * from. Writes phases.
 */
export function equaliseForward(
  tables: usize, signal: usize, known: usize, trained: i32, symbols: i32, forget: f32, noise: f32,
  taps: usize, sums: usize, reference: usize, back: usize, phases: usize, lead: f32,
): void {
  memory.fill(CHANGE, 0, 32);
  memory.copy(EXPECTED, taps, 32);
  equaliseDesign(tables, taps, max<f32>(noise, LEAST_NOISE), THETA);
  let alpha = f32x4.splat(1e9);
  const start = load<u8>(phases + <usize>(trained - 1 + LEAD)) >> 1;
  if (start === 0) alpha = f32x4.replace_lane(alpha, 0, 0);
  else if (start === 1) alpha = f32x4.replace_lane(alpha, 1, 0);
  else if (start === 2) alpha = f32x4.replace_lane(alpha, 2, 0);
  else alpha = f32x4.replace_lane(alpha, 3, 0);
  let behind = i32x4.splat(<i32>load<u8>(phases + <usize>(trained - 2 + LEAD)) >> 1);
  v128.store(back + (<usize>trained << 4), behind);
  let updated = trained - 3;
  const one = f32x4.splat(1);
  for (let k = trained; k < symbols; k++) {
    const at = back + (<usize>(k + 1) << 4);
    alpha = step(THETA, signal, k, alpha, behind, one, known, 0, WRONG, 0, at);
    behind = v128.load(at);
    if (k % BLOCK !== 0 && k < symbols - 1) continue;
    v128.store(ALPHA, alpha);
    equaliseTrace(ALPHA, back, k, max(trained, updated - DELAY - 4), phases);
    const last = k - DELAY;
    if (last <= updated) continue;
    equaliseReference(tables, phases, updated - 1, last + 2, reference);
    noise = trackNoise(reference, signal, 2 * updated, 2 * last, EXPECTED, noise);
    equaliseSums(reference, signal, 2 * updated, 2 * last, forget, sums);
    updated = last;
    expect(sums, taps, lead);
    equaliseDesign(tables, EXPECTED, max<f32>(noise, LEAST_NOISE), THETA);
  }
}

/** Sums of each segment of `segment` symbols from the decisions, with their energies; all but the frame's outermost symbols count. */
export function equaliseSegments(
  tables: usize, signal: usize, phases: usize, symbols: i32, segment: i32,
  reference: usize, sums: usize, energies: usize,
): void {
  equaliseReference(tables, phases, 0, symbols + 2, reference);
  for (let first = 0; first < symbols; first += segment) {
    memory.fill(sums, 0, SUMS);
    const from = max(3, first);
    const to = min(first + segment, symbols - 3);
    const energy = from < to ? equaliseSums(reference, signal, 2 * from, 2 * to, 1, sums) : 0;
    store<f32>(energies, energy);
    sums += SUMS;
    energies += 4;
  }
}

const WINDOW: usize = memory.data(160);
const OTHERS: usize = memory.data(160);
const TRIAL: usize = memory.data(32);

// @ts-ignore: decorator
@inline
function addSums(to: usize, from: usize): void {
  for (let i: usize = 0; i < SUMS; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
}

// @ts-ignore: decorator
@inline
function subtractSums(to: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < SUMS; i += 16) v128.store(to + i, f32x4.sub(v128.load(a + i), v128.load(b + i)));
}

/** Slides WINDOW to the segments within `width` of g. */
// @ts-ignore: decorator
@inline
function slide(sums: usize, segments: i32, width: i32, g: i32): void {
  if (g === 0) {
    memory.fill(WINDOW, 0, SUMS);
    for (let q = 0; q < min(width, segments); q++) addSums(WINDOW, sums + <usize>q * SUMS);
  }
  if (g + width < segments) addSums(WINDOW, sums + <usize>(g + width) * SUMS);
  if (g > width) subtractSums(WINDOW, WINDOW, sums + <usize>(g - width - 1) * SUMS);
}

/** What windows of `width` segments either side leave of all segments when each is left out of its own. */
export function equaliseLeftOut(sums: usize, energies: usize, segments: i32, width: i32): f32 {
  let left: f32 = 0;
  for (let g = 0; g < segments; g++) {
    slide(sums, segments, width, g);
    const own = sums + <usize>g * SUMS;
    subtractSums(OTHERS, WINDOW, own);
    equaliseSolve(OTHERS, RIDGE, TRIAL);
    left += equaliseResidual(own, load<f32>(energies + (<usize>g << 2)), TRIAL);
  }
  return left;
}

/** Taps of each segment (8 floats) over a window around it, and what they leave of the segment. */
export function equaliseTaps(
  sums: usize, energies: usize, segments: i32, width: i32, taps: usize, errors: usize,
): void {
  for (let g = 0; g < segments; g++) {
    slide(sums, segments, width, g);
    equaliseSolve(WINDOW, RIDGE, taps + (<usize>g << 5));
    const at = <usize>g << 2;
    store<f32>(
      errors + at,
      equaliseResidual(sums + <usize>g * SUMS, load<f32>(energies + at), taps + (<usize>g << 5)),
    );
  }
}

/** Designs each segment's equaliser; its error power on the decisions goes to errors. Gives the mean error power. */
export function equaliseDesigns(
  tables: usize, signal: usize, phases: usize, symbols: i32, segment: i32, taps: usize, noise: f32,
  thetas: usize, errors: usize,
): f32 {
  let total: f32 = 0;
  for (let first = 0; first < symbols; first += segment) {
    equaliseDesign(tables, taps, noise, thetas);
    const from = max(2, first);
    const to = min(symbols, first + segment);
    let sum: f32 = 0;
    for (let k = from; k < to; k++) {
      const z = forwardOutput(thetas, signal, k);
      const turn = TURNS + (<usize>load<u8>(phases + <usize>(k + LEAD)) << 2);
      let re = f32x4.extract_lane(z, 0) - load<f32>(turn);
      let im = f32x4.extract_lane(z, 1) - load<f32>(turn, 32);
      for (let q = 1; q <= 2; q++) {
        const b = thetas + (<usize>(9 + q) << 3);
        const br = load<f32>(b);
        const bi = load<f32>(b, 4);
        const p = TURNS + (<usize>load<u8>(phases + <usize>(k - q + LEAD)) << 2);
        const c = load<f32>(p);
        const s = load<f32>(p, 32);
        re -= br * c - bi * s;
        im -= br * s + bi * c;
      }
      sum += re * re + im * im;
    }
    total += sum;
    store<f32>(errors, (sum + 0.02) / <f32>(to - from + 1));
    thetas += 96;
    taps += 32;
    errors += 4;
  }
  return total / <f32>symbols;
}
