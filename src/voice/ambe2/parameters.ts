import { inverseDct } from '../mbe/inverse-dct';
import { MAX_HARMONICS, type MbeModel } from '../mbe/model';
import { AmplitudePredictor } from '../mbe/prediction';
import { BLOCK_LENGTHS } from './tables/blocks';
import { FUNDAMENTAL } from './tables/fundamental';
import { GAIN_STEP } from './tables/gain';
import { HIGHER_ORDER } from './tables/higher-order';
import { PRBA24 } from './tables/prba24';
import { PRBA58 } from './tables/prba58';
import { VOICED_BANDS } from './tables/voicing';

/** For each information bit, first bit of u0 first, the value b0 .. b8 it belongs to; most significant bits come first. */
const OWNER = Uint8Array.from('0000111122223333333344445555666777812000344456788', Number);
const VALUES = 9;

/** b0 from here on is an erasure, the last frame is to be used again; from the second on silence, from the third a tone. */
const ERASURE = 120;
const SILENCE = 124;
const TONE = 126;

/** Silence is noise with a spectrum as sent, of this fundamental (cycles per sample) and number of harmonics. */
const SILENT_FUNDAMENTAL = 1 / 32;
const SILENT_HARMONICS = 14;

const LEAST_HARMONICS = 9;
const BLOCKS = 4;
const VOICING_BANDS = 8;
/** DCT coefficients that are sent of a block; the rest of longer ones is zero. */
const SENT_COEFFICIENTS = 6;
/** Share of the last frame that is predicted. */
const RHO = 0.65;

/**
 * From this codec's amplitudes to those of IMBE, which synthesis and smoothing are made for: the same speech in both, once
 * from a vocoder chip and once from an open encoder, comes out 9.5 and 9.0 times as large here.
 */
const SCALE = 1 / 9.2;

/** Block lengths by number of harmonics. */
const BLOCKS_OF = BLOCK_LENGTHS.map((digits) => Array.from(digits, (digit) => Number.parseInt(digit, 18)));
/** Voicing by b1, then by band. */
const VOICED = Uint8Array.from({ length: 32 * VOICING_BANDS }, (_, i) =>
  Number(VOICED_BANDS[Math.floor(i / VOICING_BANDS)]?.[i % VOICING_BANDS] ?? 0),
);

const values = new Int32Array(VALUES);
/** The block average vector G(1) .. G(8), and its inverse DCT R. */
const averages = new Float64Array(8);
const pairs = new Float64Array(8);
/** A block's DCT coefficients, as long as the longest block. */
const coefficients = new Float64Array(17);
/** T(l) from index 1. */
const residual = new Float64Array(MAX_HARMONICS + 1);

/** Turns information bits into speech models (TIA-102.BABA-A, half-rate vocoder), remembering what prediction needs. */
export class Ambe2Parameters {
  private readonly predictor = new AmplitudePredictor('first');
  /** gamma: the last frame's gain, log2. */
  private gain = 0;

  reset(): void {
    this.predictor.reset();
    this.gain = 0;
  }

  /**
   * Takes the 49 information bits of a frame that is no tone; amplitudes are not yet enhanced.
   * @returns false, with nothing changed, when the frame says that it is not to be used
   */
  decode(bits: Uint8Array, model: MbeModel): boolean {
    values.fill(0);
    for (let i = 0; i < bits.length; i++) values[OWNER[i]] = (values[OWNER[i]] << 1) | bits[i];
    const pitch = values[0];
    if ((pitch >= ERASURE && pitch < SILENCE) || pitch >= TONE) return false;
    const silent = pitch >= SILENCE;
    const fundamental = silent ? SILENT_FUNDAMENTAL : FUNDAMENTAL[pitch];
    const harmonics = silent ? SILENT_HARMONICS : Math.floor(0.4627 / fundamental);
    model.fundamental = 2 * Math.PI * fundamental;
    model.harmonics = harmonics;
    for (let l = 1; l <= harmonics; l++) {
      const band = Math.floor(2 * VOICING_BANDS * fundamental * l);
      model.voiced[l] = silent ? 0 : VOICED[VOICING_BANDS * values[1] + band];
    }
    this.decodeAmplitudes(harmonics, model);
    return true;
  }

  private decodeAmplitudes(harmonics: number, model: MbeModel): void {
    this.gain = GAIN_STEP[values[2]] + 0.5 * this.gain;
    decodeResidual(BLOCKS_OF[harmonics - LEAST_HARMONICS]);
    let mean = 0;
    for (let l = 1; l <= harmonics; l++) mean += residual[l];
    // The gain is that of the whole frame: it takes the place of the residual's mean.
    const offset = this.gain - 0.5 * Math.log2(harmonics) - mean / harmonics;
    for (let l = 1; l <= harmonics; l++) residual[l] += offset;
    this.predictor.predict(residual, harmonics, RHO, model.amplitude);
    // Unvoiced amplitudes are sent as if they did not depend on the width of a harmonic.
    const unvoiced = 0.2046 / Math.sqrt(model.fundamental);
    for (let l = 1; l <= harmonics; l++) model.amplitude[l] *= model.voiced[l] === 1 ? SCALE : SCALE * unvoiced;
  }
}

/** From the vectors of b3 to b8 to T(l): first two coefficients of each block from PRBA, the others from b5 to b8. */
function decodeResidual(blocks: readonly number[]): void {
  for (let i = 0; i < 3; i++) averages[1 + i] = PRBA24[3 * values[3] + i];
  for (let i = 0; i < 4; i++) averages[4 + i] = PRBA58[4 * values[4] + i];
  inverseDct(averages, 8, pairs, 0);
  let l = 1;
  for (let block = 0; block < BLOCKS; block++) {
    const length = blocks[block];
    const sent = Math.min(length, SENT_COEFFICIENTS);
    const first = pairs[2 * block];
    const second = pairs[2 * block + 1];
    coefficients[0] = (first + second) / 2;
    coefficients[1] = (first - second) / (2 * Math.SQRT2);
    for (let k = 2; k < sent; k++) coefficients[k] = HIGHER_ORDER[block][4 * values[5 + block] + k - 2];
    inverseDct(coefficients, length, residual, l, sent);
    l += length;
  }
}
