import type { Control, PortMessage, StreamMessage } from './messages';

/** Counters of a stage: what it saw, corrected, failed and dropped. Numbers only, so that they can be summed. */
export type Counters = Record<string, number>;

/** Adds `counters` to `sum`, name by name. */
export function addCounters(sum: Counters, counters: Counters): void {
  for (const [name, value] of Object.entries(counters)) sum[name] = (sum[name] ?? 0) + value;
}

/**
 * One step of a pipeline for one stream. A plain class: no Node-RED, no timers, no clocks, no I/O. Fed the same samples
 * it gives the same output whatever the block sizes. It is made inside a worker thread from a StageSpec.
 */
export interface Stage {
  /**
   * Takes one block, gives what it completed. Throws TrunkflowError for a block it cannot use, and stays usable. The
   * last block of a stream (`info.end`) may be empty; `flush` follows it.
   */
  process(input: StreamMessage): PortMessage[];
  /** Commands for this stream (msg.control). */
  control?(command: Control): PortMessage[];
  /** After the last block: gives what was still inside, the last message of each derived stream with `end: true`. */
  flush(): PortMessage[];
  /** Forgets all signal history, e.g. after lost blocks; settings stay. */
  reset(): void;
  /** Frees what it holds outside JavaScript (WebAssembly memory). */
  close(): void;
  counters(): Counters;
}

/** How to make a stage in a worker thread: plain JSON. */
export interface StageSpec {
  /** The name it is registered under in src/stages.ts; with `module`, the name of the exported factory. */
  stage: string;
  options: object;
  /** Absolute path of a CommonJS module, for a stage that lives outside this package. */
  module?: string;
}

export type StageFactory = (options: object) => Stage;
