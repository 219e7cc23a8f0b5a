import { carrierNear } from './band.js';
import { CHANNEL_WIDTH } from './channel-marks.js';

/** Pixels around a click in which a carrier is looked for. */
const SNAP = 14;

/** The frequency that is pointed at, and what is there. */
export class Cursor {
  /**
   * @param {Signal} signal
   * @param {() => object[]} channels those that are known
   * @param {() => number} width of the spectrum, pixels
   */
  constructor(signal, channels, width) {
    Object.assign(this, { signal, channels, width });
    this.clear();
  }

  clear() {
    /** Frequency pinned by click or key, and the one the mouse is at, Hz. */
    this.pinned = null;
    this.hovered = null;
  }

  get frequency() {
    return this.hovered ?? this.pinned;
  }

  /** @param {number | null} place of the mouse, 0..1 */
  hover(place) {
    const { band } = this.signal;
    this.hovered = place === null || band.bins === 0 ? null : band.frequencyAt(place);
  }

  pin(frequency) {
    const { band } = this.signal;
    if (band.bins === 0) return;
    this.pinned = frequency === null ? null : Math.min(band.high, Math.max(band.low, frequency));
    if (this.pinned !== null) band.reveal(this.pinned);
    this.hovered = null;
  }

  /** Another band: a frequency outside it is not pinned any more. */
  stayInside() {
    const { low, high } = this.signal.band;
    if (this.pinned !== null && !(this.pinned >= low && this.pinned <= high)) this.pinned = null;
  }

  step(direction, big) {
    const { band } = this.signal;
    const step = Math.max(band.step, band.span / (big ? 20 : 400));
    this.pin((this.pinned ?? (band.from + band.to) / 2) + direction * step);
  }

  toEdge(direction) {
    const { from, to } = this.signal.band;
    this.pin(direction < 0 ? from : to);
  }

  /** To the next carrier that stands out. */
  toCarrier(direction) {
    const { band, average, floor } = this.signal;
    const from = this.pinned ?? (direction > 0 ? band.from : band.to);
    const levels = average.shown;
    const skip = Math.max(2, Math.round(15_000 / band.step));
    let i = Math.round(band.binOf(from)) + direction * skip;
    while (i >= 0 && i < levels.length && !(levels[i] > floor + 10)) i += direction;
    this.pin(i >= 0 && i < levels.length ? this.meant(band.first + i * band.step) : from);
  }

  /** Where to zoom, 0..1. */
  get place() {
    const place = this.pinned === null ? 0.5 : this.signal.band.placeOf(this.pinned);
    return place >= 0 && place <= 1 ? place : 0.5;
  }

  /** The channel at a frequency. */
  channelAt(frequency) {
    if (frequency === null || !this.signal.radio) return undefined;
    const reach = Math.max(CHANNEL_WIDTH / 2, (this.signal.band.span * 6) / this.width());
    const near = this.channels().filter((channel) => Math.abs(channel.frequency - frequency) <= reach);
    return near.sort((a, b) => Math.abs(a.frequency - frequency) - Math.abs(b.frequency - frequency))[0];
  }

  /** The frequency meant by a place: a channel's, a carrier's, or else itself. */
  meant(frequency) {
    const channel = this.channelAt(frequency);
    if (channel) return channel.frequency;
    const { band, average, floor, radio } = this.signal;
    const reach = Math.max((SNAP / this.width()) * band.span, radio ? 3000 : 0);
    return carrierNear(band, average.shown, frequency, reach, floor) ?? frequency;
  }
}
