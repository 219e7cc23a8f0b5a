import type { CallInfo } from '../../../core/messages';
import { Resampler } from '../../../dsp/resample';
import { CallQueue } from '../../call-queue';
import type { AudioMessage } from '../../speech';
import { STREAM_RATE } from './stream-encoder';

/** Seconds of sound a call has before it begins, against gaps. */
const JITTER = 0.3;
/** Seconds of sound that may wait for their turn; beyond, the longest waiting call is dropped. */
const MAX_WAITING = 180;
/** A call that stops coming without an end is over after this time, s. */
const STALE = 2;
/** Bytes that the delay may hold back. */
const MAX_DELAYED = 64_000_000;

/**
 * What a live stream plays: calls one after the other, delayed as wanted, silence in between. Time is what has been
 * played.
 */
export class Program {
  private readonly queue = new CallQueue({ jitter: JITTER, maxWaiting: MAX_WAITING });
  private readonly delayed: { at: number; message: AudioMessage }[] = [];
  private delayedBytes = 0;
  private delayedLost = 0;
  private readonly calls = new Map<string, CallInfo>();
  private resampler?: { stream: string; rate: number; engine: Resampler };
  /** Samples made of a call that did not fit into the last block. */
  private rest: Float32Array = new Float32Array(0);
  private silent = 0;

  /** @param delay seconds */
  constructor(private readonly delay: number) {}

  /** What is heard, with its call where it belongs to one; undefined in silence. */
  get playing(): { stream: string; call?: CallInfo } | undefined {
    const { stream } = this.queue;
    return stream === undefined ? undefined : { stream, call: this.calls.get(stream) };
  }

  /** Seconds of sound that were dropped because too much waited. */
  get dropped(): number {
    return this.queue.dropped + this.delayedLost;
  }

  /** Takes audio. `now`: seconds, any clock. */
  push(message: AudioMessage, now: number): void {
    if (this.delay === 0) {
      this.enqueue(message);
      return;
    }
    this.delayed.push({ at: now + this.delay, message });
    this.delayedBytes += message.payload.length;
    while (this.delayedBytes > MAX_DELAYED) {
      const { message: lost } = this.delayed.shift()!;
      this.delayedBytes -= lost.payload.length;
      this.delayedLost += lost.payload.length / 2 / lost.info.rate;
    }
  }

  /** The next samples, -1..1 at STREAM_RATE: sound where there is some, else silence. */
  take(samples: number, now: number): Float32Array {
    while (this.delayed.length > 0 && this.delayed[0].at <= now) {
      const { message } = this.delayed.shift()!;
      this.delayedBytes -= message.payload.length;
      this.enqueue(message);
    }
    const block = new Float32Array(samples);
    let filled = 0;
    while (filled < samples) {
      if (this.rest.length === 0) {
        const more = this.more(samples - filled);
        if (!more) break;
        this.rest = more;
      }
      const part = this.rest.subarray(0, samples - filled);
      block.set(part, filled);
      this.rest = this.rest.subarray(part.length);
      filled += part.length;
    }
    this.silent = filled > 0 ? 0 : this.silent + samples / STREAM_RATE;
    if (this.silent > STALE) this.queue.release();
    return block;
  }

  private enqueue({ payload, info }: AudioMessage): void {
    if (info.call) this.calls.set(info.stream, info.call);
    this.queue.push(payload, info);
    // Calls that have been heard are of no more interest.
    if (this.queue.isEmpty) this.calls.clear();
    while (this.calls.size > 512) this.calls.delete(this.calls.keys().next().value!);
  }

  /** Some of the next samples of the call that plays, perhaps none yet; undefined when it has no more just now. */
  private more(samples: number): Float32Array | undefined {
    const rate = this.queue.choose();
    const { stream } = this.queue;
    if (rate === undefined || stream === undefined) return undefined;
    const sound = this.queue.take(Math.max(2, Math.ceil((samples * rate) / STREAM_RATE) * 2));
    if (!sound) return undefined;
    const input = new Float32Array(sound.length >> 1);
    for (let i = 0; i < input.length; i++) input[i] = sound.readInt16LE(2 * i) / 32_768;
    if (rate === STREAM_RATE) return input;
    if (this.resampler?.stream !== stream || this.resampler.rate !== rate) {
      this.resampler = { stream, rate, engine: new Resampler(rate, STREAM_RATE) };
    }
    return this.resampler.engine.process(input);
  }
}
