import type { TrunkflowError } from './errors';
import { type FlowGate, flowGate } from './flow-gate';
import type { Control, PortMessage, StreamMessage } from './messages';
import { addCounters, type Counters, type StageSpec } from './stage';
import { type Inbox, StreamTask } from './stream-task';
import { type WorkerPool, workerPool } from './worker-pool';

export interface StageHostOptions {
  /** The stage for a stream, from its first message; may throw a TrunkflowError. */
  spec(message: StreamMessage): StageSpec;
  /** Outputs of one stream, in order. */
  emit(messages: PortMessage[]): void;
  error(error: TrunkflowError): void;
  /** Something a status might show has changed. */
  changed?(): void;
  inbox?: Inbox;
  /** Streams one host serves at once; the one that was idle longest gives way. */
  maxStreams?: number;
  pool?: WorkerPool;
  gate?: FlowGate;
}

export interface HostSnapshot {
  streams: number;
  queued: number;
  blocks: number;
  /** Blocks of live streams dropped because this node could not keep up. */
  dropped: number;
}

const MAX_EARLY = 64;

/**
 * A channel that is opened for a call begins with the channelizer's history, by default two seconds of it at once; a call's
 * first syllables are in there. A whole band reaches the limit of bytes before that.
 */
const INBOX: Inbox = { blocks: 8, lag: 3000, bytes: 4_000_000 };

/**
 * What a node that runs a stage needs: one task per stream, made when its first message comes and forgotten when the
 * stream ends.
 */
export class StageHost {
  private readonly tasks = new Map<string, StreamTask>();
  /** Commands that came before any stream did; the first stream gets them. */
  private early: Control[] = [];
  private finished = { blocks: 0, dropped: 0 };
  private finishedCounters: Counters = {};
  private closed = false;

  constructor(private readonly options: StageHostOptions) {}

  /** @throws TrunkflowError when there is no stage for this stream */
  receive(message: StreamMessage): void {
    if (this.closed) return;
    const { stream } = message.info;
    const known = this.tasks.get(stream);
    if (known?.ending) known.restart(this.options.spec(message));
    const task = known ?? this.open(message);
    // Most recently used last, so that the first one is the idlest.
    this.tasks.delete(stream);
    this.tasks.set(stream, task);
    const before = task.dropped;
    task.post(message);
    if (task.dropped !== before) this.options.changed?.();
  }

  /** Sends a command to the stream it names, or to all; before the first stream it is kept for that one. */
  control(command: Control): void {
    if (command.stream !== undefined) {
      this.tasks.get(command.stream)?.control(command);
      return;
    }
    if (this.tasks.size === 0) this.early = [...this.early, command].slice(-MAX_EARLY);
    for (const task of this.tasks.values()) task.control(command);
  }

  /** Counters of all streams, those that ended included, added up. */
  counters(): Counters {
    const sum: Counters = { ...this.finishedCounters };
    for (const task of this.tasks.values()) addCounters(sum, task.counters());
    return sum;
  }

  snapshot(): HostSnapshot {
    const total = { streams: this.tasks.size, queued: 0, ...this.finished };
    for (const task of this.tasks.values()) {
      total.queued += task.queued;
      total.blocks += task.blocks;
      total.dropped += task.dropped;
    }
    return total;
  }

  /** Ends all tasks; what still comes is ignored. */
  close(): void {
    this.closed = true;
    for (const task of this.tasks.values()) task.close();
    this.tasks.clear();
  }

  private open(message: StreamMessage): StreamTask {
    const { stream } = message.info;
    const { options } = this;
    const task: StreamTask = new StreamTask(stream, options.spec(message), {
      pool: options.pool ?? workerPool(),
      gate: options.gate ?? flowGate,
      inbox: options.inbox ?? INBOX,
      emit: (messages) => {
        options.emit(messages);
        options.changed?.();
      },
      error: options.error,
      ended: () => this.forget(task),
    });
    if (this.tasks.size >= (options.maxStreams ?? 20_000)) this.evict();
    this.tasks.set(stream, task);
    for (const command of this.early.splice(0)) task.control(command);
    options.changed?.();
    return task;
  }

  private evict(): void {
    const idlest = this.tasks.values().next().value!;
    idlest.close();
    this.forget(idlest);
  }

  private forget(task: StreamTask): void {
    if (this.tasks.get(task.stream) === task) this.tasks.delete(task.stream);
    this.finished.blocks += task.blocks;
    this.finished.dropped += task.dropped;
    addCounters(this.finishedCounters, task.counters());
    this.options.changed?.();
  }
}
