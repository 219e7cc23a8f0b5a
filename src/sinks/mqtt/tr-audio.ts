import { basename } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import type { RecordedCall } from './call-book';

/** The key each format of the audio file has its place under. */
const KEYS: Readonly<Record<string, 'audio_wav_base64' | 'audio_m4a_base64'>> = {
  'audio/wav': 'audio_wav_base64',
  'audio/mp4': 'audio_m4a_base64',
};

/**
 * A recording as in trunk-recorder's `audio`: the file in base64 and its metadata.
 * @param limit largest audio file, bytes
 * @throws TrunkflowError 'bad-message' when there is no audio, it is in another format or too large
 */
export function trAudio(recording: RecordedCall, limit: number): Record<string, unknown> {
  const { audio, mime = '', filename, metadata = {} } = recording;
  const key = Object.hasOwn(KEYS, mime) ? KEYS[mime] : undefined;
  if (!audio || !key) {
    throw new TrunkflowError('bad-message', 'A recording cannot be sent over MQTT', {
      expected: 'a WAV or M4A file in msg.audio',
      got: audio ? mime || 'audio of an unknown kind' : 'none',
      hint: 'Set the call recorder to WAV or M4A and let it put the file into its messages',
      status: 'no audio to send',
    });
  }
  if (audio.length > limit) {
    throw new TrunkflowError('bad-message', 'A recording is too large for MQTT', {
      expected: `at most ${Math.round(limit / 1024)} kB`,
      got: `${Math.round(audio.length / 1024)} kB`,
      hint: 'Record in M4A, or raise the limit in the mqtt format node and in the broker',
      status: 'audio too large',
    });
  }
  return {
    audio_wav_base64: '',
    audio_m4a_base64: '',
    [key]: audio.toString('base64'),
    metadata: { call_filename: basename(filename), ...metadata },
  };
}
