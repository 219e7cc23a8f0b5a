import { randomInt } from 'node:crypto';
import { TrunkflowError } from '../../core/errors';
import type { AudioTags, Encode } from './encoder';
import { OggWriter } from './ogg';
import { toRate } from './to-rate';

/** What is used of the encoder's package, which has no types for it. */
interface OpusEncoder {
  ctl(request: number, value?: number): number;
  /** @param samples s16le @returns a packet */
  encode(samples: Buffer): Uint8Array;
  drop(): void;
}

const RATES = [8000, 12_000, 16_000, 24_000, 48_000];
/** Frames per second. */
const FRAMES = 50;
/** Granule positions and the pre-skip count samples at this rate, whatever the rate of the input. */
const CLOCK = 48_000;
/** Requests of libopus, and a value. */
const SET_BITRATE = 4002;
const SET_SIGNAL = 4024;
const SIGNAL_VOICE = 3001;
const GET_LOOKAHEAD = 4027;
const LEAST_BITRATE = 6000;
const MOST_BITRATE = 256_000;

/** Opus in Ogg (RFC 7845). */
export const encodeOpus: Encode = async (audio, bitrate, tags) => {
  const { samples, rate } = toRate(audio, RATES);
  const encoder = makeEncoder(rate);
  encoder.ctl(SET_BITRATE, Math.min(MOST_BITRATE, Math.max(LEAST_BITRATE, bitrate)));
  encoder.ctl(SET_SIGNAL, SIGNAL_VOICE);
  const scale = CLOCK / rate;
  const lookahead = encoder.ctl(GET_LOOKAHEAD);
  const ogg = new OggWriter(randomInt(2 ** 32));
  ogg.write(head(rate, lookahead * scale), 0n, true);
  ogg.write(comments(tags), 0n, true);
  const frame = rate / FRAMES;
  // The decoder is late by the lookahead: that much more must be encoded to get the end out of it.
  const frames = Math.max(1, Math.ceil((samples.length + lookahead) / frame));
  const end = BigInt(scale * (lookahead + samples.length));
  for (let i = 0; i < frames; i++) {
    const block = Buffer.alloc(2 * frame);
    const part = samples.subarray(i * frame, (i + 1) * frame);
    for (let n = 0; n < part.length; n++) block.writeInt16LE(part[n], 2 * n);
    const packet = Buffer.from(encoder.encode(block));
    ogg.write(packet, BigInt(scale * frame * (i + 1)));
  }
  encoder.drop();
  return ogg.finish(end);
};

/**
 * The encoder as WebAssembly. The package has a native one too, which crashes the process when a thread that used it ends.
 * @throws TrunkflowError 'missing-program' where WebAssembly of its kind does not run
 */
function makeEncoder(rate: number): OpusEncoder {
  try {
    const { Encoder } = require('@evan/opus/wasm/index.js') as { Encoder: new (options: object) => OpusEncoder };
    return new Encoder({ channels: 1, sample_rate: rate, application: 'audio' });
  } catch (error) {
    throw new TrunkflowError('missing-program', 'The Opus encoder does not run on this computer', {
      got: error instanceof Error ? error.message : String(error),
      hint: 'Choose another format, such as MP3',
      status: 'no Opus encoder',
      cause: error,
    });
  }
}

/** The identification header, RFC 7845 section 5.1. */
function head(rate: number, preSkip: number): Buffer {
  const packet = Buffer.alloc(19);
  packet.write('OpusHead', 0, 'latin1');
  packet[8] = 1; // version
  packet[9] = 1; // channels
  packet.writeUInt16LE(preSkip, 10);
  packet.writeUInt32LE(rate, 12);
  return packet; // no gain, mapping family 0
}

/** The comment header, RFC 7845 section 5.2. */
function comments({ title, artist, album, genre, time, comment }: AudioTags): Buffer {
  const date = new Date(time).toISOString().slice(0, 19);
  const fields = Object.entries({
    TITLE: title,
    ARTIST: artist,
    ALBUM: album,
    GENRE: genre,
    DATE: date,
    COMMENT: comment,
  })
    .filter(([, value]) => value !== '')
    .map(([field, value]) => `${field}=${value}`);
  const texts = ['Trunkflow', ...fields].map((text) => Buffer.from(text));
  const count = Buffer.alloc(4);
  count.writeUInt32LE(fields.length);
  const [vendor, ...rest] = texts.map((text) => Buffer.concat([uint32(text.length), text]));
  return Buffer.concat([Buffer.from('OpusTags', 'latin1'), vendor, count, ...rest]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
