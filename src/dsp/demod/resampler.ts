import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { PHASES, type PolyphaseTable, releasePolyphase, shareLowpass } from './fir';
import type { SampleFaults, SampleReader } from './samples';
import type { SignalHistory } from './signal-history';

/** Length times transition width of a filter with a Kaiser window of beta 6 (60 dB), samples times cycles per sample. */
const KAISER_WIDTH = 3.83;

/**
 * Brings samples of any rate to the demodulator's own rate, one hop (a fixed number of output samples) at a time, so
 * that what follows is independent of block sizes. Output sample n is the signal at input sample n * rate / outRate:
 * the filter is symmetric and its delay is taken out.
 */
export class Resampler {
  /** Input samples per output sample. */
  readonly step: number;
  readonly faults: SampleFaults = { clipped: 0, invalid: 0 };
  private readonly key: string;
  private readonly table: PolyphaseTable;
  private readonly input: KernelArray<Float32Array>[];
  private filled: number;
  /** Index of the first input sample held. */
  private first: number;
  private hops = 0;

  /**
   * `rate` and `outRate` in samples/s; `cutoff` (-6 dB) and `transition` (from full gain to -60 dB) in Hz; planes 2 =
   * complex, 1 = audio.
   */
  constructor(
    rate: number,
    outRate: number,
    { cutoff, transition }: { cutoff: number; transition: number },
    planes: 1 | 2,
    private readonly hop: number,
  ) {
    this.step = rate / outRate;
    const limit = Math.min(cutoff, 0.45 * rate);
    const least = Math.ceil((KAISER_WIDTH * rate) / transition);
    ({ key: this.key, table: this.table } = shareLowpass(least, limit / rate, 6));
    const { length } = this.table;
    const room = Math.ceil(hop * this.step) + 2 * length + 8;
    this.input = Array.from({ length: planes }, () => kernelFloats(room));
    this.first = 1 - length / 2;
    this.filled = length / 2 - 1;
  }

  /** Input samples taken since the beginning. */
  get received(): number {
    return this.first + this.filled;
  }

  /** Takes samples of the block from index `from` on, at most what the next hop needs; returns how many. */
  take(block: SampleReader, from: number): number {
    const count = Math.min(block.length - from, this.needed() - this.filled);
    if (count > 0)
      block.read(
        from,
        count,
        this.input.map((plane) => plane.view),
        this.filled,
        this.faults,
      );
    this.filled += count;
    return count;
  }

  /** True when a whole hop can be produced. */
  get ready(): boolean {
    return this.filled >= this.needed();
  }

  /** Appends the next hop to the history. */
  produce(history: SignalHistory): void {
    history.reserve(this.hop);
    const start = this.hops * this.hop * this.step - this.first;
    const [re, im] = this.input;
    kernels().fmInterpolate(
      re.pointer,
      im?.pointer ?? 0,
      this.table.taps.pointer,
      this.table.length,
      PHASES,
      start,
      this.step,
      history.pointer(0, history.end),
      im ? history.pointer(1, history.end) : 0,
      this.hop,
    );
    history.end += this.hop;
    this.hops++;
    const next = Math.floor(this.hops * this.hop * this.step) - this.table.length / 2 + 1;
    const drop = next - this.first;
    for (const plane of this.input) plane.view.copyWithin(0, drop, this.filled);
    this.filled -= drop;
    this.first = next;
  }

  /** Forgets all samples; the next one is sample 0 again. */
  clear(): void {
    for (const plane of this.input) plane.view.fill(0);
    this.first = 1 - this.table.length / 2;
    this.filled = this.table.length / 2 - 1;
    this.hops = 0;
  }

  free(): void {
    releasePolyphase(this.key);
    for (const plane of this.input) plane.free();
  }

  /** Samples that must be held before the next hop can be made. */
  private needed(): number {
    const last = (this.hops * this.hop + this.hop - 1) * this.step;
    return Math.floor(last) + this.table.length / 2 + 1 - this.first;
  }
}
