import type { StreamMessage } from '../core/messages';
import type { SignalFormat } from '../sources/stream-writer';

/** Takes a block; the next one waits for it. */
export type Take = (message: StreamMessage) => Promise<void> | void;

export interface PlayOptions {
  /** Stop at the end of the block that reaches this much signal. */
  seconds?: number;
  /** It will be played again, from its beginning. */
  again?: boolean;
  /** Ends the signal early, as if it ended here. */
  stop?: AbortSignal;
}

/** A signal that a program can play: a recording, or what another program pours in. */
export interface SignalInput {
  kind: 'iq' | 'audio';
  format: SignalFormat;
  /** Samples per second. */
  rate: number;
  /** Frequency at the middle of the band, Hz; 0 when unknown. */
  center: number;
  /**
   * Plays it as fast as it is taken, its end included.
   * @returns seconds of signal played
   * @throws TrunkflowError when it cannot be read, or what `take` throws; nothing is taken after that
   */
  play(take: Take, options?: PlayOptions): Promise<number>;
}
