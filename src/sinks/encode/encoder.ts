/** What an encoder is given. */
export interface PcmAudio {
  /** Mono, full scale 32768. */
  samples: Int16Array;
  /** Samples per second. */
  rate: number;
}

/** What the file says about itself. */
export interface AudioTags {
  title: string;
  artist: string;
  album: string;
  /** Empty = none. */
  genre: string;
  /** Start of the recording, ms since 1970. */
  time: number;
  comment: string;
}

/** Makes a complete file. `bitrate` is in bit/s. */
export type Encode = (audio: PcmAudio, bitrate: number, tags: AudioTags) => Promise<Buffer>;

/** The lowest of these rates that loses nothing, or the highest there is. */
export function rateFor(rate: number, rates: readonly number[]): number {
  return rates.find((one) => one >= rate) ?? rates.at(-1)!;
}

/** The highest of these bit rates that is not above the wanted one, or the lowest there is. */
export function bitrateFor(wanted: number, bitrates: readonly number[]): number {
  return bitrates.filter((one) => one <= wanted).at(-1) ?? bitrates[0];
}
