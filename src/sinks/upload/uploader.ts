import { asTrunkflowError, TrunkflowError } from '../../core/errors';
import type { Counters } from '../../core/stage';
import { Backoff, type BackoffOptions } from './backoff';
import { Converter } from './converter';
import { type QueueFiles, QueueFolder } from './queue-folder';
import type { AudioFrom, CallRecord, QueuedCall } from './queued-call';
import { type CallService, EXTENSIONS, type UploadCall, type UploadResult } from './service';
import { type Dropped, type QueueLimits, UploadQueue } from './upload-queue';

/** How a call left the uploader. */
export type Outcome =
  | { status: 'uploaded' | 'duplicate'; answer: string; ms: number; attempts: number }
  | {
      status: 'failed';
      reason: 'rejected' | 'key_refused' | 'rule' | Dropped;
      error: TrunkflowError;
      attempts: number;
    };

export interface UploaderSink {
  /** A call is dealt with; each call that was taken comes here once, also after a restart. */
  finished(record: CallRecord, outcome: Outcome): void;
  /** Something keeps calls from being uploaded; told once until it is over. */
  trouble(error: TrunkflowError): void;
  /** Something a status shows has changed. */
  changed(): void;
}

export interface UploaderOptions {
  /** Folder of the queue; no other uploader uses it. */
  folder: string;
  /** Calls uploaded at once: 1 keeps their order. */
  parallel: number;
  limits: QueueLimits;
  /**
   * The radio system as the service knows it; undefined when the call is no longer to be uploaded. Asked just before the
   * upload, so that corrected settings hold for what waits already.
   */
  as(record: CallRecord): string | undefined;
  backoff?: Partial<BackoffOptions>;
  /** Milliseconds that uploads under way are waited for when it closes. */
  patience?: number;
  files?: QueueFiles;
}

/** Attempts of one call after which others pass it, when the trouble may lie in the call. */
const PATIENT_ATTEMPTS = 3;

export interface UploaderState {
  queued: number;
  active: number;
  /** Milliseconds until the next attempt; undefined when nothing is in the way. */
  retryIn?: number;
  trouble?: TrunkflowError;
}

/** Uploads calls to one service: one after the other, through a queue on the disk, with patience. */
export class Uploader {
  private readonly queue: UploadQueue;
  private readonly backoff: Backoff;
  private readonly abort = new AbortController();
  private readonly active = new Set<Promise<void>>();
  private readonly count: Counters = {
    uploaded: 0,
    duplicates: 0,
    rejected: 0,
    dropped: 0,
    attempts: 0,
    failed_attempts: 0,
  };
  /** Makes of WAV what the service takes. */
  private readonly converter?: Converter;
  private timer?: NodeJS.Timeout;
  /** Nothing is tried before this time, ms. */
  private resumeAt = 0;
  private problem?: TrunkflowError;
  private closed = false;

  constructor(
    private readonly service: CallService,
    private readonly options: UploaderOptions,
    private readonly sink: UploaderSink,
  ) {
    this.backoff = new Backoff(options.backoff);
    this.converter = Converter.for(service.takes);
    this.queue = new UploadQueue(new QueueFolder(options.folder, options.files), options.limits, {
      dropped: (call, why) => this.dropped(call, why),
      error: (error) => this.sink.trouble(error),
    });
    this.queue.opened().then(() => {
      if (this.queue.damaged > 0) this.sink.trouble(damagedFiles(this.queue.damaged, options.folder));
      this.pump();
      this.sink.changed();
    });
  }

  /**
   * Takes a call; resolves when it is safe on the disk, to false when the same recording waits there already.
   * Rejects with a TrunkflowError when it cannot be kept, 'bad-message' when it is of a type the service does not take and
   * nothing can be made of.
   */
  async offer(record: CallRecord, from: AudioFrom): Promise<boolean> {
    const added = await this.queue.add(record, from, this.conversion(record));
    this.pump();
    this.sink.changed();
    return added;
  }

  get state(): UploaderState {
    const wait = this.resumeAt - Date.now();
    const trouble = this.problem ?? this.queue.trouble;
    const waits = wait > 0 && this.queue.length > 0;
    return { queued: this.queue.length, active: this.active.size, ...(waits ? { retryIn: wait } : {}), trouble };
  }

  counters(): Counters {
    return { ...this.count, queued: this.queue.length, queued_bytes: this.queue.bytes };
  }

