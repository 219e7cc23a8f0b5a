import type { TrunkflowError } from './errors';
import type { FlowGate } from './flow-gate';
import type { Control, PortMessage, StreamMessage } from './messages';
import { asBuffer } from './shared-buffer';
import type { Counters, StageSpec } from './stage';
import type { TaskHandle, WorkerPool } from './worker-pool';
import type { WorkerReply } from './worker-protocol';

export interface StreamTaskOptions {
  spec: StageSpec;
  pool: WorkerPool;
  gate: FlowGate;
  /** Blocks of a live stream that may wait; older ones are dropped. */
  inbox: number;
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
 * because its source waits for the credits held here.
 */
export class StreamTask {
  private readonly inbox: Item[] = [];
  private readonly sent: Item[] = [];
  private handle?: TaskHandle;
  private latest: Counters = {};
  private closed = false;
  blocks = 0;
  dropped = 0;

  constructor(
    readonly stream: string,
    private readonly options: StreamTaskOptions,
  ) {}

  /** Blocks waiting here and in the worker. */
  get queued(): number {
    return this.inbox.length + this.sent.length;
  }

  /** The stage's counters as last heard. */
  counters(): Counters {
    return this.latest;
  }

  post(message: StreamMessage): void {
    this.blocks++;
    this.push({ kind: 'block', message, release: this.options.gate.hold(this.stream) });
    if (message.info.end) this.push({ kind: 'flush', release: this.options.gate.hold(this.stream) });
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
    let waiting = this.inbox.filter((item) => item.kind === 'block').length;
    for (let i = 0; i < this.inbox.length && waiting > this.options.inbox; ) {
      const item = this.inbox[i];
      // The last message may carry more than samples, e.g. how a call ended.
      if (item.kind === 'block' && !item.message.info.end) {
        this.inbox.splice(i, 1);
        item.release();
        this.dropped++;
        waiting--;
      } else i++;
    }
  }

  private pump(): void {
    while (this.inbox.length > 0 && this.sent.length < IN_FLIGHT && !this.closed) {
      const item = this.inbox.shift()!;
      this.sent.push(item);
      this.handle ??= this.options.pool.open(this.options.spec, {
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
    if (item.kind === 'flush') {
      this.close();
      this.options.ended();
    } else this.pump();
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
    if (lost.some((item) => item.kind === 'flush')) {
      this.close();
      this.options.ended();
    } else this.pump();
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
