import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { PortMessage } from '../../src/core/messages';
import { CallRecorder } from '../../src/sinks/call-recorder';
import { type RecordingFormat, usualLoudness } from '../../src/sinks/formats';
import type { FinishedRecording } from '../../src/sinks/shelf';
import { storageError } from '../../src/sinks/storage-error';

/** The recordings of one run. */
export class Recordings {
  /** Recordings of this run, and troubles with the disk. What a crash left in the folder is finished, but not counted. */
  count = 0;
  troubles = 0;
  private readonly recorder: CallRecorder;
  private readonly writing: Promise<void>[] = [];

  private constructor(dir: string, format: RecordingFormat, tell: (recording: FinishedRecording) => void) {
    this.recorder = new CallRecorder(
      { dir, format, loudness: usualLoudness(format) },
      {
        recorded: (recording) => {
          if (!recording.recovered) this.count++;
          tell(recording);
        },
        error: (error) => {
          this.troubles++;
          console.error(`trunkflow: ${error.message}`);
        },
      },
    );
  }

  /** @throws TrunkflowError 'storage' when the folder cannot be written into */
  static async into(
    dir: string,
    format: RecordingFormat,
    tell: (recording: FinishedRecording) => void,
  ): Promise<Recordings> {
    try {
      await makeFolder(resolve(dir));
      await access(dir, constants.W_OK);
    } catch (error) {
      throw storageError(error, dir);
    }
    return new Recordings(dir, format, tell);
  }

  take(message: Extract<PortMessage, { port: 'audio' }>): void {
    this.writing.push(this.recorder.write(message));
  }

  /** Resolves when all that was taken is written, so a caller that waits keeps memory flat. */
  async written(): Promise<void> {
    await Promise.all(this.writing.splice(0));
  }

  async close(): Promise<void> {
    await this.written();
    await this.recorder.close();
  }
}

/** Like mkdir with `recursive`, which never comes back where a folder refuses new ones by denying that it exists (/proc). */
async function makeFolder(dir: string): Promise<void> {
  const there = await stat(dir).catch(() => undefined);
  if (there?.isDirectory()) return;
  if (there) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  const parent = dirname(dir);
  if (parent !== dir) await makeFolder(parent);
  await mkdir(dir);
}