  /** Ends; what waits stays on the disk for the next start. Uploads under way may finish for a moment. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const patience = setTimeout(() => this.abort.abort(), this.options.patience ?? 5000);
    await Promise.all(this.active);
    clearTimeout(patience);
    await this.queue.settled();
    await this.converter?.close();
  }

  private conversion({ audio }: CallRecord): Converter | undefined {
    if (this.service.takes.includes(audio.mime)) return undefined;
    if (audio.mime === 'audio/wav' && this.converter) return this.converter;
    const names = this.service.takes.map((mime) => EXTENSIONS[mime].toUpperCase());
    throw new TrunkflowError('bad-message', `${this.service.name} does not take this recording`, {
      expected: names.join(' or '),
      got: EXTENSIONS[audio.mime].toUpperCase(),
      hint: `Set the call recorder's format to ${names.join(' or ')}`,
      status: 'wrong format',
    });
  }

  private pump(): void {
    clearTimeout(this.timer);
    if (this.closed) return;
    const wait = this.resumeAt - Date.now();
    if (wait > 0) {
      this.wake(wait);
      return;
    }
    while (this.active.size < this.options.parallel) {
      const call = this.queue.next();
      if (!call) break;
      const run = this.attempt(call).finally(() => {
        this.active.delete(run);
        this.pump();
        this.sink.changed();
      });
      this.active.add(run);
    }
    const next = this.queue.nextTime;
    if (next !== undefined && this.active.size < this.options.parallel) this.wake(next - Date.now());
  }

  private wake(wait: number): void {
    this.timer = setTimeout(() => this.pump(), Math.max(1, wait)).unref();
  }

  private async attempt(call: QueuedCall): Promise<void> {
    const started = performance.now();
    let result: UploadResult | undefined;
    try {
      const as = this.options.as(call.record);
      if (as === undefined) {
        await this.queue.remove(call);
        this.dropped(call, 'rule');
        return;
      }
      const data = await this.queue.audio(call);
      if (!data) return;
      call.attempts++;
      this.count.attempts++;
      result = await this.service.upload(asUpload(call.record, as, data), this.abort.signal);
    } catch (cause) {
      const error = asTrunkflowError(cause, 'network', 'The upload failed');
      result = { outcome: 'retry', scope: 'service', error };
    }
    await this.settle(call, result, Math.round(performance.now() - started));
  }

  private async settle(call: QueuedCall, result: UploadResult, ms: number): Promise<void> {
    const { attempts } = call;
    if (result.outcome === 'retry') {
      this.count.failed_attempts++;
      this.postpone(call, result);
      return;
    }
    this.backoff.succeeded();
    this.resumeAt = 0;
    await this.queue.remove(call);
    if (result.outcome === 'rejected') {
      this.count.rejected++;
      const reason = result.key ? 'key_refused' : 'rejected';
      this.report(result.key ? result.error : undefined);
      this.sink.finished(call.record, { status: 'failed', reason, error: result.error, attempts });
      return;
    }
    this.report(undefined);
    this.count[result.outcome === 'uploaded' ? 'uploaded' : 'duplicates']++;
    this.sink.finished(call.record, { status: result.outcome, answer: result.answer, ms, attempts });
  }

  private postpone(call: QueuedCall, { error, scope, after }: UploadResult & { outcome: 'retry' }): void {
    // Ended by us: it is tried again at the next start.
    if (this.abort.signal.aborted) {
      this.queue.later(call, 0);
      return;
    }
    this.report(error);
    const now = Date.now();
    if (scope === 'call' && call.attempts >= PATIENT_ATTEMPTS) {
      const own = new Backoff(this.options.backoff);
      own.failures = call.attempts;
      this.queue.later(call, now + own.failed(after));
      return;
    }
    this.queue.later(call, 0);
    this.resumeAt = Math.max(this.resumeAt, now + this.backoff.failed(after));
  }

  private dropped(call: QueuedCall, reason: Dropped | 'rule'): void {
    this.count.dropped++;
    const { what, status } = DROPS[reason];
    const error = new TrunkflowError('storage', what, { status });
    this.sink.finished(call.record, { status: 'failed', reason, error, attempts: call.attempts });
    this.sink.changed();
  }

  /** Tells of a trouble once, until another one or success comes. */
  private report(error: TrunkflowError | undefined): void {
    const known = error?.status === this.problem?.status;
    this.problem = error;
    if (error && !known) this.sink.trouble(error);
  }
}

function asUpload({ call, metadata, length, audio }: CallRecord, as: string, data: Buffer): UploadCall {
  return { call, metadata, length, system: as, audio: { ...audio, data } };
}

const DROPS: Readonly<Record<Dropped | 'rule', { what: string; status: string }>> = {
  queue_full: { what: 'Too many calls waited for their upload; the oldest was dropped', status: 'queue full' },
  too_old: { what: 'A call waited too long for its upload', status: 'too old' },
  rule: { what: 'The rules no longer let a call be uploaded that waited', status: 'not chosen' },
  file_missing: { what: 'The recording of a call that waited is gone', status: 'recording missing' },
};

function damagedFiles(count: number, folder: string): TrunkflowError {
  return new TrunkflowError('storage', `${count} waiting calls could not be read and were dropped: ${folder}`, {
    status: 'queue damaged',
  });
}
