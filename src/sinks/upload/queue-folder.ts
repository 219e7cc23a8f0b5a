import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files';
import type { Converter } from './converter';
import type { AudioFrom, CallRecord } from './queued-call';
import { type AudioMime, EXTENSIONS } from './service';

/** The part of node:fs/promises the queue uses; tests give one that fails. */
export type QueueFiles = Pick<
  typeof nodeFiles,
  'mkdir' | 'readdir' | 'readFile' | 'writeFile' | 'rename' | 'unlink' | 'stat' | 'link' | 'copyFile'
>;

const VERSION = 1;

export interface StoredCall {
  name: string;
  record: CallRecord;
  bytes: number;
}

/**
 * The queue on the disk: for each call a file of audio, then a JSON file that makes it valid. Both get their names by
 * renaming, so that a crash at any moment leaves either the whole call or nothing that counts. Names begin with numbers
 * that keep the order. Rejects with the system's errors.
 */
export class QueueFolder {
  private last = 0;

  constructor(
    readonly path: string,
    private readonly files: QueueFiles = nodeFiles,
  ) {}

  /** Reads what an earlier run left, in order; what cannot be used is removed and counted. */
  async load(): Promise<{ calls: StoredCall[]; damaged: number }> {
    await makeFolder(this.path, this.files);
    const names = (await this.files.readdir(this.path)).filter((name) => /^\d{12}\./.test(name)).sort();
    const calls: StoredCall[] = [];
    let damaged = 0;
    const keep = new Set<string>();
    for (const file of names.filter((name) => name.endsWith('.json'))) {
      const name = file.slice(0, 12);
      this.last = Math.max(this.last, Number(name));
      const stored = await this.restore(name);
      if (!stored) {
        damaged++;
        continue;
      }
      calls.push(stored);
      for (const path of [this.json(name), this.audio(name, stored.record)]) keep.add(path);
    }
    for (const file of names) if (!keep.has(join(this.path, file))) await this.remove(join(this.path, file));
    return { calls, damaged };
  }

  /** Audio of a recording that is not in the queue. */
  read(path: string): Promise<Buffer> {
    return this.files.readFile(path);
  }

  /** @param converter for a recording that must be of another type; the record then says what was made of it */
  async add(given: CallRecord, from: AudioFrom, converter?: Converter): Promise<StoredCall> {
    const name = String(++this.last).padStart(12, '0');
    const temporary = join(this.path, `${name}.tmp`);
    const converted = join(this.path, `${name}.new`);
    const record = converter ? { ...given, audio: audioAs(given.audio, converter.to) } : given;
    const audio = this.audio(name, record);
    await makeFolder(this.path, this.files);
    try {
      await this.place(from, temporary);
      if (converter) {
        await converter.run(temporary, converted, record.call);
        await this.files.unlink(temporary);
        await this.files.rename(converted, audio);
      } else await this.files.rename(temporary, audio);
      const { size } = await this.files.stat(audio);
      const text = JSON.stringify({ version: VERSION, bytes: size, ...record });
      await this.files.writeFile(temporary, text, { flush: true });
      await this.files.rename(temporary, this.json(name));
      return { name, record, bytes: size };
    } catch (error) {
      await Promise.allSettled([temporary, converted, audio].map((path) => this.files.unlink(path)));
      throw error;
    }
  }

  readAudio(name: string, record: CallRecord): Promise<Buffer> {
    return this.files.readFile(this.audio(name, record));
  }

  /** Removes a call; the JSON first, so that the rest no longer counts. */
  async delete(name: string, record: CallRecord): Promise<void> {
    await this.remove(this.json(name));
    await this.remove(this.audio(name, record));
  }

  private async restore(name: string): Promise<StoredCall | undefined> {
    try {
      const parsed = JSON.parse(await this.files.readFile(this.json(name), 'utf8'));
      const { version, bytes, ...record } = parsed as CallRecord & { version: number; bytes: number };
      if (version !== VERSION || !record.call || !(record.audio?.mime in EXTENSIONS)) return undefined;
      const { size } = await this.files.stat(this.audio(name, record));
      return size === bytes ? { name, record, bytes } : undefined;
    } catch {
      return undefined;
    }
  }

  private async place({ path, data }: AudioFrom, to: string): Promise<void> {
    if (path) {
      try {
        // A second name for the recording: it costs nothing, and outlives the recorder's clearing up.
        await this.files.link(path, to);
        return;
      } catch (error) {
        // Another disk, or a file system without second names.
        if (!data && (error as NodeJS.ErrnoException).code !== 'ENOENT') {
          await this.files.copyFile(path, to);
          return;
        }
        if (!data) throw error;
      }
    }
    await this.files.writeFile(to, data!, { flush: true });
  }

  private async remove(path: string): Promise<void> {
    await this.files.unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  private json(name: string): string {
    return join(this.path, `${name}.json`);
  }

  private audio(name: string, { audio }: CallRecord): string {
    return join(this.path, `${name}.${EXTENSIONS[audio.mime]}`);
  }
}

function audioAs({ name }: CallRecord['audio'], mime: AudioMime): CallRecord['audio'] {
  return { name: `${name.replace(/\.\w+$/, '')}.${EXTENSIONS[mime]}`, mime };
}
