/** Most spectra and most samples transformed per frame: enough for a steady trace, little work at any rate. */
const MOST_SPECTRA = 64;
const MOST_SAMPLES = 48 * 2048;
/** Frames of narrow streams get shorter transforms rather than fewer than about this many spectra. */
const FEWEST_SPECTRA = 8;

/** Shortest transform. */
const LEAST_SIZE = 256;

/**
 * Which samples of a stream are transformed: every frame spans the same number of samples and holds the same number of
 * spectra, evenly spread, on a grid of absolute sample numbers. So neither block sizes nor where the watching began
 * change what a frame shows.
 */
export class Schedule {
  /** Samples of a transform, a power of two. */
  readonly size: number;
  /** Samples of a frame. */
  readonly span: number;
  /** Spectra in a frame. */
  readonly spectra: number;

  /** rate: samples/s; most: longest transform. */
  constructor(rate: number, frameRate: number, most: number) {
    this.span = Math.max(LEAST_SIZE, Math.round(rate / frameRate));
    this.size = most;
    while (this.size > LEAST_SIZE && (2 * this.span) / this.size < FEWEST_SPECTRA) this.size /= 2;
    this.spectra = Math.max(
      1,
      Math.min(MOST_SPECTRA, MOST_SAMPLES / this.size, Math.floor((2 * this.span) / this.size)),
    );
  }

  /** Number of the sample after the last one of a frame's spectrum. */
  end(frame: number, spectrum: number): number {
    return frame * this.span + Math.round(((spectrum + 1) * this.span) / this.spectra);
  }

  /** The first frame that lies wholly in what comes from this sample on. */
  firstFrame(sample: number): number {
    let frame = Math.max(0, Math.floor(sample / this.span));
    while (this.end(frame, 0) - this.size < sample) frame++;
    return frame;
  }
}
