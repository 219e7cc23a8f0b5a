/** Most times the whole band is widened, and least bins that are seen. */
const LEAST_BINS = 24;

/** Which part of a band is seen, and where its frequencies lie on the screen. Places run from 0 (left) to 1. */
export class Band {
  constructor() {
    /** Frequency of the first bin's middle and distance of bins, Hz. */
    this.first = 0;
    this.step = 1;
    this.bins = 0;
    this.zoomed = null;
  }

  /** @param {{center: number, first: number, step: number, mean: Float32Array}} frame @returns {boolean} it is another band */
  fit({ center, first, step, mean }) {
    const start = center + first;
    if (start === this.first && step === this.step && mean.length === this.bins) return false;
    // A retuned band is looked at anew; a finer one of the same width is not another one.
    const same = this.bins > 0 && start === this.first && Math.abs(step * mean.length - this.step * this.bins) < 1;
    Object.assign(this, { first: start, step, bins: mean.length });
    if (!same) this.zoomed = null;
    return true;
  }

  /** Edges of the whole band, Hz. */
  get low() {
    return this.first - this.step / 2;
  }
  get high() {
    return this.first + (this.bins - 0.5) * this.step;
  }

  /** Edges of what is seen, Hz. */
  get from() {
    return this.zoomed?.from ?? this.low;
  }
  get to() {
    return this.zoomed?.to ?? this.high;
  }
  get span() {
    return this.to - this.from;
  }

  /** Place of a frequency, and the frequency of a place. */
  placeOf(frequency) {
    return (frequency - this.from) / this.span;
  }
  frequencyAt(place) {
    return this.from + place * this.span;
  }

  /** Bin of a frequency, as a fraction. */
  binOf(frequency) {
    return (frequency - this.first) / this.step;
  }

  /** Zooms so that the frequency at a place stays there. @param {number} factor above 1 shows less of the band */
  zoom(factor, place) {
    const whole = this.high - this.low;
    const span = Math.min(whole, Math.max(LEAST_BINS * this.step, this.span / factor));
    this.show(this.frequencyAt(place) - place * span, span);
  }

  /** Moves by a share of what is seen. */
  pan(share) {
    this.show(this.from + share * this.span, this.span);
  }

  /** Moves as little as needed so that a frequency is seen. */
  reveal(frequency) {
    if (frequency < this.from || frequency > this.to) this.show(frequency - this.span / 2, this.span);
  }

  whole() {
    this.zoomed = null;
  }

  show(from, span) {
    const start = Math.min(this.high - span, Math.max(this.low, from));
    this.zoomed = span >= this.high - this.low ? null : { from: start, to: start + span };
  }
}

/** Round numbers from `from` to `to`, about `count` of them. @returns {number[]} */
export function ticks(from, to, count) {
  const raw = (to - from) / Math.max(1, count);
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = decade * [1, 2, 2.5, 5, 10].find((factor) => factor * decade >= raw * 0.999);
  const out = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) out.push(i * step);
  return out;
}

/** Digits behind the point that tell neighbouring values of such a distance apart. */
export function digitsFor(distance) {
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(distance) - 1e-9)));
}

/**
 * The carrier near a frequency: the middle of what rises from the floor around the highest bin within reach.
 * @param {Band} band @param {Float32Array} levels dB by bin @param {number} frequency Hz @param {number} reach Hz
 * @param {number} floor noise of a bin, dB
 * @returns {number | null} Hz; null when nothing rises there
 */
export function carrierNear(band, levels, frequency, reach, floor) {
  const first = Math.max(0, Math.round(band.binOf(frequency - reach)));
  const last = Math.min(levels.length - 1, Math.round(band.binOf(frequency + reach)));
  let best = first;
  for (let i = first; i <= last; i++) if (levels[i] > levels[best]) best = i;
  if (!(levels[best] > floor + 6)) return null;
  // A modulated carrier has many bins: its middle is their centre of gravity, down to half way to the floor.
  const edge = Math.max(floor + 3, levels[best] - 20);
  const wide = Math.max(2, Math.round(8000 / band.step));
  let sum = 0;
  let moment = 0;
  for (const direction of [-1, 1])
    for (let i = best + (direction > 0 ? 0 : -1); Math.abs(i - best) <= wide && levels[i] > edge; i += direction) {
      const weight = 10 ** (levels[i] / 10);
      sum += weight;
      moment += weight * i;
    }
  return band.first + (sum > 0 ? moment / sum : best) * band.step;
}
