import type { RecordingFormat } from '../formats';

/** Bit rates that speech of a radio channel needs, bit/s, by the highest sample rate they are for. */
const USUAL: Readonly<Record<Exclude<RecordingFormat, 'wav'>, readonly (readonly [rate: number, bitrate: number])[]>> =
  {
    mp3: [
      [12_000, 32_000],
      [24_000, 48_000],
      [Number.POSITIVE_INFINITY, 64_000],
    ],
    opus: [
      [12_000, 16_000],
      [Number.POSITIVE_INFINITY, 24_000],
    ],
    m4a: [
      [12_000, 32_000],
      [24_000, 48_000],
      [Number.POSITIVE_INFINITY, 64_000],
    ],
  };

/** What a recording is encoded with when nothing is set, bit/s. */
export function usualBitrate(format: Exclude<RecordingFormat, 'wav'>, rate: number): number {
  return USUAL[format].find(([most]) => rate <= most)![1];
}
