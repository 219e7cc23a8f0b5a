import type { TableProblem } from '../table-problems';
import type { Merged } from './merge';
import { type ReadTable, TABLE_WORDS, type TableName } from './table';

/** How new rows are put to the old ones. */
export type ImportMode = 'replace' | 'merge';

/** Where a table came from. */
export type ImportOrigin = 'start' | 'message' | 'upload' | 'file' | 'dialog';

/** A row that came, or went. */
export interface RowNews {
  /** Absent for rows that went. */
  line?: number;
  key: string;
  name: string;
}

export interface RowChange extends RowNews {
  changes: { field: string; from: unknown; to: unknown }[];
}

/** What became of an import: figures, and the first lines of each kind. Plain JSON. */
export interface ImportReport {
  /** Short name of the radio system. */
  system: string;
  table: TableName;
  mode: ImportMode;
  origin: ImportOrigin;
  /** The layout that was recognised, in words. */
  layout: string;
  encoding: string;
  /** Lines read, the header not counted. */
  lines: number;
  /** Rows that could be used: added + changed + unchanged. */
  accepted: number;
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  rejected: number;
  noted: number;
  /** Rows of the table now. */
  rows: number;
  /** True when it is written into the table's file. */
  kept: boolean;
  /** The first 100 of each. */
  details: {
    added: RowNews[];
    changed: RowChange[];
    removed: RowNews[];
    /** Lines left out, and why. */
    rejected: TableProblem[];
    /** Lines used, but not as they are written. */
    noted: TableProblem[];
  };
}

/** What a report is made of. */
export interface ReportOf extends Pick<ImportReport, 'system' | 'table' | 'mode' | 'origin' | 'encoding' | 'kept'> {
  read: ReadTable<object>;
  merged: Merged<object>;
}

export function makeReport({ read, merged, ...what }: ReportOf): ImportReport {
  const { rows, details, ...counts } = merged;
  return {
    ...what,
    layout: read.layout,
    lines: read.lines,
    accepted: read.rows.length,
    ...counts,
    rejected: read.rejected.count,
    noted: read.notes.count,
    rows: rows.length,
    details: { ...details, rejected: read.rejected.list, noted: read.notes.list },
  };
}

/** Rows listed of each kind; the others are only counted. */
export const MAX_DETAILS = 100;

/** 'county talkgroups: RadioReference's talkgroup list, 120 added, 3 changed ...' */
export function reportWords(report: ImportReport): string {
  const parts = (['added', 'changed', 'unchanged', 'removed', 'rejected'] as const)
    .filter((name) => report[name] > 0)
    .map((name) => `${report[name]} ${name}`);
  const { system, table, layout } = report;
  return `${system}, ${TABLE_WORDS[table]}: ${layout || 'empty'}; ${parts.join(', ') || 'no rows'}`;
}

/** Lines for a log: the rejected ones first, at most `most`. */
export function reportLines(report: ImportReport, most = 20): string[] {
  const { rejected, noted } = report.details;
  const lines = [...rejected, ...noted].slice(0, most).map(({ line, text }) => `line ${line}: ${text}`);
  const more = report.rejected + report.noted - lines.length;
  return more > 0 && lines.length > 0 ? [...lines, `and ${more} more lines`] : lines;
}
