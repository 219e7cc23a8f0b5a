/** A mean above this (-20 dBFS) is a carrier tuned to the middle, not a receiver's DC offset, and is left alone. */
const LARGEST = 0.1;

/** Seconds over which the estimate averages, and the weight its first value, zero, has, in seconds. */
const AVERAGE = 1;
const PRIOR = 0.02;

/**
 * A receiver's DC offset, from the means of consecutive chunks. What is taken out of a chunk depends only on the chunks
 * before it.
 */
export class DcEstimator {
  re = 0;
  im = 0;
  private weight: number;
  private readonly most: number;

  /** rate: samples/s. */
  constructor(rate: number) {
    this.weight = PRIOR * rate;
    this.most = AVERAGE * rate;
  }

  /** Learns from the mean of `samples` further samples. */
  add(meanRe: number, meanIm: number, samples: number): void {
    if (Math.hypot(meanRe, meanIm) > LARGEST) return;
    this.weight = Math.min(this.weight + samples, this.most);
    const step = samples / this.weight;
    this.re += step * (meanRe - this.re);
    this.im += step * (meanIm - this.im);
  }
}
