import { bitrateFor, type Encode } from './encoder';
import { id3 } from './id3';
import { infoFrame } from './mp3-info';
import { toRate } from './to-rate';

const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;
const KBITS = [8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192] as const;
/** MPEG-2.5, which the three lowest rates need, ends here. */
const MOST_AT_LOW_RATES = 64;
/** MPEG-1, which the three highest rates need, begins here. */
const LEAST_AT_HIGH_RATES = 32;
const BLOCK = 1152 * 16;

/** MP3 by LAME, at a constant bit rate, with ID3v2 tags. */
export const encodeMp3: Encode = async (audio, bitrate, tags) => {
  const { createMp3Encoder } = await import('wasm-media-encoders');
  const { samples, rate } = toRate(audio, RATES);
  const kbits = KBITS.filter(
    (one) => (rate > 12_000 || one <= MOST_AT_LOW_RATES) && (rate < 32_000 || one >= LEAST_AT_HIGH_RATES),
  );
  const encoder = await createMp3Encoder();
  encoder.configure({
    channels: 1,
    sampleRate: rate,
    outputSampleRate: rate as (typeof RATES)[number],
    bitrate: bitrateFor(bitrate / 1000, kbits) as (typeof KBITS)[number],
  });
  // What it gives is a view that the next call overwrites.
  const parts: Buffer[] = [];
  for (let from = 0; from < samples.length; from += BLOCK) {
    const block = Float32Array.from(samples.subarray(from, from + BLOCK), (sample) => sample / 32_768);
    parts.push(Buffer.from(encoder.encode([block])));
  }
  parts.push(Buffer.from(encoder.finalize()));
  const stream = Buffer.concat(parts);
  return Buffer.concat([id3(tags), infoFrame(stream, samples.length), stream]);
};
