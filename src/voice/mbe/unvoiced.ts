import { FFT_SIZE, inverseRealFft } from './inverse-fft';
import { MBE_FRAME, type MbeModel } from './model';
import type { Noise } from './noise';
import { FLAT, REACH, UNVOICED_FALL } from './window';

/**
 * How much louder noise is made than TIA-102.BABA has it: +1.5 dB, half way to what other open decoders do, so that
 * fricatives keep the weight people are used to.
 */
const NOISE_POWER = 10 ** 0.15;

/**
 * Power per DFT bin of an unvoiced band of amplitude 1: (sum wR)^2 / sum wR^2 = 150.02 of the encoder's window wR (annex
 * C), which relates a band's noise to its amplitude (eq. 121), spread over the bins.
 */
const BIN_POWER = (NOISE_POWER * 150.02) / FFT_SIZE;

/** Cosine of 1024 phases; the sine is a quarter turn away. */
const PHASES = 1024;
const COSINE = Float32Array.from({ length: PHASES + PHASES / 4 }, (_, i) => Math.cos((2 * Math.PI * i) / PHASES));

const specRe = new Float64Array(FFT_SIZE / 2);
const specIm = new Float64Array(FFT_SIZE / 2);
const segment = new Float32Array(FFT_SIZE);

/**
 * The unvoiced part of the sound (TIA-102.BABA 11.2): each frame is noise shaped by the amplitudes of the unvoiced
 * harmonics, and consecutive frames overlap. Where the standard filters one running noise, here each frame's spectrum
 * gets its magnitudes as decoded and random phases: a stationary noise of exactly the decoded power in every band, which
 * with a power-complementary overlap keeps its level through the frame.
 */
export class UnvoicedSynthesis {
  /** What of the last frame's noise reaches into the next, window not applied. */
  private readonly rest = new Float32Array(REACH);
  private restSilent = true;

  reset(): void {
    this.rest.fill(0);
    this.restSilent = true;
  }

  /** Adds one frame of 160 samples to `out`. */
  add(model: MbeModel, noise: Noise, out: Float32Array): void {
    if (!this.restSilent) for (let n = 0; n < REACH; n++) out[n] += UNVOICED_FALL[n] * this.rest[n];
    this.restSilent = !shapeNoise(model, noise);
    if (this.restSilent) return;
    inverseRealFft(specRe, specIm, segment);
    for (let n = FLAT + 1; n < MBE_FRAME; n++) out[n] += UNVOICED_FALL[MBE_FRAME - n] * segment[n - FLAT];
    this.rest.set(segment.subarray(REACH, 2 * REACH));
  }
}

/** Fills the spectrum with the unvoiced bands; false when there are none. */
function shapeNoise(model: MbeModel, noise: Noise): boolean {
  const binsPerHarmonic = (FFT_SIZE * model.fundamental) / (2 * Math.PI);
  let any = false;
  for (let l = 1; l <= model.harmonics; l++) {
    if (model.voiced[l] === 0 && model.amplitude[l] > 0) {
      any = true;
      break;
    }
  }
  if (!any) return false;
  specRe.fill(0);
  specIm.fill(0);
  // Bins ceil((l - 1/2) w) to ceil((l + 1/2) w) - 1 belong to harmonic l (eq. 122 and 123).
  let bin = Math.ceil(0.5 * binsPerHarmonic);
  for (let l = 1; l <= model.harmonics; l++) {
    const end = Math.min(Math.ceil((l + 0.5) * binsPerHarmonic), FFT_SIZE / 2);
    if (model.voiced[l] === 1) {
      bin = end;
      continue;
    }
    const magnitude = Math.sqrt(BIN_POWER) * model.amplitude[l];
    for (; bin < end; bin++) {
      const phase = noise.next16() & (PHASES - 1);
      specRe[bin] = magnitude * COSINE[phase];
      specIm[bin] = magnitude * COSINE[phase + PHASES / 4];
    }
  }
  return true;
}
