import { TrunkflowError } from '../core/errors';
import { kaiser, kaiserBeta } from './filter-design';

/**
 * Positions between two input samples for which taps are tabulated. Where the ratio of the rates needs only so many, they
 * are exact; otherwise the taps are interpolated between PHASES of them.
 */
const MOST_PHASES = 512;
const PHASES = 128;

/** Stop-band attenuation, dB. */
const ATTENUATION = 80;

/** Zero crossings of the sinc on either side at the lower of the two rates. */
const CROSSINGS = 32;

/** Farthest the two rates may be apart. */
const MOST_RATIO = 1000;

/** 2 * half taps for each phase, and one phase more to interpolate with. */
interface TapTable {
  half: number;
  phases: number;
  taps: Float32Array;
}

/**
 * Changes the sample rate of a real signal by any ratio: a windowed sinc interpolated at the exact time of every output
 * sample (Smith and Gossett, "A flexible sampling-rate conversion method", ICASSP 1984). Output k is the signal at
 * k / outputRate seconds after the first input sample; there is no delay, and no drift however long it runs. The band up
 * to 0.42 of the lower rate is passed, what would alias is at least 75 dB down.
 */
export class Resampler {
  /** The ratio of the rates as a fraction: time advances by `step` / `unit` input samples per output. */
  private readonly step: number;
  private readonly unit: number;
  private readonly table: TapTable;
  /** Input samples still needed; place 0 is number `base`. */
  private buffer: Float32Array;
  private base: number;
  private end = 0;
  /** The next output lies at input sample `whole` + `part` / `unit`. */
  private whole = 0;
  private part = 0;

  /** Rates in samples/s. Throws TrunkflowError 'bad-setting' unless both are above 0 and at most 1:1000 apart. */
  constructor(inputRate: number, outputRate: number) {
    const ratio = inputRate / outputRate;
    if (!(inputRate > 0 && ratio >= 1 / MOST_RATIO && ratio <= MOST_RATIO))
      throw new TrunkflowError('bad-setting', 'Sample rates', {
        expected: `above 0 and at most 1:${MOST_RATIO} apart`,
        got: `${inputRate} and ${outputRate}`,
      });
    [this.step, this.unit] = fraction(ratio);
    this.table = tapTable(Math.min(1, outputRate / inputRate), this.unit <= MOST_PHASES ? this.unit : PHASES);
    this.buffer = new Float32Array(4 * this.table.half);
    this.base = -this.table.half;
  }

  /** Takes input samples, gives the output they complete. */
  process(input: Float32Array): Float32Array {
    this.append(input);
    return this.interpolate(this.end - this.table.half - 1);
  }

  /** Gives the rest, up to the time of the last input sample, as if zeros followed; then starts anew. */
  flush(): Float32Array {
    const { end } = this;
    this.append(new Float32Array(this.table.half));
    const rest = this.interpolate(end - 1);
    this.reset();
    return rest;
  }

  /** Forgets the signal: the next input sample is the first. */
  reset(): void {
    this.buffer.fill(0);
    this.base = -this.table.half;
    this.end = this.whole = this.part = 0;
  }

  private append(input: Float32Array): void {
    // What lies before the reach of the next output is no longer needed.
    const unused = Math.max(0, Math.min(this.whole - this.table.half + 1, this.end) - this.base);
    const kept = this.end - this.base - unused;
    if (kept + input.length > this.buffer.length) {
      const larger = new Float32Array(2 * (kept + input.length));
      larger.set(this.buffer.subarray(unused, unused + kept));
      this.buffer = larger;
    } else this.buffer.copyWithin(0, unused, unused + kept);
    this.base += unused;
    this.buffer.set(input, kept);
    this.end += input.length;
  }

  /** All outputs not later than input sample `last`, whose taps must reach no further than the buffer. */
  private interpolate(last: number): Float32Array {
    const until = last - this.whole - this.part / this.unit;
    const count = Math.max(0, Math.floor((until * this.unit) / this.step + 1e-9) + 1);
    const out = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      out[k] = this.sampleAt(this.whole - this.base, this.part / this.unit);
      this.part += this.step;
      const over = Math.floor(this.part / this.unit);
      this.whole += over;
      this.part -= over * this.unit;
    }
    return out;
  }

  /** The signal `fraction` of a sample after place `at`. */
  private sampleAt(at: number, fraction: number): number {
    const { half, phases, taps } = this.table;
    const position = fraction * phases;
    const nearest = Math.round(position);
    const first = at - half + 1;
    if (Math.abs(position - nearest) < 1e-9) return dot(this.buffer, first, taps, nearest * 2 * half, 2 * half);
    const row = Math.floor(position);
    const low = dot(this.buffer, first, taps, row * 2 * half, 2 * half);
    const high = dot(this.buffer, first, taps, (row + 1) * 2 * half, 2 * half);
    return low + (position - row) * (high - low);
  }
}

function dot(x: Float32Array, at: number, taps: Float32Array, row: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[at + i] * taps[row + i];
  return sum;
}

/** cutoff: the band kept as a part of the input's. Resamplers of one ratio share their table. */
function tapTable(cutoff: number, phases: number): TapTable {
  const key = `${cutoff} ${phases}`;
  let table = tables.get(key);
  if (table) return table;
  const half = Math.ceil(CROSSINGS / cutoff);
  const beta = kaiserBeta(ATTENUATION);
  // The transition lies on both sides of 0.46 of the lower rate, so that it ends at half of it.
  const bandwidth = 0.92 * cutoff;
  const taps = new Float32Array((phases + 1) * 2 * half);
  for (let phase = 0; phase <= phases; phase++) {
    const row = taps.subarray(phase * 2 * half, (phase + 1) * 2 * half);
    let sum = 0;
    for (let i = 0; i < 2 * half; i++) {
      const x = i - half + 1 - phase / phases;
      const sinc = x === 0 ? bandwidth : Math.sin(Math.PI * bandwidth * x) / (Math.PI * x);
      row[i] = sinc * kaiser(x / half, beta);
      sum += row[i];
    }
    for (let i = 0; i < 2 * half; i++) row[i] /= sum;
  }
  table = { half, phases, taps };
  if (tables.size >= MOST_TABLES) tables.clear();
  tables.set(key, table);
  return table;
}

const tables = new Map<string, TapTable>();
const MOST_TABLES = 32;

/** A ratio as a fraction of whole numbers, by its continued fraction; exact for the rates radios use. */
function fraction(ratio: number): [number, number] {
  let [n0, d0, n1, d1] = [0, 1, 1, 0];
  let rest = ratio;
  for (;;) {
    const whole = Math.floor(rest);
    [n0, n1] = [n1, whole * n1 + n0];
    [d0, d1] = [d1, whole * d1 + d0];
    if (Math.abs(n1 / d1 - ratio) <= 1e-14 * ratio || d1 > 1e8) return [n1, d1];
    rest = 1 / (rest - whole);
  }
}
