import type { PlainError } from './errors';
import type { Control, PortMessage, StreamMessage } from './messages';
import type { Counters, StageSpec } from './stage';

/** Main thread to worker. Every request but 'open' and 'close' is answered once, in order. */
export type WorkerRequest =
  | { op: 'open'; task: number; spec: StageSpec }
  | { op: 'process'; task: number; message: StreamMessage }
  | { op: 'control'; task: number; command: Control }
  | { op: 'flush'; task: number }
  | { op: 'close'; task: number };

/** Worker to main thread. */
export interface WorkerReply {
  task: number;
  outputs: PortMessage[];
  error?: PlainError;
  /** Sent now and then, and always with the answer to a flush. */
  counters?: Counters;
  /** Milliseconds of processor time this request took. */
  cost: number;
}
