import FFT from 'fft.js';
import { FRAME } from './support';

const SIZE = 1024;
const WINDOW = Float64Array.from({ length: 2 * FRAME }, (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * (n + 0.5)) / FRAME));
const fft = new FFT(SIZE);

/** Power spectrum (513 bins of 7.8125 Hz) of the 40 ms from `start`, Hann window. */
export function powerSpectrum(samples: ArrayLike<number>, start: number): Float64Array {
  const input = new Array<number>(SIZE).fill(0);
  for (let n = 0; n < WINDOW.length; n++) input[n] = WINDOW[n] * samples[start + n];
  const output = fft.createComplexArray();
  fft.realTransform(output, input);
  return Float64Array.from({ length: SIZE / 2 + 1 }, (_, k) => output[2 * k] ** 2 + output[2 * k + 1] ** 2);
}

/** Centres of the third-octave bands of telephone speech, Hz. */
export const BANDS = [160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150];

/** Third-octave levels, dB, of each 20 ms step. */
export function bandLevels(samples: ArrayLike<number>): number[][] {
  const levels: number[][] = [];
  for (let start = 0; start + 2 * FRAME <= samples.length; start += FRAME) {
    const power = powerSpectrum(samples, start);
    levels.push(
      BANDS.map((centre) => {
        let sum = 1e-3;
        for (let k = 0; k < power.length; k++) {
          const hertz = (k * 8000) / SIZE;
          if (hertz >= centre / 2 ** (1 / 6) && hertz < centre * 2 ** (1 / 6)) sum += power[k];
        }
        return 10 * Math.log10(sum);
      }),
    );
  }
  return levels;
}

/** Level of all bands from `first` to before `end` together, dB. */
export function total(levels: number[], first = 0, end = levels.length): number {
  return 10 * Math.log10(levels.slice(first, end).reduce((sum, level) => sum + 10 ** (level / 10), 0));
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

const third = (x: ArrayLike<number>, n: number): number => x[n + 3] - 3 * x[n + 2] + 3 * x[n + 1] - x[n];

/** The largest third difference: a step in a waveform shows there first. */
export function sharpest(samples: ArrayLike<number>, from = 0, to = samples.length): number {
  let most = 0;
  for (let n = from; n + 3 < to; n++) most = Math.max(most, Math.abs(third(samples, n)));
  return most;
}

/** The sharpest step between two frames, relative to the sharpest place inside them. */
export function worstJoint(samples: Float32Array): number {
  let worst = 0;
  for (let joint = FRAME; joint < samples.length; joint += FRAME) {
    const around = Math.max(sharpest(samples, joint - FRAME, joint), sharpest(samples, joint, joint + FRAME));
    worst = Math.max(worst, sharpest(samples, joint - 3, joint + 3) / (around + 50));
  }
  return worst;
}

/**
 * How rough the joints between 20 ms frames are: third differences across a joint, relative to those at other places,
 * each frame normalised by its own. 1 = a joint cannot be told from any other place.
 */
export function jointRoughness(samples: ArrayLike<number>): number {
  const places = new Float64Array(FRAME);
  for (let start = 0; start + FRAME + 3 <= samples.length; start += FRAME) {
    const squares = Float64Array.from({ length: FRAME }, (_, n) => third(samples, start + n) ** 2);
    const mean = squares.reduce((sum, square) => sum + square, 0) / FRAME;
    if (mean < 100) continue;
    for (let n = 0; n < FRAME; n++) places[n] += squares[n] / mean;
  }
  const joint = Math.max(places[FRAME - 1], places[FRAME - 2], places[FRAME - 3]);
  return Math.sqrt(joint / median([...places]));
}

/** A reference without its constant offset, which would leak into the low bands. */
export function withoutOffset(samples: Int16Array): Float64Array {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return Float64Array.from(samples, (sample) => sample - mean);
}

/**
 * Median difference of the band levels, dB, over the voiced steps: those within 30 dB of the loudest and stronger below
 * 900 Hz than above.
 * @param shapeOnly take the difference in loudness out of every step
 */
export function voicedDifferences(
  ours: number[][],
  theirs: number[][],
  shapeOnly = false,
): { voiced: number; differences: number[] } {
  const loudest = Math.max(...theirs.map((levels) => total(levels)));
  const steps = theirs.flatMap((levels, i) =>
    i < ours.length && total(levels) > loudest - 30 && total(levels, 0, 8) > total(levels, 8) ? [i] : [],
  );
  const differences = BANDS.map((_, band) =>
    median(steps.map((i) => ours[i][band] - theirs[i][band] - (shapeOnly ? total(ours[i]) - total(theirs[i]) : 0))),
  );
  return { voiced: steps.length, differences };
}
