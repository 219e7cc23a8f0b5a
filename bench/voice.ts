import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamMessage, VoiceCodec } from '../src/core/messages';
import { sharedBuffer } from '../src/core/shared-buffer';
import { VoiceStage } from '../src/voice/stage';
import { encodeSoft as encodeAmbe2 } from '../test/voice/ambe2-support';
import { encodeSoft } from '../test/voice/support';
import { type Benchmark, runsPerSecond } from './benchmark';

/** Frames in a message, as one P25 logical data unit brings them. */
const FRAMES = 9;
const STREAMS = 10_000;

type Format = 'soft' | 'bare';

/** The sentence of NIST (public domain), a bare frame a line. */
function sentence(codec: VoiceCodec): Uint8Array[] {
  const file = join(__dirname, '..', 'test', 'voice', 'vectors', `${codec}_nist_hex.txt`);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.filter((line) => !line.startsWith('#')).map((line) => Buffer.from(line, 'hex'));
}

function message(payload: Buffer, frames: number, time: number, codec: VoiceCodec, format: Format): StreamMessage {
  const info = { stream: 'bench', seq: 0, time, codec, format, frames, duration: 20 * frames } as const;
  return { port: 'voice', payload, info: { ...info, frequency: 0, errors: 0 } };
}

/** How many voice channels one core decodes in real time, by what reaches the stage. */
function channels(messages: Buffer[], codec: VoiceCodec, format: Format): number {
  const stage = new VoiceStage();
  let time = 0;
  const perSecond = runsPerSecond(() => {
    for (let i = 0; i < 18; i++, time += 20 * FRAMES) {
      stage.process(message(messages[i], FRAMES, time, codec, format));
    }
  });
  return perSecond * 18 * FRAMES * 0.02;
}

/** The sentence in messages: information bits, soft bits without errors, soft bits of a channel near its end. */
function sources(codec: VoiceCodec, encode: (bare: Uint8Array) => Int8Array) {
  const bare = sentence(codec);
  const group = (frames: Uint8Array[]) =>
    Array.from({ length: 18 }, (_, i) => Buffer.concat(frames.slice(FRAMES * i, FRAMES * (i + 1))));
  const clean = bare.map((frame) => encode(frame));
  let state = 1;
  // Every 24th bit wrong and unsure.
  const noisy = clean.map((frame) =>
    frame.map((bit) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state >>> 0 < 2 ** 32 / 24 ? -bit / 4 : bit;
    }),
  );
  const bytes = (frames: Int8Array[]) => group(frames.map((frame) => new Uint8Array(frame.buffer)));
  return { bare: group(bare), soft: bytes(clean), noisy: bytes(noisy) };
}

function codecBenchmarks(name: string, codec: VoiceCodec, encode: (bare: Uint8Array) => Int8Array): Benchmark[] {
  const { bare, soft, noisy } = sources(codec, encode);
  const unit = 'voice channels per core';
  return [
    { name: `${name} decoder, soft bits without errors`, value: channels(soft, codec, 'soft'), unit },
    { name: `${name} decoder, soft bits, 4 % of them wrong`, value: channels(noisy, codec, 'soft'), unit },
    {
      name: `${name} decoder, without error correction`,
      value: channels(bare, codec, 'bare'),
      unit,
      note: 'mbelib in C: 88 to 219',
    },
  ];
}

export async function benchmarks(): Promise<Benchmark[]> {
  const before = process.memoryUsage();
  const idle = Array.from({ length: STREAMS }, () => {
    const stage = new VoiceStage();
    stage.process(message(sharedBuffer(0), 0, 0, 'imbe', 'soft'));
    return stage;
  });
  const after = process.memoryUsage();
  const memory = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;

  return [
    ...codecBenchmarks('IMBE', 'imbe', encodeSoft),
    ...codecBenchmarks('AMBE+2', 'ambe2', encodeAmbe2),
    { name: `memory of ${idle.length} voice streams before their first frame`, value: memory, unit: 'MB' },
  ];
}
