import type { VoiceCodec, VoiceFormat } from '../core/messages';
import type { Counters } from '../core/stage';

/** What a decoder says about one frame. */
export interface FrameReport {
  /** Coded bits that the codec's error correction changed. */
  errors: number;
  /** No bit of the best protected codeword was changed. */
  clean: boolean;
  /** The frame could not be used; the one before was spoken again. */
  repeated: boolean;
  /** Too many errors: the frame was faded to silence. */
  muted: boolean;
}

/** Speech decoder of one stream. Output is continuous over repeats, mutes and `fadeOut`. */
export interface VoiceDecoder {
  /**
   * Decodes one frame of the codec's `frameBytes[format]` bytes into one frame of samples, full scale +-32768 (louder
   * peaks may pass it; the caller limits them).
   */
  decodeFrame(frame: Uint8Array, format: VoiceFormat, pcm: Float32Array): FrameReport;
  /** One frame of samples in which the sound heard last fades out; silence after that. */
  fadeOut(pcm: Float32Array): void;
  /** As made: for the start of another transmission. Counters stay. */
  reset(): void;
  /** Corrected bits of each code, and other figures of this codec. */
  counters(): Counters;
}

/** A codec the voice stage can be asked for. */
export interface VoiceCodecInfo {
  codec: VoiceCodec;
  /** Samples per second of the decoded speech. */
  rate: number;
  /** Samples in one frame. */
  frameSamples: number;
  /** Bytes of one coded frame in each format. */
  frameBytes: Readonly<Record<VoiceFormat, number>>;
  create(): VoiceDecoder;
}
