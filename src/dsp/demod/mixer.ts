import { rotor } from '../kernels/rotate';
import { kernels } from '../kernels/wasm';
import { lowpassAt, PHASES, releasePolyphase, type SharedTable, shareLowpass } from './fir';
import type { Fsk4Plan } from './plan';
import { scratch } from './scratch';
import type { SignalHistory } from './signal-history';

/** Kaiser window of the channel filter: a transition of 0.08 rates (1.5 kHz at 19.2 kS/s), 60 dB down. */
const BETA = 6;

/** Samples of the channel filter: 12 symbols. */
const filterLength = (plan: Fsk4Plan): number => 12 * plan.perSymbol;

/** Impulse response of the channel filter at any number of samples from its middle; zero beyond half its length. */
export function channelResponse(plan: Fsk4Plan): { length: number; at(t: number): number } {
  const length = filterLength(plan);
  return { length, at: lowpassAt(length, plan.channelCutoff / plan.rate, BETA) };
}

/** A mixer with the channel filter, for one receiver. */
export const channelMixer = (history: SignalHistory, plan: Fsk4Plan): Mixer =>
  new Mixer(history, plan.rate, shareLowpass(filterLength(plan), plan.channelCutoff / plan.rate, BETA));

/**
 * Reads stretches of a complex history: mirrored if need be, shifted to 0 Hz, through a filter, at any instants. The filter
 * stands at the signal's own frequency, so an offset costs nothing.
 */
export class Mixer {
  /** Samples the filter reaches to either side. */
  readonly reach: number;
  private from = 0;

  /** `rate` of the history, samples/s; the filter is given back by `free`. */
  constructor(
    private readonly history: SignalHistory,
    private readonly rate: number,
    private readonly filter: SharedTable,
  ) {
    this.reach = filter.table.length / 2 + 1;
  }

  /** Prepares samples first .. last (any fractions) for `read`: `offset` Hz becomes 0. Polarity -1 mirrors the spectrum. */
  tune(first: number, last: number, offset: number, polarity: 1 | -1 = 1): void {
    this.from = Math.floor(first) - this.reach;
    const count = Math.ceil(last) + this.reach + 1 - this.from;
    const turn = scratch('rotor', 10);
    const re = scratch('mixed-re', count + 8);
    const im = scratch('mixed-im', count + 8);
    rotor(0, (-2 * Math.PI * polarity * offset) / this.rate, turn.view);
    re.view.set(this.history.view(0, this.from).subarray(0, count));
    im.view.set(this.history.view(1, this.from).subarray(0, count));
    if (polarity < 0) for (let i = 0; i < count; i++) im.view[i] = -im.view[i];
    kernels().rotate(re.pointer, im.pointer, count, turn.pointer);
  }

  /** Writes `count` filtered samples at start + k * step to two scratch planes named `<name>-re` and `<name>-im`. */
  read(start: number, step: number, count: number, name: string): { re: Float32Array; im: Float32Array } {
    const { taps, length } = this.filter.table;
    const re = scratch(`${name}-re`, count + 8);
    const im = scratch(`${name}-im`, count + 8);
    kernels().fmInterpolate(
      scratch('mixed-re', 0).pointer,
      scratch('mixed-im', 0).pointer,
      taps.pointer,
      length,
      PHASES,
      start - this.from,
      step,
      re.pointer,
      im.pointer,
      count,
    );
    return { re: re.view, im: im.view };
  }

  free(): void {
    releasePolyphase(this.filter.key);
  }
}
