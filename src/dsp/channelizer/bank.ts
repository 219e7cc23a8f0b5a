import { Fft, freePlanar, type PlanarArray, planar } from '../fft';
import { lowpass, zeroPhaseResponse } from '../filter-design';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import type { ChannelFilter, OutputSink } from './direct';
import { Oscillator } from './oscillator';
import type { BankPlan } from './plan';
import type { SampleWindow } from './window';

interface BankChannel {
  oscillator: Oscillator;
  /** Transform bin nearest to the channel's frequency, 0 .. size-1. */
  bin: number;
  /** The channel filter's response at the bins around it, in the order the inverse transform wants them. */
  weights: KernelArray<Float32Array>;
  sink: OutputSink;
}

/**
 * Many channels of one shape by fast convolution (overlap-save): one transform of the wideband signal serves them all;
 * each channel takes the bins around its frequency, weighs them with the filter's response and transforms them back at
 * its own low rate. The blocks lie on a grid of absolute sample numbers, so the result does not depend on where one
 * begins. See Borgerding, "Turning overlap-save into a multiband mixing, downsampling filter bank", 2006.
 */
export class ChannelBank implements ChannelFilter {
  readonly keep: number;
  readonly reach: number;
  private readonly size: number;
  /** Outputs a block gives. */
  private readonly fresh: number;
  private readonly wide: Fft;
  private readonly narrow: Fft;
  private readonly spectrum: PlanarArray;
  private readonly bins: PlanarArray;
  private readonly out: PlanarArray;
  private readonly taps: Float64Array;
  private readonly responses = new Map<number, KernelArray<Float32Array>>();
  private readonly channels: BankChannel[] = [];
  private block = 0;

  constructor(
    private readonly plan: BankPlan,
    private readonly decimation: number,
  ) {
    this.size = plan.outputs * decimation;
    this.fresh = plan.outputs - 2 * plan.guard;
    this.keep = this.size;
    this.reach = this.size;
    this.wide = new Fft(this.size);
    this.narrow = new Fft(plan.outputs);
    // The first bins are repeated after the last, so that a channel's bins are always in one piece.
    this.spectrum = planar(this.size + plan.outputs);
    this.bins = planar(plan.outputs);
    this.out = planar(plan.outputs + 8);
    this.taps = lowpass(plan.filter);
  }

  /** frequency: offset from the input's centre in cycles per input sample. */
  add(frequency: number, sink: OutputSink): void {
    const oscillator = new Oscillator(frequency);
    const nearest = Math.round(oscillator.frequency * this.size);
    const bin = (nearest + this.size) % this.size;
    const weights = this.response(nearest / this.size - oscillator.frequency);
    this.channels.push({ oscillator, bin, weights, sink });
  }

  get position(): number {
    return this.block * this.fresh * this.decimation;
  }

  restart(sample: number): void {
    this.block = Math.floor(Math.ceil(sample / this.decimation) / this.fresh);
  }

  advance(window: SampleWindow): void {
    for (;;) {
      const start = this.position - this.plan.guard * this.decimation;
      if (start + this.size > window.end) return;
      this.wide.forward(window.samples, window.placeOf(start), this.spectrum);
      const { re, im } = this.spectrum;
      re.view.copyWithin(this.size, 0, this.plan.outputs);
      im.view.copyWithin(this.size, 0, this.plan.outputs);
      for (const channel of this.channels) this.extract(channel);
      this.block++;
    }
  }

  private extract({ oscillator, bin, weights, sink }: BankChannel): void {
    const { outputs, guard } = this.plan;
    const half = outputs / 2;
    this.weigh(bin, weights.pointer, 0);
    this.weigh((bin - half + this.size) % this.size, weights.pointer + 4 * half, half);
    this.narrow.inverse(this.bins, this.out);
    const first = this.block * this.fresh;
    // Taking bins shifts by the bin's frequency, counted from the block's start; the rotation makes it the channel's
    // frequency, counted from the stream's start.
    const rotation = oscillator.downFrom(
      first * this.decimation,
      this.decimation,
      ((bin * guard) % outputs) / outputs,
      (bin % outputs) / outputs,
    );
    kernels().rotate(this.out.re.pointer + 4 * guard, this.out.im.pointer + 4 * guard, this.fresh, rotation);
    sink(this.out, guard, first, this.fresh);
  }

  private weigh(from: number, weights: number, to: number): void {
    const { re, im } = this.spectrum;
    kernels().weigh(
      re.pointer + 4 * from,
      im.pointer + 4 * from,
      weights,
      this.plan.outputs / 2,
      this.bins.re.pointer + 4 * to,
      this.bins.im.pointer + 4 * to,
    );
  }

  /** Response at the bins around a channel whose frequency lies `distance` cycles per sample below its bin. */
  private response(distance: number): KernelArray<Float32Array> {
    const key = Math.round(distance * 2 ** 32);
    let weights = this.responses.get(key);
    if (weights) return weights;
    const { outputs } = this.plan;
    weights = kernelFloats(outputs);
    for (let i = -outputs / 2; i < outputs / 2; i++) {
      const gain = zeroPhaseResponse(this.taps, distance + i / this.size);
      weights.view[(i + outputs) % outputs] = gain / this.size;
    }
    this.responses.set(key, weights);
    return weights;
  }

  close(): void {
    this.wide.close();
    this.narrow.close();
    for (const array of [this.spectrum, this.bins, this.out]) freePlanar(array);
    for (const weights of this.responses.values()) weights.free();
    for (const { oscillator } of this.channels) oscillator.close();
  }
}
