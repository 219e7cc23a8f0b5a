import type { IqFormat } from '../../core/messages';

/** Writes samples of full scale 1 in a format; what is larger is clipped, as a receiver does. */
export function encodeIq(iq: Float32Array, format: IqFormat, to: Buffer): void {
  const { buffer, byteOffset } = to;
  const count = iq.length;
  switch (format) {
    case 'cu8': {
      const bytes = new Uint8ClampedArray(buffer, byteOffset, count);
      for (let i = 0; i < count; i++) bytes[i] = 127.5 + 127.5 * iq[i];
      return;
    }
    case 'cs8': {
      for (let i = 0; i < count; i++) to[i] = Math.max(-128, Math.min(127, Math.round(128 * iq[i])));
      return;
    }
    case 'cs16': {
      const words = new Int16Array(buffer, byteOffset, count);
      for (let i = 0; i < count; i++) words[i] = Math.max(-32768, Math.min(32767, Math.round(32768 * iq[i])));
      return;
    }
    case 'cf32':
      new Float32Array(buffer, byteOffset, count).set(iq);
  }
}
