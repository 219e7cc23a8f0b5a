/**
 * A Buffer over a SharedArrayBuffer: Node-RED clones it by reference and a worker thread receives it without a copy.
 * Its first byte is 8-byte aligned, so Float32Array and Float64Array views fit.
 */
export function sharedBuffer(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

/** The same bytes over a SharedArrayBuffer; copies only what is not shared yet. */
export function toShared(bytes: Uint8Array): Buffer {
  if (bytes.buffer instanceof SharedArrayBuffer) return asBuffer(bytes);
  const shared = sharedBuffer(bytes.byteLength);
  shared.set(bytes);
  return shared;
}

/** The same memory as a Buffer, e.g. after a message from another thread made it a plain Uint8Array. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** The payload's bytes as 32-bit floats; copies only when they are not aligned. */
export function asFloat32(payload: Uint8Array): Float32Array {
  const length = payload.byteLength >> 2;
  if (payload.byteOffset % 4 === 0) return new Float32Array(payload.buffer, payload.byteOffset, length);
  const copy = new Uint8Array(length * 4);
  copy.set(payload.subarray(0, length * 4));
  return new Float32Array(copy.buffer);
}

/** The payload's bytes as signed 16-bit samples; copies only when they are not aligned. */
export function asInt16(payload: Uint8Array): Int16Array {
  const length = payload.byteLength >> 1;
  if (payload.byteOffset % 2 === 0) return new Int16Array(payload.buffer, payload.byteOffset, length);
  const copy = new Uint8Array(length * 2);
  copy.set(payload.subarray(0, length * 2));
  return new Int16Array(copy.buffer);
}
