import type { MbeModel } from './model';

/** What the error correction found in a frame. */
export interface FrameErrors {
  /** Bits corrected in the first, best protected code: e0. */
  first: number;
  /** Bits corrected in the codeword the voicing decisions are in: e4. */
  voicing: number;
  /** Bits corrected in all codes: eT. */
  total: number;
  /** The smoothed rate of bit errors: eR. */
  rate: number;
}

/** Adaptive smoothing (TIA-102.BABA 9): takes the edge off what uncorrected errors do to voicing and loudness. */
export class AdaptiveSmoothing {
  /** Local energy S_E. */
  private energy = 75000;
  /** Amplitude threshold tau_M. */
  private threshold = 20480;

  reset(): void {
    this.energy = 75000;
    this.threshold = 20480;
  }

  /** Follows the energy of the decoded frames (eq. 111). */
  follow(frameEnergy: number): void {
    this.energy = Math.max(0.95 * this.energy + 0.05 * frameEnergy, 10000);
  }

  /** Changes voicing and amplitudes in place (eq. 112 to 116). */
  smooth(model: MbeModel, errors: FrameErrors): void {
    const limit = this.voicingLimit(errors);
    let sum = 0;
    for (let l = 1; l <= model.harmonics; l++) {
      if (model.amplitude[l] > limit) model.voiced[l] = 1;
      sum += model.amplitude[l];
    }
    const trusted = errors.rate <= 0.005 && errors.total <= 6;
    this.threshold = trusted ? 20480 : Math.max(0, 6000 - 300 * errors.total + this.threshold);
    if (this.threshold > sum) return;
    const factor = this.threshold / sum;
    for (let l = 1; l <= model.harmonics; l++) model.amplitude[l] *= factor;
  }

  /** V_M: stronger harmonics are taken as voiced whatever was received. */
  private voicingLimit(errors: FrameErrors): number {
    if (errors.rate <= 0.005 && errors.total <= 4) return Number.POSITIVE_INFINITY;
    const limit = Math.SQRT2 * this.energy ** 0.375;
    return errors.rate <= 0.0125 && errors.voicing === 0 ? limit * 32 * Math.exp(-277.26 * errors.rate) : limit;
  }
}
