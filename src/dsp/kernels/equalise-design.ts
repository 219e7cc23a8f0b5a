import {
  CENTRE_TAP,
  CHANNEL_TAPS,
  CROSS_LAGS,
  FEEDBACK_TAPS,
  FORWARD_TAPS,
  SIGNAL_LAGS,
  type WaveformTables,
} from '../demod/equaliser/tables';

/** Floats of one equaliser: forward taps, then feedback taps, complex. */
export const EQUALISER = 2 * (FORWARD_TAPS + FEEDBACK_TAPS);

const NF = FORWARD_TAPS;
const NH = CHANNEL_TAPS;
const ROW = 2 * NF;
/** Kept on the diagonal, so that a perfect channel can be inverted too. */
const FLOOR = 1e-4;
/** Power of a past decision, a little more than 1 for the same reason. */
const DECISION = 1.001;

const products = new Float64Array(2 * NH * NH);
/** E u(i) u*(i - d) by parity of i and lag d. */
const correlation = new Float64Array(2 * 2 * NF);
/** E u(i) c*(k - q) at [i + 2q]. */
const cross = new Float64Array(2 * (NF + 2 * FEEDBACK_TAPS));
const factor = new Float64Array(ROW * NF);

/**
 * Minimum-mean-square-error decision-feedback equaliser by formula, from channel taps and noise power instead of adaptation:
 * theta = (w, b) minimises E |sum w(i) y(2k + i - 5) - b(1) c(k-1) - b(2) c(k-2) - c(k)|^2.
 */
export function designEqualiser(
  tables: WaveformTables,
  taps: Float64Array,
  t: number,
  noise: number,
  theta: Float64Array,
  o: number,
): void {
  for (let x = 0; x < NH; x++)
    for (let z = 0; z < NH; z++) {
      products[2 * (NH * x + z)] = taps[t + 2 * x] * taps[t + 2 * z] + taps[t + 2 * x + 1] * taps[t + 2 * z + 1];
      products[2 * (NH * x + z) + 1] = taps[t + 2 * x + 1] * taps[t + 2 * z] - taps[t + 2 * x] * taps[t + 2 * z + 1];
    }
  const lags = 2 * SIGNAL_LAGS + 1;
  for (let parity = 0; parity < 2; parity++)
    for (let d = 0; d < NF; d++) {
      let re = noise * tables.noise[d];
      let im = 0;
      for (let x = 0; x < NH; x++) {
        const row = ((parity + CENTRE_TAP + 1 + x) & 1) * lags + SIGNAL_LAGS + d - x;
        for (let z = 0; z < NH; z++) {
          const weight = tables.signal[row + z];
          re += products[2 * (NH * x + z)] * weight;
          im += products[2 * (NH * x + z) + 1] * weight;
        }
      }
      correlation[2 * (parity * NF + d)] = re;
      correlation[2 * (parity * NF + d) + 1] = im;
    }
  for (let i = 0; i < NF + 2 * FEEDBACK_TAPS; i++) {
    let re = 0;
    let im = 0;
    for (let x = 0; x < NH; x++) {
      const weight = tables.cross[i - CENTRE_TAP + 1 - x + CROSS_LAGS];
      re += taps[t + 2 * x] * weight;
      im += taps[t + 2 * x + 1] * weight;
    }
    cross[2 * i] = re;
    cross[2 * i + 1] = im;
  }
  // Past decisions are uncorrelated: eliminated, they leave a system in the forward taps alone.
  for (let i = 0; i < NF; i++) {
    for (let j = 0; j <= i; j++) {
      const from = 2 * ((i & 1) * NF + i - j);
      let re = correlation[from];
      let im = -correlation[from + 1];
      if (i === j) re += FLOOR;
      for (let q = 1; q <= FEEDBACK_TAPS; q++) {
        const a = 2 * (i + 2 * q);
        const b = 2 * (j + 2 * q);
        re -= (cross[a] * cross[b] + cross[a + 1] * cross[b + 1]) / DECISION;
        im -= (cross[a] * cross[b + 1] - cross[a + 1] * cross[b]) / DECISION;
      }
      for (let k = 0; k < j; k++) {
        const a = ROW * i + 2 * k;
        const b = ROW * j + 2 * k;
        re -= factor[a] * factor[b] + factor[a + 1] * factor[b + 1];
        im -= factor[a + 1] * factor[b] - factor[a] * factor[b + 1];
      }
      const to = ROW * i + 2 * j;
      if (i === j) factor[to] = 1 / Math.sqrt(Math.max(re, 1e-7));
      else {
        const d = factor[ROW * j + 2 * j];
        factor[to] = re * d;
        factor[to + 1] = im * d;
      }
    }
  }
  for (let i = 0; i < NF; i++) {
    let re = cross[2 * i];
    let im = -cross[2 * i + 1];
    for (let k = 0; k < i; k++) {
      const a = ROW * i + 2 * k;
      re -= factor[a] * theta[o + 2 * k] - factor[a + 1] * theta[o + 2 * k + 1];
      im -= factor[a] * theta[o + 2 * k + 1] + factor[a + 1] * theta[o + 2 * k];
    }
    const d = factor[ROW * i + 2 * i];
    theta[o + 2 * i] = re * d;
    theta[o + 2 * i + 1] = im * d;
  }
  for (let i = NF - 1; i >= 0; i--) {
    let re = theta[o + 2 * i];
    let im = theta[o + 2 * i + 1];
    for (let k = i + 1; k < NF; k++) {
      const a = ROW * k + 2 * i;
      re -= factor[a] * theta[o + 2 * k] + factor[a + 1] * theta[o + 2 * k + 1];
      im -= factor[a] * theta[o + 2 * k + 1] - factor[a + 1] * theta[o + 2 * k];
    }
    const d = factor[ROW * i + 2 * i];
    theta[o + 2 * i] = re * d;
    theta[o + 2 * i + 1] = im * d;
  }
  for (let q = 1; q <= FEEDBACK_TAPS; q++) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < NF; i++) {
      const a = 2 * (i + 2 * q);
      re += cross[a] * theta[o + 2 * i] - cross[a + 1] * theta[o + 2 * i + 1];
      im += cross[a] * theta[o + 2 * i + 1] + cross[a + 1] * theta[o + 2 * i];
    }
    theta[o + 2 * (NF + q - 1)] = re / DECISION;
    theta[o + 2 * (NF + q - 1) + 1] = im / DECISION;
  }
}
