import type { IqFormat } from '../../core/messages';
import { asFloat32, asInt16 } from '../../core/shared-buffer';

/** What turns a format's numbers into samples of full scale 1: value * scale + bias. Receivers' cu8 is centred on 127.4. */
export const IQ_SCALING: Readonly<Record<IqFormat, { scale: number; bias: number }>> = {
  cu8: { scale: 1 / 127.5, bias: -127.4 / 127.5 },
  cs8: { scale: 1 / 128, bias: 0 },
  cs16: { scale: 1 / 32768, bias: 0 },
  cf32: { scale: 1, bias: 0 },
};

/** Largest magnitude a cf32 sample may have; beyond it, or not finite, it counts as zero. */
const FLOAT_LIMIT = 1e6;

/** Plain twin of convert.as.ts: planar samples of full scale 1 less the DC given. Returns the samples replaced by zero. */
export function convertIq(
  bytes: Uint8Array,
  format: IqFormat,
  re: Float32Array,
  im: Float32Array,
  dcRe: number,
  dcIm: number,
): number {
  const { scale, bias } = IQ_SCALING[format];
  const values = numbers(bytes, format);
  let bad = 0;
  for (let i = 0; i < re.length; i++) {
    let a = values[2 * i];
    let b = values[2 * i + 1];
    if (!(Math.abs(a) <= FLOAT_LIMIT && Math.abs(b) <= FLOAT_LIMIT)) {
      bad++;
      a = b = 0;
    }
    re[i] = a * scale + bias - dcRe;
    im[i] = b * scale + bias - dcIm;
  }
  return bad;
}

function numbers(bytes: Uint8Array, format: IqFormat): ArrayLike<number> {
  if (format === 'cu8') return bytes;
  if (format === 'cs8') return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return format === 'cs16' ? asInt16(bytes) : asFloat32(bytes);
}
