/** Taps and phases of the interpolation filter. */
const TAPS = 16;
const PHASES = 64;
/** Part of the lower rate's half band that is kept. */
const PASSBAND = 0.9;
/** Input samples kept for the filter; a power of two. */
const RING = 4096;
/** Seconds of sound before a call begins, and before it goes on when it ran dry. */
const JITTER = 0.25;
/** Length of fades, s: no clicks where sound begins or stops. */
const FADE = 0.005;

/**
 * Plays one call at a time: a jitter buffer, and a resampler from the call's rate to the device's. Runs in an
 * AudioWorklet, or on the page where there is none.
 */
export class Player {
  /** @param {number} outputRate samples/s of the device */
  constructor(outputRate) {
    this.outputRate = outputRate;
    /** Times a call ran dry. */
    this.underruns = 0;
    this.ring = new Float32Array(RING);
    this.stop();
  }

  /** A call begins. @param {number} rate its samples/s */
  start(rate) {
    this.stop();
    this.rate = rate;
    this.step = rate / this.outputRate;
    this.filter = makeFilter(Math.min(1, this.outputRate / rate));
    this.active = true;
  }

  /** @param {Float32Array} samples the next of the call, full scale 1 */
  push(samples) {
    if (!this.active || samples.length === 0) return;
    this.chunks.push(samples);
    this.waiting += samples.length;
  }

  /** Nothing more will come of this call. */
  finish() {
    this.finished = true;
  }

  /** Forgets the call. */
  stop() {
    this.active = false;
    this.finished = false;
    this.running = false;
    this.chunks = [];
    this.offset = 0;
    this.waiting = 0;
    this.written = 0;
    this.position = 0;
    this.gain = 0;
    this.ring.fill(0);
  }

  /** Seconds of sound that have not been played. */
  get buffered() {
    return this.active ? (this.waiting + Math.max(0, this.written - this.position)) / this.rate : 0;
  }

  /**
   * Fills a block for the device.
   * @param {Float32Array} output
   * @returns {boolean} true when the call has just come to its end
   */
  render(output) {
    let drained = false;
    for (let i = 0; i < output.length; i++) output[i] = this.active ? this.next() : 0;
    if (this.active && this.finished && !this.running && this.waiting === 0) {
      drained = true;
      this.active = false;
    }
    return drained;
  }

  next() {
    if (!this.running) {
      if (this.waiting < (this.finished ? 1 : JITTER * this.rate)) return 0;
      this.running = true;
    }
    const needed = Math.floor(this.position) + TAPS / 2 + 1;
    if (this.written < needed) this.refill(needed);
    const dry = this.written < needed;
    const end = this.finished && this.waiting === 0;
    if (dry && (!end || this.position >= this.written)) {
      // What is left is kept, and silence fills the filter until there is more.
      if (!this.finished) this.underruns++;
      this.running = false;
      this.gain = 0;
      return 0;
    }
    const left = (this.written + this.waiting - this.position) / this.rate;
    const target = this.finished && left < FADE ? left / FADE : 1;
    this.gain = Math.min(target, this.gain + 1 / (FADE * this.outputRate));
    const sample = this.interpolate() * this.gain;
    this.position += this.step;
    return sample;
  }

  /** Moves input into the ring until `needed` samples have been there, or there are no more. */
  refill(needed) {
    const limit = Math.floor(this.position) - TAPS / 2 + RING;
    while (this.chunks.length > 0 && this.written < Math.min(limit, needed + RING / 4)) {
      const chunk = this.chunks[0];
      this.ring[this.written % RING] = chunk[this.offset];
      this.written++;
      this.waiting--;
      if (++this.offset === chunk.length) {
        this.chunks.shift();
        this.offset = 0;
      }
    }
    // Behind the last sample there is silence.
    for (let at = this.written; at < needed; at++) this.ring[at % RING] = 0;
  }

  interpolate() {
    const whole = Math.floor(this.position);
    const phase = (this.position - whole) * PHASES;
    const row = Math.floor(phase);
    const part = phase - row;
    const a = row * TAPS;
    const b = a + TAPS;
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      const weight = this.filter[a + tap] + part * (this.filter[b + tap] - this.filter[a + tap]);
      const at = whole + tap - TAPS / 2 + 1;
      if (at >= 0) sum += weight * this.ring[at % RING];
    }
    return sum;
  }
}

/** Windowed sinc, PHASES + 1 rows of TAPS; each row adds up to 1. */
function makeFilter(cutoff) {
  const filter = new Float32Array((PHASES + 1) * TAPS);
  for (let row = 0; row <= PHASES; row++) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      const x = tap - TAPS / 2 + 1 - row / PHASES;
      const turn = Math.PI * x * cutoff * PASSBAND;
      const sinc = turn === 0 ? 1 : Math.sin(turn) / turn;
      const window = 0.54 + 0.46 * Math.cos((Math.PI * x) / (TAPS / 2));
      filter[row * TAPS + tap] = Math.abs(x) < TAPS / 2 ? sinc * window : 0;
      sum += filter[row * TAPS + tap];
    }
    for (let tap = 0; tap < TAPS; tap++) filter[row * TAPS + tap] /= sum;
  }
  return filter;
}
