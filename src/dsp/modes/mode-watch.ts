import type { AudioInfo, IqInfo, StreamMessage, SymbolsInfo } from '../../core/messages';
import { IQ_BYTES } from '../../core/messages';
import { analogKind } from './analog-look';
import type { DigitalMode } from './mode';
import { findMode } from './mode-search';
import { phaseOfAudio, phaseOfIq } from './phase-track';

/** Length of the stretches of signal looked at, ms of stream time: two sync words of every mode. */
const STRETCH = 1000;
/** The first one begins this long after the stream, so that what a channel begins with has settled. */
const LEAD = 500;
/** Without a frame for this long the channel is worth a look, ms. */
const UNREAD = 2000;
/** Least time between two looks; it doubles while they say the same, up to the most, ms. */
const INTERVAL = { least: 5000, most: 40_000 };
/** A carrier in this share of a stretch makes it worth a look. */
const CARRIER = 0.5;
/** Wider than this it is no channel but a band. */
const MOST_RATE = 260_000;
/** Stretches that may wait for the demodulator to come as far. */
const MOST_WAITING = 4;

/** A stretch of signal, as it came. */
interface Stretch {
  /** Samples from the stream's beginning to its end. */
  until: number;
  /** Stream time of its end, ms. */
  end: number;
  bytes: Buffer;
  filled: number;
}

/**
 * Looks now and then, while nothing is read, what else a channel carries. All is decided by stream time and by what the
 * demodulator's messages say, so that the answers do not depend on how the signal comes in blocks.
 */
export class ModeWatch {
  /** Looks taken. */
  looks = 0;
  private info: IqInfo | AudioInfo | null = null;
  private complex = false;
  /** Number of the next sample as the stream counts, and since the stream began; time of its first one, ms. */
  private next = 0;
  private read = 0;
  private start = 0;
  private stretch: Stretch | null = null;
  private waiting: Stretch[] = [];
  private lastFrame = Number.NEGATIVE_INFINITY;
  private lastLook = Number.NEGATIVE_INFINITY;
  private interval = INTERVAL.least;
  private answer: string | null = null;
  /** Milliseconds without a carrier, as the demodulator counted them, at the end of each of its latest messages. */
  private empty: { time: number; ms: number }[] = [];

  constructor(private readonly modes: readonly DigitalMode[]) {}

  /** Takes what the demodulator is about to get. */
  take(input: StreamMessage): void {
    if (input.port !== 'iq' && input.port !== 'audio') return;
    const { info, payload } = input;
    if (!(info.rate > 0 && info.rate <= MOST_RATE)) return;
    const width = input.port === 'iq' ? IQ_BYTES[input.info.format] : 2;
    const count = Math.floor(payload.length / width);
    const first = 'sample' in info ? info.sample : this.next;
    const before = this.info;
    const same = before && before.rate === info.rate && this.complex === (input.port === 'iq');
    if (!same || info.seq !== before.seq + 1 || first !== this.next) this.begin(info);
    this.complex = input.port === 'iq';
    this.info = info;
    this.next = first + count;
    this.collect(payload, width, count);
  }

  /** Adds what is known to a message of the demodulator. */
  annotate(info: SymbolsInfo): void {
    const end = info.time + info.duration;
    const last = info.frames.at(-1);
    if (last) {
      this.lastFrame = last.time;
      this.answer = null;
    }
    this.empty.push({ time: end, ms: info.stats?.no_carrier_ms ?? 0 });
    while (this.waiting.length > 0 && this.waiting[0].end <= end) this.consider(this.waiting.shift()!);
    while (this.empty.length > 1 && this.empty[1].time <= end - 3 * STRETCH) this.empty.shift();
    if (this.answer) info.looksLike = this.answer;
    if (info.stats && this.looks > 0) info.stats.looks = this.looks;
  }

  /** Forgets the signal and what it looked like. */
  reset(): void {
    this.info = null;
    this.stretch = null;
    this.waiting = [];
    this.empty = [];
    this.lastFrame = this.lastLook = Number.NEGATIVE_INFINITY;
    this.interval = INTERVAL.least;
    this.answer = null;
  }

  /** A stream begins, or goes on behind a gap. */
  private begin({ time }: IqInfo | AudioInfo): void {
    this.start = time;
    this.read = 0;
    this.stretch = null;
    this.waiting = [];
    this.empty = [];
  }

  private collect(payload: Buffer, width: number, count: number): void {
    const { rate } = this.info!;
    const length = Math.round((rate * STRETCH) / 1000);
    const lead = Math.round((rate * LEAD) / 1000);
    for (let done = Math.max(0, lead - this.read); done < count; ) {
      if (!this.stretch) {
        const until = this.read + done + length;
        const end = this.start + (1000 * until) / rate;
        this.stretch = { until, end, bytes: Buffer.alloc(length * width), filled: 0 };
      }
      const { stretch } = this;
      const part = Math.min(count - done, stretch.until - this.read - done);
      payload.copy(stretch.bytes, stretch.filled, done * width, (done + part) * width);
      stretch.filled += part * width;
      done += part;
      if (this.read + done < stretch.until) continue;
      this.waiting.push(stretch);
      if (this.waiting.length > MOST_WAITING) this.waiting.shift();
      this.stretch = null;
    }
    this.read += count;
  }

  private consider({ end, bytes }: Stretch): void {
    if (this.lastFrame > end - UNREAD || end - this.lastLook < this.interval) return;
    if (this.emptyBetween(end - STRETCH, end) > (1 - CARRIER) * STRETCH) return;
    this.lastLook = end;
    this.looks++;
    const found = this.look(bytes);
    this.interval = found === this.answer ? Math.min(2 * this.interval, INTERVAL.most) : INTERVAL.least;
    this.answer = found;
  }

  private look(bytes: Buffer): string | null {
    const info = this.info!;
    const track = 'format' in info ? phaseOfIq(bytes, info.format, info.rate) : phaseOfAudio(bytes, info.rate);
    if (!track) return null;
    return findMode(track, this.modes)?.mode.name ?? analogKind(track);
  }

  private emptyBetween(from: number, until: number): number {
    const at = (time: number) => this.empty.findLast((entry) => entry.time <= time)?.ms ?? this.empty[0]?.ms ?? 0;
    return at(until) - at(from);
  }
}
