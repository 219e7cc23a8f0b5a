import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes in order, from a file or a program. */
export interface ByteReader {
  /** Bytes read or skipped so far. */
  readonly position: number;
  /** Fills the buffer; gives how many bytes it put there, fewer only at the end. */
  read(into: Buffer): Promise<number>;
  skip(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export class FileReader implements ByteReader {
  private constructor(
    private readonly file: FileHandle,
    public position = 0,
  ) {}

  static async open(path: string): Promise<FileReader> {
    return new FileReader(await open(path, 'r'));
  }

  async read(into: Buffer): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const { bytesRead } = await this.file.read(into, filled, into.length - filled, this.position);
      if (bytesRead === 0) break;
      filled += bytesRead;
      this.position += bytesRead;
    }
    return filled;
  }

  async skip(bytes: number): Promise<void> {
    this.position += bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Reads a stream; what it gives beyond the buffer asked for is put back. */
export class StreamReader implements ByteReader {
  position = 0;

  /** @param onClose gives back whatever makes the stream */
  constructor(
    private readonly stream: Readable,
    private readonly onClose: () => Promise<void>,
  ) {
    // An error between two reads is told by the next one.
    stream.on('error', () => {});
  }

  async read(into: Buffer): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const bytes = await this.next();
      if (!bytes) break;
      const count = Math.min(bytes.length, into.length - filled);
      bytes.copy(into, filled, 0, count);
      if (count < bytes.length) this.stream.unshift(bytes.subarray(count));
      filled += count;
    }
    this.position += filled;
    return filled;
  }

  async skip(bytes: number): Promise<void> {
    const scratch = Buffer.alloc(Math.min(bytes, 64 * 1024));
    for (let left = bytes; left > 0; ) {
      const count = await this.read(scratch.subarray(0, Math.min(left, scratch.length)));
      if (count === 0) return;
      left -= count;
    }
  }

  async close(): Promise<void> {
    this.stream.destroy();
    await this.onClose();
  }

  /** The next bytes, or undefined at the end. */
  private async next(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes: Buffer | null = this.stream.read();
      if (bytes) return bytes;
      if (this.stream.errored) throw this.stream.errored;
      if (this.stream.readableEnded || this.stream.destroyed) return undefined;
      await this.change();
    }
  }

  /** Resolves when there may be more to read, or no more at all. */
  private change(): Promise<void> {
    const { stream } = this;
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        for (const event of CHANGES) stream.off(event, settle);
        if (error) reject(error);
        else resolve();
      };
      for (const event of CHANGES) stream.on(event, settle);
    });
  }
}

const CHANGES = ['readable', 'end', 'close', 'error'];
