import { type KernelArray, kernelFloats } from '../kernels/wasm';

/** Zeros before a stream's first sample, so that filters may start there. */
const LEAD = 512;

/**
 * The latest samples of one stream at the demodulator's own rate, in kernel memory: one plane for audio, two for a
 * complex signal. Samples are named by their index since the stream (or the last gap) began.
 */
export class SignalHistory {
  readonly planes: KernelArray<Float32Array>[];
  /** Index of the first sample still held, and of the next one to come. */
  private first = -LEAD;
  end = 0;

  /** Holds at least the last `keep` samples; `hop` = most samples appended at once. */
  constructor(
    planes: 1 | 2,
    private readonly keep: number,
    hop: number,
  ) {
    const capacity = LEAD + keep + Math.max(hop, keep >> 2) + 8;
    this.planes = Array.from({ length: planes }, () => kernelFloats(capacity));
  }

  /** Pointer of sample `index` in a plane. */
  pointer(plane: number, index: number): number {
    return this.planes[plane].pointer + 4 * (index - this.first);
  }

  /** Samples from index on, as a view that is valid until the next allocation. */
  view(plane: number, index: number): Float32Array {
    return this.planes[plane].view.subarray(index - this.first);
  }

  /** Makes room for `count` samples at `end`; the caller writes them and then adds to `end`. */
  reserve(count: number): void {
    const held = this.end - this.first;
    if (held + count + 8 <= this.planes[0].length) return;
    const kept = Math.min(held, this.keep);
    for (const plane of this.planes) plane.view.copyWithin(0, held - kept, held);
    this.first = this.end - kept;
  }

  clear(): void {
    for (const plane of this.planes) plane.view.fill(0);
    this.first = -LEAD;
    this.end = 0;
  }

  free(): void {
    for (const plane of this.planes) plane.free();
  }
}
