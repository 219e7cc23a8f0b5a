import type { AirInterface } from '../air-interface';
import { PHASES, releasePolyphase, type SharedTable, shareLowpass } from '../demod/fir';
import { channelMixer, type Mixer } from '../demod/mixer';
import { type Fsk4Plan, planFor } from '../demod/plan';
import { Resampler } from '../demod/resampler';
import type { SampleReader } from '../demod/samples';
import { scratch } from '../demod/scratch';
import { SignalHistory } from '../demod/signal-history';
import { receiveFilter } from '../demod/soft-discriminator';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { fitLevels, type LevelFit } from './levels';

/** Samples per symbol of the traces. */
export const EYE_RATE = 8;
/** Symbols looked at in each frame. */
const SYMBOLS = 240;
const FILTER_SYMBOLS = 12;
/** Half the bandwidth let in, over the demodulator's rate: as the demodulator does it. */
const BAND = 0.3;
/** Rates that can be sampled: at least this many samples per symbol, at most so many per second. */
const LEAST_PER_SYMBOL = 2.4;
const MOST_RATE = 200_000;

/** How a 4-level signal looks at its symbols. */
export interface EyeView {
  /** Frequency over time in levels, EYE_RATE samples per symbol, the first one in the middle of a symbol. */
  trace: Float32Array;
  /** Values in the middles of the symbols, in levels. */
  values: Float32Array;
  /** Phase steps from symbol to symbol as complex numbers (re, im); magnitude 1 is the typical power. Empty for audio. */
  points: Float32Array;
  /** Modulation error ratio, dB: mean square of the levels over that of the values' distances from them. */
  mer: number;
  /** Hz: what level 0 differs from the channel's middle, and what a step of 1 in level is; 0 for audio. */
  offset: number;
  deviation: number;
}

/** True when a stream of this rate can be looked at symbol by symbol. */
export function canShowEye(air: AirInterface, rate: number): boolean {
  return rate >= LEAST_PER_SYMBOL * air.symbolRate && rate <= MOST_RATE;
}

/**
 * Samples a channel at its symbols as the demodulator does, but blindly: the symbol clock is the phase at which the
 * values lie closest to four levels. So any signal of this symbol rate can be looked at, sync words or not.
 */
export class Eye {
  private readonly plan: Fsk4Plan;
  private readonly resampler: Resampler;
  private readonly history: SignalHistory;
  private readonly mixer: Mixer | null;
  private readonly table: SharedTable | null;
  private readonly taps: KernelArray<Float32Array>;
  private readonly complex: boolean;

  /** rate: samples/s; planes: 2 for iq, 1 for discriminator audio. */
  constructor(air: AirInterface, rate: number, planes: 1 | 2) {
    const plan = planFor(air);
    this.plan = plan;
    this.complex = planes === 2;
    const filter = { cutoff: BAND * plan.rate, transition: 0.1 * plan.rate };
    this.resampler = new Resampler(rate, plan.rate, filter, planes, plan.hop);
    this.history = new SignalHistory(planes, (SYMBOLS + 4 * FILTER_SYMBOLS) * plan.perSymbol, plan.hop);
    this.mixer = this.complex ? channelMixer(this.history, plan) : null;
    this.table = this.complex ? null : shareLowpass(6 * plan.perSymbol, 0.5 * (1 - 1 / 16), 6);
    const taps = receiveFilter(plan, EYE_RATE, FILTER_SYMBOLS * EYE_RATE);
    this.taps = kernelFloats(taps.length);
    this.taps.view.set(taps);
  }

  /** Takes the samples of a block from index `from` up to (not including) `to`. */
  feed(block: SampleReader, from: number, to: number): void {
    const part: SampleReader = { length: to, read: block.read.bind(block) };
    while (from < to) {
      from += this.resampler.take(part, from);
      if (this.resampler.ready) this.resampler.produce(this.history);
    }
  }

