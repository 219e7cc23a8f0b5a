import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromPlainError, TrunkflowError } from './errors';
import type { StageSpec } from './stage';
import type { WorkerReply, WorkerRequest } from './worker-protocol';

/** What a task hears from its worker. */
export interface TaskListener {
  reply(reply: WorkerReply, error?: TrunkflowError): void;
  /** The worker died: the answers under way will not come, and the stage's state is gone. */
  lost(error: TrunkflowError): void;
}

/**
 * A fixed number of worker threads that run all stages. A task stays in one worker, so its blocks stay in order; new
 * tasks go to the worker with the least to do.
 */
export class WorkerPool {
  private readonly seats: Seat[] = [];
  private nextTask = 1;

  /** @param size number of threads; default the processor's cores less one for the event loop, at least one */
  constructor(private readonly size = defaultSize()) {}

  /** Opens a task; `listener` hears its replies. Nothing is made in the worker before the first block. */
  open(spec: StageSpec, listener: TaskListener): TaskHandle {
    const seat = this.leastBusy();
    const handle = new TaskHandle(this.nextTask++, seat);
    seat.tasks.set(handle.id, listener);
    handle.send({ op: 'open', task: handle.id, spec });
    return handle;
  }

  /** Worker threads running now, and tasks open in them. */
  snapshot(): { workers: number; tasks: number } {
    const running = this.seats.filter((seat) => seat.worker);
    return { workers: running.length, tasks: this.seats.reduce((sum, seat) => sum + seat.tasks.size, 0) };
  }

  /** Ends all threads. Tasks still open are lost. */
  async close(): Promise<void> {
    await Promise.all(this.seats.map((seat) => seat.close()));
  }

  private leastBusy(): Seat {
    if (this.seats.length < this.size) {
      const seat = new Seat();
      this.seats.push(seat);
      return seat;
    }
    return this.seats.reduce((best, seat) => (seat.load() < best.load() ? seat : best));
  }
}

/** A task's line to its worker. */
export class TaskHandle {
  constructor(
    readonly id: number,
    private readonly seat: Seat,
  ) {}

  send(request: WorkerRequest): void {
    this.seat.post(request);
  }

  close(): void {
    this.seat.tasks.delete(this.id);
    this.send({ op: 'close', task: this.id });
  }
}

/** One worker thread, started when it first gets something to do. */
class Seat {
  worker?: Worker;
  readonly tasks = new Map<number, TaskListener>();
  private pending = 0;
  private cost = 0;
  private costTime = 0;

  post(request: WorkerRequest): void {
    // What is to be closed went with its thread.
    if (request.op === 'close' && !this.worker) return;
    const worker = (this.worker ??= this.start());
    if (request.op !== 'open' && request.op !== 'close' && this.pending++ === 0) worker.ref();
    worker.postMessage(request);
  }

  /** Recent work, for choosing where a new task goes: processor time of the last seconds, then number of tasks. */
  load(): number {
    return this.decayedCost() + this.tasks.size * 0.1;
  }

  async close(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.tasks.clear();
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(WORKER_FILE);
    worker.unref();
    this.pending = 0;
    worker.on('message', (reply: WorkerReply) => this.receive(worker, reply));
    worker.on('error', (error) => this.fail(worker, error));
    worker.on('exit', (code) => this.fail(worker, new Error(`exit code ${code}`)));
    return worker;
  }

  private receive(worker: Worker, reply: WorkerReply): void {
    // An idle pool must not keep the process alive.
    if (--this.pending === 0) worker.unref();
    this.cost = this.decayedCost() + reply.cost;
    this.tasks.get(reply.task)?.reply(reply, reply.error && fromPlainError(reply.error));
  }

  private fail(worker: Worker, cause: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const lost = [...this.tasks.values()];
    this.tasks.clear();
    const error = new TrunkflowError('worker', 'A worker thread stopped; its streams begin anew', {
      got: cause.message,
      cause,
    });
    for (const listener of lost) listener.lost(error);
  }

  private decayedCost(): number {
    const now = performance.now();
    this.cost *= 2 ** ((this.costTime - now) / COST_HALF_LIFE);
    this.costTime = now;
    return this.cost;
  }
}

/** Milliseconds after which work done counts half. */
const COST_HALF_LIFE = 2000;

/** Workers run compiled code, also when this file itself is run from its source (tests). */
const WORKER_FILE = __filename.endsWith('.ts')
  ? join(__dirname, '..', '..', 'dist', 'src', 'core', 'worker-main.js')
  : join(__dirname, 'worker-main.js');

function defaultSize(): number {
  const wanted = Number(process.env.TRUNKFLOW_WORKERS);
  return wanted >= 1 ? Math.floor(wanted) : Math.max(1, availableParallelism() - 1);
}

let shared: WorkerPool | undefined;

/** The pool of this process. */
export function workerPool(): WorkerPool {
  return (shared ??= new WorkerPool());
}
