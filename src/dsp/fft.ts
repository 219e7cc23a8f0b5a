import { TrunkflowError } from '../core/errors';
import { fftRadices, fftTwiddles } from './kernels/fft';
import { type KernelArray, kernelFloats, kernelInts, kernels } from './kernels/wasm';

/** Planar complex floats in kernel memory. */
export interface PlanarArray {
  re: KernelArray<Float32Array>;
  im: KernelArray<Float32Array>;
}

interface Tables {
  radices: KernelArray<Int32Array>;
  twiddles: KernelArray<Float32Array>;
  users: number;
}

/** Tables by size; transforms of one size in a thread share them. */
const shared = new Map<number, Tables>();

/** Smallest transform size the kernel can do that is at least `size`. */
export function fftSize(size: number): number {
  let best = Math.max(16, Math.ceil(size / 16) * 16);
  while (!fftRadices(best)) best += 16;
  return best;
}

/** Discrete Fourier transform of one size: 16 times any product of 2, 3 and 5. Call `close` when done with it. */
export class Fft {
  private readonly tables: Tables;
  private readonly work: PlanarArray;

  /** Throws TrunkflowError 'bad-setting' for a size the kernel cannot do. */
  constructor(readonly size: number) {
    this.tables = tablesFor(size);
    this.work = planar(size);
  }

  /** Transforms `size` samples from `offset` in `source` into `target`; the source is kept. */
  forward(source: PlanarArray, offset: number, target: PlanarArray): void {
    this.run(source.re.pointer + 4 * offset, source.im.pointer + 4 * offset, target.re, target.im);
  }

  /** Inverse transform times `size`. */
  inverse(source: PlanarArray, target: PlanarArray): void {
    this.run(source.im.pointer, source.re.pointer, target.im, target.re);
  }

  close(): void {
    freePlanar(this.work);
    if (--this.tables.users > 0) return;
    this.tables.radices.free();
    this.tables.twiddles.free();
    shared.delete(this.size);
  }

  private run(xr: number, xi: number, yr: KernelArray<Float32Array>, yi: KernelArray<Float32Array>): void {
    const { radices, twiddles } = this.tables;
    const { re, im } = this.work;
    kernels().fft(this.size, radices.pointer, twiddles.pointer, xr, xi, yr.pointer, yi.pointer, re.pointer, im.pointer);
  }
}

/** A pair of cleared arrays in kernel memory. */
export function planar(length: number): PlanarArray {
  return { re: kernelFloats(length), im: kernelFloats(length) };
}

export function freePlanar(array: PlanarArray): void {
  array.re.free();
  array.im.free();
}

function tablesFor(size: number): Tables {
  let tables = shared.get(size);
  if (!tables) {
    const passes = fftRadices(size);
    if (!passes)
      throw new TrunkflowError('bad-setting', 'Transform size', {
        expected: '16 times a product of 2, 3 and 5',
        got: String(size),
      });
    const factors = fftTwiddles(size, passes);
    tables = { radices: kernelInts(passes.length + 1), twiddles: kernelFloats(factors.length), users: 0 };
    tables.radices.view.set(passes);
    tables.twiddles.view.set(factors);
    shared.set(size, tables);
  }
  tables.users++;
  return tables;
}
