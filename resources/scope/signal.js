import { Band } from './band.js';
import { AutoRange, Average, PeakHold } from './traces.js';

/** What has come of the stream that is looked at: its newest frame, its band, and traces over time. */
export class Signal {
  /** @param {number} averaging seconds */
  constructor(averaging) {
    this.band = new Band();
    this.average = new Average(averaging);
    this.peaks = new PeakHold();
    this.auto = new AutoRange();
    this.frame = null;
  }

  /** True while frequencies are those of the air. */
  get radio() {
    return this.frame?.kind === 'iq';
  }

  get floor() {
    return this.frame?.figures.floor ?? this.auto.low + 8;
  }

  /** True for a frame of another stream than the last one. */
  isOther({ stream, kind }) {
    return this.frame !== null && (this.frame.stream !== stream || this.frame.kind !== kind);
  }

  /** Takes a frame. @returns {boolean} true when its band is another one, where traces begin anew */
  push(frame) {
    const elapsed = this.frame ? Math.max(0.01, (frame.time - this.frame.time) / 1000) : 1;
    this.frame = frame;
    if (!frame.mean) return false;
    const isMoved = this.band.fit(frame);
    if (isMoved) this.clearTraces();
    this.average.push(frame.mean, elapsed);
    this.peaks.push(frame.peak);
    this.auto.push(this.average.shown, frame.peak, frame.figures.floor);
    return isMoved;
  }

  resetPeaks() {
    this.peaks.clear();
    if (this.frame?.peak) this.peaks.push(this.frame.peak);
  }

  clear() {
    this.band = new Band();
    this.clearTraces();
    this.frame = null;
  }

  clearTraces() {
    for (const trace of [this.average, this.peaks, this.auto]) trace.clear();
  }
}
