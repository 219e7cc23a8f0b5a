import type { CallHappening, CallInfo } from '../core/messages';
import type { CallArchive } from './archive/call-archive';

/** Milliseconds after the end of a call in which its recording must appear, or it is taken for not recorded. */
const GRACE = 10_000;
/** Calls that may wait for that. */
const MOST_WAITING = 2000;

/** Where it is known what became of calls. */
export type CallJournal = Pick<CallArchive, 'known' | 'add'>;

/** Puts calls that are not recorded into the log, with the reason. */
export class NotRecorded {
  private readonly waiting = new Map<string, { call: CallInfo; timer: NodeJS.Timeout }>();
  private readonly writing = new Set<Promise<void>>();

  /**
   * @param failed the log could not be written
   * @param written a call was put into the log as not recorded
   */
  constructor(
    private readonly journal: CallJournal,
    private readonly failed: (error: unknown) => void,
    private readonly grace = GRACE,
    private readonly written?: (call: CallInfo, reason: string) => void,
  ) {}

  /** A call was not recorded. */
  add(call: CallInfo, reason: string, length = 0): void {
    const work = this.write(call, reason, length)
      .catch((error) => this.failed(error))
      .finally(() => this.writing.delete(work));
    this.writing.add(work);
  }

  /** What a call follower tells of a call. What it followed should appear as a recording. */
  told(event: CallHappening, call: CallInfo): void {
    if (event === 'not_followed') this.add(call, call.reason ?? 'not_followed');
    if (event !== 'end' || this.waiting.has(call.id)) return;
    const timer = setTimeout(() => this.giveUp(call.id), this.grace).unref();
    this.waiting.set(call.id, { call, timer });
    if (this.waiting.size > MOST_WAITING) this.giveUp(this.waiting.keys().next().value!);
  }

  /** Writes what waits; resolves when all is on the disk. */
  async close(): Promise<void> {
    for (const id of [...this.waiting.keys()]) this.giveUp(id);
    await Promise.all(this.writing);
  }

  private giveUp(id: string): void {
    const { call, timer } = this.waiting.get(id)!;
    clearTimeout(timer);
    this.waiting.delete(id);
    const reason = call.encrypted ? 'encrypted' : call.record === false ? 'not_wanted' : 'no_audio';
    this.add(call, reason, call.length);
  }

  private async write(call: CallInfo, reason: string, length: number): Promise<void> {
    // What was recorded, or is known with a reason that says more, stays.
    const known = await this.journal.known(call.id);
    if (known?.recorded || (known && reason === 'no_audio')) return;
    await this.journal.add({
      id: call.id,
      call,
      file: null,
      sidecar: null,
      format: null,
      length,
      bytes: 0,
      recorded: false,
      reason,
    });
    this.written?.(call, reason);
  }
}
