import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import * as files from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { TrunkflowError } from '../../core/errors';
import { checkTableFile, unreadable } from './table-file';

export interface WatchTimes {
  /** Between two looks at the file, ms. Where the system tells of changes, they are seen sooner. */
  poll: number;
  /** A changed file is read when it has not changed for this time, ms: whoever writes it may be at it still. */
  settle: number;
  /** Contents that look half-written are taken when they have stood for this time, ms. */
  patience: number;
}

export const WATCH_TIMES: WatchTimes = { poll: 2000, settle: 500, patience: 15_000 };

export interface WatchSink {
  /**
   * The file has other contents.
   * @param settled they have stood for the patience: false is for good then
   * @returns false when they are not to be taken yet
   */
  changed(bytes: Buffer, settled: boolean): Promise<boolean>;
  /** It cannot be read, or is gone; told once until it is back. */
  failed(error: TrunkflowError): void;
}

/**
 * Looks after a file whose contents may change: overwritten, replaced by another, deleted and made anew. Works by looking
 * at it from time to time, which network disks allow too, and at once where the system tells of changes.
 */
export class WatchedFile {
  private timer?: NodeJS.Timeout;
  private watcher?: FSWatcher;
  private looking = false;
  private again = false;
  private closed = false;
  /** What the file looked like when it was last dealt with, and when that was first seen. */
  private known = '';
  private pending?: { stamp: string; since: number };
  private waiting?: { stamp: string; since: number };
  private content: string;
  private failing = false;

  constructor(
    private readonly path: string,
    /** Contents that are known. */
    bytes: Buffer | undefined,
    private readonly sink: WatchSink,
    private readonly times: WatchTimes = WATCH_TIMES,
  ) {
    this.content = bytes ? digest(bytes) : '';
    this.listen();
    this.wait(Math.min(times.settle, times.poll));
  }

  /** These contents are known: they were written by ourselves. */
  wrote(bytes: Buffer): void {
    this.content = digest(bytes);
    this.waiting = undefined;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.watcher?.close();
  }

  /** The folder is watched, not the file: a file that is put in its place is another one. */
  private listen(): void {
    try {
      this.watcher = watch(dirname(this.path), { persistent: false }, (_event, name) => {
        if (name === null || name === basename(this.path)) this.wait(Math.min(50, this.times.settle));
      });
      this.watcher.on('error', () => this.watcher?.close());
    } catch {
      // No folder yet, or a file system that tells nothing: looking from time to time does.
    }
  }

  private wait(time: number): void {
    if (this.closed) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), time).unref();
  }

  private async look(): Promise<void> {
    this.looking = true;
    this.again = false;
    try {
      await this.inspect();
    } finally {
      this.looking = false;
      const soon = this.again || this.pending !== undefined;
      this.wait(soon ? Math.min(this.times.settle, this.times.poll) : this.times.poll);
    }
  }

  private async inspect(): Promise<void> {
    const stamp = await this.stamp();
    if (stamp === undefined || this.closed) return;
    const now = performance.now();
    if (this.waiting && stamp === this.waiting.stamp) {
      if (now - this.waiting.since < this.times.patience) return;
      this.waiting = undefined;
      await this.read(stamp, true);
      return;
    }
    if (stamp === this.known) {
      this.pending = undefined;
      return;
    }
    if (this.pending?.stamp !== stamp) {
      this.pending = { stamp, since: now };
      return;
    }
    if (now - this.pending.since < this.times.settle * 0.9) return;
    await this.read(stamp, false);
  }

  private async stamp(): Promise<string | undefined> {
    try {
      const stats = await files.stat(this.path, { bigint: true });
      checkTableFile(this.path, { isFile: stats.isFile(), size: Number(stats.size) });
      this.failing = false;
      return [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  private async read(stamp: string, settled: boolean): Promise<void> {
    let bytes: Buffer;
    try {
      bytes = await files.readFile(this.path);
    } catch (error) {
      this.fail(error);
      return;
    }
    // It changed while it was read: the next look sees it.
    if ((await this.stamp()) !== stamp || this.closed) return;
    this.pending = undefined;
    this.known = stamp;
    const content = digest(bytes);
    if (content === this.content) return;
    if (await this.sink.changed(bytes, settled)) this.content = content;
    else if (!settled) this.waiting = { stamp, since: performance.now() };
  }

  private fail(error: unknown): void {
    this.pending = undefined;
    this.known = '';
    if (this.failing || this.closed) return;
    this.failing = true;
    this.sink.failed(unreadable(error, this.path));
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('base64');
}
