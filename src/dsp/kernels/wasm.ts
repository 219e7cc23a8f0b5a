import { KERNELS_BASE64 } from './kernels.generated';

/** What the kernel module exports: alloc, release and the kernels, all on plain numbers. */
export type KernelExports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

let instance: KernelExports | undefined;

/** The kernels of this thread; the module is compiled on first use. */
export function kernels(): KernelExports {
  if (!instance) {
    const module = new WebAssembly.Module(Buffer.from(KERNELS_BASE64, 'base64'));
    const imports = {
      env: {
        abort(_message: number, _file: number, line: number, column: number) {
          throw new Error(`kernel aborted at ${line}:${column}`);
        },
      },
    };
    instance = new WebAssembly.Instance(module, imports).exports as KernelExports;
  }
  return instance;
}

/**
 * Arrays of whole pages, one after the other, would begin at the same place of a page. The processor then takes a load
 * from one for a load of what was just stored to another, and waits. A few cache lines between them prevent that.
 */
const PAGE = 4096;
const STAGGER = 192;

/**
 * Memory inside the kernel module. WebAssembly memory may grow and then detaches every view, so a stage keeps these and
 * asks for `view` again after anything that may allocate.
 */
export class KernelArray<T extends Float32Array | Int32Array | Int16Array | Uint8Array | Float64Array> {
  readonly pointer: number;
  private cached: T;

  constructor(
    private readonly type: new (buffer: ArrayBuffer, offset: number, length: number) => T,
    readonly length: number,
    bytesPerElement: number,
  ) {
    const bytes = Math.max(16, length * bytesPerElement);
    this.pointer = kernels().alloc(bytes % PAGE === 0 ? bytes + STAGGER : bytes);
    this.cached = new type(kernels().memory.buffer, this.pointer, length);
    this.cached.fill(0);
  }

  get view(): T {
    // A detached view has no length; asking the memory for its buffer each time would cost more than most uses.
    if (this.cached.length !== this.length)
      this.cached = new this.type(kernels().memory.buffer, this.pointer, this.length);
    return this.cached;
  }

  free(): void {
    kernels().release(this.pointer);
  }
}

export const kernelFloats = (length: number) => new KernelArray(Float32Array, length, 4);
export const kernelInts = (length: number) => new KernelArray(Int32Array, length, 4);
export const kernelBytes = (length: number) => new KernelArray(Uint8Array, length, 1);
