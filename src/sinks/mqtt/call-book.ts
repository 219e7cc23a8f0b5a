import type { CallHappening, CallInfo } from '../../core/messages';

/** A finished recording, from the call recorder's message. */
export interface RecordedCall {
  /** Path of the audio file. */
  filename: string;
  /** The audio file's bytes, when the message carries them. */
  audio?: Buffer;
  mime?: string;
  /** The JSON beside the recording. */
  metadata?: Record<string, unknown>;
  /** Number of the transmission, when each has a file of its own. */
  transmission?: number;
}

/**
 * What the formats act on. 'complete' comes once for a call that was followed: when it has ended and its recording is
 * there (or will not come). 'recorded' comes for each file.
 */
export interface CallNews {
  kind: 'start' | 'update' | 'end' | 'not_followed' | 'complete' | 'recorded';
  call: CallInfo;
  recording?: RecordedCall;
}

/** A call that goes on. */
export interface RunningCall {
  call: CallInfo;
  /** Clock time of its last news, ms. */
  heard: number;
  /** Not followed; listed until nothing was heard of it for a while. */
  monitored: boolean;
}

/** How long a call's end waits for its recording, ms. */
const RECORDING_PATIENCE = 30_000;
/** How long a call that is not followed counts as going on after its last grant, ms. */
const MONITORED_TIME = 3000;
/** A call without news for this long was forgotten by whoever followed it, ms. */
const STUCK = 3_600_000;
const MOST_RUNNING = 1024;
const MOST_WAITING = 512;
const MOST_REMEMBERED = 2048;

/** Follows the calls that are told of: which go on, which wait for their recording, each ended once. */
export class CallBook {
  private readonly running = new Map<string, RunningCall>();
  private readonly waiting = new Map<string, { call: CallInfo; since: number }>();
  /** Recordings that came before the end of their call. */
  private readonly early = new Map<string, RecordedCall>();
  private readonly over = new Set<string>();
  private streamTime = Number.NEGATIVE_INFINITY;
  private streamTimeAt = 0;

  /** @param expectRecordings a call recorder is wired to the same node: ends wait for its files */
  constructor(private expectRecordings = false) {}

  news(event: CallHappening, call: CallInfo, now: number, recording?: RecordedCall): CallNews[] {
    this.passed(call.stop_time_ms, now);
    switch (event) {
      case 'start':
      case 'update':
        return this.goesOn(call, now);
      case 'end':
        return this.ended(call, now);
      case 'not_followed':
        return this.notFollowed(call, now);
      case 'recorded':
        return recording ? this.recorded(call, recording, now) : [];
    }
  }

  /** A grant says that a call that is not followed still goes on. */
  granted(system: string, talkgroup: number, now: number): void {
    for (const entry of this.running.values())
      if (entry.monitored && entry.call.talkgroup === talkgroup && entry.call.sys_name === system) entry.heard = now;
  }

  /** Time goes by: calls whose recording does not come are complete without it. */
  tick(now: number): CallNews[] {
    for (const [id, { heard, monitored }] of this.running)
      if (now - heard > (monitored ? MONITORED_TIME : STUCK)) this.running.delete(id);
    const news: CallNews[] = [];
    for (const [id, { call, since }] of this.waiting) {
      if (now - since < RECORDING_PATIENCE) break;
      this.waiting.delete(id);
      news.push({ kind: 'complete', call });
    }
    return news;
  }

  /** Nothing more will come: what waits is complete. */
  finish(): CallNews[] {
    const news = [...this.waiting.values()].map(({ call }) => ({ kind: 'complete' as const, call }));
    this.waiting.clear();
    return news;
  }

  /** Calls that go on, in the order they began. */
  active(system?: string): RunningCall[] {
    const all = [...this.running.values()];
    return system === undefined ? all : all.filter(({ call }) => call.sys_name === system);
  }

  /** Stream time has come to `time`; both in ms. */
  passed(time: unknown, now: number): void {
    if (typeof time !== 'number' || !(time > this.streamTime)) return;
    this.streamTime = time;
    this.streamTimeAt = now;
  }

  /** Whole seconds since the call began, in stream time: recordings are played at other times than they were made. */
  elapsed({ start_time_ms: start }: CallInfo, now: number): number {
    return Math.max(0, Math.floor((this.streamTime + (now - this.streamTimeAt) - start) / 1000));
  }

  private goesOn(call: CallInfo, now: number): CallNews[] {
    if (this.over.has(call.id)) return [];
    const known = this.running.has(call.id);
    if (!known && this.running.size >= MOST_RUNNING) this.running.delete(this.running.keys().next().value!);
    this.running.set(call.id, { call, heard: now, monitored: false });
    return [{ kind: known ? 'update' : 'start', call }];
  }

  private notFollowed(call: CallInfo, now: number): CallNews[] {
    if (this.over.has(call.id)) return [];
    this.remember(call.id);
    if (this.running.size >= MOST_RUNNING) this.running.delete(this.running.keys().next().value!);
    this.running.set(call.id, { call, heard: now, monitored: true });
    return [{ kind: 'not_followed', call }];
  }

  private ended(call: CallInfo, now: number): CallNews[] {
    if (this.over.has(call.id)) return [];
    this.running.delete(call.id);
    this.remember(call.id);
    const end: CallNews = { kind: 'end', call };
    const early = this.early.get(call.id);
    if (early) {
      this.early.delete(call.id);
      return [end, { kind: 'complete', call, recording: early }];
    }
    if (!this.expectRecordings || call.record === false || call.encrypted) return [end, { kind: 'complete', call }];
    const news = this.waiting.size >= MOST_WAITING ? this.longestWaiting() : [];
    this.waiting.set(call.id, { call, since: now });
    return [...news, end];
  }

  private recorded(call: CallInfo, recording: RecordedCall, now: number): CallNews[] {
    this.expectRecordings = true;
    const news: CallNews[] = [{ kind: 'recorded', call, recording }];
    if (this.waiting.delete(call.id)) return [...news, { kind: 'complete', call, recording }];
    if (this.over.has(call.id)) return news;
    const running = this.running.get(call.id);
    if (running) {
      running.heard = now;
      if (!this.early.has(call.id)) {
        if (this.early.size >= MOST_WAITING) this.early.delete(this.early.keys().next().value!);
        // The bytes went out with this message; the end needs the names only.
        this.early.set(call.id, { ...recording, audio: undefined });
      }
      return news;
    }
    // Only the recorder is wired, or the call began before the flow did.
    this.remember(call.id);
    return [...news, { kind: 'complete', call, recording }];
  }

  private longestWaiting(): CallNews[] {
    const [id, { call }] = this.waiting.entries().next().value!;
    this.waiting.delete(id);
    return [{ kind: 'complete', call }];
  }

  private remember(id: string): void {
    if (this.over.size >= MOST_REMEMBERED) this.over.delete(this.over.keys().next().value!);
    this.over.add(id);
  }
}
