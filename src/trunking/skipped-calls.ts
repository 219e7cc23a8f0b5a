import type { SkipReason } from './options';

/** A call that is not followed, while its grants go on. */
export interface SkippedCall {
  /** 'released': it ended a moment ago, and late updates must not start it again. */
  reason: SkipReason | 'released';
  /** The voice channel said so, whatever the grants say. */
  byVoice?: boolean;
  frequency: number | null;
  source?: number;
  /** Of its last grant, ms. */
  time: number;
}

/** Without a grant for this long (ms), what comes next is another call. */
const CALL_GAP = 3000;
/** How long after a release updates of the same channel are taken for late ones, ms. */
const RELEASE_TIME = 1500;
const MAX_CALLS = 1024;

/** Remembers for each call not followed that it was told, so that it is told once however often it is granted. */
export class SkippedCalls {
  private readonly calls = new Map<string, SkippedCall>();

  /** The entry of a call that still goes on. */
  get(key: string, now: number): SkippedCall | undefined {
    const call = this.calls.get(key);
    if (!call) return undefined;
    if (now - call.time <= (call.reason === 'released' ? RELEASE_TIME : CALL_GAP)) return call;
    this.calls.delete(key);
    return undefined;
  }

  /** Remembers a call; the longest unheard is forgotten when there are too many. */
  set(key: string, call: SkippedCall): void {
    this.calls.delete(key);
    this.calls.set(key, call);
    if (this.calls.size > MAX_CALLS) this.calls.delete(this.calls.keys().next().value!);
  }

  delete(key: string): void {
    this.calls.delete(key);
  }
}
