import { TrunkflowError } from '../../core/errors';
import { storageError } from '../storage-error';
import type { Converter } from './converter';
import type { QueueFolder } from './queue-folder';
import type { AudioFrom, CallRecord, QueuedCall } from './queued-call';

export interface QueueLimits {
  /** Calls. */
  calls: number;
  /** Bytes of audio. */
  bytes: number;
  /** Milliseconds a call may wait. */
  age: number;
}

/** Why a call left the queue without being uploaded. */
export type Dropped = 'queue_full' | 'too_old' | 'file_missing';

export interface QueueSink {
  dropped(call: QueuedCall, why: Dropped): void;
  /** The disk failed; told once for a trouble. The call is kept in memory where there is room. */
  error(error: TrunkflowError): void;
}

/** Calls that may be on their way to the disk. */
const MOST_PENDING = 200;
/** What is kept in memory when the disk takes nothing. */
const MEMORY = { calls: 20, bytes: 32_000_000 };

/** Calls that wait for their upload, in order: on the disk, bounded, the oldest dropped first. */
export class UploadQueue {
  private list: QueuedCall[] = [];
  private readonly ready: Promise<void>;
  private adding: Promise<unknown> = Promise.resolve();
  private pending = 0;
  private told = false;
  /** What keeps the queue from being written now. */
  trouble?: TrunkflowError;
  /** Files that could not be read at the start. */
  damaged = 0;

  constructor(
    private readonly folder: QueueFolder,
    private readonly limits: QueueLimits,
    private readonly sink: QueueSink,
    private readonly now: () => number = Date.now,
  ) {
    this.ready = this.load();
  }

  /** Resolves when what an earlier run left has been read. */
  opened(): Promise<void> {
    return this.ready;
  }

  get length(): number {
    return this.list.length;
  }

  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Takes a call; resolves when it is safe on the disk, to false when it waits there already. Rejects with a TrunkflowError
   * 'storage' when neither disk nor memory could take it.
   */
  add(record: CallRecord, from: AudioFrom, converter?: Converter): Promise<boolean> {
    if (this.pending >= MOST_PENDING) return Promise.reject(tooFast());
    this.pending++;
    // One after the other: the order on the disk is the order in which they came.
    const turn = this.adding.then(() => this.take(record, from, converter));
    const settle = () => {
      this.pending--;
    };
    this.adding = turn.then(settle, settle);
    return turn;
  }

  /** The first call that may be tried at this time; marked as busy. */
  next(): QueuedCall | undefined {
    this.expire();
    const now = this.now();
    const call = this.list.find(({ busy, notBefore }) => !busy && notBefore <= now);
    if (call) call.busy = true;
    return call;
  }

  /** The earliest time at which `next` may give a call, ms; undefined when none waits. */
  get nextTime(): number | undefined {
    let next: number | undefined;
    for (const { busy, notBefore } of this.list)
      if (!busy && (next === undefined || notBefore < next)) next = notBefore;
    return next;
  }

  /** Audio of a call; undefined when its file is gone, and the call with it. */
  async audio(call: QueuedCall): Promise<Buffer | undefined> {
    if (call.data) return call.data;
    try {
      return await this.folder.readAudio(call.name!, call.record);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw storageError(error, this.folder.path);
      await this.remove(call);
      this.sink.dropped(call, 'file_missing');
      return undefined;
    }
  }

  /** Back into the queue, for another attempt. */
  later(call: QueuedCall, notBefore: number): void {
    call.busy = false;
    call.notBefore = notBefore;
  }

  /** The call is dealt with. */
  async remove(call: QueuedCall): Promise<void> {
    const index = this.list.indexOf(call);
    if (index >= 0) this.list.splice(index, 1);
    await this.forget(call);
  }

  /** Deletes what of a call is on the disk. */
  private async forget(call: QueuedCall): Promise<void> {
    if (!call.name) return;
    await this.folder.delete(call.name, call.record).catch((error) => this.fail(error));
  }

  /** Resolves when everything that was given is on the disk. */
  async settled(): Promise<void> {
    await this.ready;
    await this.adding;
  }

  private async load(): Promise<void> {
    try {
      const { calls, damaged } = await this.folder.load();
      this.damaged = damaged;
      this.list.push(...calls.map((stored) => ({ ...stored, attempts: 0, notBefore: 0, busy: false })));
      this.shorten();
    } catch (error) {
      this.fail(error);
    }
  }

  private async take(record: CallRecord, from: AudioFrom, converter?: Converter): Promise<boolean> {
    await this.ready;
    if (this.list.some((call) => call.record.key === record.key)) return false;
    const fresh = { attempts: 0, notBefore: 0, busy: false };
    try {
      this.list.push({ ...fresh, ...(await this.folder.add(record, from, converter)) });
      this.trouble = undefined;
      this.told = false;
    } catch (error) {
      if (!from.data && (error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(from.path!);
      // The recording is at fault, not the disk.
      if (error instanceof TrunkflowError) throw error;
      const trouble = this.fail(error);
      if (converter) throw trouble;
      const data = from.data ?? (await this.folder.read(from.path!).catch(() => undefined));
      if (!data || !this.fitsMemory(data.length)) throw trouble;
      this.list.push({ ...fresh, record, data, bytes: data.length });
    }
    this.shorten();
    return true;
  }

  private fitsMemory(bytes: number): boolean {
    const held = this.list.filter(({ data }) => data);
    const taken = held.reduce((sum, call) => sum + call.bytes, 0);
    return held.length < MEMORY.calls && taken + bytes <= MEMORY.bytes;
  }

  private expire(): void {
    const oldest = this.now() - this.limits.age;
    this.dropAll(new Set(this.list.filter(({ busy, record }) => !busy && record.queued < oldest)), 'too_old');
  }

  private shorten(): void {
    const { calls, bytes } = this.limits;
    let { length } = this.list;
    let held = this.bytes;
    const excess = new Set<QueuedCall>();
    for (const call of this.list) {
      if (length <= calls && (held <= bytes || length <= 1)) break;
      if (call.busy) continue;
      excess.add(call);
      length--;
      held -= call.bytes;
    }
    this.dropAll(excess, 'queue_full');
  }

  private dropAll(calls: ReadonlySet<QueuedCall>, why: Dropped): void {
    if (calls.size === 0) return;
    this.list = this.list.filter((call) => !calls.has(call));
    for (const call of calls) {
      void this.forget(call);
      this.sink.dropped(call, why);
    }
  }

  private fail(error: unknown): TrunkflowError {
    this.trouble = storageError(error, this.folder.path);
    if (!this.told) this.sink.error(this.trouble);
    this.told = true;
    return this.trouble;
  }
}

function missing(path: string): TrunkflowError {
  return new TrunkflowError('bad-file', `The recording is gone: ${path}`, {
    hint: 'Keep recordings longer than it takes to upload them, or let the call recorder put the audio into the message',
    status: 'recording missing',
  });
}

function tooFast(): TrunkflowError {
  return new TrunkflowError('storage', 'Calls come faster than they can be put into the queue', {
    hint: 'A faster disk, or fewer talkgroups',
    status: 'disk too slow',
  });
}
