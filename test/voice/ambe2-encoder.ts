import { BLOCK_LENGTHS } from '../../src/voice/ambe2/tables/blocks';
import { FUNDAMENTAL } from '../../src/voice/ambe2/tables/fundamental';
import { GAIN_STEP } from '../../src/voice/ambe2/tables/gain';
import { HIGHER_ORDER } from '../../src/voice/ambe2/tables/higher-order';
import { PRBA24 } from '../../src/voice/ambe2/tables/prba24';
import { PRBA58 } from '../../src/voice/ambe2/tables/prba58';
import { VOICED_BANDS } from '../../src/voice/ambe2/tables/voicing';
import { ImbeFrame } from '../../src/voice/imbe/frame';
import { decodeParameters } from '../../src/voice/imbe/parameters';
import { MbeModel } from '../../src/voice/mbe/model';
import { AmplitudePredictor } from '../../src/voice/mbe/prediction';
import { fromValues } from './ambe2-support';

/** What IMBE amplitudes are multiplied by: the levels of the two codecs differ (see src/voice/ambe2/parameters.ts). */
const LEVEL = 9.2;

/** Row of a table of `width` columns that is nearest to the wanted vector, of which it may have more columns. */
function nearest(table: ArrayLike<number>, width: number, wanted: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  let row = 0;
  for (let r = 0; r * width < table.length; r++) {
    const distance = wanted.reduce((sum, w, i) => sum + (w - table[r * width + i]) ** 2, 0);
    if (distance < best) {
      best = distance;
      row = r;
    }
  }
  return row;
}

/** c(k) = 1/n sum x(j) cos(pi k (j + 1/2) / n), of which the codec's inverse DCT makes x again. */
function dct(x: readonly number[]): number[] {
  const n = x.length;
  return x.map((_, k) => x.reduce((sum, v, j) => sum + v * Math.cos((Math.PI * k * (j + 0.5)) / n), 0) / n);
}

function idct(c: readonly number[]): number[] {
  const n = c.length;
  return c.map((_, j) => c.reduce((sum, v, k) => sum + (k ? 2 : 1) * v * Math.cos((Math.PI * k * (j + 0.5)) / n), 0));
}

const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;

/**
 * A plain encoder of speech models, written from the other side and without the decoder's code: every value the nearest one
 * to what is wanted. It finds no speech in sound; it takes models from another codec.
 */
export class Ambe2Encoder {
  private log: number[] = new Array(30).fill(0);
  private gain = 0;
  /** log2 amplitudes a decoder must find, from the first harmonic. */
  get amplitudes(): readonly number[] {
    return this.log;
  }

  /** @returns b0 .. b8 */
  encode(model: MbeModel): number[] {
    const cycles = model.fundamental / (2 * Math.PI);
    const b0 = nearest(FUNDAMENTAL.map(Math.log), 1, [Math.log(cycles)]);
    const fundamental = FUNDAMENTAL[b0];
    const harmonics = Math.floor(0.4627 / fundamental);
    const b1 = this.voicing(model, cycles);
    const wanted = Array.from({ length: harmonics }, (_, i) => {
      const place = Math.min(model.harmonics, Math.max(1, ((i + 1) * fundamental) / cycles));
      const low = Math.min(model.harmonics - 1, Math.floor(place));
      const amplitude = (l: number) => Math.log2(LEVEL * model.amplitude[l] + 1e-6);
      const level = amplitude(low) + (place - low) * (amplitude(low + 1) - amplitude(low));
      const band = Math.floor(16 * fundamental * (i + 1));
      const voiced = VOICED_BANDS[b1]?.[band] === '1';
      return voiced ? level : level - Math.log2(0.2046 / Math.sqrt(2 * Math.PI * fundamental));
    });
    const gain = mean(wanted) + 0.5 * Math.log2(harmonics);
    const b2 = nearest(GAIN_STEP, 1, [gain - 0.5 * this.gain]);
    this.gain = GAIN_STEP[b2] + 0.5 * this.gain;

    const before = Array.from({ length: harmonics }, (_, i) => {
      const place = (this.log.length * (i + 1)) / harmonics;
      const at = (l: number) => this.log[Math.min(this.log.length, Math.max(1, l)) - 1];
      const low = Math.floor(place);
      return at(low) + (place - low) * (at(low + 1) - at(low));
    });
    const predicted = before.map((value) => 0.65 * (value - mean(before)));
    const residual = wanted.map((value, i) => value - mean(wanted) - predicted[i]);

    const lengths = Array.from(BLOCK_LENGTHS[harmonics - 9], (digit) => Number.parseInt(digit, 18));
    let start = 0;
    const blocks = lengths.map((length) => {
      start += length;
      return dct(residual.slice(start - length, start));
    });
    const pairs = blocks.flatMap(([c1, c2]) => [c1 + Math.SQRT2 * c2, c1 - Math.SQRT2 * c2]);
    const averages = dct(pairs);
    const b3 = nearest(PRBA24, 3, averages.slice(1, 4));
    const b4 = nearest(PRBA58, 4, averages.slice(4));
    const higher = blocks.map((block, i) => nearest(HIGHER_ORDER[i], 4, block.slice(2, 6)));

    const sent = idct([0, ...PRBA24.subarray(3 * b3, 3 * b3 + 3), ...PRBA58.subarray(4 * b4, 4 * b4 + 4)]);
    const quantised = blocks.flatMap((block, i) =>
      idct(
        block.map((_, k) => {
          if (k === 0) return (sent[2 * i] + sent[2 * i + 1]) / 2;
          if (k === 1) return (sent[2 * i] - sent[2 * i + 1]) / Math.sqrt(8);
          return k < 6 ? HIGHER_ORDER[i][4 * higher[i] + k - 2] : 0;
        }),
      ),
    );
    const level = this.gain - 0.5 * Math.log2(harmonics) - mean(quantised);
    this.log = quantised.map((value, i) => value + predicted[i] + level);
    return [b0, b1, b2, b3, b4, ...higher];
  }

  /** The pattern that gives least energy the wrong voicing. */
  private voicing(model: MbeModel, cycles: number): number {
    const wrong = VOICED_BANDS.concat('00000000').map((bands) => {
      let energy = 0;
      for (let l = 1; l <= model.harmonics; l++) {
        const band = Math.min(7, Math.floor(16 * cycles * l));
        if (Number(bands[band]) !== model.voiced[l]) energy += model.amplitude[l] ** 2;
      }
      return energy;
    });
    return wrong.indexOf(Math.min(...wrong));
  }
}

/** The values of each IMBE frame's model in this codec. */
export function transcode(imbe: Uint8Array[], encoder = new Ambe2Encoder()): { values: number[]; bare: Uint8Array }[] {
  const frame = new ImbeFrame();
  const predictor = new AmplitudePredictor();
  const model = new MbeModel();
  return imbe.map((bytes) => {
    frame.read(bytes, 'bare');
    decodeParameters(frame.bits, predictor, model);
    const values = encoder.encode(model);
    return { values, bare: fromValues(values) };
  });
}
