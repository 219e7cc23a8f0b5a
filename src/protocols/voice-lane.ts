import type { SymbolsInfo, VoiceCodec, VoiceInfo } from '../core/messages';
import { sharedBuffer } from '../core/shared-buffer';

const VOICE_FRAME_MS = 20;

/** Voice waiting to be sent. */
interface PendingVoice {
  time: number;
  frames: number;
  chunks: Int8Array[];
}

export type VoiceOut = { port: 'voice'; payload: Buffer; info: VoiceInfo };

/** One stream of coded voice on its way out: frames that follow each other go in one message. */
export class VoiceLane {
  private pending: PendingVoice | null = null;
  private seq = 0;

  /**
   * `output`: the slot this is the voice of, where a decoder has several outputs; `until`: end of the time its messages
   * have covered, ms.
   */
  constructor(
    private readonly codec: VoiceCodec,
    private readonly output: number | undefined,
    public until: number,
  ) {}

  get isWaiting(): boolean {
    return this.pending !== null;
  }

  /** Adds frames; false when they do not follow on those that wait, which must be sent first. */
  add(time: number, frames: number, bits: Int8Array): boolean {
    const { pending } = this;
    if (!pending) this.pending = { time, frames, chunks: [bits] };
    else if (Math.abs(time - pending.time - pending.frames * VOICE_FRAME_MS) > VOICE_FRAME_MS) return false;
    else {
      pending.frames += frames;
      pending.chunks.push(bits);
    }
    return true;
  }

  /** The voice that waits, or the news that time has passed to `until` (ms) without any. */
  take(until: number, info: SymbolsInfo, more: Pick<VoiceInfo, 'errors' | 'offset'>): VoiceOut {
    const { pending } = this;
    this.pending = null;
    const chunks = pending?.chunks ?? [];
    const payload = sharedBuffer(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      payload.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), at);
      at += chunk.length;
    }
    const time = pending?.time ?? this.until;
    this.until = Math.max(this.until, until, time);
    return {
      port: 'voice',
      payload,
      info: {
        stream: outputStream(info.stream, this.output),
        seq: this.seq++,
        time,
        codec: this.codec,
        format: 'soft',
        frames: pending?.frames ?? 0,
        duration: this.until - time,
        frequency: info.frequency,
        ...(info.level !== undefined && { level: info.level }),
        ...(info.noise !== undefined && { noise: info.noise }),
        ...more,
      },
    };
  }

  drop(): void {
    this.pending = null;
  }
}

/** Name of the stream of one of a decoder's outputs. */
export function outputStream(stream: string, output: number | undefined): string {
  return output === undefined ? stream : `${stream}/slot-${output}`;
}
