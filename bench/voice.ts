import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamMessage } from '../src/core/messages';
import { sharedBuffer } from '../src/core/shared-buffer';
import { VoiceStage } from '../src/voice/stage';
import { encodeSoft } from '../test/voice/support';
import { type Benchmark, runsPerSecond } from './benchmark';

/** Frames in a message, as one P25 logical data unit brings them. */
const FRAMES = 9;
const STREAMS = 10_000;

/** The sentence of NIST (public domain), 11 bytes a frame. */
function sentence(): Uint8Array[] {
  const file = join(__dirname, '..', 'test', 'voice', 'vectors', 'imbe_nist_hex.txt');
  const lines = readFileSync(file, 'utf8').trim().split(/\s+/);
  return lines.map((line) => Buffer.from(line, 'hex'));
}

function message(payload: Buffer, frames: number, time: number, format: 'soft' | 'bare'): StreamMessage {
  const info = { stream: 'bench', seq: 0, time, codec: 'imbe', format, frames, duration: 20 * frames } as const;
  return { port: 'voice', payload, info: { ...info, frequency: 0, errors: 0 } };
}

/** How many voice channels one core decodes in real time, by what reaches the stage. */
function channels(next: (i: number) => Buffer, format: 'soft' | 'bare'): number {
  const stage = new VoiceStage();
  let time = 0;
  const perSecond = runsPerSecond(() => {
    for (let i = 0; i < 18; i++, time += 20 * FRAMES) stage.process(message(next(i), FRAMES, time, format));
  });
  return perSecond * 18 * FRAMES * 0.02;
}

export async function benchmarks(): Promise<Benchmark[]> {
  const bare = sentence();
  const group = (frames: Uint8Array[]) =>
    Array.from({ length: 18 }, (_, i) => Buffer.concat(frames.slice(FRAMES * i, FRAMES * (i + 1))));
  const clean = bare.map((frame) => encodeSoft(frame));
  let state = 1;
  // Every 24th bit wrong and unsure, a channel near its end.
  const noisy = clean.map((frame) =>
    frame.map((bit) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state >>> 0 < 2 ** 32 / 24 ? -bit / 4 : bit;
    }),
  );
  const bytes = (frames: Int8Array[]) => group(frames.map((frame) => new Uint8Array(frame.buffer)));
  const sources = { bare: group(bare), soft: bytes(clean), noisy: bytes(noisy) };

  const before = process.memoryUsage();
  const idle = Array.from({ length: STREAMS }, () => {
    const stage = new VoiceStage();
    stage.process(message(sharedBuffer(0), 0, 0, 'soft'));
    return stage;
  });
  const after = process.memoryUsage();
  const memory = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;

  return [
    {
      name: 'IMBE decoder, soft bits without errors',
      value: channels((i) => sources.soft[i], 'soft'),
      unit: 'voice channels per core',
    },
    {
      name: 'IMBE decoder, soft bits, 4 % of them wrong',
      value: channels((i) => sources.noisy[i], 'soft'),
      unit: 'voice channels per core',
    },
    {
      name: 'IMBE decoder, without error correction',
      value: channels((i) => sources.bare[i], 'bare'),
      unit: 'voice channels per core',
      note: 'mbelib in C: 88 to 219',
    },
    { name: `memory of ${idle.length} voice streams before their first frame`, value: memory, unit: 'MB' },
  ];
}
