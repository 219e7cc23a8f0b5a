import type { TrunkflowError } from '../core/errors';
import type { Control, StreamMessage } from '../core/messages';
import type { Counters } from '../core/stage';

export interface SourceStatus {
  state: 'stopped' | 'starting' | 'running' | 'reconnecting' | 'ended' | 'failed';
  /** Under 20 characters, for the node. */
  text: string;
}

/** What a source calls. */
export interface SourceSink {
  /**
   * A block is ready. A file source awaits what this returns before it reads on, so nothing is lost; a live source
   * never waits.
   */
  block(message: StreamMessage): Promise<void> | void;
  /**
   * Resolves when all blocks sent are dealt with, and what was made of them too. A source that can wait does so before
   * the last message of its stream, so that a channel asked for because of its last blocks can still be opened.
   */
  drained?(): Promise<void>;
  status(status: SourceStatus): void;
  /** Something went wrong; the source goes on or ends by itself, as its status says. */
  error(error: TrunkflowError): void;
}

/** Gives the signal of a device, program, connection, file or generator. */
export interface Source {
  /** True when the source can wait (files): its streams are lossless. */
  readonly lossless: boolean;
  /** Resolves when it runs, or when a later stop came first; rejects with a TrunkflowError when it cannot start at all. */
  start(): Promise<void>;
  /** Resolves when everything it held is given back. The stream's last message (`end: true`) has been sent. */
  stop(): Promise<void>;
  /** tune, gain, ppm, start, stop; rejects with a TrunkflowError for what this source cannot do. */
  control(command: Control): Promise<void>;
  counters(): Counters;
}
