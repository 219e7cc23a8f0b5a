import { asTrunkflowError, TrunkflowError } from '../../core/errors';
import type { BandPlan } from '../band-plan';
import { ChannelTable } from '../channels';
import { inSlices } from '../slices';
import type { SystemTables } from '../system-tables';
import { kindOf, planOf, type TableRows } from '../tables/kinds';
import { type Merged, mergeTable } from '../tables/merge';
import { readRecords } from '../tables/read-table';
import { type ImportMode, type ImportOrigin, type ImportReport, makeReport } from '../tables/report';
import { type ReadTable, TABLE_NAMES, type TableKind, type TableName } from '../tables/table';
import { writeTable } from '../tables/write-table';
import { TalkgroupTable } from '../talkgroups';
import { UnitTags } from '../unit-tags';
import { doubtOf, keptOld, refuseUseless } from './doubt';
import { readAtStart } from './start-read';
import { readTableFileNow, replaceTableFile } from './table-file';
import { inputRecords } from './table-input';
import { WatchedFile, type WatchTimes } from './watched-file';

/** Where a table is kept: in a file that is watched, or in the flow as a text or as objects. */
export type TablePlace = { path: string } | { input: string | object[] };

export interface TableStoreOptions {
  /** Short name of the radio system. */
  system: string;
  places: Partial<Record<TableName, TablePlace>>;
  times?: WatchTimes;
}

/** What becomes of files that change. */
export interface TableStoreSink {
  report(report: ImportReport): void;
  /** A file cannot be used as it is now; the table before stays. */
  problem(error: TrunkflowError): void;
}

export interface ImportOptions {
  mode: ImportMode;
  origin: ImportOrigin;
  /** Write it into the table's file too, where it has one. */
  keep: boolean;
}

interface Held<Name extends TableName> {
  rows: readonly TableRows[Name][];
  /** Counts changes. */
  version: number;
}

/** Imports that may wait. */
const MAX_WAITING = 16;

/**
 * The tables of one radio system while it runs: read when it starts, and exchanged whole by imports and by files that
 * change. Work on them is done in slices, one import after the other.
 */
export class TableStore {
  private readonly held = new Map<TableName, Held<TableName>>();
  private readonly reports = new Map<TableName, ImportReport>();
  private readonly listeners = new Set<(tables: SystemTables) => void>();
  private readonly watched = new Map<TableName, WatchedFile>();
  private readonly contents = new Map<TableName, Buffer>();
  private snapshot?: SystemTables;
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;

  constructor(private readonly options: TableStoreOptions) {}

  /**
   * The tables as they are now; they are read when they are first asked for. The talkgroups are read again until that
   * succeeds: they say what is locked out, recorded and uploaded, so nothing is followed without. Of the others only
   * names would be missing: one that cannot be read counts as empty, see `problems`.
   * @throws TrunkflowError 'bad-file' while the talkgroups cannot be read
   */
  get tables(): SystemTables {
    this.load('talkgroups');
    if (!this.snapshot) this.problems();
    this.snapshot ??= {
      talkgroups: new TalkgroupTable(this.rows('talkgroups')),
      units: new UnitTags(this.rows('units')),
      channels: new ChannelTable(this.rows('channels')),
      bandPlan: planOf(this.rows('bandplan')),
    };
    return this.snapshot;
  }

  /** @throws TrunkflowError 'bad-file' while the band plan cannot be read */
  get bandPlan(): BandPlan {
    this.load('bandplan');
    return planOf(this.rows('bandplan'));
  }

  /** Tries to read what could not be read so far; gives what is wrong with each table that cannot be. */
  problems(): Partial<Record<TableName, TrunkflowError>> {
    const problems: Partial<Record<TableName, TrunkflowError>> = {};
    for (const name of TABLE_NAMES) {
      try {
        this.load(name);
      } catch (error) {
        problems[name] = asTrunkflowError(error, 'bad-file', 'Unusable table');
      }
    }
    return problems;
  }

  rows<Name extends TableName>(name: Name): readonly TableRows[Name][] {
    return (this.held.get(name)?.rows ?? []) as readonly TableRows[Name][];
  }

  /** What was read last; undefined while the table could not be read. */
  report(name: TableName): ImportReport | undefined {
    return this.reports.get(name);
  }

  /** Another number after each change of a table. */
  version(name: TableName): number {
    return this.held.get(name)?.version ?? 0;
  }

  /** Path of the table's file; undefined for a table that is kept in the flow. */
  path(name: TableName): string | undefined {
    const place = this.options.places[name];
    return place && 'path' in place ? place.path : undefined;
  }

