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

/** Tables by size and lanes; transforms of one kind in a thread share them. */
const shared = new Map<string, Tables>();

/** Smallest transform size the kernel can do that is at least `size`. */
export function fftSize(size: number): number {
  let best = Math.max(16, Math.ceil(size / 16) * 16);
  while (!fftRadices(best)) best += 16;
  return best;
}

/**
 * Discrete Fourier transform of one size: 16 times any product of 2, 3 and 5. With four lanes it does four transforms of
 * any product of 2, 3 and 5 at once, sample i of transform k being float 4 i + k. Call `close` when done with it.
 */
export class Fft {
  private readonly tables: Tables;
  private readonly work: PlanarArray;

  /** Throws TrunkflowError 'bad-setting' for a size the kernel cannot do. */
  constructor(
    readonly size: number,
    private readonly lanes: 1 | 4 = 1,
  ) {
    this.tables = tablesFor(size, lanes);
    this.work = planar(lanes * size);
  }

  /** Transforms `size` samples a lane from `offset` in `source` into `target`; the source is kept. */
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
    shared.delete(tablesKey(this.size, this.lanes));
  }

  private run(xr: number, xi: number, yr: KernelArray<Float32Array>, yi: KernelArray<Float32Array>): void {
    const { radices, twiddles } = this.tables;
    const { re, im } = this.work;
    const tables = [this.size, this.lanes, radices.pointer, twiddles.pointer] as const;
    kernels().fft(...tables, xr, xi, yr.pointer, yi.pointer, re.pointer, im.pointer);
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

const tablesKey = (size: number, lanes: number) => `${size} ${lanes}`;

function tablesFor(size: number, lanes: number): Tables {
  const key = tablesKey(size, lanes);
  let tables = shared.get(key);
  if (!tables) {
    const passes = fftRadices(size, lanes);
    if (!passes)
      throw new TrunkflowError('bad-setting', 'Transform size', {
        expected: `${lanes === 1 ? '16 times a' : 'a'} product of 2, 3 and 5`,
        got: String(size),
      });
    const factors = fftTwiddles(size, passes, lanes);
    tables = { radices: kernelInts(passes.length + 1), twiddles: kernelFloats(factors.length), users: 0 };
    tables.radices.view.set(passes);
    tables.twiddles.view.set(factors);
    shared.set(key, tables);
  }
  tables.users++;
  return tables;
}
