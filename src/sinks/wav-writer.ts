import type { FileHandle } from 'node:fs/promises';
import * as nodeFiles from 'node:fs/promises';
import type { Files } from './files';

export const WAV_HEADER_BYTES = 44;
/** RIFF sizes have 32 bits. */
const MAX_DATA_BYTES = 0xffff_ffff - WAV_HEADER_BYTES;

/** Header of a mono 16-bit PCM WAV file with this many bytes of samples. */
export function wavHeader(rate: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(dataBytes + WAV_HEADER_BYTES - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16); // length of the format chunk
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28); // bytes per second
  header.writeUInt16LE(2, 32); // bytes per sample
  header.writeUInt16LE(16, 34); // bits per sample
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/**
 * Writes a mono 16-bit WAV file bit by bit. After every write the header is brought up to date, after the samples it
 * counts, so the file can be played at any moment, also after a crash. A write that fails leaves the file as it was:
 * the next one goes to the same place.
 */
export class WavWriter {
  /** Bytes of samples in the file. */
  bytes = 0;

  private constructor(
    readonly path: string,
    readonly rate: number,
    private readonly handle: FileHandle,
  ) {}

  /** Creates the file, or empties it. Rejects with the system's error. */
  static async create(path: string, rate: number, files: Files = nodeFiles): Promise<WavWriter> {
    const handle = await files.open(path, 'w');
    const writer = new WavWriter(path, rate, handle);
    try {
      await writer.writeHeader();
    } catch (error) {
      await handle.close().catch(() => {});
      throw error;
    }
    return writer;
  }

  /** Makes the header of a file left by a crash fit its length; resolves to the bytes of samples, 0 = no use. */
  static async repair(path: string, files: Files = nodeFiles): Promise<number> {
    const handle = await files.open(path, 'r+');
    try {
      const { size } = await handle.stat();
      const header = Buffer.alloc(WAV_HEADER_BYTES);
      const { bytesRead } = await handle.read(header, 0, WAV_HEADER_BYTES, 0);
      if (bytesRead < WAV_HEADER_BYTES || header.toString('latin1', 0, 4) !== 'RIFF') return 0;
      const bytes = Math.min(size - WAV_HEADER_BYTES, MAX_DATA_BYTES) & ~1;
      await writeAll(handle, wavHeader(header.readUInt32LE(24), bytes), 0);
      await handle.truncate(WAV_HEADER_BYTES + bytes);
      return bytes;
    } finally {
      await handle.close();
    }
  }

  /** Seconds of sound in the file. */
  get seconds(): number {
    return this.bytes / 2 / this.rate;
  }

  /** Appends samples, s16le. Rejects with the system's error; the file then is as before. */
  async write(samples: Buffer): Promise<void> {
    const usable = samples.subarray(0, Math.min(samples.length, MAX_DATA_BYTES - this.bytes) & ~1);
    if (usable.length === 0) return;
    await writeAll(this.handle, usable, WAV_HEADER_BYTES + this.bytes);
    this.bytes += usable.length;
    await this.writeHeader();
  }

  /** Brings everything onto the disk and closes the file. */
  async close(): Promise<void> {
    try {
      // What a failed write left behind the last good sample goes.
      await this.handle.truncate(WAV_HEADER_BYTES + this.bytes);
      await this.writeHeader();
      await this.handle.sync();
    } finally {
      await this.handle.close();
    }
  }

  private async writeHeader(): Promise<void> {
    await writeAll(this.handle, wavHeader(this.rate, this.bytes), 0);
  }
}

async function writeAll(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}
