/** Stream time over which offsets are averaged before they are told, ms. */
const SETTLE = 3000;
/** Least frames in that time. */
const LEAST_FRAMES = 5;
/** What is told is told again when it has changed by this much, parts per million. */
const CHANGE = 0.2;
/** After telling, what is under way may still have the old offset, ms. */
const UNDER_WAY = 2000;
/** Weight of a new frame in the average that is shown. */
const SHARE = 0.1;

/** The carrier offset of a stream, from its frames; of one frequency. */
export class CarrierOffset {
  private smoothed: number | undefined;
  private since = Number.NaN;
  private sum = 0;
  private count = 0;
  private told: number | undefined;

  /** A frame at `time` (ms, stream time) had this offset, Hz. */
  add(time: number, offset: number): void {
    this.smoothed = this.smoothed === undefined ? offset : this.smoothed + SHARE * (offset - this.smoothed);
    if (Number.isNaN(this.since)) this.since = time;
    if (time < this.since) return;
    this.sum += offset;
    this.count++;
  }

  /** Hz; undefined while no frame was read. */
  get value(): number | undefined {
    return this.smoothed === undefined ? undefined : Math.round(this.smoothed);
  }

  /**
   * The offset (Hz) when there is something to tell: once it is known well, and when it is another one than was told.
   * `frequency` of the channel in Hz.
   */
  news(time: number, frequency: number): number | undefined {
    if (!(frequency > 0) || this.count < LEAST_FRAMES || !(time - this.since >= SETTLE)) return undefined;
    const mean = this.sum / this.count;
    const changed = this.told === undefined || Math.abs(mean - this.told) > (CHANGE * frequency) / 1e6;
    this.since = changed ? time + UNDER_WAY : time;
    this.sum = this.count = 0;
    if (!changed) return undefined;
    this.told = mean;
    return mean;
  }

  reset(): void {
    this.smoothed = this.told = undefined;
    this.since = Number.NaN;
    this.sum = this.count = 0;
  }
}
