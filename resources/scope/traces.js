/** What becomes of the frames' spectra on their way to the eye. All values are dB. */

const power = (decibels) => 10 ** (decibels / 10);
const decibels = (value) => 10 * Math.log10(Math.max(value, 1e-20));

/** Means of the spectra of the last while: of powers, as a meter would show them. */
export class Average {
  /** @param {number} seconds time constant; 0 shows each spectrum as it is */
  constructor(seconds) {
    this.seconds = seconds;
    this.powers = null;
    this.shown = null;
  }

  /** @param {Float32Array} mean @param {number} elapsed seconds since the last one */
  push(mean, elapsed) {
    const share = this.seconds > 0 ? 1 - Math.exp(-elapsed / this.seconds) : 1;
    if (share >= 1 || this.powers?.length !== mean.length) {
      this.powers = Float64Array.from(mean, power);
      this.shown = Float32Array.from(mean);
      return;
    }
    for (let i = 0; i < mean.length; i++) {
      this.powers[i] += share * (power(mean[i]) - this.powers[i]);
      this.shown[i] = decibels(this.powers[i]);
    }
  }

  clear() {
    this.powers = this.shown = null;
  }
}

/** The highest values since it was cleared. */
export class PeakHold {
  constructor() {
    this.shown = null;
  }

  /** @param {Float32Array} peak */
  push(peak) {
    if (this.shown?.length !== peak.length) this.shown = Float32Array.from(peak);
    else for (let i = 0; i < peak.length; i++) if (peak[i] > this.shown[i]) this.shown[i] = peak[i];
  }

  clear() {
    this.shown = null;
  }
}

/** Margins around what is to be seen, and how far it may move before the range follows, dB. */
const BELOW = 8;
const ABOVE = 6;
const STEP = 5;
const LEAST_SPAN = 40;
/** Deeper than this nothing is shown by itself: beside a channel there is only what its filter left. */
const MOST_SPAN = 100;

/** The range of levels that shows floor and peaks, moving in steps and seldom. */
export class AutoRange {
  constructor() {
    this.clear();
  }

  /** @param {Float32Array} mean @param {Float32Array} peak @param {number} [floor] noise of a bin, if known */
  push(mean, peak, floor) {
    let most = -200;
    for (let i = 0; i < peak.length; i++) if (peak[i] > most) most = peak[i];
    const top = Math.ceil((most + ABOVE) / STEP) * STEP;
    const low = Math.max(top - MOST_SPAN, Math.floor(((floor ?? quantile(mean, 0.1)) - BELOW) / STEP) * STEP);
    const high = Math.max(low + LEAST_SPAN, top);
    if (Number.isNaN(this.low) || low < this.low || low > this.low + 2 * STEP) this.low = Math.max(-200, low);
    // What was strong a moment ago should not make everything jump when it stops.
    this.quiet = high >= this.high - STEP ? 0 : this.quiet + 1;
    if (Number.isNaN(this.high) || high > this.high || this.quiet > 30) this.high = high;
    this.high = Math.max(this.high, this.low + LEAST_SPAN);
  }

  clear() {
    this.low = this.high = Number.NaN;
    this.quiet = 0;
  }
}

/** The value so many of the values are below. @param {Float32Array} values @param {number} share 0..1 */
export function quantile(values, share) {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.floor(share * (sorted.length - 1))] ?? -200;
}
