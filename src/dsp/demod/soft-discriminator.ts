import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { convolve, rootRaisedCosine, windowedSinc } from './fir';
import { writeMetrics } from './metrics';
import type { Mixer } from './mixer';
import type { Fsk4Plan } from './plan';
import type { FrameDetector, SyncFix } from './receiver';
import { scratch } from './scratch';

/** Samples per symbol of the discriminator. */
const PER_SYMBOL = 6;
/** Length of the filter after the discriminator, symbols. */
const FILTER_SYMBOLS = 12;

/**
 * FM discriminator on the channel-filtered signal, the mode's receive filter at the symbol instants, and metrics weighted
 * with the envelope: where the envelope is weak the discriminator clicks, and such symbols should not count much.
 */
export class SoftDiscriminator implements FrameDetector {
  readonly reach: number;
  private readonly taps: KernelArray<Float32Array>;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly mixer: Mixer,
  ) {
    const filter = receiveFilter(plan, PER_SYMBOL, FILTER_SYMBOLS * PER_SYMBOL);
    this.taps = kernelFloats(filter.length);
    this.taps.view.set(filter);
    this.reach = Math.ceil((FILTER_SYMBOLS / 2 + 1) * plan.perSymbol) + mixer.reach;
  }

  detect(fix: SyncFix, first: number, count: number, metrics: Float32Array): number {
    const { plan, mixer } = this;
    const step = plan.perSymbol / PER_SYMBOL;
    const half = this.taps.length / 2;
    // Sample `half` is the first symbol's centre.
    const start = fix.at + first * plan.perSymbol - half * step;
    const samples = (count - 1) * PER_SYMBOL + 2 * half;
    mixer.tune(start, start + (samples + 1) * step, fix.offset);
    mixer.read(start, step, samples + 1, 'frame');
    const angle = scratch('frame-angle', samples + 8);
    const power = scratch('frame-power', samples + 8);
    const re = scratch('frame-re', 0);
    const im = scratch('frame-im', 0);
    kernels().fmDiscriminate(re.pointer, im.pointer, angle.pointer, power.pointer, samples);
    const value = scratch('frame-value', count);
    const weakest = scratch('frame-weakest', count);
    kernels().fsk4Symbols(
      angle.pointer,
      power.pointer,
      this.taps.pointer,
      this.taps.length,
      PER_SYMBOL,
      Math.round(0.6 * PER_SYMBOL),
      value.pointer,
      weakest.pointer,
      count,
    );
    const perLevel = (2 * Math.PI * fix.deviation) / (plan.air.symbolRate * PER_SYMBOL);
    return writeMetrics(value.view, 0, fix.polarity / perLevel, weakest.view, count, metrics);
  }

  free(): void {
    this.taps.free();
  }
}

/**
 * The mode's filter after the discriminator at `rate` samples per symbol, unit gain at 0 Hz, zero-padded to `length`
 * (even): one symbol's integration and a lowpass of 0.573 symbol rates (2.75 kHz at 4800 Bd) for P25's pulse, whose
 * shaping is all at the transmitter; a root raised cosine for the others.
 */
export function receiveFilter(plan: Fsk4Plan, rate: number, length: number): Float64Array {
  const { pulse } = plan.air;
  if (pulse.kind === 'rrc') return rootRaisedCosine(length, rate, pulse.rolloff);
  const boxcar = new Float64Array(rate).fill(1 / rate);
  return convolve(boxcar, windowedSinc(length + 1 - rate, 0.573 / rate, 4));
}
