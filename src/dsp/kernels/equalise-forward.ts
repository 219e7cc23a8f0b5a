import { CENTRE_TAP, FORWARD_TAPS, type WaveformTables } from '../demod/equaliser/tables';
import { addSample, CHANNEL, LEAD, MATRIX, RIDGE, solveTaps, VECTOR, writeReference } from './equalise-channel';
import { designEqualiser, EQUALISER } from './equalise-design';
import { COS, SIN } from './equalise-phases';
import { SIGNAL_LEAD } from './equalise-sequence';

/** Symbols between two estimates of the channel. */
const BLOCK = 8;
/** Symbols after which a decision is used for the estimate. */
const DELAY = 6;
const WRONG = 1e3;
const LEAST_NOISE = 2e-3;

/** Share of a new change of the taps in the mean change, which is what they are expected to go on with. */
const TREND = 0.3;

const theta = new Float64Array(EQUALISER);
const expected = new Float64Array(VECTOR);
const change = new Float64Array(VECTOR);
const alpha = new Float64Array(4);
const next = new Float64Array(4);

/**
 * First pass over a frame: decisions forward in time, each eight symbols followed by a new estimate of the channel from past
 * decisions (exponential window of forgetting factor `forget`). Starts after `trained` known symbols, whose sums `matrix`
 * and `vector` hold; `taps` is the channel there. `lead`: how many blocks the channel is thought to have gone on since what it was
 * estimated from. Writes the likeliest path's phases.
 */
export function forwardPass(
  tables: WaveformTables,
  signal: Float32Array,
  known: Int8Array,
  trained: number,
  symbols: number,
  forget: number,
  noise: number,
  taps: Float64Array,
  matrix: Float64Array,
  vector: Float64Array,
  reference: Float64Array,
  back: Uint8Array,
  phases: Uint8Array,
  lead: number,
): void {
  change.fill(0);
  expected.set(taps);
  designEqualiser(tables, taps, 0, Math.max(noise, LEAST_NOISE), theta, 0);
  alpha.fill(1e9);
  alpha[phases[trained - 1 + LEAD] >> 1] = 0;
  // The survivors share what is known before.
  for (let q = 0; q < 4; q++) back[4 * trained + q] = phases[trained - 2 + LEAD] >> 1;
  let updated = trained - 3;
  for (let k = trained; k < symbols; k++) {
    let zr = 0;
    let zi = 0;
    let at = 2 * (2 * k - CENTRE_TAP + SIGNAL_LEAD);
    for (let i = 0; i < 2 * FORWARD_TAPS; i += 2, at += 2) {
      zr += theta[i] * signal[at] - theta[i + 1] * signal[at + 1];
      zi += theta[i] * signal[at + 1] + theta[i + 1] * signal[at];
    }
    const b1r = theta[2 * FORWARD_TAPS];
    const b1i = theta[2 * FORWARD_TAPS + 1];
    const b2r = theta[2 * FORWARD_TAPS + 2];
    const b2i = theta[2 * FORWARD_TAPS + 3];
    const before = k & 1;
    const offset = 2 - before;
    next.fill(1e30);
    for (let q = 0; q < 4; q++) {
      const pq = 2 * q + before;
      const pp = 2 * back[4 * k + q] + (1 - before);
      const br = zr - b1r * COS[pq] + b1i * SIN[pq] - b2r * COS[pp] + b2i * SIN[pp];
      const bi = zi - b1r * SIN[pq] - b1i * COS[pq] - b2r * SIN[pp] - b2i * COS[pp];
      const base = alpha[q] + br * br + bi * bi + 1;
      for (let n = 0; n < 4; n++) {
        const pn = 2 * n + 1 - before;
        let cost = base - 2 * (br * COS[pn] + bi * SIN[pn]);
        if (known[k] >= 0 && known[k] !== ((n - q + offset) & 3)) cost += WRONG;
        if (cost < next[n]) {
          next[n] = cost;
          back[4 * k + 4 + n] = q;
        }
      }
    }
    const least = Math.min(next[0], next[1], next[2], next[3]);
    for (let n = 0; n < 4; n++) alpha[n] = next[n] - least;
    if (k % BLOCK !== 0 && k < symbols - 1) continue;
    const first = updated - DELAY;
    traceBack(back, k, Math.max(trained, first - 4), next, phases);
    const last = k - DELAY;
    if (last <= updated) continue;
    writeReference(tables, phases, updated - 1, last + 2, reference);
    for (let j = updated; j < last; j++) {
      for (let i = 0; i < MATRIX; i++) matrix[i] *= forget;
      for (let i = 0; i < VECTOR; i++) vector[i] *= forget;
      for (let n = 2 * j; n < 2 * j + 2; n++) {
        const s = 2 * (n + SIGNAL_LEAD);
        const error = channelError(reference, n, signal[s], signal[s + 1], expected);
        noise = 0.995 * noise + 0.005 * error;
        addSample(reference, n, signal[s], signal[s + 1], matrix, 0, vector, 0);
      }
    }
    updated = last;
    expected.set(taps);
    solveTaps(matrix, 0, RIDGE, vector, 0, taps, 0);
    for (let i = 0; i < VECTOR; i++) {
      change[i] += TREND * (taps[i] - expected[i] - change[i]);
      expected[i] = taps[i] + lead * change[i];
    }
    designEqualiser(tables, expected, 0, Math.max(noise, LEAST_NOISE), theta, 0);
  }
}

function traceBack(back: Uint8Array, last: number, first: number, costs: Float64Array, phases: Uint8Array): void {
  let state = 0;
  for (let n = 1; n < 4; n++) if (costs[n] < costs[state]) state = n;
  for (let k = last; k >= first; k--) {
    phases[k + LEAD] = 2 * state + ((k + 1) & 1);
    state = back[4 * k + 4 + state];
  }
}

function channelError(reference: Float64Array, n: number, re: number, im: number, taps: Float64Array): number {
  const at = 2 * (n + 1 + 2 * LEAD);
  for (let j = 0; j < CHANNEL; j++) {
    const xr = reference[at - 2 * j];
    const xi = reference[at - 2 * j + 1];
    re -= taps[2 * j] * xr - taps[2 * j + 1] * xi;
    im -= taps[2 * j] * xi + taps[2 * j + 1] * xr;
  }
  return re * re + im * im;
}
