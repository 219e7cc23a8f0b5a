import type { IqFormat } from '../../core/messages';
import type { SignalFormat } from '../stream-writer';

/** How a file stores one value; all little-endian. 'u8' is centred on 127.5, integers and floats on 0, floats span +-1. */
export type Encoding = 'u8' | 's8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

export const ENCODING_BYTES: Readonly<Record<Encoding, number>> = {
  u8: 1,
  s8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
};

/** The encoding of each complex sample format's values. */
export const IQ_ENCODING: Readonly<Record<IqFormat, Encoding>> = { cu8: 'u8', cs8: 's8', cs16: 's16', cf32: 'f32' };

/** The sample format that carries complex samples of this encoding without loss of level. */
export function iqFormat(encoding: Encoding): IqFormat {
  const same = Object.entries(IQ_ENCODING).find(([, of]) => of === encoding);
  return (same?.[0] as IqFormat) ?? 'cf32';
}

type Read = (bytes: Buffer, at: number) => number;

/** One value, as a number from -1 to 1. */
const READ: Record<Encoding, Read> = {
  u8: (bytes, at) => (bytes[at] - 127.5) / 127.5,
  s8: (bytes, at) => bytes.readInt8(at) / 128,
  s16: (bytes, at) => bytes.readInt16LE(at) / 0x8000,
  s24: (bytes, at) => bytes.readIntLE(at, 3) / 0x80_0000,
  s32: (bytes, at) => bytes.readInt32LE(at) / 0x8000_0000,
  f32: (bytes, at) => bytes.readFloatLE(at),
  f64: (bytes, at) => bytes.readDoubleLE(at),
};

/** Puts frames of a file into a block; both hold the same number of frames. */
export type Convert = (from: Buffer, frames: number, to: Buffer) => void;

/**
 * How to turn a file's frames into samples.
 * @param channels values per frame in the file
 * @param channel for audio: which of them to take
 * @returns undefined when the bytes can be taken as they are
 */
export function converter(
  encoding: Encoding,
  channels: number,
  format: SignalFormat,
  channel: number,
): Convert | undefined {
  const read = READ[encoding];
  const width = ENCODING_BYTES[encoding];
  if (format !== 's16') {
    if (format !== 'cf32' || encoding === 'f32') return undefined;
    return (from, frames, to) => {
      for (let i = 0; i < 2 * frames; i++) to.writeFloatLE(read(from, i * width), 4 * i);
    };
  }
  if (encoding === 's16' && channels === 1) return undefined;
  return (from, frames, to) => {
    for (let i = 0; i < frames; i++) to.writeInt16LE(to16(read(from, (i * channels + channel) * width)), 2 * i);
  };
}

/** The nearest 16-bit value; what is not a number is silence. */
function to16(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value * 32768))) || 0;
}
