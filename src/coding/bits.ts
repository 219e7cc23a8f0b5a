/** Helpers over bit arrays: a Uint8Array holding one bit (0 or 1) per element, first transmitted bit first. */

/** Packs bits into bytes, most significant bit first; the last byte is filled with zeros. */
export function packBits(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((bits.length + 7) >> 3);
  for (let i = 0; i < bits.length; i++) bytes[i >> 3] |= bits[i] << (7 - (i & 7));
  return bytes;
}

/** The first `count` bits (default: all) of `bytes`, most significant bit first. */
export function unpackBits(bytes: Uint8Array, count = bytes.length * 8): Uint8Array {
  const bits = new Uint8Array(count);
  for (let i = 0; i < count; i++) bits[i] = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
  return bits;
}

/** The unsigned number in `length` (at most 48) bits from `start`, most significant first. */
export function readBits(bits: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = start; i < start + length; i++) value = value * 2 + bits[i];
  return value;
}

/** Writes the low `length` (at most 48) bits of the unsigned `value` from `start`, most significant first. */
export function writeBits(bits: Uint8Array, start: number, length: number, value: number): void {
  for (let i = start + length - 1; i >= start; i--) {
    bits[i] = value % 2;
    value = Math.floor(value / 2);
  }
}

/** Number of ones in a 32-bit word. */
export function popCount(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
