/** Entry of a worker thread: keeps the stages of its streams and runs them one request at a time. */
import { parentPort } from 'node:worker_threads';
import { makeStage } from '../stages';
import { asTrunkflowError, TrunkflowError, toPlainError } from './errors';
import type { PortMessage } from './messages';
import { asBuffer, toShared } from './shared-buffer';
import type { Stage, StageSpec } from './stage';
import type { WorkerReply, WorkerRequest } from './worker-protocol';

/** A stage is made when its first block comes, so that idle streams cost next to nothing. */
interface Seat {
  spec: StageSpec;
  stage?: Stage;
  replies: number;
}

/** Counters go with every so many replies, not with all: they are for people. */
const COUNTERS_EVERY = 8;

const seats = new Map<number, Seat>();
const port = parentPort!;

port.on('message', (request: WorkerRequest) => {
  if (request.op === 'open') {
    seats.set(request.task, { spec: request.spec, replies: 0 });
    return;
  }
  const seat = seats.get(request.task);
  if (request.op === 'close') {
    seat?.stage?.close();
    seats.delete(request.task);
    return;
  }
  const started = performance.now();
  const reply: WorkerReply = { task: request.task, outputs: [], cost: 0 };
  try {
    if (seat) reply.outputs = run(seat, request).map(share);
  } catch (error) {
    reply.error = toPlainError(
      asTrunkflowError(error, 'worker', 'A stage failed on this block and goes on with the next'),
    );
  }
  if (seat?.stage && (request.op === 'flush' || seat.replies++ % COUNTERS_EVERY === 0))
    reply.counters = seat.stage.counters();
  reply.cost = performance.now() - started;
  port.postMessage(reply);
});

function run(seat: Seat, request: Exclude<WorkerRequest, { op: 'open' | 'close' }>): PortMessage[] {
  if (request.op === 'flush') return seat.stage?.flush() ?? [];
  seat.stage ??= makeStage(seat.spec);
  if (request.op === 'control') return seat.stage.control?.(request.command) ?? [];
  request.message.payload = asBuffer(request.message.payload);
  try {
    return seat.stage.process(request.message);
  } catch (error) {
    // An error raised on purpose leaves the stage usable; anything else may have left half a state behind.
    if (!(error instanceof TrunkflowError)) seat.stage.reset();
    throw error;
  }
}

function share(message: PortMessage): PortMessage {
  return message.port === 'event' ? message : { ...message, payload: toShared(message.payload) };
}
