import { freePlanar, type PlanarArray, planar } from '../fft';

/**
 * The latest stretch of the wideband signal as planar floats, addressed by absolute sample number. Before the sample it
 * was restarted at it holds zeros.
 */
export class SampleWindow {
  readonly samples: PlanarArray;
  /** Absolute number of the sample after the last one. */
  end = 0;
  private first = 0;
  private readonly capacity: number;

  /** keep: samples that stay available before `end`. chunk: most samples added at once. */
  constructor(
    readonly keep: number,
    chunk: number,
  ) {
    // Room for several chunks, so that sliding back costs little; the padding is for kernels that read a vector too far.
    this.capacity = keep + 8 * chunk;
    this.samples = planar(this.capacity + 16);
  }

  /** Starts afresh at an absolute sample number, after zeros. */
  restart(sample: number): void {
    this.first = sample - this.keep;
    this.end = sample;
    this.samples.re.view.fill(0, 0, this.keep);
    this.samples.im.view.fill(0, 0, this.keep);
  }

  /** Adds `count` samples and returns the place to write them at. */
  extend(count: number): number {
    let at = this.end - this.first;
    if (at + count > this.capacity) {
      this.samples.re.view.copyWithin(0, at - this.keep, at);
      this.samples.im.view.copyWithin(0, at - this.keep, at);
      this.first = this.end - this.keep;
      at = this.keep;
    }
    this.end += count;
    return at;
  }

  extendWithZeros(count: number): void {
    const at = this.extend(count);
    this.samples.re.view.fill(0, at, at + count);
    this.samples.im.view.fill(0, at, at + count);
  }

  /** Place of an absolute sample number. */
  placeOf(sample: number): number {
    return sample - this.first;
  }

  close(): void {
    freePlanar(this.samples);
  }
}
