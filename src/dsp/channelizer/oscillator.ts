const TURN = 2 ** 32;

/**
 * A frequency as a whole number of 2^-32 turns per sample, so that the phase at any sample of a stream is exact, however
 * long the stream and wherever one starts.
 */
export class Oscillator {
  private readonly increment: number;

  /** Frequency in cycles per sample; rounded to the nearest 2^-32. */
  constructor(frequency: number) {
    this.increment = Math.round(frequency * TURN) | 0;
  }

  /** The frequency as rounded, cycles per sample, -0.5 .. 0.5. */
  get frequency(): number {
    return this.increment / TURN;
  }

  /** Phase at an absolute sample number, in turns. */
  turns(sample: number): number {
    return Math.imul(this.increment, sample >>> 0) / TURN;
  }
}
