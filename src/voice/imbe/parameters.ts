import { inverseDct } from '../mbe/inverse-dct';
import type { MbeModel } from '../mbe/model';
import type { AmplitudePredictor } from '../mbe/prediction';
import { type Allocation, allocationFor, GAIN_LEVELS, MOST_HARMONICS } from './allocation';

/** Larger values of b0 are reserved: a frame with one cannot be used (TIA-102.BABA 6.1). */
const HIGHEST_PITCH = 207;

/** The quantised values b0 .. b(L+2). */
const values = new Int32Array(MOST_HARMONICS + 3);
const gain = new Float64Array(6);
const blockMean = new Float64Array(6);
const coefficients = new Float64Array(10);
/** T(l) from index 1. */
const residual = new Float64Array(MOST_HARMONICS + 1);

/**
 * Turns the 88 information bits of a frame into the speech model (TIA-102.BABA 6), with amplitudes not yet enhanced.
 * @returns false, with nothing changed, when the frame's pitch is a reserved value
 */
export function decodeParameters(bits: Uint8Array, predictor: AmplitudePredictor, model: MbeModel): boolean {
  const pitch =
    (bits[0] << 7) |
    (bits[1] << 6) |
    (bits[2] << 5) |
    (bits[3] << 4) |
    (bits[4] << 3) |
    (bits[5] << 2) |
    (bits[85] << 1) |
    bits[86];
  if (pitch > HIGHEST_PITCH) return false;
  const fundamental = (4 * Math.PI) / (pitch + 39.5);
  const harmonics = Math.floor(0.9254 * Math.floor(Math.PI / fundamental + 0.25));
  const allocation = allocationFor(harmonics);
  collectValues(bits, allocation);
  model.fundamental = fundamental;
  model.harmonics = harmonics;
  for (let l = 1; l <= harmonics; l++) {
    const band = Math.min(Math.floor((l + 2) / 3), allocation.bands);
    model.voiced[l] = (values[1] >> (allocation.bands - band)) & 1;
  }
  decodeResidual(allocation);
  predictor.predict(residual, harmonics, predictionShare(harmonics), model.amplitude);
  return true;
}

function collectValues(bits: Uint8Array, allocation: Allocation): void {
  values.fill(0, 0, allocation.harmonics + 3);
  const owner = allocation.value;
  for (let i = 0; i < owner.length; i++) values[owner[i]] = (values[owner[i]] << 1) | bits[i];
}

/** The middle of the quantiser's interval (eq. 68 and 71). */
function dequantise(value: number, allocation: Allocation): number {
  const bits = allocation.bits[value];
  return bits === 0 ? 0 : allocation.steps[value] * (values[value] - (1 << (bits - 1)) + 0.5);
}

/** Eq. 67 to 74: gain vector, its inverse DCT to the block means, each block's inverse DCT. */
function decodeResidual(allocation: Allocation): void {
  gain[0] = GAIN_LEVELS[values[2]];
  for (let m = 1; m < 6; m++) gain[m] = dequantise(m + 2, allocation);
  inverseDct(gain, 6, blockMean, 0);
  let value = 8;
  let l = 1;
  for (let block = 0; block < 6; block++) {
    const length = allocation.blocks[block];
    coefficients[0] = blockMean[block];
    for (let k = 1; k < length; k++) coefficients[k] = dequantise(value++, allocation);
    inverseDct(coefficients, length, residual, l);
    l += length;
  }
}

/** rho (eq. 55). */
function predictionShare(harmonics: number): number {
  if (harmonics <= 15) return 0.4;
  return harmonics <= 24 ? 0.03 * harmonics - 0.05 : 0.7;
}
