import { CHANNEL_TAPS, PATTERN, type WaveformTables } from '../demod/equaliser/tables';
import { COS, LEVEL_OF_STEP, SIN } from './equalise-phases';

/**
 * The channel as four complex taps half a symbol apart, estimated by least squares from a reference waveform: sample n (half
 * symbols from the first symbol's instant) is the sum over j of tap j times the reference at n + 1 - j, and noise.
 */

const TAPS = CHANNEL_TAPS;
export const CHANNEL = TAPS;
/** Floats of a Hermitian matrix (row by row, complex; only the lower triangle is used), and of a vector. */
export const MATRIX = 2 * TAPS * TAPS;
export const VECTOR = 2 * TAPS;

/** Added to the diagonal of sums: the middle of the band is badly excited by sync words of outer levels. */
export const RIDGE = 0.05;

/** Symbols before the first one whose phases and reference have room. */
export const LEAD = 12;

/** The reference around symbols first .. last - 1, from half a symbol before the first. `phases` and `reference` begin LEAD symbols early. */
export function writeReference(
  tables: WaveformTables,
  phases: Uint8Array,
  first: number,
  last: number,
  reference: Float64Array,
): void {
  const { pattern } = tables;
  let index = 0;
  for (let k = first - 2; k < first + 2; k++) index = 4 * index + levelAt(phases, k);
  const mask = 4 ** PATTERN - 1;
  for (let k = first; k < last; k++) {
    index = (4 * index + levelAt(phases, k + 2)) & mask;
    const c = COS[phases[k + LEAD]];
    const s = SIN[phases[k + LEAD]];
    const from = 4 * index;
    const to = 4 * (k + LEAD) - 2;
    for (let side = 0; side < 4; side += 2) {
      const re = pattern[from + side];
      const im = pattern[from + side + 1];
      reference[to + side] = re * c - im * s;
      reference[to + side + 1] = re * s + im * c;
    }
  }
}

export function levelAt(phases: Uint8Array, k: number): number {
  return LEVEL_OF_STEP[(phases[k + LEAD] - phases[k + LEAD - 1]) & 7];
}

/** Adds one sample to the normal equations: R += x* x^T, r += x* y, x = the reference at n + 1, n, n - 1, n - 2. */
export function addSample(
  reference: Float64Array,
  n: number,
  re: number,
  im: number,
  matrix: Float64Array,
  m: number,
  vector: Float64Array,
  v: number,
): void {
  const at = 2 * (n + 1 + 2 * LEAD);
  for (let i = 0; i < TAPS; i++) {
    const xr = reference[at - 2 * i];
    const xi = reference[at - 2 * i + 1];
    const row = m + 2 * TAPS * i;
    for (let j = 0; j <= i; j++) {
      const zr = reference[at - 2 * j];
      const zi = reference[at - 2 * j + 1];
      matrix[row + 2 * j] += xr * zr + xi * zi;
      matrix[row + 2 * j + 1] += xr * zi - xi * zr;
    }
    vector[v + 2 * i] += xr * re + xi * im;
    vector[v + 2 * i + 1] += xr * im - xi * re;
  }
}

const factor = new Float64Array(MATRIX);

/** Solves (R + ridge I) h = r by Cholesky's method; R Hermitian, lower triangle. */
export function solveTaps(
  matrix: Float64Array,
  m: number,
  ridge: number,
  vector: Float64Array,
  v: number,
  out: Float64Array,
  o: number,
): void {
  for (let i = 0; i < TAPS; i++) {
    for (let j = 0; j <= i; j++) {
      let re = matrix[m + 2 * (TAPS * i + j)];
      let im = matrix[m + 2 * (TAPS * i + j) + 1];
      if (i === j) re += ridge;
      for (let k = 0; k < j; k++) {
        const a = 2 * (TAPS * i + k);
        const b = 2 * (TAPS * j + k);
        re -= factor[a] * factor[b] + factor[a + 1] * factor[b + 1];
        im -= factor[a + 1] * factor[b] - factor[a] * factor[b + 1];
      }
      const to = 2 * (TAPS * i + j);
      if (i === j) {
        factor[to] = Math.sqrt(Math.max(re, 1e-9));
        factor[to + 1] = 0;
      } else {
        const d = factor[2 * (TAPS * j + j)];
        factor[to] = re / d;
        factor[to + 1] = im / d;
      }
    }
  }
  for (let i = 0; i < TAPS; i++) {
    let re = vector[v + 2 * i];
    let im = vector[v + 2 * i + 1];
    for (let k = 0; k < i; k++) {
      const a = 2 * (TAPS * i + k);
      re -= factor[a] * out[o + 2 * k] - factor[a + 1] * out[o + 2 * k + 1];
      im -= factor[a] * out[o + 2 * k + 1] + factor[a + 1] * out[o + 2 * k];
    }
    const d = factor[2 * (TAPS * i + i)];
    out[o + 2 * i] = re / d;
    out[o + 2 * i + 1] = im / d;
  }
  for (let i = TAPS - 1; i >= 0; i--) {
    let re = out[o + 2 * i];
    let im = out[o + 2 * i + 1];
    for (let k = i + 1; k < TAPS; k++) {
      const a = 2 * (TAPS * k + i);
      re -= factor[a] * out[o + 2 * k] + factor[a + 1] * out[o + 2 * k + 1];
      im -= factor[a] * out[o + 2 * k + 1] - factor[a + 1] * out[o + 2 * k];
    }
    const d = factor[2 * (TAPS * i + i)];
    out[o + 2 * i] = re / d;
    out[o + 2 * i + 1] = im / d;
  }
}

/** |y|^2 - 2 Re(h^H r) + h^H R h: what the taps leave of samples whose sums these are. */
export function residual(
  energy: number,
  matrix: Float64Array,
  m: number,
  vector: Float64Array,
  v: number,
  taps: Float64Array,
  t: number,
): number {
  let sum = energy;
  for (let i = 0; i < TAPS; i++) {
    const ar = taps[t + 2 * i];
    const ai = taps[t + 2 * i + 1];
    sum -= 2 * (ar * vector[v + 2 * i] + ai * vector[v + 2 * i + 1]);
    const row = m + 2 * TAPS * i;
    sum += matrix[row + 2 * i] * (ar * ar + ai * ai);
    for (let j = 0; j < i; j++) {
      const br = taps[t + 2 * j];
      const bi = taps[t + 2 * j + 1];
      // Re(conj(a) R_ij b), twice: once for each triangle.
      const pr = ar * br + ai * bi;
      const pi = ar * bi - ai * br;
      sum += 2 * (matrix[row + 2 * j] * pr - matrix[row + 2 * j + 1] * pi);
    }
  }
  return Math.max(sum, 0);
}
