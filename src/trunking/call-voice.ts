import type { CallInfo, VoiceInfo } from '../core/messages';
import type { VoiceMessage } from './options';
import type { VoiceFrame } from './voice-channel';

/** Length of a coded voice frame (IMBE, AMBE+2: 20 ms). */
export const FRAME_MS = 20;

/** A call's voice on its way out: frames wait here and leave as messages of the call's own stream. */
export class CallVoice {
  /** Messages sent in its stream. */
  private seq = 0;
  private pending: VoiceFrame[] = [];
  private last?: VoiceInfo;

  /** `stream`: its name, which stays when the call moves to another source. */
  constructor(
    private readonly stream: string,
    private readonly call: { readonly info: CallInfo; snapshot(): CallInfo },
  ) {}

  add(frame: VoiceFrame): void {
    this.pending.push(frame);
    this.last = frame.info;
  }

  /** Frames taken since the last time, in runs without gaps: one message each. */
  take(): VoiceMessage[] {
    const frames = this.pending;
    if (frames.length === 0) return [];
    this.pending = [];
    const messages = [];
    let begin = 0;
    for (let at = 1; at <= frames.length; at++) {
      if (at < frames.length && follows(frames[at - 1], frames[at])) continue;
      messages.push(this.message(frames.slice(begin, at)));
      begin = at;
    }
    return messages;
  }

  /** The last message of the call's stream; undefined when it had none. */
  end(): VoiceMessage | undefined {
    if (!this.last) return undefined;
    const info = this.streamInfo(this.last);
    return {
      port: 'voice',
      payload: Buffer.alloc(0),
      info: { ...info, time: this.call.info.stop_time_ms, frames: 0, duration: 0, end: true },
    };
  }

  private message(frames: VoiceFrame[]): VoiceMessage {
    const [first] = frames;
    return {
      port: 'voice',
      payload: frames.length === 1 ? first.bits : Buffer.concat(frames.map((frame) => frame.bits)),
      info: {
        ...this.streamInfo(frames[frames.length - 1].info),
        time: first.time,
        frames: frames.length,
        duration: frames.length * FRAME_MS,
      },
    };
  }

  private streamInfo(like: VoiceInfo): VoiceInfo {
    return {
      ...like,
      stream: this.stream,
      seq: this.seq++,
      frequency: this.call.info.freq,
      call: this.call.snapshot(),
      end: undefined,
    };
  }
}

function follows(before: VoiceFrame, frame: VoiceFrame): boolean {
  return (
    Math.abs(frame.time - before.time - FRAME_MS) < FRAME_MS / 2 &&
    frame.info.codec === before.info.codec &&
    frame.info.format === before.info.format &&
    frame.bits.length === before.bits.length
  );
}
