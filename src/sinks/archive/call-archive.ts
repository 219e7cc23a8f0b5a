import * as nodeFiles from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Turns } from '../../core/turns';
import { type Files, removeFile } from '../files';
import { FORMATS } from '../formats';
import type { Archive, ArchivedCall, ArchiveQuery } from './archive';
import { CallIndex } from './call-index';
import { DayIndex, type DaySummary, type IndexEntry, Labels, summarize } from './day-index';
import { DayLog } from './day-log';
import type { CallRecord, LogRecord } from './log-record';
import { OldDays, tooManySearches } from './old-days';
import { readCalls } from './read-calls';
import { mayFind, select } from './select';

/** Folder below the recordings' that holds the log. */
export const LOG_FOLDER = '.calls';

export interface ArchiveLimits {
  /** Calls searched in memory; older days are read from the disk when a search gets that far. */
  indexed: number;
}

const DEFAULTS: ArchiveLimits = { indexed: 150_000 };
const MOST_RESULTS = 200;
/** Searches that may wait for each other. */
const MOST_SEARCHES = 256;
const USUAL_RESULTS = 50;
/** Longest transcript kept, characters. */
const MOST_TEXT = 20_000;

/** What the archive is given of a call. */
export type NewCall = Omit<CallRecord, 'type' | 'at'>;

/**
 * The calls of a folder of recordings, in a log that survives restarts and power cuts (see DayLog), searched in memory.
 * One object serves all recorders of a folder in this process: see openArchive.
 */
export class CallArchive implements Archive {
  readonly dir: string;
  /** Resolves when the log has been read. Rejects with the system's error when it cannot be. */
  readonly ready: Promise<void>;
  private readonly log: DayLog;
  private readonly labels = new Labels();
  private readonly index = new CallIndex(this.labels);
  private readonly old: OldDays;
  /** One search after the other: the first is answered before all have taken their time. */
  private readonly turns = new Turns(MOST_SEARCHES, tooManySearches);
  /** Ids of recordings on their way into the log. */
  private readonly promised = new Set<string>();
  private readonly limits: ArchiveLimits;

  constructor(
    dir: string,
    limits: Partial<ArchiveLimits> = {},
    private readonly files: Files = nodeFiles,
    private readonly now: () => number = Date.now,
  ) {
    this.dir = resolve(dir);
    this.limits = { ...DEFAULTS, ...limits };
    this.log = new DayLog(join(dir, LOG_FOLDER), files);
    this.old = new OldDays(this.log, this.labels);
    this.ready = this.load();
    this.ready.catch(() => {}); // whoever uses the archive hears of it
  }

  /** Calls in memory, lines of the log that were torn, bytes of the recordings known. */
  counters(): Record<'calls' | 'damaged' | 'bytes', number> {
    return { calls: this.index.size, damaged: this.log.damaged, bytes: this.index.bytes };
  }

  /**
   * An id for a call's recording: its own, or when it has a recording already, that with `_2`, `_3` ... behind it. It is
   * given to nobody else until the recording is added: two recorders of a folder may finish the same call at once.
   */
  async freeId(id: string): Promise<string> {
    await this.ready;
    let free = id;
    for (let n = 2; this.promised.has(free) || this.index.get(free)?.recorded; n++) free = `${id}_${n}`;
    this.promised.add(free);
    return free;
  }

  /** The recording that was to have this id will ask for one again. */
  release(id: string): void {
    this.promised.delete(id);
  }

  /** Whether a call is in the log, and recorded. Older days are not looked through. */
  async known(id: string): Promise<{ recorded: boolean } | undefined> {
    await this.ready;
    return this.index.get(id);
  }

  /**
   * Puts a call into the log; it is on the disk when this resolves. What is there under the same id is replaced. Rejects
   * with the system's error.
   */
  async add(call: NewCall): Promise<void> {
    await this.ready;
    await this.write(DayLog.day(call.call.start_time_ms), { type: 'call', at: this.now(), ...call });
    if (call.recorded) this.promised.delete(call.id);
    while (this.index.size > this.limits.indexed) {
      const [oldest, newer] = this.index.days();
      if (newer === undefined) break;
      this.index.dropDay(oldest);
      this.old.add(oldest);
    }
  }

  async annotate(id: string, { transcript }: { transcript: string }): Promise<boolean> {
    await this.ready;
    const day = this.index.get(id)?.day ?? (await this.old.find(id))?.entry.day;
    if (day === undefined) return false;
    await this.write(day, { type: 'note', at: this.now(), id, transcript: transcript.slice(0, MOST_TEXT) });
    return true;
  }

  async get(id: string): Promise<ArchivedCall | undefined> {
    await this.ready;
    const entry = this.index.get(id) ?? (await this.old.find(id))?.entry;
    return entry && (await readCalls(this.log, [entry]))[0];
  }

  async audio(id: string): Promise<{ path: string; mime: string; bytes: number } | undefined> {
    const call = await this.get(id);
    const path = call?.file ? await this.within(call.file) : undefined;
    if (!path || !call?.format) return undefined;
    const there = await this.files.stat(path).catch(() => undefined);
    return there?.isFile() ? { path, mime: FORMATS[call.format].mime, bytes: there.size } : undefined;
  }