  /** Calls back with every change of the tables. */
  onChange(listener: (tables: SystemTables) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins to look after the files. */
  watch(sink: TableStoreSink): void {
    for (const name of TABLE_NAMES) {
      const path = this.path(name);
      if (path === undefined || this.watched.has(name)) continue;
      const watched = new WatchedFile(
        path,
        this.contents.get(name),
        {
          changed: (bytes, settled) => this.fileChanged(name, path, bytes, settled, sink),
          failed: (error) => sink.problem(error),
        },
        this.options.times,
      );
      this.watched.set(name, watched);
    }
    this.contents.clear();
  }

  /**
   * Puts a table in the place of the present one, or its rows to the present ones.
   * @throws TrunkflowError when nothing of it can be used, or it cannot be written; the table is as before
   */
  import(name: TableName, input: unknown, options: ImportOptions): Promise<ImportReport> {
    if (this.waiting >= MAX_WAITING) {
      return Promise.reject(
        new TrunkflowError('bad-message', 'Too many imports wait', {
          hint: 'Send the next table when the report of the last has come',
          status: 'too many imports',
        }),
      );
    }
    return this.inTurn(async () => {
      this.load(name);
      const records = await inSlices(inputRecords(input));
      const kind = kindOf(name);
      const read = await inSlices(readRecords(kind, records));
      refuseUseless(read, options);
      const remove = options.mode === 'replace';
      const merged = await inSlices(
        mergeTable<object>(kind, this.rows(name), read, { remove, carry: options.origin !== 'dialog' }),
      );
      const path = options.keep ? this.path(name) : undefined;
      if (path !== undefined) await this.keep(name, path, merged.rows);
      return this.take(name, merged, read, {
        mode: options.mode,
        origin: options.origin,
        encoding: records.encoding,
        kept: path !== undefined,
      });
    });
  }

  close(): void {
    this.closed = true;
    for (const watched of this.watched.values()) watched.close();
    this.listeners.clear();
  }

  /** Reads a table, if it could not be read so far. @throws TrunkflowError 'bad-file' while it cannot be */
  load(name: TableName): void {
    if (!this.held.has(name)) this.loadTable(name);
  }

  private loadTable(name: TableName): void {
    const place = this.options.places[name];
    const bytes = place && 'path' in place ? readTableFileNow(place.path) : undefined;
    const input = bytes ?? (place && 'input' in place ? place.input : '');
    const { rows, report } = readAtStart(this.options.system, name, input);
    this.reports.set(name, report);
    this.put(name, rows);
    if (bytes) this.contents.set(name, bytes);
  }

  private async fileChanged(
    name: TableName,
    path: string,
    bytes: Buffer,
    settled: boolean,
    sink: TableStoreSink,
  ): Promise<boolean> {
    try {
      return await this.inTurn(async () => {
        if (this.closed) return false;
        const records = await inSlices(inputRecords(bytes));
        const kind = kindOf(name);
        const read = await inSlices(readRecords(kind, records));
        const doubt = doubtOf(this.rows(name).length, records, read);
        if (doubt === 'useless' || (doubt && !settled) || doubt === 'cut and shrunk') {
          sink.problem(keptOld(path, doubt, settled));
          return false;
        }
        const merged = await inSlices(mergeTable<object>(kind, this.rows(name), read, { remove: true, carry: false }));
        if (this.closed) return false;
        const { encoding } = records;
        sink.report(this.take(name, merged, read, { mode: 'replace', origin: 'file', encoding, kept: true }));
        return true;
      });
    } catch (error) {
      sink.problem(keptOld(path, error instanceof Error ? error.message : String(error), settled));
      return false;
    }
  }

  private async keep(name: TableName, path: string, rows: readonly object[]): Promise<void> {
    const text = await inSlices(writeTable<object>(kindOf(name), rows));
    // Told before, so that the look that sees the new file knows it.
    await replaceTableFile(path, text);
    this.watched.get(name)?.wrote(Buffer.from(text));
  }

  private take(
    name: TableName,
    merged: Merged<object>,
    read: ReadTable<object>,
    how: { mode: ImportMode; origin: ImportOrigin; encoding: string; kept: boolean },
  ): ImportReport {
    const kind: TableKind<object> = kindOf(name);
    const before: readonly object[] = this.rows(name);
    const { rows, added, changed, removed } = merged;
    const report = makeReport({ system: this.options.system, table: name, ...how, read, merged });
    this.reports.set(name, report);
    const isNews =
      added + changed + removed > 0 ||
      // The first unit that matches wins: their order matters.
      rows.some((row, index) => row !== before[index] && kind.key(row) !== kind.key(before[index]));
    if (isNews) this.put(name, rows);
    return report;
  }

  private put(name: TableName, rows: readonly object[]): void {
    this.held.set(name, { rows: rows as TableRows[TableName][], version: this.version(name) + 1 });
    if (!this.snapshot) return;
    this.snapshot = undefined;
    const { tables } = this;
    for (const listener of this.listeners) listener(tables);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.waiting++;
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}
