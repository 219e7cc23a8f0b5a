import { CENTRE_TAP, FORWARD_TAPS } from '../demod/equaliser/tables';
import { LEAD } from './equalise-channel';
import { EQUALISER } from './equalise-design';
import { COS, SIN } from './equalise-phases';

/** Half symbols of signal before the first symbol's instant. */
export const SIGNAL_LEAD = 24;
/** Weight against a level that a known symbol does not have. */
const IMPOSSIBLE = 1e4;

/** Index of the level between states (next - state + offset) & 3: by parity of the phase before. */
const LEVEL_OFFSET = [2, 1];

/** Working memory for frames of at most `symbols` symbols. */
export class SequenceMemory {
  readonly alpha: Float32Array;
  readonly gamma: Float32Array;
  readonly back: Uint8Array;

  constructor(symbols: number) {
    this.alpha = new Float32Array(4 * (symbols + 1));
    this.gamma = new Float32Array(16 * symbols);
    this.back = new Uint8Array(4 * (symbols + 1));
  }
}

/**
 * Equaliser and max-log BCJR over the four possible phases of each symbol; the second feedback tap takes its decision from
 * the survivor. The phase before the first symbol is 0.
 *
 * signal: complex, two samples a symbol from SIGNAL_LEAD half symbols before the first instant. thetas: one equaliser for
 * each `segment` symbols, weights: one over the error power. known: index of the level, or -1. priors: metrics to be added,
 * or null. Writes 4 metrics a symbol (the best is 0) and the phases of the likeliest path.
 */
export function detectSequence(
  signal: Float32Array,
  thetas: Float64Array,
  weights: Float64Array,
  segment: number,
  known: Int8Array,
  priors: Float32Array | null,
  symbols: number,
  memory: SequenceMemory,
  metrics: Float32Array,
  phases: Uint8Array,
): void {
  const { alpha, gamma, back } = memory;
  alpha[0] = 0;
  alpha[1] = alpha[2] = alpha[3] = 1e9;
  back.fill(0, 0, 4);
  for (let k = 0; k < symbols; k++) {
    const g = Math.floor(k / segment);
    const theta = g * EQUALISER;
    const weight = weights[g];
    let zr = 0;
    let zi = 0;
    let at = 2 * (2 * k - CENTRE_TAP + SIGNAL_LEAD);
    for (let i = theta; i < theta + 2 * FORWARD_TAPS; i += 2, at += 2) {
      zr += thetas[i] * signal[at] - thetas[i + 1] * signal[at + 1];
      zi += thetas[i] * signal[at + 1] + thetas[i + 1] * signal[at];
    }
    const b1r = thetas[theta + 2 * FORWARD_TAPS];
    const b1i = thetas[theta + 2 * FORWARD_TAPS + 1];
    const b2r = thetas[theta + 2 * FORWARD_TAPS + 2];
    const b2i = thetas[theta + 2 * FORWARD_TAPS + 3];
    const before = k & 1;
    const offset = LEVEL_OFFSET[before];
    const a = 4 * k;
    let n0 = 1e30;
    let n1 = 1e30;
    let n2 = 1e30;
    let n3 = 1e30;
    for (let q = 0; q < 4; q++) {
      const pq = 2 * q + before;
      const pp = 2 * back[a + q] + (1 - before);
      const br = zr - b1r * COS[pq] + b1i * SIN[pq] - b2r * COS[pp] + b2i * SIN[pp];
      const bi = zi - b1r * SIN[pq] - b1i * COS[pq] - b2r * SIN[pp] - b2i * COS[pp];
      const base = br * br + bi * bi + 1;
      const past = alpha[a + q];
      for (let n = 0; n < 4; n++) {
        const pn = 2 * n + 1 - before;
        const level = (n - q + offset) & 3;
        let cost = (base - 2 * (br * COS[pn] + bi * SIN[pn])) * weight;
        if (known[k] >= 0 && known[k] !== level) cost += IMPOSSIBLE;
        if (priors) cost -= priors[a + level];
        gamma[16 * k + 4 * q + n] = cost;
        const value = past + cost;
        if (n === 0) {
          if (value < n0) {
            n0 = value;
            back[a + 4] = q;
          }
        } else if (n === 1) {
          if (value < n1) {
            n1 = value;
            back[a + 5] = q;
          }
        } else if (n === 2) {
          if (value < n2) {
            n2 = value;
            back[a + 6] = q;
          }
        } else if (value < n3) {
          n3 = value;
          back[a + 7] = q;
        }
      }
    }
    const least = Math.min(n0, n1, n2, n3);
    alpha[a + 4] = n0 - least;
    alpha[a + 5] = n1 - least;
    alpha[a + 6] = n2 - least;
    alpha[a + 7] = n3 - least;
  }
  trace(memory, symbols, phases);
  let f0 = 0;
  let f1 = 0;
  let f2 = 0;
  let f3 = 0;
  for (let k = symbols - 1; k >= 0; k--) {
    const offset = LEVEL_OFFSET[k & 1];
    const a = 4 * k;
    let least = 1e30;
    metrics[a] = metrics[a + 1] = metrics[a + 2] = metrics[a + 3] = -1e30;
    const next = [0, 0, 0, 0];
    for (let q = 0; q < 4; q++) {
      const past = alpha[a + q];
      let best = 1e30;
      for (let n = 0; n < 4; n++) {
        const value = gamma[16 * k + 4 * q + n] + (n === 0 ? f0 : n === 1 ? f1 : n === 2 ? f2 : f3);
        if (value < best) best = value;
        const level = a + ((n - q + offset) & 3);
        if (-value - past > metrics[level]) metrics[level] = -value - past;
      }
      next[q] = best;
      if (best < least) least = best;
    }
    f0 = next[0] - least;
    f1 = next[1] - least;
    f2 = next[2] - least;
    f3 = next[3] - least;
    const most = Math.max(metrics[a], metrics[a + 1], metrics[a + 2], metrics[a + 3]);
    for (let i = a; i < a + 4; i++) metrics[i] -= most;
  }
}

/** Phases of the path that ends best. */
function trace({ alpha, back }: SequenceMemory, symbols: number, phases: Uint8Array): void {
  let state = 0;
  for (let n = 1; n < 4; n++) if (alpha[4 * symbols + n] < alpha[4 * symbols + state]) state = n;
  for (let k = symbols - 1; k >= 0; k--) {
    phases[k + LEAD] = 2 * state + ((k + 1) & 1);
    state = back[4 * (k + 1) + state];
  }
}
