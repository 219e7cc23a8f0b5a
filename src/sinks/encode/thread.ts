import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromPlainError, type PlainError, TrunkflowError } from '../../core/errors';
import type { EncodeJob, EncodeResult } from './job';

/** What the thread answers: one of the three. */
export interface EncodeReply {
  id: number;
  result?: EncodeResult;
  error?: PlainError;
  /** An error of the system, such as a full disk. */
  failure?: { message: string; code?: string };
}

interface Waiting {
  done(result: EncodeResult): void;
  failed(error: Error): void;
}

/** Jobs that may wait; each is a path or two, the sound stays on the disk. */
const MOST_WAITING = 1000;

/** The thread runs compiled code, also when this file itself is run from its source (tests). */
const FILE = __filename.endsWith('.ts')
  ? join(__dirname, '..', '..', '..', 'dist', 'src', 'sinks', 'encode', 'worker.js')
  : join(__dirname, 'worker.js');

/**
 * A thread that encodes recordings, one after the other, so that neither Node-RED's event loop nor the signal
 * processing waits for it. It starts with the first job, does not keep the process alive while it is idle, and is
 * replaced when it dies.
 */
export class EncoderThread {
  private worker?: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private jobs = 0;

  constructor(private readonly file = FILE) {}

  /** Jobs not done yet. */
  get pending(): number {
    return this.waiting.size;
  }

  /** Rejects with TrunkflowError ('worker', 'missing-program', 'bad-file') or the system's error. */
  run(job: EncodeJob): Promise<EncodeResult> {
    if (this.waiting.size >= MOST_WAITING) {
      return Promise.reject(
        new TrunkflowError('worker', 'Recordings come faster than they can be encoded', {
          hint: 'Choose WAV, or record fewer talkgroups',
          status: 'encoder too slow',
        }),
      );
    }
    const worker = (this.worker ??= this.start());
    worker.ref();
    const id = ++this.jobs;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      worker.postMessage({ id, job });
    });
  }

  /** Stops the thread; what it has not done is rejected. */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.fail(worker, 'it was stopped');
    await worker.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.file);
    worker.on('message', (reply: EncodeReply) => this.take(worker, reply));
    worker.on('error', (error) => this.fail(worker, error.message));
    worker.on('exit', (code) => this.fail(worker, `it ended with code ${code}`));
    return worker;
  }

  private take(worker: Worker, { id, result, error, failure }: EncodeReply): void {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) worker.unref();
    if (result) one?.done(result);
    else if (error) one?.failed(fromPlainError(error));
    else one?.failed(Object.assign(new Error(failure!.message), { code: failure!.code }));
  }

  private fail(worker: Worker, cause: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { failed } of lost) {
      failed(new TrunkflowError('worker', 'The encoder stopped', { got: cause, status: 'encoder stopped' }));
    }
  }
}

let shared: { thread: EncoderThread; users: number } | undefined;

/** The encoder of this process; `close` it when done, and it goes with the last who used it. */
export function openEncoder(): { thread: EncoderThread; close(): Promise<void> } {
  const mine = (shared ??= { thread: new EncoderThread(), users: 0 });
  mine.users++;
  return {
    thread: mine.thread,
    async close() {
      if (--mine.users > 0) return;
      if (shared === mine) shared = undefined;
      await mine.thread.close();
    },
  };
}
