import type { StreamMessage } from '../core/messages';
import { FileSource } from '../sources/file/file-source';
import type { SignalFile } from '../sources/file/signal-file';

/**
 * Plays a recording as fast as it is taken, its end included.
 * @param seconds stop after this much signal
 * @throws TrunkflowError when the file cannot be read, or what `take` throws
 */
export async function playFile(
  file: SignalFile,
  take: (message: StreamMessage) => Promise<void> | void,
  seconds = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { path, rate, center, startTime, format, container } = file;
  const playback = { stream: 'file', path, mode: 'fast', rate, center, startTime } as const;
  // A raw file's format must be told again, since its name need not say it.
  const raw = container === 'raw';
  await new Promise<void>((resolve, reject) => {
    const source = new FileSource(
      format === 's16'
        ? { ...playback, driver: 'audio-file', format: raw ? format : 'auto' }
        : { ...playback, driver: 'iq-file', format: raw ? format : 'auto' },
      {
        async block(message) {
          const { time, end } = message.info;
          if (end || time - startTime < seconds * 1000) await take(message);
          else void source.stop();
          if (end) resolve();
        },
        status: () => {},
        error: reject,
      },
    );
    source.start().catch(reject);
  });
}
