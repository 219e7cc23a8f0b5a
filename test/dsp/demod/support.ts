import type { IqFormat, PortMessage, StreamInfo, SymbolFrame } from '../../../src/core/messages';
import { IQ_BYTES } from '../../../src/core/messages';
import { asFloat32 } from '../../../src/core/shared-buffer';
import type { Stage } from '../../../src/core/stage';

/** Stream time of the first sample in these tests, ms. */
export const START = 1_700_000_000_000;

export function iqMessage(payload: Buffer, format: IqFormat, rate: number, seq: number, sample: number) {
  const time = START + (1000 * sample) / rate;
  const info = { stream: 'test', seq, time, format, rate, center: 0, sample, dropped: 0 };
  return { port: 'iq' as const, payload, info };
}

type Symbols = Extract<PortMessage, { port: 'symbols' }>;

/** Feeds a whole recording in blocks of `block` samples and flushes. */
export function feedIq(stage: Stage, payload: Buffer, format: IqFormat, rate: number, block = 4096): Symbols[] {
  return feed(stage, payload, IQ_BYTES[format], block, (seq, sample, part) =>
    iqMessage(part, format, rate, seq, sample),
  );
}

export function feedAudio(stage: Stage, payload: Buffer, rate: number, block = 4096): Symbols[] {
  return feed(stage, payload, 2, block, (seq, sample, part) => ({
    port: 'audio',
    payload: part,
    info: { stream: 'test', seq, time: START + (1000 * sample) / rate, rate, kind: 'discriminator' },
  }));
}

function feed(
  stage: Stage,
  payload: Buffer,
  size: number,
  block: number,
  message: (seq: number, sample: number, part: Buffer) => Parameters<Stage['process']>[0],
): Symbols[] {
  const out: PortMessage[] = [];
  let seq = 0;
  for (let at = 0; at < payload.length; at += block * size)
    out.push(...stage.process(message(seq++, at / size, payload.subarray(at, at + block * size))));
  out.push(...stage.flush());
  stage.close();
  return out as Symbols[];
}

/** A frame with its metrics, 4 per symbol. */
export interface Frame extends SymbolFrame {
  metrics: Float32Array;
}

export function framesOf(messages: Symbols[]): Frame[] {
  return messages.flatMap(({ payload, info }) => {
    const metrics = asFloat32(payload);
    return info.frames.map((frame) => ({
      ...frame,
      metrics: metrics.subarray(4 * frame.start, 4 * (frame.start + frame.symbols)),
    }));
  });
}

/** The likeliest levels of a frame's symbols. */
export function levelsOf({ metrics }: Frame): number[] {
  return Array.from({ length: metrics.length / 4 }, (_, k) => {
    const four = metrics.subarray(4 * k, 4 * k + 4);
    return 2 * four.indexOf(Math.max(...four)) - 3;
  });
}

/** Symbols of the frames, one after the other, that are not those sent; missing ones count. */
export function errors(frames: Frame[], sent: readonly number[]): number {
  const received = frames.flatMap(levelsOf);
  return sent.reduce((count, level, k) => (received[k] === level ? count : count + 1), 0);
}

/** All audio of these messages, full scale 1. */
export function samplesOf(messages: { payload: Buffer }[]): Float64Array {
  return Float64Array.from(
    messages.flatMap(({ payload }) =>
      Array.from(new Int16Array(payload.buffer, payload.byteOffset, payload.length / 2)),
    ),
    (value) => value / 32768,
  );
}

/** Amplitude of a tone in dB relative to full scale (Hann window). */
export function toneLevel(audio: Float64Array, frequency: number, rate: number): number {
  let re = 0;
  let im = 0;
  let total = 0;
  for (let i = 0; i < audio.length; i++) {
    const window = 1 - Math.cos((2 * Math.PI * (i + 0.5)) / audio.length);
    re += window * audio[i] * Math.cos((2 * Math.PI * frequency * i) / rate);
    im += window * audio[i] * Math.sin((2 * Math.PI * frequency * i) / rate);
    total += window;
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / total);
}

/** Everything a stage said, as one text: equal texts mean equal output. */
export function transcript(messages: { payload: Buffer; info: StreamInfo }[]): string {
  return messages.map(({ payload, info }) => `${JSON.stringify(info)} ${payload.toString('base64')}`).join('\n');
}
