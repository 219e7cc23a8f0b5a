import { Fft, freePlanar, type PlanarArray, planar } from '../fft';
import { lowpass, zeroPhaseResponse } from '../filter-design';
import { setRotorFirst, setRotorStep } from '../kernels/lanes';
import { type KernelArray, kernelFloats, kernelInts, kernels } from '../kernels/wasm';
import type { ChannelFilter, OutputSink } from './direct';
import { Oscillator } from './oscillator';
import { type BankPlan, LANES } from './plan';
import type { SampleWindow } from './window';

interface BankChannel {
  oscillator: Oscillator;
  /** Turns per output sample by which the transforms shift it. */
  shift: number;
  sink: OutputSink;
}

/** Up to four channels, and what the kernels want to know of them. */
interface LaneGroup {
  channels: BankChannel[];
  /** First bins, then addresses of the weights. Lanes without a channel repeat the first one. */
  sources: KernelArray<Int32Array>;
  rotors: KernelArray<Float32Array>;
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
  /** Length of a channel's row in `out`; the space before its samples is the sink's. */
  private readonly row: number;
  private readonly wide: Fft;
  private readonly narrow: Fft;
  private readonly spectrum: PlanarArray;
  private readonly bins: PlanarArray;
  private readonly blocks: PlanarArray;
  private readonly out: PlanarArray;
  private readonly taps: Float64Array;
  private readonly responses = new Map<number, KernelArray<Float32Array>>();
  private readonly groups: LaneGroup[] = [];
  private block = 0;

  constructor(
    private readonly plan: BankPlan,
    private readonly decimation: number,
  ) {
    this.size = plan.outputs * decimation;
    this.fresh = plan.outputs - 2 * plan.guard;
    this.row = LANES + LANES * Math.ceil(this.fresh / LANES);
    this.keep = this.size;
    this.reach = this.size;
    this.wide = new Fft(this.size);
    this.narrow = new Fft(plan.outputs, LANES);
    // The first bins are repeated after the last, so that a channel's bins are always in one piece.
    this.spectrum = planar(this.size + plan.outputs);
    this.bins = planar(LANES * plan.outputs);
    this.blocks = planar(LANES * (plan.outputs + LANES));
    this.out = planar(LANES * this.row);
    this.taps = lowpass(plan.filter);
  }

  /** frequency: offset from the input's centre in cycles per input sample. */
  add(frequency: number, sink: OutputSink): void {
    const oscillator = new Oscillator(frequency);
    const nearest = Math.round(oscillator.frequency * this.size);
    const weights = this.response(nearest / this.size - oscillator.frequency);
    let group = this.groups.at(-1);
    if (!group || group.channels.length === LANES) {
      group = { channels: [], sources: kernelInts(2 * LANES), rotors: kernelFloats(10 * LANES) };
      this.groups.push(group);
    }
    const { outputs } = this.plan;
    const first = (nearest - outputs / 2 + this.size) % this.size;
    const lane = group.channels.length;
    group.sources.view.fill(first, lane, LANES);
    group.sources.view.fill(weights.pointer, LANES + lane);
    // Taking bins from `first` on shifts by that bin's frequency; what it lies off the channel's is to be added.
    const shift = (first % outputs) / outputs;
    setRotorStep(group.rotors.view, lane, 2 * Math.PI * (shift - oscillator.turns(this.decimation)));
    group.channels.push({ oscillator, shift, sink });
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
      for (const group of this.groups) this.extract(group);
      this.block++;
    }
  }

  private extract({ channels, sources, rotors }: LaneGroup): void {
    const { outputs, guard } = this.plan;
    const { spectrum, bins, blocks, out, fresh, row } = this;
    const k = kernels();
    k.gather(spectrum.re.pointer, spectrum.im.pointer, sources.pointer, outputs, bins.re.pointer, bins.im.pointer);
    this.narrow.inverse(bins, blocks);
    const first = this.block * fresh;
    for (const [lane, { oscillator, shift }] of channels.entries()) {
      // The transforms' shift counts from the block's start, the channel's frequency from the stream's.
      const turns = ((shift * guard) % 1) - oscillator.turns(first * this.decimation);
      setRotorFirst(rotors.view, lane, 2 * Math.PI * turns);
    }
    const from = 4 * LANES * guard;
    const [re, im] = [blocks.re.pointer + from, blocks.im.pointer + from];
    const to = 4 * LANES;
    k.scatter(re, im, fresh, rotors.pointer, row, out.re.pointer + to, out.im.pointer + to);
    for (const [lane, { sink }] of channels.entries()) sink(out, lane * row + LANES, first, fresh);
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
      weights.view[outputs / 2 + i] = gain / this.size;
    }
    this.responses.set(key, weights);
    return weights;
  }

  close(): void {
    this.wide.close();
    this.narrow.close();
    for (const array of [this.spectrum, this.bins, this.blocks, this.out]) freePlanar(array);
    for (const weights of this.responses.values()) weights.free();
    for (const { sources, rotors } of this.groups) {
      sources.free();
      rotors.free();
    }
  }
}
