/** A field of a message as the standard's table has it: first bit, width, value. */
export type Field = readonly [start: number, width: number, value: number];

/** A message put together bit by bit from a table of fields; bits that no field names are 0. */
export function layout(octets: number, ...fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(octets);
  for (const [start, width, value] of fields) {
    for (let i = 0; i < width; i++) {
      const bit = start + i;
      if (Math.floor(value / 2 ** (width - 1 - i)) % 2 === 1) bytes[bit >> 3] |= 0x80 >> (bit & 7);
    }
  }
  return bytes;
}

/** Fields of a data block that follows a header of 12 octets: bits are counted from the block's own start. */
export const inBlock = (block: number, ...fields: readonly Field[]): Field[] =>
  fields.map(([start, width, value]) => [96 * (block + 1) + start, width, value] as const);
