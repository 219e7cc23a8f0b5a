import type { IqFormat } from '../core/messages';

/** Formats of samples; s16 is audio. */
export type SampleFormat = IqFormat | 's16';

/** A test for samples at the converter's ends, by their numbers; a symmetric one never gives the very lowest value. */
export function clippingTest(format: SampleFormat, bytes: Uint8Array): (sample: number) => boolean {
  const values = valuesOf(format, bytes);
  const [least, most] = LIMITS[format];
  const beyond = (value: number) => value <= least || value >= most;
  if (format === 's16') return (i) => beyond(values[i]);
  return (i) => beyond(values[2 * i]) || beyond(values[2 * i + 1]);
}

function valuesOf(format: SampleFormat, bytes: Uint8Array): ArrayLike<number> {
  if (format === 'cu8') return bytes;
  if (format === 'cs8') return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  if (format === 'cf32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

const LIMITS: Readonly<Record<SampleFormat, readonly [number, number]>> = {
  cu8: [0, 255],
  cs8: [-127, 127],
  cs16: [-32767, 32767],
  cf32: [-1, 1],
  s16: [-32767, 32767],
};
