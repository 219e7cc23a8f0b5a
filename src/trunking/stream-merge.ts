/** Something that happened in a stream, at its place in time. */
export interface Timed<T> {
  /** Stream time, ms. */
  time: number;
  /** Order of things of the same time: smaller first. */
  rank: number;
  stream: string;
  /** Order of arrival within its stream and rank. */
  order: number;
  value: T;
}

export interface StreamMergeOptions {
  /**
   * How far (ms) what a stream delivers may lie behind the time it says has passed. Must cover the longest frame, since
   * a frame is delivered when its last symbol is there but dated by its first.
   */
  settle: number;
  /** A stream this far (ms) behind the others is no longer waited for, once PATIENT_ROUNDS are over too. */
  patience: number;
}

/**
 * Blocks each of the other streams must have sent, on average, before a stream is given up. A lossless replay holds
 * at most a few messages between source and follower (core/flow-gate), so there a stream is never given up, however
 * much time one message covers; a live stream that stalls is, after `patience`.
 */
const PATIENT_ROUNDS = 32;
/** Things waiting in all streams; beyond, the oldest are let through however far the streams are. */
const MAX_WAITING = 50_000;

interface Clock {
  /** Nothing older than this will come any more, ms. */
  until: number;
  /** It has delivered something. */
  started: boolean;
  /** It has told time by blocks; before, its events must do. */
  hasBlocks: boolean;
  firstEvent: number;
  /** Count of all streams' blocks when its last came. */
  mark: number;
  /** Given up until it has caught up. */
  lost: boolean;
}

/**
 * Brings what several streams of one source deliver into the order of stream time, whatever the order of arrival:
 * a thing is due when every stream that is waited for has passed its time. The result depends on the streams alone, not
 * on block sizes, speed or which worker thread was first.
 */
export class StreamMerge<T> {
  /** Time of the last thing that was due, ms; never goes back. */
  now = Number.NEGATIVE_INFINITY;
  /** Things that came after their stream had said that their time was over. */
  late = 0;
  /** Streams given up because they were too far behind. */
  stalled = 0;
  private readonly clocks = new Map<string, Clock>();
  private readonly waiting = new Heap<T>();
  private order = 0;
  private blocks = 0;
  private lead = Number.NEGATIVE_INFINITY;
  private slowest?: Clock;

  constructor(private readonly options: StreamMergeOptions) {}

  /** Streams that have delivered something, have not ended and are not given up. */
  get alive(): boolean {
    for (const clock of this.clocks.values()) if (clock.started && !clock.lost) return true;
    return false;
  }

  get streams(): number {
    return this.clocks.size;
  }

  /** The time up to which a stream is complete, ms; undefined when it is not known. */
  reached(stream: string): number | undefined {
    return this.clocks.get(stream)?.until;
  }

  /** True when a stream tells time by its blocks. */
  hasBlocks(stream: string): boolean {
    return this.clocks.get(stream)?.hasBlocks ?? false;
  }

  /** A stream will come that begins at `from`: nothing later is due before it has. */
  expect(stream: string, from: number): void {
    this.clocks.set(stream, this.clock(from, false));
    this.slowest = undefined;
  }

  /** A block of the stream covered the time from `start` to `end`. */
  passed(stream: string, start: number, end: number): void {
    this.blocks++;
    const clock = this.need(stream, start - this.options.settle);
    clock.hasBlocks = true;
    this.advance(clock, end - this.options.settle);
  }

  /**
   * An event of the stream at `time` arrived. It moves the stream's time on only where no blocks do: when whole blocks
   * arrive at once, all their events come before the voice of the same span.
   */
  heard(stream: string, time: number): void {
    const clock = this.need(stream, time - this.options.settle);
    if (clock.hasBlocks) return;
    this.blocks++;
    clock.firstEvent = Math.min(clock.firstEvent, time);
    if (time - clock.firstEvent > this.options.patience) this.advance(clock, time - this.options.settle);
  }

  /** The stream ended, or is no longer of interest: it is not waited for. */
  forget(stream: string): void {
    const clock = this.clocks.get(stream);
    if (!clock) return;
    this.clocks.delete(stream);
    if (clock === this.slowest) this.slowest = undefined;
  }

  /** No stream is waited for any more: all that waits is due. */
  forgetAll(): void {
    this.clocks.clear();
    this.slowest = undefined;
  }

  /** Something to be brought into order. */
  push(stream: string, time: number, rank: number, value: T): void {
    if (time < (this.clocks.get(stream)?.until ?? Number.NEGATIVE_INFINITY)) this.late++;
    this.waiting.push({ time, rank, stream, order: this.order++, value });
  }

  /**
   * The next thing due, or 'deadline' when that moment comes first; undefined when nothing is due yet. `now` has moved
   * to it.
   */
  next(deadline: number): Timed<T> | 'deadline' | undefined {
    const horizon = this.horizon();
    const first = this.waiting.first;
    if (first && (first.time <= horizon || this.waiting.size > MAX_WAITING) && first.time <= deadline) {
      this.now = Math.max(this.now, first.time);
      return this.waiting.pop();
    }
    if (deadline > horizon || deadline === Number.POSITIVE_INFINITY) return undefined;
    this.now = Math.max(this.now, deadline);
    return 'deadline';
  }

  private clock(until: number, started: boolean): Clock {
    return {
      until,
      started,
      hasBlocks: false,
      firstEvent: Number.POSITIVE_INFINITY,
      mark: this.blocks,
      lost: false,
    };
  }

  private need(stream: string, until: number): Clock {
    let clock = this.clocks.get(stream);
    if (!clock) {
      clock = this.clock(until, true);
      this.clocks.set(stream, clock);
      this.slowest = undefined;
    }
    clock.started = true;
    clock.mark = this.blocks;
    return clock;
  }

  private advance(clock: Clock, until: number): void {
    if (until > clock.until) {
      clock.until = until;
      if (clock === this.slowest) this.slowest = undefined;
    }
    if (until > this.lead) this.lead = until;
    if (clock.lost && clock.until >= this.now) {
      clock.lost = false;
      this.slowest = undefined;
    }
  }

  /** The time all streams have passed, ms. */
  private horizon(): number {
    for (;;) {
      if (!this.slowest) {
        for (const clock of this.clocks.values()) {
          if (!clock.lost && (!this.slowest || clock.until < this.slowest.until)) this.slowest = clock;
        }
      }
      const slowest = this.slowest;
      if (!slowest) return this.clocks.size === 0 ? Number.POSITIVE_INFINITY : this.lead;
      const behind = this.lead - slowest.until > this.options.patience;
      if (!behind || this.blocks - slowest.mark <= PATIENT_ROUNDS * this.clocks.size) return slowest.until;
      slowest.lost = true;
      this.slowest = undefined;
      this.stalled++;
    }
  }
}

/** Binary heap: earliest first; of the same time by rank, stream, then order of arrival in the stream. */
class Heap<T> {
  private readonly items: Timed<T>[] = [];

  get size(): number {
    return this.items.length;
  }

  get first(): Timed<T> | undefined {
    return this.items[0];
  }

  push(item: Timed<T>): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop(): Timed<T> | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!last || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1], items[child])) child++;
      if (!before(items[child], last)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return top;
  }
}

function before<T>(a: Timed<T>, b: Timed<T>): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.stream !== b.stream) return a.stream < b.stream;
  return a.order < b.order;
}
