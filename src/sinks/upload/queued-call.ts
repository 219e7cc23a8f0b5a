import type { CallInfo } from '../../core/messages';
import type { AudioMime } from './service';

/** What is known of a call that waits, as it stands on the disk. */
export interface CallRecord {
  /** Names the recording: the same one is not queued twice. */
  key: string;
  /** When it was queued, ms since 1970. */
  queued: number;
  call: CallInfo;
  metadata: Record<string, unknown>;
  /** Seconds. */
  length: number;
  audio: { name: string; mime: AudioMime };
  /** What else the recorder told, handed on with the result. */
  about: Record<string, unknown>;
}

/** Where a call's audio comes from: a finished file, its bytes, or both. */
export interface AudioFrom {
  path?: string;
  data?: Buffer;
}

/** A call in the queue. */
export interface QueuedCall {
  readonly record: CallRecord;
  /** Bytes of its audio. */
  readonly bytes: number;
  /** Name of its files in the queue's folder, without extension; undefined when the disk did not take it. */
  readonly name?: string;
  /** Its audio, when the disk did not take it. */
  readonly data?: Buffer;
  /** Attempts since the start. */
  attempts: number;
  /** Not before this time, ms. */
  notBefore: number;
  /** Being uploaded now. */
  busy: boolean;
}
