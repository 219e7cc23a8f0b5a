import { IQ_BYTES, type IqFormat } from '../../core/messages';
import { asInt16 } from '../../core/shared-buffer';
import { clippingTest, type SampleFormat } from '../clipping';
import type { PlanarArray } from '../fft';
import { IQ_SCALING } from '../kernels/convert';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../kernels/wasm';

export const SAMPLE_BYTES: Readonly<Record<SampleFormat, number>> = { ...IQ_BYTES, s16: 2 };

/** Samples looked at for clipping in each stretch. */
const PROBES = 64;

/** Gathers stretches of a fixed number of raw samples and makes planar floats of full scale 1 of them. */
export class SampleSource {
  private readonly staging: KernelArray<Uint8Array>;
  private readonly sums: KernelArray<Float32Array> = kernelFloats(2);
  private readonly width: number;
  private filled = 0;
  /** Samples that were not numbers and count as zero. */
  bad = 0;
  /** Samples looked at for clipping, and those at the converter's ends. */
  checked = 0;
  clipped = 0;

  constructor(
    private readonly format: SampleFormat,
    private readonly size: number,
  ) {
    this.width = SAMPLE_BYTES[format];
    this.staging = kernelBytes(size * this.width);
  }

  /** Samples still missing. */
  get missing(): number {
    return this.size - this.filled;
  }

  /** Takes samples from index `from` of a payload on, at most what is missing; returns how many. */
  take(payload: Uint8Array, from: number): number {
    const { width } = this;
    const count = Math.min(this.missing, Math.floor(payload.length / width) - from);
    this.staging.view.set(payload.subarray(from * width, (from + count) * width), this.filled * width);
    this.filled += count;
    return count;
  }

  /** Begins the next stretch with the last `kept` samples of this one. */
  next(kept: number): void {
    const { width, size } = this;
    if (kept > 0) this.staging.view.copyWithin(0, (size - kept) * width, size * width);
    this.filled = kept;
  }

  /** Writes the complete stretch to `planes` and looks for clipping. */
  convert(planes: PlanarArray): void {
    this.probe();
    if (this.format === 's16') this.convertAudio(planes);
    else this.convertIq(this.format, planes);
  }

  close(): void {
    this.staging.free();
    this.sums.free();
  }

  private convertIq(format: IqFormat, { re, im }: PlanarArray): void {
    const { scale, bias } = IQ_SCALING[format];
    const rest = [re.pointer, im.pointer, scale, bias, bias, this.sums.pointer] as const;
    const source = this.staging.pointer;
    const k = kernels();
    if (format === 'cf32') this.bad += k.convertFloat(source, this.size, ...rest);
    else if (format === 'cs16') this.bad += k.convert16(source, this.size, ...rest);
    else this.bad += k.convert8(source, this.size, format === 'cs8' ? 1 : 0, ...rest);
  }

  private convertAudio({ re, im }: PlanarArray): void {
    const samples = asInt16(this.staging.view);
    const target = re.view;
    for (let i = 0; i < this.size; i++) target[i] = samples[i] / 32768;
    im.view.fill(0, 0, this.size);
  }

  private probe(): void {
    const { view } = this.staging;
    const isClipped = clippingTest(this.format, view);
    const step = Math.max(1, this.size / PROBES);
    for (let at = 0; at < this.size; at += step) {
      this.checked++;
      if (isClipped(Math.floor(at))) this.clipped++;
    }
  }
}
