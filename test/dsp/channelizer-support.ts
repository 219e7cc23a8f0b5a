import type { ChannelEvent } from '../../src/core/events';
import type { IqFormat, IqInfo, PortMessage, StreamMessage } from '../../src/core/messages';
import { IQ_BYTES } from '../../src/core/messages';
import { asFloat32 } from '../../src/core/shared-buffer';
import type { ChannelizerStage } from '../../src/dsp/channelizer/stage';

/** Stream time of sample 0 in these tests, ms. */
export const START = 1_700_000_000_000;

export interface Input {
  rate: number;
  center: number;
  format: IqFormat;
}

export function block(input: Input, sample: number, payload: Buffer, more: Partial<IqInfo> = {}): StreamMessage {
  const info: IqInfo = {
    stream: 'src',
    seq: 0,
    time: START + (1000 * sample) / input.rate,
    format: input.format,
    rate: input.rate,
    center: input.center,
    sample,
    dropped: 0,
    ...more,
  };
  return { port: 'iq', payload, info };
}

/** Feeds a signal in blocks of so many samples; returns the messages given. */
export function feed(stage: ChannelizerStage, input: Input, signal: Buffer, size: number, first = 0): PortMessage[] {
  const bytes = IQ_BYTES[input.format];
  const messages: PortMessage[] = [];
  for (let at = 0; at < signal.length; at += size * bytes)
    messages.push(...stage.process(block(input, first + at / bytes, signal.subarray(at, at + size * bytes))));
  return messages;
}

export interface Channel {
  infos: IqInfo[];
  /** Interleaved samples of all messages. */
  samples: Float32Array;
}

/** The iq messages among these, joined by stream name without its root. */
export function channelsOf(messages: readonly PortMessage[]): Map<string, Channel> {
  const parts = new Map<string, { infos: IqInfo[]; payloads: Buffer[] }>();
  for (const message of messages) {
    if (message.port !== 'iq') continue;
    const id = message.info.stream.replace(/^src\//, '');
    const part = parts.get(id) ?? { infos: [], payloads: [] };
    part.infos.push(message.info);
    part.payloads.push(message.payload);
    parts.set(id, part);
  }
  return new Map(
    [...parts].map(([id, { infos, payloads }]) => [id, { infos, samples: asFloat32(Buffer.concat(payloads)) }]),
  );
}

export function eventsOf(messages: readonly PortMessage[]): ChannelEvent[] {
  return messages.flatMap((message) =>
    message.port === 'event' && message.payload.type === 'channel' ? (message.payload as ChannelEvent) : [],
  );
}

/** Sum of tones [Hz from the centre, amplitude, phase in turns] as interleaved floats. */
export function tones(rate: number, count: number, list: [number, number, number?][]): Float32Array {
  const out = new Float32Array(2 * count);
  for (const [frequency, amplitude, phase = 0] of list)
    for (let n = 0; n < count; n++) {
      const angle = 2 * Math.PI * (((frequency * n) / rate + phase) % 1);
      out[2 * n] += amplitude * Math.cos(angle);
      out[2 * n + 1] += amplitude * Math.sin(angle);
    }
  return out;
}

export function asCf32(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

export function asCu8(samples: Float32Array): Buffer {
  return Buffer.from(samples.map((x) => Math.min(255, Math.max(0, Math.round(127.4 + 127.5 * x)))));
}

/** Mean power of interleaved samples, dB. */
export function power(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / (samples.length / 2) + 1e-30);
}
