/** Memory for state and samples, 16-byte aligned, not cleared. */
export function alloc(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function release(pointer: usize): void {
  heap.free(pointer);
}
