import type { CallArchive } from './archive/call-archive';
import type { IndexEntry } from './archive/day-index';

export interface RetentionLimits {
  /** Days, bytes, days: see RecorderOptions. */
  keepDays?: number;
  keepBytes?: number;
  keepLogDays?: number;
}

const DAY = 86_400_000;
/** Milliseconds between two looks. */
const EVERY = 10 * 60_000;
/** A run over many recordings lets others work, ms. */
const REST = 5;
const BETWEEN_RESTS = 20;

/**
 * Keeps a folder of recordings within limits of age and size: the oldest go first, with their sidecars and the folders
 * that get empty. Only files that stand in the archive are touched. Works in small steps, now and then.
 */
export class Retention {
  /** Recordings deleted. */
  deleted = 0;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private closed = false;

  /** @param failed a file could not be deleted, or the log not be read or written */
  constructor(
    private readonly archive: CallArchive,
    private readonly limits: RetentionLimits,
    private readonly failed: (error: unknown) => void,
    private readonly now: () => number = Date.now,
  ) {
    const { keepDays, keepBytes, keepLogDays } = limits;
    if (keepDays === undefined && keepBytes === undefined && keepLogDays === undefined) return;
    this.timer = setInterval(() => void this.run(), EVERY).unref();
    void this.run();
  }

  /** Another recording was made. */
  recorded(): void {
    const { keepBytes } = this.limits;
    if (keepBytes !== undefined && this.archive.counters().bytes > keepBytes) void this.run();
  }

  /** Deletes what is beyond the limits; never rejects. */
  run(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.running ??= this.sweep()
      .catch((error) => this.failed(error))
      .finally(() => {
        this.running = undefined;
      });
    return this.running;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async sweep(): Promise<void> {
    const { archive, limits } = this;
    const { keepDays = Number.POSITIVE_INFINITY, keepBytes = Number.POSITIVE_INFINITY, keepLogDays } = limits;
    const cutoff = this.now() - keepDays * DAY;
    let excess = (await archive.totalBytes()) - keepBytes;
    let steps = 0;
    for (const day of await archive.days()) {
      const { bytes, oldest } = await archive.summary(day);
      if (bytes === 0 || (excess <= 0 && oldest >= cutoff)) continue;
      for (const entry of await archive.recordings(day)) {
        if (this.closed) return;
        if (excess <= 0 && entry.at >= cutoff) break;
        const { bytes: freed } = entry;
        if (!(await this.expire(entry))) continue;
        excess -= freed;
        if (++steps % BETWEEN_RESTS === 0) await new Promise((resolve) => setTimeout(resolve, REST));
      }
    }
    if (keepLogDays !== undefined) await this.forget(this.now() - keepLogDays * DAY);
  }

  private async expire(entry: IndexEntry): Promise<boolean> {
    try {
      await this.archive.expire(entry);
      this.deleted++;
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** Whole days of the log, when no recording is left of them. */
  private async forget(cutoff: number): Promise<void> {
    for (const day of await this.archive.days()) {
      const { bytes, newest } = await this.archive.summary(day);
      if (bytes === 0 && newest < cutoff) await this.archive.forgetDay(day);
    }
  }
}
