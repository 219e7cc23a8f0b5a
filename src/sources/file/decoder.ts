import { resolve } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import { Child } from '../child';
import { StreamReader } from './byte-reader';

/** Programs that turn compressed audio into WAV on their standard output, in the order they are tried. */
const PROGRAMS: readonly ((path: string) => string[])[] = [
  (path) => ['ffmpeg', '-nostdin', '-v', 'error', '-i', path, '-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 'wav', '-'],
  (path) => ['sox', path, '-t', 'wav', '-e', 'signed-integer', '-b', '16', '-'],
];

/** The WAV form of a compressed file while it is being decoded. */
export interface Decoding {
  reader: StreamReader;
  /** Throws 'bad-file' when the program failed; ask at the end of its output. */
  check(): Promise<void>;
}

/** Starts the first program there is; throws 'missing-program' when there is none. Closing the reader or `stop` ends it. */
export async function decodeToWav(path: string, stop?: AbortSignal): Promise<Decoding> {
  for (const program of PROGRAMS) {
    // The full path cannot be taken for an option.
    const child = await Child.start(program(resolve(path))).catch((error: TrunkflowError) => {
      if (error.code === 'missing-program') return undefined;
      throw error;
    });
    if (!child) continue;
    const end = () => child.stop();
    stop?.addEventListener('abort', end);
    void child.exit.then(() => stop?.removeEventListener('abort', end));
    return { reader: new StreamReader(child.output, end), check: () => check(child, path) };
  }
  throw new TrunkflowError('missing-program', `${path} is compressed, and there is no program to decode it`, {
    expected: 'ffmpeg or sox',
    hint: 'Install one (Debian, Ubuntu, Raspberry Pi OS: sudo apt install ffmpeg), or convert the file to WAV',
    status: 'ffmpeg missing',
  });
}

async function check(child: Child, path: string): Promise<void> {
  const { code } = await child.exit;
  if (code === 0) return;
  throw new TrunkflowError('bad-file', `${path} could not be decoded by ${child.name}`, {
    got: child.lastWords() || `exit code ${code}`,
    hint: 'Play it with another program to see whether it is damaged',
    status: 'cannot decode',
  });
}
