import { rotor } from '../../kernels/rotate';
import { kernels } from '../../kernels/wasm';
import { PHASES, type PolyphaseTable, releasePolyphase, sharePolyphase } from '../fir';
import { scratch } from '../scratch';
import type { SignalHistory } from '../signal-history';
import type { SlotPlan } from './plan';

/** Reads stretches of a complex history: mirrored if need be, shifted to 0 Hz, through the receive filter. */
export class SlotMixer {
  /** Samples the filter reaches to either side. */
  readonly reach: number;
  private readonly key: string;
  private readonly table: PolyphaseTable;
  private from = 0;

  constructor(
    private readonly history: SignalHistory,
    private readonly plan: SlotPlan,
  ) {
    const { response, length } = plan.filter;
    this.key = `slots/${plan.air.symbolRate}/${plan.air.pulse.rolloff}`;
    this.table = sharePolyphase(this.key, length, response);
    this.reach = this.table.length / 2 + 1;
  }

  /** Prepares samples first .. last (any fractions) for `read`: `offset` Hz becomes 0. */
  tune(first: number, last: number, offset: number, polarity: 1 | -1): void {
    this.from = Math.floor(first) - this.reach;
    const count = Math.ceil(last) + this.reach + 1 - this.from;
    const turn = scratch('rotor', 10);
    const re = scratch('mixed-re', count + 8);
    const im = scratch('mixed-im', count + 8);
    rotor(0, (-2 * Math.PI * polarity * offset) / this.plan.rate, turn.view);
    re.view.set(this.history.view(0, this.from).subarray(0, count));
    im.view.set(this.history.view(1, this.from).subarray(0, count));
    if (polarity < 0) for (let i = 0; i < count; i++) im.view[i] = -im.view[i];
    kernels().rotate(re.pointer, im.pointer, count, turn.pointer);
  }

  /** Writes `count` filtered samples at start + k * step to two scratch planes named `<name>-re` and `<name>-im`. */
  read(start: number, step: number, count: number, name: string): { re: Float32Array; im: Float32Array } {
    const re = scratch(`${name}-re`, count + 8);
    const im = scratch(`${name}-im`, count + 8);
    kernels().fmInterpolate(
      scratch('mixed-re', 0).pointer,
      scratch('mixed-im', 0).pointer,
      this.table.taps.pointer,
      this.table.length,
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
    releasePolyphase(this.key);
  }
}
