import type { SignalFormat } from './stream-writer';

/** Values looked at in each block: too few to cost anything, enough to see an overdriven receiver within a second. */
const PROBES = 64;

/**
 * Counts the values at the converter's ends in a sparse, evenly spread sample of a block.
 * @returns how many of the `checked` values are clipped
 */
export function countClipped(block: Buffer, format: SignalFormat): { checked: number; clipped: number } {
  const isClipped = CLIPPED[format];
  const width = VALUE_BYTES[format];
  const values = Math.floor(block.length / width);
  const checked = Math.min(PROBES, values);
  let clipped = 0;
  for (let i = 0; i < checked; i++) if (isClipped(block, Math.floor((i * values) / checked) * width)) clipped++;
  return { checked, clipped };
}

const VALUE_BYTES: Record<SignalFormat, number> = { cu8: 1, cs8: 1, cs16: 2, cf32: 4, s16: 2 };

const clipped16 = (block: Buffer, at: number) => {
  const value = block.readInt16LE(at);
  return value === 32767 || value <= -32767;
};

const CLIPPED: Record<SignalFormat, (block: Buffer, at: number) => boolean> = {
  cu8: (block, at) => block[at] === 0 || block[at] === 255,
  cs8: (block, at) => block[at] === 127 || block[at] === 128 || block[at] === 129,
  cs16: clipped16,
  cf32: (block, at) => Math.abs(block.readFloatLE(at)) >= 1,
  s16: clipped16,
};