  /** How the newest samples look; null when there are too few, or nothing that varies. */
  view(): EyeView | null {
    const { plan, history, taps } = this;
    const half = taps.length / 2;
    const reach = this.mixer?.reach ?? this.table!.table.length / 2 + 1;
    const count = (SYMBOLS + 1) * EYE_RATE;
    const step = plan.perSymbol / EYE_RATE;
    const samples = count + 2 * half;
    const start = history.end - reach - 2 - samples * step;
    if (start < reach) return null;
    const offset = this.complex ? meanFrequency(history, start, plan.rate) : 0;
    const raw = this.complex ? this.frequencies(start, step, samples, offset) : this.audio(start, step, samples);
    const filtered = new Float32Array(count);
    const filter = taps.view;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k < filter.length; k++) sum += filter[k] * raw[i + k];
      filtered[i] = sum;
    }
    const found = findClock(filtered);
    return found && this.describe(filtered, found, half, offset);
  }

  reset(): void {
    this.resampler.clear();
    this.history.clear();
  }

  close(): void {
    this.resampler.free();
    this.history.free();
    this.mixer?.free();
    if (this.table) releasePolyphase(this.table.key);
    this.taps.free();
  }

  private describe(filtered: Float32Array, { clock, fit }: Clock, half: number, offset: number): EyeView {
    const levelOf = (value: number) => (value - fit.zero) / fit.gain;
    const whole = Math.floor(clock);
    const part = clock - whole;
    const trace = new Float32Array((SYMBOLS - 1) * EYE_RATE);
    for (let i = 0; i < trace.length; i++) trace[i] = levelOf(between(filtered, whole + i, part));
    const values = new Float32Array(SYMBOLS - 1);
    for (let k = 0; k < values.length; k++) values[k] = trace[k * EYE_RATE];
    const mer = 10 * Math.log10(5 / Math.max(fit.error, 1e-4));
    if (!this.complex) return { trace, values, points: new Float32Array(), mer, offset: 0, deviation: 0 };
    const points = phaseSteps(clock + half, values.length, (2 * Math.PI * fit.zero) / this.plan.air.symbolRate);
    return { trace, values, points, mer, offset: offset + fit.zero, deviation: fit.gain };
  }

  /** Frequency in Hz at `count` instants from `start` on, `step` samples apart, through the channel filter. */
  private frequencies(start: number, step: number, count: number, offset: number): Float32Array {
    const mixer = this.mixer!;
    mixer.tune(start, start + (count + 1) * step, offset);
    mixer.read(start, step, count + 1, 'scope');
    const angle = scratch('scope-angle', count + 8);
    const power = scratch('scope-power', count + 8);
    const re = scratch('scope-re', 0);
    const im = scratch('scope-im', 0);
    kernels().fmDiscriminate(re.pointer, im.pointer, angle.pointer, power.pointer, count);
    const hertz = (this.plan.air.symbolRate * EYE_RATE) / (2 * Math.PI);
    return angle.view.subarray(0, count).map((value) => value * hertz);
  }

  private audio(start: number, step: number, count: number): Float32Array {
    const { table } = this.table!;
    const origin = Math.floor(start);
    const out = scratch('scope-re', count + 8);
    const source = this.history.pointer(0, origin);
    const { pointer } = table.taps;
    kernels().fmInterpolate(source, 0, pointer, table.length, PHASES, start - origin, step, out.pointer, 0, count);
    return out.view.slice(0, count);
  }
}

interface Clock {
  /** Place of the first symbol's middle in the trace, 0 .. EYE_RATE. */
  clock: number;
  fit: LevelFit;
}

/** The phase of the symbol clock: where the values are nearest to four levels. */
function findClock(trace: Float32Array): Clock | null {
  const fits: (LevelFit | null)[] = [];
  const errors: number[] = [];
  for (let phase = 0; phase < EYE_RATE; phase++) {
    const fit = fitLevels(valuesAt(trace, phase));
    if (!fit) return null;
    fits.push(fit);
    errors.push(fit.error);
  }
  const best = errors.indexOf(Math.min(...errors));
  const [before, here, after] = [-1, 0, 1].map((step) => errors[(best + step + EYE_RATE) % EYE_RATE]);
  const bend = before - 2 * here + after;
  const shift = bend > 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / bend)) : 0;
  const clock = (best + shift + EYE_RATE) % EYE_RATE;
  const fit = fitLevels(valuesAt(trace, clock));
  return fit && { clock, fit };
}

function valuesAt(trace: Float32Array, clock: number): Float32Array {
  const whole = Math.floor(clock);
  return Float32Array.from({ length: SYMBOLS - 1 }, (_, k) => between(trace, whole + k * EYE_RATE, clock - whole));
}

function between(values: Float32Array, at: number, part: number): number {
  return values[at] + part * (values[at + 1] - values[at]);
}

/**
 * Phase steps over each symbol: from the boundary before it to the one after it, where nothing of the neighbours is
 * left. `first` is the place of the first symbol's middle among the mixed samples, `turn` the phase step of level 0.
 */
function phaseSteps(first: number, symbols: number, turn: number): Float32Array {
  const re = scratch('scope-re', 0).view;
  const im = scratch('scope-im', 0).view;
  const points = new Float32Array(2 * symbols);
  let power = 0;
  for (let k = 0; k < symbols; k++) {
    const from = Math.round(first + (k - 0.5) * EYE_RATE);
    const to = from + EYE_RATE;
    const x = re[to] * re[from] + im[to] * im[from];
    const y = im[to] * re[from] - re[to] * im[from];
    points[2 * k] = x * Math.cos(turn) + y * Math.sin(turn);
    points[2 * k + 1] = y * Math.cos(turn) - x * Math.sin(turn);
    power += Math.hypot(x, y);
  }
  const scale = power > 0 ? symbols / power : 0;
  return points.map((value) => value * scale);
}

/** Middle of the received power of the newest samples, Hz. */
function meanFrequency(history: SignalHistory, from: number, rate: number): number {
  const first = Math.floor(from);
  const re = history.view(0, first);
  const im = history.view(1, first);
  let x = 0;
  let y = 0;
  for (let i = 1; i < history.end - first; i++) {
    x += re[i] * re[i - 1] + im[i] * im[i - 1];
    y += im[i] * re[i - 1] - re[i] * im[i - 1];
  }
  return (Math.atan2(y, x) * rate) / (2 * Math.PI);
}
