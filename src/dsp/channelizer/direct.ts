import { freePlanar, type PlanarArray, planar } from '../fft';
import { lowpass } from '../filter-design';
import { foldedTaps } from '../kernels/fir';
import { rotor } from '../kernels/rotate';
import { translatingTaps } from '../kernels/translate';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { Oscillator } from './oscillator';
import type { DirectPlan } from './plan';
import type { SampleWindow } from './window';

/** Takes `count` output samples from place `at` in `samples`, the first of them being number `first` of the channel. */
export type OutputSink = (samples: PlanarArray, at: number, first: number, count: number) => void;

/** Makes output samples of one or several channels out of the wideband window. */
export interface ChannelFilter {
  /** Input samples the window must keep for it. */
  readonly keep: number;
  /** Input samples before an output's own that it depends on; as many after. */
  readonly reach: number;
  /** Begins afresh: the signal is zero before this absolute sample number. */
  restart(sample: number): void;
  /** Makes every output the window allows; at most `chunk` samples were added since the last call. */
  advance(window: SampleWindow): void;
  /** Absolute input sample number of the next output. */
  readonly position: number;
  close(): void;
}

/**
 * One channel by itself: a translating FIR decimator, followed where it pays by a second decimating filter. Output m
 * stands for input sample m * decimation exactly; the filters' delay is taken out.
 */
export class DirectChannel implements ChannelFilter {
  readonly keep: number;
  readonly reach: number;
  private readonly first: FirstStage;
  private readonly second: SecondStage | null;

  /** frequency: offset from the input's centre in cycles per input sample. chunk: most input samples between calls. */
  constructor(plan: DirectPlan, frequency: number, chunk: number, sink: OutputSink) {
    const most = Math.ceil(chunk / plan.first) + 2;
    this.second = plan.secondFilter ? new SecondStage(plan, most, sink) : null;
    this.first = new FirstStage(plan, frequency, most, this.second ? this.second.accept : sink);
    this.keep = 2 * this.first.half + plan.first;
    this.reach = this.first.half + (this.second ? this.second.half * plan.first : 0);
  }

  get position(): number {
    return this.second ? this.second.position : this.first.position;
  }

  restart(sample: number): void {
    this.first.restart(sample);
    this.second?.restart(sample);
  }

  advance(window: SampleWindow): void {
    this.first.advance(window);
  }

  close(): void {
    this.first.close();
    this.second?.close();
  }
}

class FirstStage {
  readonly half: number;
  private readonly taps: KernelArray<Float32Array>;
  private readonly oscillator: Oscillator;
  private readonly rotor: KernelArray<Float32Array> = kernelFloats(10);
  private readonly out: PlanarArray;
  private next = 0;

  constructor(
    private readonly plan: DirectPlan,
    frequency: number,
    most: number,
    private readonly sink: OutputSink,
  ) {
    this.oscillator = new Oscillator(frequency);
    const taps = translatingTaps(lowpass(plan.firstFilter), this.oscillator.frequency);
    this.half = taps.length / 2;
    this.taps = kernelFloats(taps.length);
    this.taps.view.set(taps);
    this.out = planar(most + 8);
  }

  get position(): number {
    return this.next * this.plan.first;
  }

  restart(sample: number): void {
    this.next = Math.ceil(sample / this.plan.first);
  }

  advance(window: SampleWindow): void {
    const step = this.plan.first;
    const count = Math.floor((window.end - this.half) / step) - this.next + 1;
    if (count <= 0) return;
    const centre = this.next * step;
    const place = 4 * window.placeOf(centre);
    const { re, im } = window.samples;
    // Place 0 is left free for the sink, which looks at the sample before the first.
    const outRe = this.out.re.pointer + 4;
    const outIm = this.out.im.pointer + 4;
    const k = kernels();
    k.translate(re.pointer + place, im.pointer + place, this.taps.pointer, this.half, step, count, outRe, outIm);
    const down = -2 * Math.PI;
    rotor(down * this.oscillator.turns(centre), down * this.oscillator.turns(step), this.rotor.view);
    k.rotate(outRe, outIm, count, this.rotor.pointer);
    const first = this.next;
    this.next += count;
    this.sink(this.out, 1, first, count);
  }

  close(): void {
    this.taps.free();
    this.rotor.free();
    freePlanar(this.out);
  }
}

class SecondStage {
  readonly half: number;
  private readonly taps: KernelArray<Float32Array>;
  /** First-stage samples still needed; place 0 is number `base`. */
  private readonly buffer: PlanarArray;
  private readonly out: PlanarArray;
  private base = 0;
  private end = 0;
  private next = 0;

  constructor(
    private readonly plan: DirectPlan,
    most: number,
    private readonly sink: OutputSink,
  ) {
    const taps = foldedTaps(lowpass(plan.secondFilter!));
    this.half = taps.length;
    this.taps = kernelFloats(taps.length);
    this.taps.view.set(taps);
    this.buffer = planar(2 * this.half + plan.second + most);
    this.out = planar(Math.ceil(most / plan.second) + 8);
  }

  get position(): number {
    return this.next * this.plan.first * this.plan.second;
  }

  restart(sample: number): void {
    this.next = Math.ceil(sample / (this.plan.first * this.plan.second));
    this.end = Math.ceil(sample / this.plan.first);
    this.base = this.end - this.half;
    this.buffer.re.view.fill(0, 0, this.half);
    this.buffer.im.view.fill(0, 0, this.half);
  }

  readonly accept: OutputSink = (samples, at, _first, count) => {
    const fill = this.end - this.base;
    const { re, im } = this.buffer;
    re.view.set(samples.re.view.subarray(at, at + count), fill);
    im.view.set(samples.im.view.subarray(at, at + count), fill);
    this.end += count;
    this.filter();
  };

  private filter(): void {
    const step = this.plan.second;
    const count = Math.floor((this.end - this.half) / step) - this.next + 1;
    if (count <= 0) return;
    const place = 4 * (this.next * step - this.base);
    const { re, im } = this.buffer;
    const k = kernels();
    k.fir(re.pointer + place, this.taps.pointer, this.half, step, count, this.out.re.pointer + 4);
    k.fir(im.pointer + place, this.taps.pointer, this.half, step, count, this.out.im.pointer + 4);
    const first = this.next;
    this.next += count;
    const unused = this.next * step - this.half - this.base;
    re.view.copyWithin(0, unused, this.end - this.base);
    im.view.copyWithin(0, unused, this.end - this.base);
    this.base += unused;
    this.sink(this.out, 1, first, count);
  }

  close(): void {
    this.taps.free();
    freePlanar(this.buffer);
    freePlanar(this.out);
  }
}
