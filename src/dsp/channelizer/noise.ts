import { Fft, fftSize, freePlanar, type PlanarArray, planar } from '../fft';
import { kaiser } from '../filter-design';
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
  private readonly shape: Float64Array;
  /** Power per hertz by bin, from the lower band edge up. */
  private readonly average: Float64Array;
  private readonly scale: number;
  private readonly slices: number;
  private readonly sorted: Float64Array;
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
    this.shape = Float64Array.from({ length: size }, (_, i) => kaiser((2 * i + 1) / size - 1, BETA));
    this.scale = 1 / (rate * this.shape.reduce((sum, value) => sum + value * value, 0));
    this.average = new Float64Array(size);
    this.slices = Math.min(128, Math.max(1, Math.floor((2 * USABLE_BAND * rate) / SLICE)));
    this.sorted = new Float64Array(Math.ceil(size / this.slices) + 1);
  }

  /** Takes the latest samples of the window into the average. */
  measure(window: SampleWindow): void {
    const { size } = this.fft;
    const { shape, average, scale } = this;
    const at = window.placeOf(window.end - size);
    copyShaped(window.samples.re.view, at, shape, this.block.re.view);
    copyShaped(window.samples.im.view, at, shape, this.block.im.view);
    this.fft.forward(this.block, 0, this.spectrum);
    this.count++;
    const share = 1 / Math.min(this.count, AVERAGED);
    this.spread = (1 - share) ** 2 * this.spread + share ** 2;
    const re = this.spectrum.re.view;
    const im = this.spectrum.im.view;
    for (let i = 0, bin = size / 2; i < size; i++, bin++) {
      if (bin === size) bin = 0;
      const power = (re[bin] * re[bin] + im[bin] * im[bin]) * scale;
      average[i] += share * (power - average[i]);
    }
    // Sorting costs more than the spectra, so once the figure has settled it is renewed a few times a second.
    if (this.count < 8 || this.count % 4 === 0) this.profile = this.summarize();
  }

  private summarize(): NoiseProfile {
    const { size } = this.fft;
    const edge = (0.5 - USABLE_BAND) * size;
    const width = (size - 2 * edge) / this.slices;
    // An average of spectra has a gamma distribution; Wilson and Hilferty's cube-root rule gives its quantile.
    const ninth = this.spread / 9;
    const below = Math.max(0.2, (1 - ninth + QUANTILE_Z * Math.sqrt(ninth)) ** 3);
    return Float64Array.from({ length: this.slices }, (_, slice) => {
      const from = Math.ceil(edge + slice * width);
      const to = Math.floor(edge + (slice + 1) * width);
      const bins = this.sorted.subarray(0, to - from);
      bins.set(this.average.subarray(from, to));
      bins.sort();
      return bins[Math.floor(QUANTILE * bins.length)] / below;
    });
  }

  close(): void {
    this.fft.close();
    freePlanar(this.block);
    freePlanar(this.spectrum);
  }
}

function copyShaped(source: Float32Array, at: number, shape: Float64Array, target: Float32Array): void {
  for (let i = 0; i < shape.length; i++) target[i] = source[at + i] * shape[i];
}

/** Noise power per hertz at an offset from the centre of a band `rate` wide, both Hz. */
export function noiseAt(profile: NoiseProfile, offset: number, rate: number): number {
  const place = Math.floor((offset / (2 * USABLE_BAND * rate) + 0.5) * profile.length);
  return profile[Math.min(profile.length - 1, Math.max(0, place))];
}
