import type { TrunkflowError } from '../../core/errors';
import type { CallInfo } from '../../core/messages';

/** Services that take finished calls, one by one. */
export const CALL_SERVICES = ['rdio-scanner', 'openmhz', 'broadcastify'] as const;
export type CallServiceName = (typeof CALL_SERVICES)[number];
export type ServiceName = CallServiceName | 'icecast';

export type AudioMime = 'audio/wav' | 'audio/mpeg' | 'audio/ogg' | 'audio/mp4';

/** File name extensions by type, without the dot. */
export const EXTENSIONS: Readonly<Record<AudioMime, string>> = {
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'opus',
  'audio/mp4': 'm4a',
};

export interface CallAudio {
  /** File name with the extension that fits. */
  name: string;
  mime: AudioMime;
  data: Buffer;
}

/** A finished call with everything the services want to know. */
export interface UploadCall {
  call: CallInfo;
  /** The JSON sidecar, trunk-recorder's fields. */
  metadata: Record<string, unknown>;
  /** Length of the recording, seconds. */
  length: number;
  audio: CallAudio;
  /** The radio system as the service knows it: a number, at OpenMHz its short name. */
  system: string;
}

export type UploadResult =
  /** The service has the call; `answer` is what it said. */
  | { outcome: 'uploaded'; answer: string }
  /** It had the call already, from somebody else or from an attempt whose answer was lost. */
  | { outcome: 'duplicate'; answer: string }
  /** It does not want this call, now or later. */
  | { outcome: 'rejected'; error: TrunkflowError; key?: boolean }
  /**
   * Not now. 'service': nothing can be uploaded, all calls wait; 'call': it may be this call, others may pass it.
   * `after`: milliseconds the service asked to wait.
   */
  | { outcome: 'retry'; error: TrunkflowError; scope: 'service' | 'call'; after?: number };

/** What a test of the settings found; the editor has words for each. */
export type TestCode =
  /** The service knows the key (Icecast: took the stream). */
  | 'accepted'
  /** The service is there; it checks keys only with real calls. */
  | 'reachable'
  | 'key_refused'
  | 'unknown_system'
  /** Something answers there, but not such a service. */
  | 'wrong_service'
  /** Somebody else sends to this mount point. */
  | 'mount_in_use'
  | 'unreachable'
  /** A setting is missing or cannot be used. */
  | 'incomplete';

export interface TestResult {
  code: TestCode;
  /** What the service or the system said, without secrets. */
  detail: string;
}

/** One service, for one set of settings. */
export interface CallService {
  readonly name: CallServiceName;
  /** Audio it takes, the best first. */
  readonly takes: readonly AudioMime[];
  /**
   * Tries once. Rejects with a TrunkflowError 'network' when there was no usable answer: then it may or may not have the
   * call.
   */
  upload(call: UploadCall, signal?: AbortSignal): Promise<UploadResult>;
  /** Tries the settings without leaving anything behind. */
  test(signal?: AbortSignal): Promise<TestResult>;
}
