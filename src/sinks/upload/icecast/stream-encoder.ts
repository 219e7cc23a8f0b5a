import { createMp3Encoder } from 'wasm-media-encoders';
import { OggOpusEncoder } from './ogg-opus';
import type { StreamFormat } from './settings';

/** Samples per second of every stream: twice the voice decoders', so that nothing of them is lost. */
export const STREAM_RATE = 16_000;

/** Turns samples into the bytes of a stream. Works in the calling thread: about 0.3 % of a core, in chunks of 0.1 s. */
export interface StreamEncoder {
  readonly contentType: string;
  /** Samples are given in multiples of this. */
  readonly step: number;
  /** The stream begins anew, for a new connection. */
  begin(title: string): Buffer;
  /** Mono, -1..1, at STREAM_RATE. */
  encode(samples: Float32Array): Buffer;
  /** Bytes that change the title within the stream; undefined where the stream cannot carry it. */
  title(title: string): Buffer | undefined;
}

/** @param bitrate kbit/s */
export async function createStreamEncoder(format: StreamFormat, bitrate: number): Promise<StreamEncoder> {
  if (format === 'opus') return new OggOpusEncoder(STREAM_RATE, bitrate);
  const encoder = await createMp3Encoder();
  const params = { channels: 1, sampleRate: STREAM_RATE, bitrate, outputSampleRate: STREAM_RATE } as const;
  return {
    contentType: 'audio/mpeg',
    step: 1,
    begin() {
      encoder.configure(params as Parameters<typeof encoder.configure>[0]);
      return Buffer.alloc(0);
    },
    // The encoder uses its memory again: the bytes must be copied.
    encode: (samples) => Buffer.from(encoder.encode([samples])),
    title: () => undefined,
  };
}
