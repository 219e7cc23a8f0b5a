import { Fft, fftSize, freePlanar, type PlanarArray, planar } from '../fft';
import { kaiser } from '../filter-design';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { nthSmallest } from '../nth-smallest';
import type { NoiseProfile } from './history';
import { USABLE_BAND } from './plan';
import type { SampleWindow } from './window';

/** Kaiser window with side lobes below -90 dB, so that strong signals do not pass for noise elsewhere. */
const BETA = 12;

/** Spectra averaged, and the share of a slice's bins that must be free of signals. */
const AVERAGED = 16;
const QUANTILE = 0.2;
/** The normal distribution's value at that quantile. */
const QUANTILE_Z = -0.8416;

/** Narrowest slice of the band that gets a noise figure of its own, Hz. */
const SLICE = 100e3;

/**
 * Noise floor of the wideband signal: averaged power spectra; in each slice of the band the level below which a fifth of
 * the bins lie, corrected for what that quantile of an averaged spectrum lies below its mean. Signals may fill four
 * fifths of a slice before they count as noise.
 */
export class NoiseFloor {
  private readonly fft: Fft;
  private readonly block: PlanarArray;
  private readonly spectrum: PlanarArray;
  private readonly shape: KernelArray<Float32Array>;
  /** Power per hertz by bin of the transform. */
  private readonly average: KernelArray<Float32Array>;
  private readonly scale: number;
  private readonly slices: number;
  private readonly chosen: Float32Array;
  private count = 0;
  /** Variance of the average relative to that of one spectrum. */
  private spread = 0;
  profile: NoiseProfile | null = null;

  /** rate: samples/s; span: most samples that may be transformed at once. */
  constructor(
    readonly rate: number,
    span: number,
  ) {
    const size = fftSize(span / 2);
    this.fft = new Fft(size);
    this.block = planar(size);
    this.spectrum = planar(size);
    const shape = Float64Array.from({ length: size }, (_, i) => kaiser((2 * i + 1) / size - 1, BETA));
    this.scale = 1 / (rate * shape.reduce((sum, value) => sum + value * value, 0));
    this.shape = kernelFloats(size);
    this.shape.view.set(shape);
    this.average = kernelFloats(size);
    this.slices = Math.min(128, Math.max(1, Math.floor((2 * USABLE_BAND * rate) / SLICE)));
    this.chosen = new Float32Array(Math.ceil(size / this.slices) + 1);
  }

  /** Takes the latest samples of the window into the average. */
  measure(window: SampleWindow): void {
    const { size } = this.fft;
    const { block, spectrum, shape, average } = this;
    const at = 4 * window.placeOf(window.end - size);
    const { re, im } = window.samples;
    kernels().weigh(re.pointer + at, im.pointer + at, shape.pointer, size, block.re.pointer, block.im.pointer);
    this.fft.forward(block, 0, spectrum);
    this.count++;
    const share = 1 / Math.min(this.count, AVERAGED);
    this.spread = (1 - share) ** 2 * this.spread + share ** 2;
    kernels().smoothPower(spectrum.re.pointer, spectrum.im.pointer, size, this.scale, share, average.pointer);
    // This costs as much as the spectra, so once the figure has settled it is renewed a few times a second.
    if (this.count < 8 || this.count % 4 === 0) this.profile = this.summarize();
  }

  private summarize(): NoiseProfile {
    const { size } = this.fft;
    const average = this.average.view;
    const edge = (0.5 - USABLE_BAND) * size;
    const width = (size - 2 * edge) / this.slices;
    // An average of spectra has a gamma distribution; Wilson and Hilferty's cube-root rule gives its quantile.
    const ninth = this.spread / 9;
    const below = Math.max(0.2, (1 - ninth + QUANTILE_Z * Math.sqrt(ninth)) ** 3);
    return Float64Array.from({ length: this.slices }, (_, slice) => {
      const from = Math.ceil(edge + slice * width);
      const to = Math.floor(edge + (slice + 1) * width);
      const bins = this.chosen.subarray(0, to - from);
      for (let i = from; i < to; i++) bins[i - from] = average[(i + size / 2) % size];
      return nthSmallest(bins, Math.floor(QUANTILE * bins.length)) / below;
    });
  }

  close(): void {
    this.fft.close();
    freePlanar(this.block);
    freePlanar(this.spectrum);
    this.shape.free();
    this.average.free();
  }
}

/** Noise power per hertz at an offset from the centre of a band `rate` wide, both Hz. */
export function noiseAt(profile: NoiseProfile, offset: number, rate: number): number {
  const place = Math.floor((offset / (2 * USABLE_BAND * rate) + 0.5) * profile.length);
  return profile[Math.min(profile.length - 1, Math.max(0, place))];
}
