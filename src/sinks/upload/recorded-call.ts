import { basename, extname } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import type { CallInfo } from '../../core/messages';
import { FORMATS } from '../formats';
import { sidecar } from '../sidecar';
import type { AudioFrom, CallRecord } from './queued-call';
import { type AudioMime, EXTENSIONS } from './service';

/** What the call recorder sends, as far as it matters here. */
export interface RecordedMessage {
  payload: CallInfo;
  topic?: unknown;
  filename?: unknown;
  audio?: unknown;
  mime?: unknown;
  metadata?: unknown;
  recording?: unknown;
}

/**
 * Reads a recorded call out of a message.
 * @throws TrunkflowError 'bad-message' when there is no recording in it, or of no known kind
 */
export function recordedCall(msg: RecordedMessage, now = Date.now()): { record: CallRecord; from: AudioFrom } {
  const { payload: call, topic } = msg;
  const path = typeof msg.filename === 'string' && msg.filename ? msg.filename : undefined;
  const data = Buffer.isBuffer(msg.audio) && msg.audio.length > 0 ? msg.audio : undefined;
  if (!path && !data) {
    throw bad('the recording in msg.filename or msg.audio', 'neither', 'Wire the call recorder here');
  }
  const mime = audioMime(msg.mime, path);
  const recording = isObject(msg.recording) ? msg.recording : {};
  const length = Number.isFinite(recording.length) ? (recording.length as number) : call.length;
  const metadata = isObject(msg.metadata) ? msg.metadata : sidecar(call, { length, parts: [] });
  const stem = path ? basename(path, extname(path)) : `${call.talkgroup}-${call.start_time}`;
  const key = [recording.id ?? path ?? call.id, recording.transmission ?? ''].join('#');
  return {
    record: {
      key,
      queued: now,
      call,
      metadata,
      length,
      audio: { name: `${stem}.${EXTENSIONS[mime]}`, mime },
      about: { topic, ...(path ? { filename: path } : {}), ...(isObject(msg.recording) ? { recording } : {}) },
    },
    from: { path, data },
  };
}

function audioMime(given: unknown, path?: string): AudioMime {
  if (typeof given === 'string' && Object.hasOwn(EXTENSIONS, given)) return given as AudioMime;
  const extension = path && extname(path).toLowerCase();
  const format = Object.values(FORMATS).find((one) => one.extension === extension);
  if (format && !given) return format.mime as AudioMime;
  throw bad(
    `a recording of type ${Object.keys(EXTENSIONS).join(', ')} (msg.mime)`,
    String(given || extension || 'an unknown type'),
    'Wire the call recorder here',
  );
}

function bad(expected: string, got: string, hint: string): TrunkflowError {
  return new TrunkflowError('bad-message', 'No call that could be uploaded', {
    expected,
    got,
    hint,
    status: 'no recording',
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
