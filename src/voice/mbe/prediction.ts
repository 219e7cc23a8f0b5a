import { MAX_HARMONICS } from './model';

const predicted = new Float64Array(MAX_HARMONICS + 1);

/**
 * The memory of the log amplitude predictor that all MBE codecs share: a frame carries only what its log2 amplitudes
 * differ from those of the frame before, stretched to the new number of harmonics.
 */
export class AmplitudePredictor {
  /** log2 of the last frame's amplitudes; index 0 is what `floor` says. */
  private readonly log = new Float64Array(MAX_HARMONICS + 2);
  private harmonics = 30;

  /** @param floor what stands below the first harmonic: an amplitude of one, or that of the first harmonic again */
  constructor(private readonly floor: 'one' | 'first' = 'one') {}

  reset(): void {
    this.log.fill(0);
    this.harmonics = 30;
  }

  /**
   * Adds the prediction (TIA-102.BABA eq. 75 to 79) to the residual and remembers the sum.
   * @param residual T(l), l = 1..harmonics
   * @param rho share of the last frame that is predicted
   * @param amplitude where the amplitudes go, from index 1
   */
  predict(residual: Float64Array, harmonics: number, rho: number, amplitude: Float32Array): void {
    const { log } = this;
    log.fill(log[this.harmonics], this.harmonics + 1);
    if (this.floor === 'first') log[0] = log[1];
    let mean = 0;
    for (let l = 1; l <= harmonics; l++) {
      const place = (this.harmonics * l) / harmonics;
      const below = Math.floor(place);
      const share = place - below;
      predicted[l] = (1 - share) * log[below] + share * log[below + 1];
      mean += predicted[l];
    }
    mean /= harmonics;
    for (let l = 1; l <= harmonics; l++) {
      log[l] = residual[l] + rho * (predicted[l] - mean);
      amplitude[l] = 2 ** log[l];
    }
    this.harmonics = harmonics;
  }
}
