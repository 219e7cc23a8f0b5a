import { type AudioInfo, IQ_BYTES, type IqFormat, type IqInfo, type StreamMessage } from '../core/messages';

/** What a source can send: complex samples, or 's16' discriminator audio (16 bits, mono). */
export type SignalFormat = IqFormat | 's16';

/** Bytes of one sample (of one I and Q pair). */
export const SAMPLE_BYTES: Readonly<Record<SignalFormat, number>> = { ...IQ_BYTES, s16: 2 };

/** A block holds about this much signal ... */
const BLOCK_SECONDS = 0.0275;
/** ... and never more than this. */
const BLOCK_BYTES = 128 * 1024;

/** Samples of one block: 25 to 30 ms of signal, at most 128 KiB. */
export function blockSamples(rate: number, format: SignalFormat): number {
  const most = Math.floor(BLOCK_BYTES / SAMPLE_BYTES[format]);
  return Math.max(1, Math.min(most, Math.floor(rate * BLOCK_SECONDS)));
}

export interface StreamDescription {
  stream: string;
  format: SignalFormat;
  /** Samples per second. */
  rate: number;
  /** Frequency in the middle of the band (for audio: of the channel), Hz; 0 when unknown. */
  center: number;
}

/** Makes the messages of one stream: numbers its blocks and derives their time from the samples counted. */
export class StreamWriter {
  private seq = 0;
  private lost = 0;
  private readonly start: number;
  /** Index of the next sample since the start, lost ones included. */
  sample = 0;
  center: number;

  /** @param start time of the first sample, ms since 1970; its fraction is dropped (see StreamInfo.time) */
  constructor(
    private readonly description: StreamDescription,
    start: number,
  ) {
    this.start = Math.floor(start);
    this.center = description.center;
  }

  /** Time of the next sample, ms since 1970. */
  get time(): number {
    return this.start + (1000 * this.sample) / this.description.rate;
  }

  /** The message of the next block; the payload holds whole samples and is not touched again. */
  block(payload: Buffer): StreamMessage {
    const message = this.message(payload);
    this.seq++;
    this.lost = 0;
    this.sample += payload.length / SAMPLE_BYTES[this.description.format];
    return message;
  }

  /** Says that samples were lost here; the jump in `seq` makes receivers reset their filters, even for 0 samples. */
  skip(samples: number): void {
    this.seq++;
    this.sample += samples;
    this.lost += samples;
  }

  /** The stream's last message. */
  end(): StreamMessage {
    const message = this.message(Buffer.alloc(0));
    message.info.end = true;
    return message;
  }

  private message(payload: Buffer): StreamMessage {
    const { stream, format, rate } = this.description;
    const common = { stream, seq: this.seq, time: this.time, rate };
    if (format === 's16') {
      const info: AudioInfo = { ...common, kind: 'discriminator' };
      if (this.center) info.frequency = this.center;
      return { port: 'audio', payload, info };
    }
    const info: IqInfo = { ...common, format, center: this.center, sample: this.sample, dropped: this.lost };
    return { port: 'iq', payload, info };
  }
}
