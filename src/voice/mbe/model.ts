/** Samples per second of decoded speech. */
export const MBE_RATE = 8000;
/** Samples in a frame: 20 ms. */
export const MBE_FRAME = 160;
/** Most harmonics of the fundamental in any MBE codec. */
export const MAX_HARMONICS = 56;

/**
 * The multi-band excitation model of one frame: a fundamental, and for each of its harmonics an amplitude and whether it
 * is voiced (a sinusoid) or unvoiced (noise of one harmonic's bandwidth). Arrays are indexed by harmonic from 1.
 */
export class MbeModel {
  /** Fundamental, radians per sample; the start value is that of TIA-102.BABA annex A. */
  fundamental = 0.02985 * Math.PI;
  /** Number of harmonics, L. */
  harmonics = 30;
  readonly voiced = new Uint8Array(MAX_HARMONICS + 1);
  readonly amplitude = new Float32Array(MAX_HARMONICS + 1);

  copyFrom(other: MbeModel): void {
    this.fundamental = other.fundamental;
    this.harmonics = other.harmonics;
    this.voiced.set(other.voiced);
    this.amplitude.set(other.amplitude);
  }

  /** The state before a first frame: silence. */
  reset(): void {
    this.fundamental = 0.02985 * Math.PI;
    this.harmonics = 30;
    this.voiced.fill(0);
    this.amplitude.fill(0);
  }
}
