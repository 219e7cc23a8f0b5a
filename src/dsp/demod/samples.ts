import { TrunkflowError } from '../../core/errors';
import { IQ_BYTES, type IqFormat, type IqInfo } from '../../core/messages';
import { asFloat32, asInt16 } from '../../core/shared-buffer';

/** What reading samples found besides samples. */
export interface SampleFaults {
  /** Samples at the converter's limit. */
  clipped: number;
  /** Samples that are not a number, infinite or absurdly large; read as 0. */
  invalid: number;
}

/** Share of a block's samples that were clipped before they were made into a channel, 0 to 1. */
export function clippedIn(info: object): number {
  const { clipped } = info as Partial<IqInfo>;
  return typeof clipped === 'number' && clipped > 0 && clipped <= 1 ? clipped : 0;
}

/** Larger values cannot be samples; their powers would overflow. */
const ABSURD = 1e8;

/** Samples of a block, read one stretch at a time into separate planes of floats with full scale 1. */
export interface SampleReader {
  readonly length: number;
  /** Writes samples from .. from + count - 1 to index `at` of the planes (audio: one plane). */
  read(from: number, count: number, planes: Float32Array[], at: number, faults: SampleFaults): void;
}

/** Reader of an iq payload; throws 'bad-message' when it is not a whole number of samples of a known format. */
export function iqReader(payload: Uint8Array, format: IqFormat): SampleReader {
  const size = IQ_BYTES[format];
  if (!size || payload.byteLength % size !== 0)
    throw new TrunkflowError('bad-message', 'iq block', {
      expected: size ? `a multiple of ${size} bytes (${format})` : 'format cu8, cs8, cs16 or cf32',
      got: size ? `${payload.byteLength} bytes` : String(format),
      status: 'bad iq block',
    });
  const length = payload.byteLength / size;
  switch (format) {
    case 'cu8':
      return integers(payload, length, 127.5, 1 / 127.5, 0, 255);
    case 'cs8':
      return integers(
        new Int8Array(payload.buffer, payload.byteOffset, payload.byteLength),
        length,
        0,
        1 / 128,
        -128,
        127,
      );
    case 'cs16':
      return integers(asInt16(payload), length, 0, 1 / 32768, -32768, 32767);
    case 'cf32':
      return floats(asFloat32(payload), length);
  }
}

function integers(
  samples: ArrayLike<number>,
  length: number,
  zero: number,
  scale: number,
  least: number,
  most: number,
): SampleReader {
  return {
    length,
    read(from, count, [re, im], at, faults) {
      for (let i = 0; i < count; i++) {
        const a = samples[2 * (from + i)];
        const b = samples[2 * (from + i) + 1];
        if (a <= least || a >= most || b <= least || b >= most) faults.clipped++;
        re[at + i] = (a - zero) * scale;
        im[at + i] = (b - zero) * scale;
      }
    },
  };
}

function floats(samples: Float32Array, length: number): SampleReader {
  return {
    length,
    read(from, count, [re, im], at, faults) {
      for (let i = 0; i < count; i++) {
        const a = samples[2 * (from + i)];
        const b = samples[2 * (from + i) + 1];
        const usable = Math.abs(a) < ABSURD && Math.abs(b) < ABSURD;
        if (!usable) faults.invalid++;
        re[at + i] = usable ? a : 0;
        im[at + i] = usable ? b : 0;
      }
    },
  };
}

/** Reader of an audio payload (s16le mono); throws 'bad-message' for an odd number of bytes. */
export function audioReader(payload: Uint8Array): SampleReader {
  if (payload.byteLength % 2 !== 0)
    throw new TrunkflowError('bad-message', 'audio block', {
      expected: 'whole 16-bit samples',
      got: `${payload.byteLength} bytes`,
      status: 'bad audio block',
    });
  const samples = asInt16(payload);
  return {
    length: samples.length,
    read(from, count, [plane], at, faults) {
      for (let i = 0; i < count; i++) {
        const value = samples[from + i];
        if (value === -32768 || value === 32767) faults.clipped++;
        plane[at + i] = value / 32768;
      }
    },
  };
}

/** `count` zero samples, to push out what filters still hold. */
export function silence(count: number): SampleReader {
  return {
    length: count,
    read(_from, stretch, planes, at) {
      for (const plane of planes) plane.fill(0, at, at + stretch);
    },
  };
}
