import { kaiser } from '../filter-design';
import { type KernelArray, kernelFloats } from '../kernels/wasm';

/** Kaiser window with side lobes below -90 dB: a strong carrier does not hide weak ones elsewhere in the band. */
const BETA = 12;

/** The window of a spectrum, with what it does to tones and noise. */
export class SpectrumWindow {
  readonly shape: KernelArray<Float32Array>;
  /** Power of a bin's transform for a tone of magnitude 1 in its middle. */
  readonly gain: number;
  /** Bandwidth in which a bin gathers noise, in bins. */
  readonly noiseBandwidth: number;
  /** How much the noise powers of two spectra half a window apart are alike, 0..1. */
  readonly overlap: number;

  constructor(readonly size: number) {
    const shape = Float64Array.from({ length: size }, (_, i) => kaiser((2 * i + 1) / size - 1, BETA));
    const sum = shape.reduce((total, value) => total + value, 0);
    const squares = shape.reduce((total, value) => total + value * value, 0);
    let shared = 0;
    for (let i = size / 2; i < size; i++) shared += shape[i] * shape[i - size / 2];
    this.gain = sum * sum;
    this.noiseBandwidth = (size * squares) / this.gain;
    this.overlap = (shared / squares) ** 2;
    this.shape = kernelFloats(size);
    this.shape.view.set(shape);
  }

  close(): void {
    this.shape.free();
  }
}
