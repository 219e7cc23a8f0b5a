import type { TrunkflowError } from './errors';
import type { FlowGate } from './flow-gate';
import type { Control, PortMessage, StreamMessage } from './messages';
import { asBuffer } from './shared-buffer';
import { addCounters, type Counters, type StageSpec } from './stage';
import type { TaskHandle, WorkerPool } from './worker-pool';
import type { WorkerReply } from './worker-protocol';

/**
 * How much of a live stream may wait before its oldest blocks are dropped: `blocks` in any case, more of them as long as
 * they span at most `lag` ms of stream time and hold at most `bytes`.
 */
export interface Inbox {
  blocks: number;
  lag: number;
  bytes: number;
}

export interface StreamTaskOptions {
  pool: WorkerPool;
  gate: FlowGate;
  inbox: Inbox;
  emit(messages: PortMessage[]): void;
  error(error: TrunkflowError): void;
  /** The stream ended and everything it gave is sent. */
  ended(): void;
}

/** Requests that may be with the worker at once: one being worked on and one waiting, so that it never idles. */
const IN_FLIGHT = 2;

type Item =
  | { kind: 'block'; message: StreamMessage; release: () => void }
  | { kind: 'control'; command: Control; release: () => void }
  | { kind: 'flush'; release: () => void };

/**
 * The light task of one stream in one node: a bounded inbox in front of a stage in a worker thread. A live stream that
 * comes faster than it is worked on loses its oldest waiting blocks, whole and counted; a lossless one never does,
 * because its source waits for the credits held here. A stream that begins anew under its name before its end is dealt
 * with gets another stage, behind the first one.
 */
export class StreamTask {
  private readonly inbox: Item[] = [];
  private readonly sent: Item[] = [];
  private handle?: TaskHandle;
  private latest: Counters = {};
  /** Of the stages before. */
  private readonly earlier: Counters = {};
  private closed = false;
  /** The last block of the stream has come. */
  ending = false;
  blocks = 0;
  dropped = 0;
  /** Of the stage that works now, then of those that follow it. */
  private readonly specs: StageSpec[];

  constructor(
    readonly stream: string,
    spec: StageSpec,
    private readonly options: StreamTaskOptions,
  ) {
    this.specs = [spec];
  }

  /** Blocks waiting here and in the worker. */
  get queued(): number {
    return this.inbox.length + this.sent.length;
  }

  /** The stages' counters as last heard. */
  counters(): Counters {
    const sum = { ...this.earlier };
    addCounters(sum, this.latest);
    return sum;
  }

  /** The stream begins anew: what comes from now on is for a stage of its own. */
  restart(spec: StageSpec): void {
    this.specs.push(spec);
    this.ending = false;
  }

  post(message: StreamMessage): void {
    this.blocks++;
    this.ending = message.info.end === true;
    this.push({ kind: 'block', message, release: this.options.gate.hold(this.stream) });
    if (this.ending) this.push({ kind: 'flush', release: this.options.gate.hold(this.stream) });
    if (!this.options.gate.isLossless(this.stream)) this.dropOldest();
  }

  control(command: Control): void {
    this.push({ kind: 'control', command, release: this.options.gate.hold(this.stream) });
  }

  close(): void {
    this.closed = true;
    this.handle?.close();
    this.handle = undefined;
    for (const item of [...this.sent.splice(0), ...this.inbox.splice(0)]) item.release();
  }

  private push(item: Item): void {
    this.inbox.push(item);
    this.pump();
  }

  private dropOldest(): void {
    const { blocks, lag, bytes } = this.options.inbox;
    const waiting = this.inbox.flatMap((item) => (item.kind === 'block' ? [item] : []));
    let held = waiting.reduce((sum, { message }) => sum + message.payload.length, 0);
    const newest = waiting.at(-1)?.message.info.time ?? 0;
    for (let at = 0; waiting.length - at > blocks; at++) {
      const oldest = waiting[at];
      const { payload, info } = oldest.message;
      if (held <= bytes && Math.abs(newest - info.time) <= lag) return;
      // The last message may carry more than samples, e.g. how a call ended.
      if (info.end) continue;
      held -= payload.length;
      this.inbox.splice(this.inbox.indexOf(oldest), 1);
      oldest.release();
      this.dropped++;
    }
  }

  private pump(): void {
    while (this.inbox.length > 0 && this.sent.length < IN_FLIGHT && !this.closed) {
      // What follows a flush is for the next stage.
      if (this.sent.at(-1)?.kind === 'flush') return;
      const item = this.inbox.shift()!;
      this.sent.push(item);
      this.handle ??= this.options.pool.open(this.specs[0], {
        reply: (reply, error) => this.receive(reply, error),
        lost: (error) => this.lose(error),
      });
      const task = this.handle.id;
      if (item.kind === 'block') this.handle.send({ op: 'process', task, message: transferable(item.message) });
      else if (item.kind === 'control') this.handle.send({ op: 'control', task, command: item.command });
      else this.handle.send({ op: 'flush', task });
    }
  }

  private receive(reply: WorkerReply, error?: TrunkflowError): void {
    const item = this.sent.shift();
    if (!item) return;
    if (reply.counters) this.latest = reply.counters;
    for (const output of reply.outputs) if (output.port !== 'event') output.payload = asBuffer(output.payload);
    if (error) this.options.error(error);
    if (reply.outputs.length > 0) this.options.emit(reply.outputs);
    item.release();
    if (item.kind === 'flush') this.finishStage();
    this.pump();
  }

  /** The stage has been flushed: the next one follows, or the task is over. */
  private finishStage(): void {
    this.handle?.close();
    this.handle = undefined;
    this.specs.shift();
    addCounters(this.earlier, this.latest);
    this.latest = {};
    if (this.specs.length > 0 || this.closed) return;
    this.close();
    this.options.ended();
  }

  /** The worker is gone: what was with it is lost; the next block makes a new stage elsewhere. */
  private lose(error: TrunkflowError): void {
    this.handle = undefined;
    const lost = this.sent.splice(0);
    for (const item of lost) {
      if (item.kind === 'block') this.dropped++;
      item.release();
    }
    this.options.error(error);
    if (lost.some((item) => item.kind === 'flush')) this.finishStage();
    this.pump();
  }
}

/**
 * A message that crosses threads cheaply. A Buffer over shared memory goes by reference; one that is a small part of a
 * larger private block (Node's own pool) would drag the whole block along, so it is cut out first.
 */
function transferable(message: StreamMessage): StreamMessage {
  const { payload } = message;
  if (payload.buffer instanceof SharedArrayBuffer || payload.buffer.byteLength === payload.byteLength) return message;
  return { ...message, payload: asBuffer(Uint8Array.prototype.slice.call(payload)) };
}
