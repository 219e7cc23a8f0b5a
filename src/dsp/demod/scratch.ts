import { type KernelArray, kernelFloats } from '../kernels/wasm';

const arrays = new Map<string, KernelArray<Float32Array>>();

/**
 * Working memory for the duration of one call, shared by all demodulators of this thread under a name; its content is
 * undefined. It grows to the largest length asked for, which settings bound.
 */
export function scratch(name: string, length: number): KernelArray<Float32Array> {
  const known = arrays.get(name);
  if (known && known.length >= length) return known;
  known?.free();
  const made = kernelFloats(length);
  arrays.set(name, made);
  return made;
}
