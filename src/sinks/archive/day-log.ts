import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { breaks } from '../../core/breaks';
import { TrunkflowError } from '../../core/errors';
import { type Files, makeFolder, removeFile, syncFolder } from '../files';
import { fromLine, type LogRecord, toLine } from './log-record';

/** Where a record stands in its day's file. */
export interface Place {
  offset: number;
  /** Bytes of its line, without the line break. */
  size: number;
}

export interface PlacedRecord extends Place {
  record: LogRecord;
}

/** Records that may wait for the disk. */
const MAX_WAITING = 10_000;
/** Records read together. */
const READ_BATCH = 25;
/** Records written together. */
const BATCH = 256;
const CHUNK = 64 * 1024;
/** No record is longer; what is has no line breaks because it is no log. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 10;
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

interface Waiting {
  day: string;
  line: Buffer;
  done(place: Place): void;
  failed(error: unknown): void;
}

/**
 * A folder of append-only files of JSON lines, one for each day. A record is on the disk, safe from a power cut, when
 * its append resolves; records that come while the disk is busy share the next flush. Files are only ever appended to
 * or deleted whole, so several programs may write into one folder. What a crash tore is skipped when reading.
 */
export class DayLog {
  /** Lines met that were torn or changed. */
  damaged = 0;
  private readonly waiting: Waiting[] = [];
  private writing?: Promise<void>;

  constructor(
    readonly folder: string,
    private readonly files: Files,
  ) {}

  /** The day a time (ms since 1970) belongs to, in UTC. */
  static day(time: number): string {
    const usable = Number.isFinite(time) ? Math.min(Math.max(time, 0), 253_402_300_799_999) : 0;
    return new Date(usable).toISOString().slice(0, 10);
  }

  /** The days there are, oldest first. */
  async days(): Promise<string[]> {
    const names = await this.files.readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [] as string[];
      throw error;
    });
    return names.flatMap((name) => DAY_FILE.exec(name)?.[1] ?? []).sort();
  }

  /** Resolves when the record is on the disk; rejects with the system's error. */
  append(day: string, record: LogRecord): Promise<Place> {
    if (this.waiting.length >= MAX_WAITING) {
      return Promise.reject(
        new TrunkflowError('storage', `The disk does not keep up: ${this.folder}`, { status: 'disk too slow' }),
      );
    }
    return new Promise((done, failed) => {
      this.waiting.push({ day, line: toLine(record), done, failed });
      this.writing ??= this.writeAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    while (this.writing) await this.writing;
  }

  /** The sound records of a day with their places, chunk by chunk so that nobody waits long. */
  async *read(day: string): AsyncGenerator<PlacedRecord[]> {
    const handle = await this.openToRead(day);
    if (!handle) return;
    try {
      let rest: Buffer = Buffer.alloc(0);
      let offset = 0;
      for (let end = false; !end; ) {
        const chunk = Buffer.allocUnsafe(CHUNK);
        const { bytesRead } = await handle.read(chunk, 0, CHUNK, offset + rest.length);
        end = bytesRead === 0;
        // A last line without its end counts as well, when its checksum is right.
        const text = Buffer.concat([rest, end ? Buffer.from('\n') : chunk.subarray(0, bytesRead)]);
        const { records, used } = this.parse(text, offset);
        offset += used;
        rest = text.subarray(used);
        if (rest.length > LONGEST_LINE) {
          this.damaged++;
          offset += rest.length;
          rest = rest.subarray(rest.length);
        }
        if (records.length > 0) yield records;
      }
    } finally {
      await handle.close();
    }
  }

  /** The records at these places of a day, in their order; undefined for one that is not there. */
  async readAt(day: string, places: Place[]): Promise<(LogRecord | undefined)[]> {
    const handle = await this.openToRead(day);
    if (!handle) return places.map(() => undefined);
    try {
      const records: (LogRecord | undefined)[] = [];
      for (let i = 0; i < places.length; i += READ_BATCH) {
        if (breaks.due()) await breaks.take();
        records.push(...(await Promise.all(places.slice(i, i + READ_BATCH).map((place) => readPlace(handle, place)))));
      }
      return records;
    } finally {
      await handle.close();
    }
  }

  async remove(day: string): Promise<void> {
    await removeFile(this.path(day), this.files);
  }

  private path(day: string): string {
    return join(this.folder, `${day}.jsonl`);
  }

  private parse(text: Buffer, base: number): { records: PlacedRecord[]; used: number } {
    const records: PlacedRecord[] = [];
    let from = 0;
    for (let to = text.indexOf(NEWLINE); to !== -1; to = text.indexOf(NEWLINE, from)) {
      const record = to > from ? fromLine(text.subarray(from, to)) : undefined;
      if (record) records.push({ record, offset: base + from, size: to - from });
      else if (to > from) this.damaged++;
      from = to + 1;
    }
    return { records, used: from };
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const { day } = this.waiting[0];
      const other = this.waiting.findIndex((one) => one.day !== day);
      const batch = this.waiting.splice(0, Math.min(other === -1 ? BATCH : other, BATCH));
      try {
        const places = await this.write(
          day,
          batch.map(({ line }) => line),
        );
        for (const [i, one] of batch.entries()) one.done(places[i]);
      } catch (error) {
        for (const one of batch) one.failed(error);
      }
    }
    this.writing = undefined;
  }

  /** Appends lines and brings them onto the disk. */
  private async write(day: string, lines: Buffer[]): Promise<Place[]> {
    const handle = await this.openToAppend(day);
    try {
      const { size } = await handle.stat();
      const torn = size > 0 && (await this.lastByte(handle, size)) !== NEWLINE;
      const text = Buffer.concat(torn ? [Buffer.from('\n'), ...lines] : lines);
      // In one piece: lines of several programs do not mix.
      for (let done = 0; done < text.length; ) {
        const { bytesWritten } = await handle.write(text, done, text.length - done);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        done += bytesWritten;
      }
      await handle.datasync();
      if (size === 0) await syncFolder(this.folder, this.files);
      let offset = size + Number(torn);
      return lines.map(({ length }) => {
        const place = { offset, size: length - 1 };
        offset += length;
        return place;
      });
    } finally {
      await handle.close();
    }
  }

  /** Undefined when the day is gone: another program, or a person, may have deleted it. */
  private async openToRead(day: string): Promise<FileHandle | undefined> {
    try {
      return await this.files.open(this.path(day), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return undefined;
    }
  }

  private async openToAppend(day: string): Promise<FileHandle> {
    try {
      return await this.files.open(this.path(day), 'a+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await makeFolder(this.folder, this.files);
      return this.files.open(this.path(day), 'a+');
    }
  }

  private async lastByte(handle: FileHandle, size: number): Promise<number> {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, size - 1);
    return byte[0];
  }
}

/** Undefined for what is no record, or not whole. */
async function readPlace(handle: FileHandle, { offset, size }: Place): Promise<LogRecord | undefined> {
  const line = Buffer.alloc(size);
  const { bytesRead } = await handle.read(line, 0, size, offset);
  return bytesRead === size ? fromLine(line) : undefined;
}
