import type { AudioInfo } from '../core/messages';
import { channelCall, type HeardCall, isBefore } from '../trunking/listening-rules';

export interface CallQueueOptions {
  /** Seconds of sound that may wait in all calls; beyond, the longest waiting call is dropped. */
  maxWaiting: number;
  /** Seconds of sound a call must have before it begins to play, against gaps. */
  jitter: number;
}

/** Calls known at once; of those that never end, the oldest is forgotten. */
const MAX_TRACKS = 256;

interface Track {
  stream: string;
  rate: number;
  call: HeardCall;
  chunks: Buffer[];
  /** Bytes in the chunks. */
  bytes: number;
  ended: boolean;
  /** Enough of it: nothing more of it is heard. */
  skipped: boolean;
}

/**
 * Puts calls that come at the same time one after the other: emergencies first, then by the priority the air gives,
 * then in the order in which they began. A call that plays is never interrupted and never mixed with another.
 */
export class CallQueue {
  /** Seconds of sound that were dropped because too much waited. */
  dropped = 0;
  /** In the order in which they began; the one that plays is among them. */
  private readonly tracks: Track[] = [];
  private playing?: Track;

  /** Channels without calls that were heard, for their ids. */
  private openings = 0;

  /** @param mayHear asked for each call as its sound comes, but not for one that plays */
  constructor(
    private readonly options: CallQueueOptions,
    private readonly mayHear: (call: HeardCall) => boolean = () => true,
  ) {}

  /** The call that plays. */
  get current(): HeardCall | undefined {
    return this.playing?.call;
  }

  /** Samples/s of the call that plays. */
  get rate(): number | undefined {
    return this.playing?.rate;
  }

  /** Stream of the call that plays. */
  get stream(): string | undefined {
    return this.playing?.stream;
  }

  get isEmpty(): boolean {
    return this.tracks.length === 0;
  }

  /** Takes a message of any call, s16le mono. */
  push(payload: Buffer, { stream, rate, call, end, frequency }: AudioInfo): void {
    let track = this.tracks.find((one) => one.stream === stream && !one.ended);
    if (!track || track.rate !== rate) {
      if (track) track.ended = true;
      if (payload.length === 0) return;
      const heard = call ?? channelCall(stream, frequency ?? 0, `${stream}#${++this.openings}`);
      track = { stream, rate, call: heard, chunks: [], bytes: 0, ended: false, skipped: false };
      this.tracks.push(track);
      this.bound();
    }
    if (call) track.call = call;
    if (payload.length > 1 && !track.skipped && (track === this.playing || this.mayHear(track.call))) {
      track.chunks.push(payload);
      track.bytes += payload.length;
      this.limit();
    }
    // A channel without calls says with an empty message that its squelch has closed.
    if (end || (!call && payload.length === 0)) track.ended = true;
  }

  /** Chooses the call to play when none plays: undefined while none has enough sound. */
  choose(): number | undefined {
    if (this.playing?.ended && this.playing.bytes === 0) this.release();
    if (!this.playing) {
      for (const track of [...this.tracks]) if (track.ended && track.bytes === 0) this.remove(track);
      for (const track of this.tracks) {
        if (this.isReady(track) && (!this.playing || isBefore(track.call, this.playing.call))) this.playing = track;
      }
    }
    return this.playing?.rate;
  }

  /** The next samples of the call that plays, at most `bytes`; undefined when it has none just now. */
  take(bytes: number): Buffer | undefined {
    const track = this.playing;
    const chunk = track?.chunks[0];
    if (!track || !chunk) return undefined;
    const part = chunk.subarray(0, bytes & ~1);
    if (part.length === chunk.length) track.chunks.shift();
    else track.chunks[0] = chunk.subarray(part.length);
    track.bytes -= part.length;
    return part;
  }

  /** The call that plays has stopped coming: others may play. */
  release(): void {
    if (!this.playing) return;
    // Without sound it is over; what still comes of it begins anew.
    this.remove(this.playing);
    this.playing = undefined;
  }

  /** Enough of the call that plays, also of what is still to come of it. */
  skip(): void {
    if (!this.playing) return;
    empty(this.playing);
    this.playing.skipped = true;
    if (this.playing.ended) this.remove(this.playing);
    this.playing = undefined;
  }

  /** Enough of all that waits, too. */
  skipAll(): void {
    this.skip();
    for (const track of this.tracks) {
      empty(track);
      track.skipped = true;
    }
  }

  /** Drops what waits and may no longer be heard. */
  filter(): void {
    for (const track of this.tracks) if (track !== this.playing && !this.mayHear(track.call)) empty(track);
  }

  clear(): void {
    this.tracks.length = 0;
    this.playing = undefined;
  }

  private isReady(track: Track): boolean {
    return !track.skipped && track.bytes > 0 && (track.ended || seconds(track) >= this.options.jitter);
  }

  private remove(track: Track): void {
    const index = this.tracks.indexOf(track);
    if (index >= 0) this.tracks.splice(index, 1);
  }

  private bound(): void {
    if (this.tracks.length > MAX_TRACKS) this.remove(this.tracks.find((track) => track !== this.playing)!);
  }

  private limit(): void {
    let total = this.tracks.reduce((sum, track) => sum + seconds(track), 0);
    while (total > this.options.maxWaiting) {
      const waiting = this.tracks.find((track) => track !== this.playing && track.bytes > 0);
      const victim = waiting ?? this.playing!;
      const lost = waiting ? seconds(victim) : victim.chunks[0].length / 2 / victim.rate;
      if (waiting) this.remove(victim);
      else victim.bytes -= victim.chunks.shift()!.length;
      this.dropped += lost;
      total -= lost;
    }
  }
}

function seconds(track: Track): number {
  return track.bytes / 2 / track.rate;
}

function empty(track: Track): void {
  track.chunks = [];
  track.bytes = 0;
}
