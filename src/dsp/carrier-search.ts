import { TrunkflowError } from '../core/errors';
import { IQ_BYTES, type IqFormat } from '../core/messages';
import { Fft, fftSize, freePlanar, type PlanarArray, planar } from './fft';
import { convertIq } from './kernels/convert';

export interface Carrier {
  /** Middle of the signal, Hz from the band's centre. */
  offset: number;
  /** Power of the signal, dB relative to full scale. */
  level: number;
  /** Power above the noise in its bandwidth, dB. */
  snr: number;
}

export interface CarrierSearchOptions {
  /** Samples/s. */
  rate: number;
  /** Width of the signals looked for, Hz. */
  bandwidth: number;
  /** Least power above the noise, dB. */
  threshold?: number;
}

/** Hz between the bins of the spectrum: fine enough to place a narrow channel, coarse enough to average quickly. */
const RESOLUTION = 600;
/** Share of the band, at each edge, that the receiver's own filter spoils. */
const EDGE = 0.03;

/**
 * Finds the carriers in a wide band from its averaged power spectrum (Welch's method, Hann window, no overlap).
 * A signal present for a part of the time counts with its mean power.
 */
export class CarrierSearch {
  private readonly fft: Fft;
  private readonly input: PlanarArray;
  private readonly output: PlanarArray;
  private readonly window: Float32Array;
  private readonly power: Float64Array;
  private readonly re: Float32Array;
  private readonly im: Float32Array;
  private filled = 0;
  private spectra = 0;

  /** @throws TrunkflowError 'bad-setting' when the band is no wider than a few signals */
  constructor(private readonly options: CarrierSearchOptions) {
    const { rate, bandwidth } = options;
    if (!(rate >= 4 * bandwidth))
      throw new TrunkflowError('bad-setting', 'The band is too narrow to search', {
        expected: `at least ${4 * bandwidth} samples/s`,
        got: `${rate}`,
      });
    const size = fftSize(rate / RESOLUTION);
    this.fft = new Fft(size);
    this.input = planar(size);
    this.output = planar(size);
    this.re = new Float32Array(size);
    this.im = new Float32Array(size);
    this.power = new Float64Array(size);
    this.window = Float32Array.from({ length: size }, (_, i) => 1 - Math.cos((2 * Math.PI * (i + 0.5)) / size));
  }

  /** Adds a block of samples, interleaved in the format named. */
  add(bytes: Buffer, format: IqFormat): void {
    const size = this.fft.size;
    const width = IQ_BYTES[format];
    const samples = Math.floor(bytes.length / width);
    for (let done = 0; done < samples; ) {
      const count = Math.min(size - this.filled, samples - done);
      const part = bytes.subarray(done * width, (done + count) * width);
      const from = this.filled;
      convertIq(part, format, this.re.subarray(from, from + count), this.im.subarray(from, from + count), 0, 0);
      this.filled += count;
      done += count;
      if (this.filled === size) this.transform();
    }
  }

  /** The carriers found so far, strongest first. */
  carriers(): Carrier[] {
    const { rate, bandwidth, threshold = 6 } = this.options;
    const size = this.fft.size;
    if (this.spectra === 0) return [];
    const bin = rate / size;
    const half = Math.max(1, Math.round(bandwidth / bin / 2));
    const density = this.density();
    const floor = noiseFloor(density);
    const sums = runningSums(density, half);
    const first = Math.ceil(size * EDGE) + half;
    const free = new Uint8Array(size).fill(1, first, size - first);
    const found: Carrier[] = [];
    // The strongest window first; what it covers cannot be another carrier.
    const order = Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a]);
    for (const middle of order) {
      const noise = floor * (2 * half + 1);
      if (sums[middle] < noise * (1 + 10 ** (threshold / 10))) break;
      if (!free[middle]) continue;
      free.fill(0, Math.max(0, middle - 2 * half), middle + 2 * half + 1);
      const signal = sums[middle] - noise;
      const offset = (centroid(density, middle, half, floor) - size / 2) * bin;
      found.push({ offset, level: 10 * Math.log10(signal), snr: 10 * Math.log10(signal / noise) });
    }
    return found;
  }

  close(): void {
    this.fft.close();
    freePlanar(this.input);
    freePlanar(this.output);
  }

  private transform(): void {
    const size = this.fft.size;
    const re = this.input.re.view;
    const im = this.input.im.view;
    for (let i = 0; i < size; i++) {
      re[i] = this.re[i] * this.window[i];
      im[i] = this.im[i] * this.window[i];
    }
    this.fft.forward(this.input, 0, this.output);
    const yr = this.output.re.view;
    const yi = this.output.im.view;
    for (let i = 0; i < size; i++) this.power[i] += yr[i] * yr[i] + yi[i] * yi[i];
    this.filled = 0;
    this.spectra++;
  }

  /** Mean power of each bin, lowest frequency first, such that all bins add up to the signal's power. */
  private density(): Float64Array {
    const size = this.fft.size;
    // The window's power gain: the sum of its squares is 1.5 times the size.
    const scale = 1 / (this.spectra * size * size * 1.5);
    const shifted = new Float64Array(size);
    for (let i = 0; i < size; i++) shifted[(i + size / 2) % size] = this.power[i] * scale;
    // A receiver's own direct current is no carrier: bridge it from its neighbours.
    const middle = size / 2;
    const bridge = (shifted[middle - 3] + shifted[middle + 3]) / 2;
    shifted.fill(bridge, middle - 2, middle + 3);
    return shifted;
  }
}

/** The noise density: most of a band is empty, so a low quantile of the bins' power is a fair and robust guess. */
function noiseFloor(density: Float64Array): number {
  const sorted = Float64Array.from(density).sort();
  return sorted[Math.floor(sorted.length * 0.4)] || Number.MIN_VALUE;
}

/** Sum of each bin and `half` neighbours on either side. */
function runningSums(density: Float64Array, half: number): Float64Array {
  const sums = new Float64Array(density.length);
  let sum = 0;
  for (let i = 0; i < density.length + half; i++) {
    if (i < density.length) sum += density[i];
    if (i - 2 * half - 1 >= 0) sum -= density[i - 2 * half - 1];
    if (i - half >= 0) sums[i - half] = sum;
  }
  return sums;
}

function centroid(density: Float64Array, middle: number, half: number, floor: number): number {
  let weight = 0;
  let moment = 0;
  for (let i = Math.max(0, middle - half); i <= Math.min(density.length - 1, middle + half); i++) {
    const power = Math.max(0, density[i] - floor);
    weight += power;
    moment += power * i;
  }
  return weight > 0 ? moment / weight : middle;
}
