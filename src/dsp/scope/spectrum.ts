import type { SampleFormat } from '../clipping';
import { Fft, freePlanar, type PlanarArray, planar } from '../fft';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { SampleSource } from './sample-source';
import type { Schedule } from './schedule';
import { SpectrumWindow } from './spectrum-window';

/** Spectra averaged before the peak of a frame is taken, so that it shows bursts and not the spikes of noise. */
const PART = 4;

/** What the spectra of one frame show. Powers are relative to full scale; a tone of full scale has 1. */
export interface SpectrumFrame {
  /** Number of the frame since the stream's start. */
  frame: number;
  /** Number of the sample after its last one. */
  end: number;
  /** Mean power by bin, from the lowest frequency to the highest; valid until the next frame. */
  mean: Float32Array;
  /** Highest power of a short part of the frame by bin. */
  peak: Float32Array;
  /** Share of the samples that are at the converter's ends, 0..1. */
  clipped: number;
}

/**
 * Averaged power spectra of a stream of samples. IQ gives `size` bins around the centre, audio (real samples) `size` / 2
 * bins from 0 Hz on; a complex tone of magnitude 1 and a sine of amplitude 1 are both 0 dB.
 */
export class Spectrum {
  readonly window: SpectrumWindow;
  /** Bins of a frame. */
  readonly bins: number;
  /** Independent spectra that the averages of a frame amount to. */
  readonly averaged: number;
  private readonly source: SampleSource;
  private readonly fft: Fft;
  private readonly samples: PlanarArray;
  private readonly spectrum: PlanarArray;
  private readonly part: KernelArray<Float32Array>;
  private readonly mean: Float32Array;
  private readonly peak: Float32Array;
  private readonly shown: SpectrumFrame;
  private readonly scale: number;
  private readonly real: boolean;
  private frame = 0;
  private index = 0;
  /** Number of the next sample expected; NaN before the first. */
  private next = Number.NaN;
  /** Stretches of samples lost. */
  gaps = 0;

  constructor(
    readonly format: SampleFormat,
    private readonly schedule: Schedule,
  ) {
    const { size, spectra, span } = schedule;
    this.real = format === 's16';
    this.bins = this.real ? size / 2 : size;
    this.window = new SpectrumWindow(size);
    // A sine is two tones of half its amplitude.
    this.scale = (this.real ? 4 : 1) / this.window.gain;
    const overlaps = span / spectra < 0.75 * size ? this.window.overlap : 0;
    this.averaged = spectra / (1 + (2 * overlaps * (spectra - 1)) / spectra);
    this.source = new SampleSource(format, size);
    this.fft = new Fft(size);
    this.samples = planar(size);
    this.spectrum = planar(size);
    this.part = kernelFloats(size);
    this.mean = new Float32Array(size);
    this.peak = new Float32Array(size);
    const shown = () => new Float32Array(this.bins);
    this.shown = { frame: 0, end: 0, mean: shown(), peak: shown(), clipped: 0 };
  }

  /** Samples that were not numbers. */
  get bad(): number {
    return this.source.bad;
  }

  /**
   * Takes a block whose first sample has this number and calls `take` for each frame it completes. After a gap the
   * frame that was begun is given up.
   */
  feed(payload: Uint8Array, first: number, count: number, take: (frame: SpectrumFrame) => void): void {
    if (first !== this.next) this.begin(first);
    this.next = first + count;
    for (;;) {
      // The first sample wanted: what comes before it is not looked at.
      const wanted = this.schedule.end(this.frame, this.index) - this.source.missing;
      if (wanted >= first + count) return;
      this.source.take(payload, wanted - first);
      if (this.source.missing > 0) return;
      this.transform();
      if (++this.index === this.schedule.spectra) this.finish(take);
      const start = this.schedule.end(this.frame, this.index) - this.schedule.size;
      this.source.next(Math.max(0, this.lastEnd() - start));
    }
  }

  /** Forgets the frame that was begun. */
  reset(): void {
    this.next = Number.NaN;
  }

  close(): void {
    this.window.close();
    this.source.close();
    this.fft.close();
    freePlanar(this.samples);
    freePlanar(this.spectrum);
    this.part.free();
  }

  private begin(first: number): void {
    if (!Number.isNaN(this.next)) this.gaps++;
    this.frame = this.schedule.firstFrame(first);
    this.source.next(0);
    this.clear();
  }

  private clear(): void {
    this.index = 0;
    this.mean.fill(0);
    this.peak.fill(0);
    this.part.view.fill(0);
    this.source.checked = this.source.clipped = 0;
  }

  /** Number of the sample after the spectrum before this one. */
  private lastEnd(): number {
    const { schedule, frame, index } = this;
    return index > 0 ? schedule.end(frame, index - 1) : schedule.end(frame - 1, schedule.spectra - 1);
  }

  private transform(): void {
    const { samples, spectrum, window, part, schedule } = this;
    const { size } = schedule;
    this.source.convert(samples);
    const { re, im } = samples;
    kernels().weigh(re.pointer, im.pointer, window.shape.pointer, size, re.pointer, im.pointer);
    this.fft.forward(samples, 0, spectrum);
    const place = this.index % PART;
    kernels().smoothPower(spectrum.re.pointer, spectrum.im.pointer, size, this.scale, 1 / (place + 1), part.pointer);
    if (place === PART - 1 || this.index === schedule.spectra - 1) this.merge(place + 1);
  }

  /** Takes a part of so many spectra into the frame. */
  private merge(count: number): void {
    const { mean, peak } = this;
    const part = this.part.view;
    const share = count / (this.index + 1);
    for (let i = 0; i < part.length; i++) {
      mean[i] += share * (part[i] - mean[i]);
      if (part[i] > peak[i]) peak[i] = part[i];
    }
    part.fill(0);
  }

  private finish(take: (frame: SpectrumFrame) => void): void {
    const { shown, source, bins } = this;
    // From the lowest frequency on; audio has no negative ones.
    const from = this.real ? 0 : bins / 2;
    for (const name of ['mean', 'peak'] as const) {
      shown[name].set(this[name].subarray(from, bins));
      shown[name].set(this[name].subarray(0, from), bins - from);
    }
    shown.clipped = source.checked > 0 ? source.clipped / source.checked : 0;
    shown.frame = this.frame;
    shown.end = this.schedule.end(this.frame, this.schedule.spectra - 1);
    this.frame++;
    this.clear();
    take(shown);
  }
}
