import { sharedBuffer } from '../../core/shared-buffer';

/** What a number array of a frame is coded in: `value = scale * coded`. */
interface Part {
  type: 'i16' | 'i8';
  scale: number;
}

/** The arrays a frame can have. Powers are dB relative to full scale, levels those of a 4-level signal. */
const PARTS = {
  /** Mean and highest power by bin, lowest frequency first. */
  mean: { type: 'i16', scale: 0.01 },
  peak: { type: 'i16', scale: 0.01 },
  /** Frequency over time in levels, `perSymbol` a symbol, the first in a symbol's middle. */
  trace: { type: 'i8', scale: 1 / 24 },
  /** Values of the symbols in levels. */
  values: { type: 'i8', scale: 1 / 24 },
  /** Phase steps as re, im, re, im ...; 1 is the typical power. */
  points: { type: 'i8', scale: 1 / 48 },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;

/** Figures of a frame; what cannot be told is absent. dB relative to full scale, Hz. */
export interface ScopeFigures {
  /** Power of everything received. */
  level?: number;
  /** Noise power in the channel's width (narrow streams), or in the width a carrier is measured in. */
  noise?: number;
  /** Signal to noise ratio of the channel, or of the strongest carrier. */
  snr?: number;
  /** Carrier offset of a channel from its middle. */
  offset?: number;
  /** Share of the samples at the converter's ends, 0..1. */
  clipped?: number;
  /** Noise power of a bin. */
  floor?: number;
  /** The strongest carrier: its frequency and its power. */
  carrier?: { frequency: number; level: number };
  /** Modulation error ratio of the symbols, dB, and their deviation per level. */
  mer?: number;
  deviation?: number;
  /** Symbols only: frames found, and how well their sync words fit, 0..1. */
  frames?: number;
  quality?: number;
}

/** What a frame says of itself besides its arrays. */
export interface ScopeHead {
  stream: string;
  kind: 'iq' | 'audio' | 'symbols';
  /** Stream time of its end, ms since 1970. */
  time: number;
  /** Samples or symbols per second. */
  rate: number;
  /** Frequency in the middle of the band, Hz; 0 when unknown. */
  center: number;
  /** Frequency of the first bin's middle, relative to `center`, and the distance of bins, Hz. */
  first?: number;
  step?: number;
  /** Bandwidth in which a bin gathers noise, Hz. */
  resolution?: number;
  perSymbol?: number;
  figures: ScopeFigures;
}

/**
 * A frame as it goes to viewers: the length of the head as u32le; the head, JSON padded with blanks to a multiple of 4
 * bytes, with `parts: [name, type, length, scale][]`; then the arrays in that order, little-endian, each padded to 4 bytes.
 */
export function encodeFrame(head: ScopeHead, arrays: Partial<Record<PartName, ArrayLike<number>>>): Buffer {
  const names = (Object.keys(arrays) as PartName[]).filter((name) => arrays[name]!.length > 0);
  const parts = names.map((name) => [name, PARTS[name].type, arrays[name]!.length, PARTS[name].scale]);
  const text = Buffer.from(JSON.stringify({ ...head, figures: rounded(head.figures), parts }));
  const headLength = padded(text.length);
  const sizes = names.map((name) => padded(arrays[name]!.length * BYTES[PARTS[name].type]));
  const out = sharedBuffer(4 + headLength + sizes.reduce((sum, size) => sum + size, 0));
  out.writeUInt32LE(headLength, 0);
  out.fill(0x20, 4, 4 + headLength);
  text.copy(out, 4);
  let at = 4 + headLength;
  names.forEach((name, i) => {
    writePart(out, at, PARTS[name], arrays[name]!);
    at += sizes[i];
  });
  return out;
}

/** Powers relative to full scale as dB, not below -200. */
export function decibels(powers: Float32Array): Float32Array {
  return powers.map(decibel);
}

export function decibel(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-20));
}

const BYTES = { i16: 2, i8: 1 } as const;

const padded = (length: number) => (length + 3) & ~3;

function writePart(out: Buffer, at: number, { type, scale }: Part, values: ArrayLike<number>): void {
  const most = type === 'i16' ? 32767 : 127;
  const target =
    type === 'i16'
      ? new Int16Array(out.buffer, out.byteOffset + at, values.length)
      : new Int8Array(out.buffer, out.byteOffset + at, values.length);
  for (let i = 0; i < values.length; i++) target[i] = Math.max(-most, Math.min(most, Math.round(values[i] / scale)));
}

/** Figures with as many digits as they are good for: they are sent as text. */
function rounded(figures: ScopeFigures): ScopeFigures {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === 'number' && Number.isFinite(value))
      out[name] = name === 'clipped' || name === 'quality' ? Number(value.toFixed(6)) : Number(value.toFixed(2));
    else if (name === 'carrier' && value) {
      const { frequency, level } = value as NonNullable<ScopeFigures['carrier']>;
      out.carrier = { frequency: Math.round(frequency), level: Number(level.toFixed(2)) };
    }
  }
  return out as ScopeFigures;
}
