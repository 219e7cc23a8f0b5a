import type { ChannelSignal, IqInfo, PortMessage } from '../../core/messages';
import type { PlanarArray } from '../fft';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../kernels/wasm';
import type { NoiseProfile } from './history';
import { noiseAt } from './noise';
import type { ChannelShape } from './plan';
import type { SlabAllocator } from './slab';

/** Messages per second and channel. */
const MESSAGE_RATE = 20;

/** Share of a message's figures in the running mean that gives the carrier offset (about 0.4 s). */
const OFFSET_SHARE = 1 / 8;

/** SNR below which an offset would be a guess, dB. */
const OFFSET_SNR = 3;

/** What the outputs of all channels of a stream have in common. */
export interface Scene {
  /** Input samples/s, centre frequency in Hz, and stream time of sample 0 in ms. */
  rate: number;
  center: number;
  start: number;
  /** Input samples that were really received and may be delivered: from, and up to (not including). */
  from: number;
  to: number;
  floor: NoiseProfile | null;
  messages: PortMessage[];
  memory: SlabAllocator;
  /** Share of the input samples from .. to - 1 that are at the converter's limit, 0 to 1. */
  clipped(from: number, to: number): number;
}

/**
 * Packs a channel's samples into messages and measures them. Messages end at multiples of a fixed number of samples
 * counted from the stream's start, whenever the channel was opened.
 */
export class ChannelOutput {
  private readonly buffer: KernelArray<Uint8Array>;
  private readonly sums: KernelArray<Float32Array> = kernelFloats(3);
  private readonly size: number;
  private readonly bandwidth: number;
  private fill = 0;
  private dropped = 0;
  private next: number;
  private fresh = true;
  private lastRe = 0;
  private lastIm = 0;
  private power = 0;
  private lagRe = 0;
  private lagIm = 0;
  private meanLagRe = 0;
  private meanLagIm = 0;

  /** frequency: Hz. start: number of the first sample wanted. seq: number of the next message. */
  constructor(
    private readonly stream: string,
    private readonly frequency: number,
    private readonly shape: ChannelShape,
    private readonly scene: Scene,
    private readonly start: number,
    public seq: number,
    private readonly signal?: ChannelSignal,
  ) {
    this.next = start;
    this.size = Math.max(1, Math.round(shape.rate / MESSAGE_RATE));
    this.bandwidth = shape.pass + shape.stop;
    this.buffer = kernelBytes(8 * this.size);
  }

  /** Takes samples first, first + 1, ... of the channel; the place before them may be written to. */
  readonly take = (samples: PlanarArray, at: number, first: number, count: number): void => {
    const { decimation } = this.shape;
    const low = Math.max(first, this.start, Math.ceil(this.scene.from / decimation));
    const high = Math.min(first + count, Math.ceil(this.scene.to / decimation));
    if (low >= high) return;
    if (low > this.next && !this.fresh) this.lose(low);
    this.fresh = false;
    this.next = low;
    const { re, im } = samples;
    re.view[at + low - first - 1] = this.lastRe;
    im.view[at + low - first - 1] = this.lastIm;
    while (this.next < high) {
      const boundary = (Math.floor(this.next / this.size) + 1) * this.size;
      this.pack(samples, at + this.next - first, Math.min(high, boundary) - this.next);
      if (this.next === boundary) this.send();
    }
    this.lastRe = re.view[at + high - first - 1];
    this.lastIm = im.view[at + high - first - 1];
  };

  /** Stream time of the next sample, ms. */
  get time(): number {
    return this.scene.start + (1000 * this.next) / this.shape.rate;
  }

  /** Sends what is left, as the stream's last message when `end` is true. */
  finish(end: boolean): void {
    if (this.fill > 0 || end) this.send(end);
  }

  close(): void {
    this.buffer.free();
    this.sums.free();
  }

  /** The samples before number `low` were lost. */
  private lose(low: number): void {
    this.finish(false);
    this.dropped = low - this.next;
    this.seq++;
    this.lastRe = this.lastIm = 0;
  }

  private pack(samples: PlanarArray, at: number, count: number): void {
    const out = this.buffer.pointer + 8 * this.fill;
    kernels().deliver(samples.re.pointer + 4 * at, samples.im.pointer + 4 * at, count, out, this.sums.pointer);
    const [power, lagRe, lagIm] = this.sums.view;
    this.power += power;
    this.lagRe += lagRe;
    this.lagIm += lagIm;
    this.fill += count;
    this.next += count;
  }

  private send(end = false): void {
    const payload = this.scene.memory.take(8 * this.fill);
    payload.set(this.buffer.view.subarray(0, 8 * this.fill));
    const sample = this.next - this.fill;
    const info: IqInfo = {
      stream: this.stream,
      seq: this.seq++,
      time: this.scene.start + (1000 * sample) / this.shape.rate,
      format: 'cf32',
      rate: this.shape.rate,
      center: this.frequency,
      sample,
      dropped: this.dropped,
      ...(this.fill > 0 ? this.figures() : {}),
    };
    if (this.signal) info.signal = this.signal;
    const { decimation } = this.shape;
    const clipped = this.scene.clipped(sample * decimation, this.next * decimation);
    if (clipped > 0) info.clipped = clipped;
    if (end) info.end = true;
    this.scene.messages.push({ port: 'iq', payload, info });
    this.fill = this.dropped = 0;
    this.power = this.lagRe = this.lagIm = 0;
  }

  private figures(): Pick<IqInfo, 'level' | 'noise' | 'snr' | 'offset'> {
    const power = this.power / this.fill;
    const level = decibels(power);
    const { floor, center, rate } = this.scene;
    if (!floor) return { level };
    const noisePower = noiseAt(floor, this.frequency - center, rate) * this.bandwidth;
    const snr = decibels(Math.max(power / Math.max(noisePower, 1e-20) - 1, 1e-2));
    const offset = this.offset(noisePower);
    const figures = { level, noise: decibels(noisePower), snr };
    return snr < OFFSET_SNR ? figures : { ...figures, offset };
  }

  /** Power-weighted mean frequency, Hz, from the phase between neighbouring samples. */
  private offset(noisePower: number): number {
    // Noise through the channel filter is correlated from sample to sample and would pull the mean to zero.
    const x = (Math.PI * this.bandwidth) / this.shape.rate;
    const noiseLag = (noisePower * Math.sin(x)) / x;
    this.meanLagRe += OFFSET_SHARE * (this.lagRe / this.fill - noiseLag - this.meanLagRe);
    this.meanLagIm += OFFSET_SHARE * (this.lagIm / this.fill - this.meanLagIm);
    return (Math.atan2(this.meanLagIm, this.meanLagRe) * this.shape.rate) / (2 * Math.PI);
  }
}

/** dB relative to full scale, not below -200. */
function decibels(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-20));
}
