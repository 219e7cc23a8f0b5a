import { FileSource } from '../sources/file/file-source';
import type { SignalFile } from '../sources/file/signal-file';
import { SAMPLE_BYTES } from '../sources/stream-writer';
import type { PlayOptions, SignalInput, Take } from './signal-input';

/** A recording as an input. */
export function fileInput(file: SignalFile): SignalInput {
  const { kind, format, rate, center } = file;
  return { kind, format, rate, center, play: (take, options) => playFile(file, take, options) };
}

/** Plays a recording; see SignalInput.play. */
export async function playFile(
  file: SignalFile,
  take: Take,
  { seconds = Number.POSITIVE_INFINITY, stop }: PlayOptions = {},
): Promise<number> {
  if (stop?.aborted) return 0;
  const { path, rate, center, startTime, format, container } = file;
  const playback = { stream: 'file', path, mode: 'fast', rate, center, startTime } as const;
  // A raw file's format must be told again, since its name need not say it.
  const raw = container === 'raw';
  const most = seconds * rate;
  let samples = 0;
  let taken: Promise<void> = Promise.resolve();
  let source: FileSource | undefined;
  const halt = () => void source?.stop();
  stop?.addEventListener('abort', halt);
  try {
    await new Promise<void>((resolve, reject) => {
      let failed = false;
      const fail = (error: unknown) => {
        failed = true;
        reject(error);
        halt();
      };
      source = new FileSource(
        format === 's16'
          ? { ...playback, driver: 'audio-file', format: raw ? format : 'auto' }
          : { ...playback, driver: 'iq-file', format: raw ? format : 'auto' },
        {
          block(message) {
            if (failed) return;
            samples += message.payload.length / SAMPLE_BYTES[format];
            if (samples >= most) halt();
            taken = (async () => take(message))().catch(fail);
            return taken;
          },
          status({ state }) {
            // A source that was stopped has not waited for its last block to be taken.
            if (state === 'ended' || state === 'stopped') taken.then(resolve);
          },
          error: fail,
        },
      );
      source.start().catch(fail);
    });
  } finally {
    stop?.removeEventListener('abort', halt);
  }
  return samples / rate;
}
