import type { CallInfo } from '../../core/messages';
import type { RecordingFormat } from '../formats';

/** A call as the archive knows it: recorded, or not and why. */
export interface ArchivedCall {
  /** The call's id; a later recording of the same call (another transmission, a full file) has `_2`, `_3` ... behind it. */
  id: string;
  call: CallInfo;
  /** Path below the recordings' folder, with `/`; null when there is no recording, or no longer. */
  file: string | null;
  format: RecordingFormat | null;
  /** Seconds. */
  length: number;
  /** It was recorded, even if the recording has been deleted since. */
  recorded: boolean;
  /** Why it was not recorded, or 'expired' when the recording was deleted to keep the limits. */
  reason?: string;
  transcript?: string;
}

/** All conditions must hold; absent ones do. */
export interface ArchiveQuery {
  system?: string;
  talkgroup?: number;
  /** Number of a unit that talked. */
  unit?: number;
  /** Start of the call, ms since 1970, both included. */
  from?: number;
  to?: number;
  /** Found in the names, tags or transcript; case does not matter. */
  text?: string;
  group?: string;
  tag?: string;
  recorded?: boolean;
  /** Id of the last call of the page before. */
  before?: string;
  /** At most 200; default 50. */
  limit?: number;
}

/** Calls of one folder of recordings, newest first. */
export interface Archive {
  search(query: ArchiveQuery): Promise<{ calls: ArchivedCall[]; more: boolean }>;
  get(id: string): Promise<ArchivedCall | undefined>;
  /** Where the recording lies; undefined when there is none. `path` is absolute and within the recordings' folder. */
  audio(id: string): Promise<{ path: string; mime: string; bytes: number } | undefined>;
  /** Puts a text to a call; false when the call is not known. */
  annotate(id: string, note: { transcript: string }): Promise<boolean>;
}
