import type { AudioInfo, IqFormat, PortMessage, StreamMessage } from '../../../src/core/messages';
import { IQ_BYTES } from '../../../src/core/messages';
import type { ScopeHead } from '../../../src/dsp/scope/scope-frame';
import type { ScopeEvent, ScopeStage } from '../../../src/dsp/scope/stage';
import { asCf32, asCu8, block } from '../channelizer-support';

/** A frame as a viewer reads it: by the head's own description, independent of the code that wrote it. */
export interface Frame {
  head: ScopeHead;
  arrays: Record<string, Float64Array>;
  bytes: Buffer;
}

export function readFrame(bytes: Buffer): Frame {
  const length = bytes.readUInt32LE(0);
  const { parts, ...head } = JSON.parse(bytes.toString('utf8', 4, 4 + length));
  const arrays: Record<string, Float64Array> = {};
  let at = 4 + length;
  for (const [name, type, count, scale] of parts as [string, string, number, number][]) {
    const width = type === 'i16' ? 2 : 1;
    arrays[name] = Float64Array.from(
      { length: count },
      (_, i) => scale * (width === 2 ? bytes.readInt16LE(at + 2 * i) : bytes.readInt8(at + i)),
    );
    at += (count * width + 3) & ~3;
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes too many`);
  return { head, arrays, bytes };
}

export function framesOf(messages: readonly PortMessage[]): Frame[] {
  return messages.map((message) =>
    readFrame(Buffer.from((message as { payload: unknown } as { payload: ScopeEvent }).payload.frame)),
  );
}

/** Feeds an iq signal in blocks of so many samples. */
export function feedIq(
  stage: ScopeStage,
  input: { rate: number; center: number; format: IqFormat },
  signal: Buffer,
  size: number,
  more = {},
): Frame[] {
  const bytes = IQ_BYTES[input.format];
  const out: PortMessage[] = [];
  let seq = 0;
  for (let at = 0; at < signal.length; at += size * bytes)
    out.push(
      ...stage.process(block(input, at / bytes, signal.subarray(at, at + size * bytes), { seq: seq++, ...more })),
    );
  return framesOf(out);
}

export function feedAudio(stage: ScopeStage, rate: number, samples: Int16Array, size: number, more = {}): Frame[] {
  const out: PortMessage[] = [];
  for (let at = 0, seq = 0; at < samples.length; at += size, seq++) {
    const part = samples.slice(at, at + size);
    const info: AudioInfo = { stream: 'src/a', seq, time: 1e12 + (1000 * at) / rate, rate, ...more };
    const payload = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    out.push(...stage.process({ port: 'audio', payload, info } as StreamMessage));
  }
  return framesOf(out);
}

/** Interleaved floats of full scale 1 in a format. */
export function inFormat(samples: Float32Array, format: IqFormat): Buffer {
  if (format === 'cf32') return asCf32(samples);
  if (format === 'cu8') return asCu8(samples);
  if (format === 'cs8') return Buffer.from(Int8Array.from(samples, (x) => Math.round(128 * x)).buffer);
  return Buffer.from(Int16Array.from(samples, (x) => Math.round(32768 * x)).buffer);
}

export const highest = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => Math.max(a, b));
