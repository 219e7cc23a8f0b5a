import { writeBits } from '../../../coding/bits';

/** A number and how many bits it takes. */
export type Field = readonly [value: number, bits: number];

/** Bits of a message, from its fields in the order of transmission. */
export function fields(...parts: readonly Field[]): Uint8Array {
  const bits = new Uint8Array(parts.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of parts) {
    writeBits(bits, at, width, value);
    at += width;
  }
  return bits;
}
