import { foldedTaps } from '../kernels/fir';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { SignalHistory } from './signal-history';

/**
 * Symmetric FIR decimator of a real signal that gives its output in hops of one fixed size. Its delay is taken out:
 * output sample n stands for input sample n * step.
 */
export class HopFilter {
  private readonly taps: KernelArray<Float32Array>;
  private readonly input: SignalHistory;
  private readonly out: KernelArray<Float32Array>;
  /** Output samples given. */
  private given = 0;

  /** `taps` symmetric, of odd length; `hop` output samples at once. */
  constructor(
    taps: Float64Array,
    private readonly step: number,
    private readonly hop: number,
  ) {
    const folded = foldedTaps(taps);
    this.taps = kernelFloats(folded.length);
    this.taps.view.set(folded);
    this.input = new SignalHistory(1, 2 * folded.length + 2 * hop * step, hop * step);
    this.out = kernelFloats(hop);
  }

  /** Takes at most hop * step samples. */
  push(samples: Float32Array): void {
    const { input } = this;
    input.reserve(samples.length);
    input.view(0, input.end).set(samples);
    input.end += samples.length;
  }

  /** The next hop, a view that the next call overwrites; null when there is not enough input. */
  next(): Float32Array | null {
    const { input, taps, hop, step, out } = this;
    if (input.end < (this.given + hop - 1) * step + taps.length) return null;
    kernels().fir(input.pointer(0, this.given * step), taps.pointer, taps.length, step, hop, out.pointer);
    this.given += hop;
    return out.view;
  }

  clear(): void {
    this.input.clear();
    this.given = 0;
  }

  free(): void {
    this.taps.free();
    this.input.free();
    this.out.free();
  }
}