  async search(query: ArchiveQuery): Promise<{ calls: ArchivedCall[]; more: boolean }> {
    await this.ready;
    const limit = Math.min(MOST_RESULTS, Math.max(1, Math.floor(query.limit ?? USUAL_RESULTS)));
    const { before } = query;
    const start = before === undefined ? undefined : this.index.get(before);
    const inMemory = before === undefined || start !== undefined;
    const found = inMemory ? await this.turns.run(() => this.searchIndex(query, start, limit + 1)) : [];
    if (found.length <= limit) found.push(...(await this.old.search(query, !inMemory, limit + 1 - found.length)));
    const calls = await this.turns.run(() => readCalls(this.log, found.slice(0, limit)));
    return { calls, more: found.length > limit };
  }

  /** The days of the log, oldest first. */
  async days(): Promise<string[]> {
    await this.ready;
    return [...new Set([...this.old.all(), ...this.index.days()])].sort();
  }

  async summary(day: string): Promise<DaySummary> {
    return this.old.has(day) ? this.old.summary(day) : summarize(this.index.ofDay(day));
  }

  /** Bytes of all recordings in the log. */
  async totalBytes(): Promise<number> {
    await this.ready;
    let { bytes } = this.index;
    for (const day of this.old.all()) bytes += (await this.old.summary(day)).bytes;
    return bytes;
  }

  /** Calls of a day that have a recording, the one written first at the beginning. */
  async recordings(day: string): Promise<IndexEntry[]> {
    const calls = this.old.has(day) ? await this.old.calls(day) : this.index.ofDay(day);
    return calls.filter(({ bytes }) => bytes > 0).sort((a, b) => a.at - b.at);
  }

  /** Deletes a recording, its sidecar and the folders that get empty; the call stays in the log. */
  async expire({ id, day, offset, size }: IndexEntry): Promise<void> {
    const [record] = await this.log.readAt(day, [{ offset, size }]);
    if (record?.type === 'call' && record.id === id) await this.deleteFiles(record);
    await this.write(day, { type: 'gone', id, at: this.now() });
  }

  /** Takes a day out of the log. */
  async forgetDay(day: string): Promise<void> {
    await this.log.remove(day);
    this.index.dropDay(day);
    this.old.remove(day);
  }

  /** Absolute path of a recording; undefined when it is not there, or not in the folder, also by way of a link. */
  async within(file: string): Promise<string | undefined> {
    const path = resolve(this.dir, file);
    if (!isInside(this.dir, path)) return undefined;
    const real = await this.files.realpath(path).catch((error: NodeJS.ErrnoException) => {
      if (NOT_THERE.includes(error.code ?? '')) return undefined;
      throw error;
    });
    return real !== undefined && isInside(await this.files.realpath(this.dir), real) ? path : undefined;
  }

  /** Resolves when all that was given is on the disk. */
  async close(): Promise<void> {
    await this.log.flushed();
  }

  private async searchIndex(query: ArchiveQuery, start: IndexEntry | undefined, count: number): Promise<IndexEntry[]> {
    const found: IndexEntry[] = [];
    const last = start?.day ?? '~';
    for (const day of this.index.days().reverse()) {
      if (day > last || !mayFind(query, day)) continue;
      const cursor = start?.day === day ? start : undefined;
      found.push(...(await select(this.index.ofDay(day), query, cursor, count - found.length)));
      if (found.length >= count) break;
    }
    return found;
  }

  private async write(day: string, record: LogRecord): Promise<void> {
    const place = await this.log.append(day, record);
    if (this.old.has(day)) this.old.changed(day);
    else this.index.take(day, record, place);
  }

  private async deleteFiles({ file, sidecar }: CallRecord): Promise<void> {
    const paths: string[] = [];
    for (const name of [file, sidecar]) {
      const path = name ? await this.within(name) : undefined;
      if (path) paths.push(path);
    }
    for (const path of paths) await removeFile(path, this.files);
    const [path] = paths;
    // Up to the folder of the recordings, which stays.
    for (let folder = path && dirname(path); folder && folder !== this.dir; folder = dirname(folder)) {
      const gone = await this.files.rmdir(folder).then(
        () => true,
        () => false, // something else is in it
      );
      if (!gone) break;
    }
  }

  /** Reads the newest days until the index is full. */
  private async load(): Promise<void> {
    const days = await this.log.days();
    while (days.length > 0 && this.index.size < this.limits.indexed) {
      const day = new DayIndex(days.pop()!, this.labels);
      await day.read(this.log);
      this.index.add(day);
    }
    for (const day of days) this.old.add(day);
  }
}

/** Codes of errors for a file that is not there, or cannot be by its name. */
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

const open = new Map<string, { archive: CallArchive; users: number }>();

/** The archive of a folder, shared by all who open it in this process; `close` it when done. */
export function openArchive(dir: string, files?: Files): { archive: CallArchive; close(): Promise<void> } {
  const path = resolve(dir);
  const shared = open.get(path) ?? { archive: new CallArchive(path, {}, files), users: 0 };
  open.set(path, shared);
  shared.users++;
  return {
    archive: shared.archive,
    async close() {
      if (--shared.users === 0 && open.get(path) === shared) open.delete(path);
      await shared.archive.close();
    },
  };
}
