import { readFileSync } from 'node:fs';
import { encodeGolay23, encodeGolay24 } from '../../src/coding/golay';
import { CODED_BITS, FRAME_BITS, INTERLEAVE } from '../../src/voice/ambe2/frame';
import { capture } from '../support/captures';
import { divide, vectorLines } from './support';

/** Frames as transmitted, 9 bytes each: spoken phrases from a vocoder chip, and calls of an open encoder. */
export const RECORDINGS: Readonly<Record<string, string>> = {
  'voice/dmr_ambe2_phrases.ambe': 'voice/dmr_ambe2_phrases_reference.wav',
  'synth/dmr_two_calls.ambe72.hex': 'voice/synth_dmr_reference.wav',
};

export function packedFrames(file: string): Uint8Array[] {
  const bytes = readFileSync(capture(file));
  if (file.endsWith('.ambe')) return divide(bytes, 9);
  const lines = bytes.toString('utf8').trim().split(/\s+/);
  return lines.map((line) => Buffer.from(line, 'hex'));
}

/** The public-domain sentence of NIST in this codec, by the encoder beside this file: 168 frames of 49 bits in 7 bytes. */
export function sentence(): Uint8Array[] {
  return vectorLines('ambe2_nist_hex.txt').map((line) => Buffer.from(line.trim(), 'hex'));
}

/** A value's bits, most significant first. */
export function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);
}

export function pack(bits: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) bytes[i >> 3] |= bits[i] << (7 - (i & 7));
  return bytes;
}

export function unpack(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}

const toNumber = (bits: number[]): number => bits.reduce((value, bit) => (value << 1) | bit, 0);

/** A bare frame as it goes on the air, 72 bits. */
export function encodeFrame(bare: Uint8Array): number[] {
  const bits = unpack(bare, FRAME_BITS);
  const u0 = toNumber(bits.slice(0, 12));
  const c1 = bitsOf(encodeGolay23(toNumber(bits.slice(12, 24))), 23);
  let state = 16 * u0;
  for (let i = 0; i < c1.length; i++) {
    state = (173 * state + 13849) % 65536;
    c1[i] ^= state >> 15;
  }
  const coded = [...bitsOf(encodeGolay24(u0), 24), ...c1, ...bits.slice(24)];
  return Array.from({ length: CODED_BITS }, (_, bit) => coded[INTERLEAVE[bit]]);
}

/** The same as soft bits of magnitude 100. */
export function encodeSoft(bare: Uint8Array): Int8Array {
  return Int8Array.from(encodeFrame(bare), (bit) => (bit ? 100 : -100));
}

/** Sizes of b0 .. b8, and where their bits stand among the 49, most significant first. */
const PLACES = [
  [0, 1, 2, 3, 37, 38, 39],
  [4, 5, 6, 7, 35],
  [8, 9, 10, 11, 36],
  [12, 13, 14, 15, 16, 17, 18, 19, 40],
  [20, 21, 22, 23, 41, 42, 43],
  [24, 25, 26, 27, 44],
  [28, 29, 30, 45],
  [31, 32, 33, 46],
  [34, 47, 48],
];

/** A bare frame of the values b0 .. b8. */
export function fromValues(values: readonly number[]): Uint8Array {
  const bits = new Uint8Array(FRAME_BITS);
  PLACES.forEach((places, value) => {
    places.forEach((place, i) => {
      bits[place] = (values[value] >> (places.length - 1 - i)) & 1;
    });
  });
  return pack(bits);
}

/** A bare tone frame: number 0 to 255, level 0 to 127. */
export function toneFrame(id: number, level: number): Uint8Array {
  const number = bitsOf(id, 8);
  const digits = bitsOf(level, 7);
  return pack([
    1,
    1,
    1,
    1,
    1,
    1,
    ...digits.slice(0, 6),
    ...number,
    ...number,
    ...number,
    ...number,
    digits[6],
    0,
    0,
    0,
    0,
  ]);
}
