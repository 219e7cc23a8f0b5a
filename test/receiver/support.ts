import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CallInfo, type EventObject, IQ_BYTES, type IqFormat, type StreamMessage } from '../../src/core/messages';
import type { Counters } from '../../src/core/stage';
import { type CallHappening, Receiver, type ReceiverOptions } from '../../src/receiver/receiver';
import type { SignalOptions } from '../../src/sources/generator/options';
import { Signal } from '../../src/sources/generator/signal';

/** Where the generator's site has its channels with the centre it takes by default, Hz. */
export const CENTER = 851_500_000;
export const CONTROL = 851_437_500;
export const VOICE = [851_525_000, 851_575_000];

/** Start of all test streams, ms. */
export const START = 1_700_000_000_000;

export interface Heard {
  /** Without statistics and diagnoses. */
  events: EventObject[];
  calls: { happened: CallHappening; call: CallInfo }[];
  /** Seconds and hash of the audio by stream. */
  audio: Map<string, { seconds: number; hash: string }>;
  counters: Record<string, Counters>;
}

/** What a receiver makes of these messages; a function that makes them may give it others in between. */
export function hear(
  options: Partial<ReceiverOptions>,
  messages: Iterable<StreamMessage> | ((receive: (message: StreamMessage) => void) => Iterable<StreamMessage>),
): Heard {
  const events: EventObject[] = [];
  const calls: Heard['calls'] = [];
  const sounds = new Map<string, { samples: number; hash: ReturnType<typeof createHash> }>();
  const receiver = new Receiver(
    { protocol: 'p25', ...options },
    {
      event: (event) => event.type !== 'stats' && event.type !== 'diagnosis' && events.push(event),
      call: (call, happened) => calls.push({ happened, call: structuredClone(call) }),
      audio: ({ payload, info }) => {
        const sound = sounds.get(info.stream) ?? { samples: 0, hash: createHash('sha256') };
        sounds.set(info.stream, sound);
        sound.samples += payload.length / 2;
        sound.hash.update(payload);
      },
    },
  );
  const receive = (message: StreamMessage) => receiver.receive(message);
  for (const message of typeof messages === 'function' ? messages(receive) : messages) receive(message);
  const audio = new Map(
    [...sounds].map(([stream, { samples, hash }]) => [stream, { seconds: samples / 8000, hash: hash.digest('hex') }]),
  );
  return { events, calls, audio, counters: receiver.counters() };
}

export interface Cutting {
  format?: IqFormat;
  rate?: number;
  center?: number;
  /** Samples of the blocks, in turn. */
  sizes?: readonly number[];
}

/** IQ samples as the messages of one stream, the last one its end. */
export function* iqMessages(
  data: Buffer,
  { format = 'cu8', rate = 48_000, center = CENTER, sizes = [1320] }: Cutting = {},
): Generator<StreamMessage> {
  const bytes = IQ_BYTES[format];
  const samples = Math.floor(data.length / bytes);
  for (let sample = 0, seq = 0; sample < samples; seq++) {
    const count = Math.min(sizes[seq % sizes.length], samples - sample);
    const payload = data.subarray(sample * bytes, (sample + count) * bytes);
    const time = START + (1000 * sample) / rate;
    const end = sample + count >= samples;
    yield { port: 'iq', payload, info: { stream: 'air', format, rate, center, seq, sample, time, dropped: 0, end } };
    sample += count;
  }
}

/** 16-bit discriminator audio as the messages of one stream. */
export function* audioMessages(data: Buffer, rate = 48_000, size = 1320): Generator<StreamMessage> {
  for (let sample = 0, seq = 0; sample < data.length / 2; seq++) {
    const payload = data.subarray(2 * sample, 2 * (sample + size));
    const time = START + (1000 * sample) / rate;
    sample += payload.length / 2;
    const end = sample >= data.length / 2;
    yield { port: 'audio', payload, info: { stream: 'air', rate, kind: 'discriminator', seq, time, end } };
  }
}

/** All samples of a test signal. */
export function generate(options: SignalOptions & { seconds: number }): Buffer {
  const signal = new Signal(options);
  return signal.read(options.seconds * signal.settings.rate);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that JavaScript's objects, and its buffers, take. */
export function memory(): { heap: number; buffers: number } {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

/** Fails when more is held than before, but for what the engine itself learns and what it has not swept yet. */
export function assertFlat(before: ReturnType<typeof memory>): void {
  const { heap, buffers } = memory();
  assert.ok(heap - before.heap < 500_000, `${heap - before.heap} bytes of objects more`);
  assert.ok(buffers - before.buffers < 12_000_000, `${buffers - before.buffers} bytes of buffers more`);
}
