import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VoiceCodec, VoiceFormat } from '../../src/core/messages';
import { encodeImbeFrame, imbePosition } from '../../src/sources/generator/p25/imbe-frame';
import { VOICE_CODECS } from '../../src/voice/codecs';
import type { FrameReport, VoiceDecoder } from '../../src/voice/decoder';
import { FRAME_BYTES } from '../../src/voice/imbe/frame';
import { Limiter } from '../../src/voice/limiter';
import { capture } from '../support/captures';
import { uniform } from '../support/random';

export const FRAME = 160;

export function vectorLines(name: string): string[] {
  return readFileSync(join(__dirname, 'vectors', name), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The public-domain sentence of NIST: 168 frames without error correction, 11 bytes each. */
export function nistFrames(): Uint8Array[] {
  return vectorLines('imbe_nist_hex.txt').map((line) => Buffer.from(line.trim(), 'hex'));
}

export function divide(bytes: Buffer, size: number, start = 0): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = start; at + size <= bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
  return frames;
}

/** The recordings' IMBE frames, and what mbelib made of them. */
export const REFERENCES: Readonly<Record<string, string>> = {
  'voice/imbe_phrases.imbe': 'voice/imbe_phrases_reference.wav',
  'voice/imbe_fec_400frames.bits': 'voice/imbe_fec_400frames_reference.wav',
  'synth/p25_voice_c4fm.imbe144.hex': 'voice/synth_p25_voice_reference.wav',
  'voice/imbe_1.imb': 'voice/imbe_1_reference.wav',
};

export interface Recording {
  frames: Uint8Array[];
  format: VoiceFormat;
}

export function recording(file: string): Recording {
  const bytes = readFileSync(capture(file));
  if (file.endsWith('.imb')) {
    // ".imb", then for each frame a byte of error count and 11 bytes.
    return { frames: divide(bytes, 12, 4).map((frame) => frame.subarray(1)), format: 'bare' };
  }
  if (file.endsWith('.imbe')) return { frames: divide(bytes, 11), format: 'bare' };
  if (file.endsWith('.bits')) return { frames: divide(bytes, 18), format: 'packed' };
  const lines = bytes.toString('utf8').trim().split(/\s+/);
  return { frames: lines.map((line) => Buffer.from(line, 'hex')), format: 'packed' };
}

/** Samples of a 16-bit mono WAV file whose data chunk comes last. */
export function readWav(file: string): Int16Array {
  const bytes = readFileSync(capture(file));
  const data = bytes.indexOf('data', 12, 'latin1') + 8;
  return Int16Array.from({ length: (bytes.length - data) >> 1 }, (_, i) => bytes.readInt16LE(data + 2 * i));
}

export interface Decoding {
  samples: Int16Array;
  errors: number;
  clean: number;
  repeats: number;
  mutes: number;
  counters: Record<string, number>;
}

export function decodeAll(frames: Uint8Array[], format: VoiceFormat, codec: VoiceCodec = 'imbe'): Decoding {
  const decoder = VOICE_CODECS[codec].create();
  const limiter = new Limiter();
  const pcm = new Float32Array(FRAME);
  const result = { samples: new Int16Array(frames.length * FRAME), errors: 0, clean: 0, repeats: 0, mutes: 0 };
  frames.forEach((frame, i) => {
    const report = decoder.decodeFrame(frame, format, pcm);
    result.errors += report.errors;
    result.clean += Number(report.clean);
    result.repeats += Number(report.repeated);
    result.mutes += Number(report.muted);
    limiter.write(pcm, FRAME, result.samples, i * FRAME);
  });
  return { ...result, counters: decoder.counters() };
}

const WIDTHS = [12, 12, 12, 12, 11, 11, 11, 7];

/** u0 .. u7 of a bare frame. */
export function vectorsOf(bare: Uint8Array): number[] {
  let at = 0;
  return WIDTHS.map((width) => {
    let value = 0;
    for (let i = 0; i < width; i++, at++) value = (value << 1) | ((bare[at >> 3] >> (7 - (at & 7))) & 1);
    return value;
  });
}

/** A bare frame as it goes on the air: 144 soft bits of magnitude 100. The encoder is proven on recorded transmissions. */
export function encodeSoft(bare: Uint8Array): Int8Array {
  return Int8Array.from(encodeImbeFrame(bare), (bit) => (bit ? 100 : -100));
}

const CODE_ENDS = [23, 46, 69, 92, 107, 122, 137, 144];
const CODE_OF = new Uint8Array(FRAME_BYTES.soft);
for (let bit = 0; bit < CODE_OF.length; bit++) CODE_OF[imbePosition(bit)] = CODE_ENDS.findIndex((end) => bit < end);

/** Which of the codewords c0 .. c7 a transmitted bit belongs to. */
export const codeOf = (place: number): number => CODE_OF[place];

/** The bytes of soft bits, as a voice message carries them. */
export function asBytes(soft: Int8Array): Uint8Array {
  return new Uint8Array(soft.buffer, soft.byteOffset, soft.length);
}

export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return Math.sqrt(sum / samples.length);
}

/** What became of a frame. */
export const how = ({ muted, repeated }: FrameReport): string => (muted ? 'mute' : repeated ? 'repeat' : 'play');

/** Gives a decoder this many random frames of `octets` octets in all formats; the loudest sample. Fails where one is no number. */
export function loudestOfGarbage(decoder: VoiceDecoder, octets: number, frames: number): number {
  const next = uniform(5);
  const pcm = new Float32Array(FRAME);
  const frame = new Uint8Array(octets);
  let loudest = 0;
  for (let i = 0; i < frames; i++) {
    const format = i % 3 === 0 ? 'bare' : i % 3 === 1 ? 'packed' : 'soft';
    for (let k = 0; k < octets; k += 2) {
      const bits = (next() * 65536) | 0;
      frame[k] = bits;
      frame[k + 1] = bits >> 8;
    }
    decoder.decodeFrame(frame, format, pcm);
    for (let n = 0; n < FRAME; n += 7) {
      if (!Number.isFinite(pcm[n])) assert.fail(`frame ${i}: ${pcm[n]}`);
      loudest = Math.max(loudest, Math.abs(pcm[n]));
    }
  }
  return loudest;
}
