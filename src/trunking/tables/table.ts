import type { Delimiter } from '../csv';
import type { TableProblems } from '../table-problems';
import type { Cells } from './cells';

/** The tables of a radio system. */
export type TableName = 'talkgroups' | 'units' | 'channels' | 'bandplan';

export const TABLE_NAMES: readonly TableName[] = ['talkgroups', 'units', 'channels', 'bandplan'];

/** How a person calls them. */
export const TABLE_WORDS: Readonly<Record<TableName, string>> = {
  talkgroups: 'talkgroups',
  units: 'units',
  channels: 'channels',
  bandplan: 'band plan',
};

/** What each column of a text holds: the name of a field, or '' for a column that is not read. */
export interface Layout {
  /** Whose layout it is, in words. */
  words: string;
  columns: string[];
  /** Records before the first row: 1 for a header. */
  skip: number;
  /** Headings of the columns that are kept though nothing here uses them, by index. */
  extra?: Map<number, string>;
  /** The names were heard on the air, and give way to those that people wrote. */
  overTheAir?: boolean;
}

/** A text divided into fields, as far as a layout is found by it. */
export interface Sheet {
  /** The first records. */
  first: string[][];
  delimiter: Delimiter;
}

/** A row as a text gives it: the fields it has no column for are absent. */
export type Given<Row> = Partial<Row>;

/** One kind of table. */
export interface TableKind<Row extends object> {
  name: TableName;
  /** Fields that are compared and reported, in order. */
  fields: readonly (keyof Row & string)[];
  /** What makes two rows the same row. */
  key(row: Given<Row>): string;
  /** What a person calls the row. */
  title(row: Row): string;
  /** True when it takes the place of an earlier row with the same key, otherwise the earlier one stays. */
  replaces(row: Given<Row>): boolean;
  /** Rows of which there may only be some. */
  limit?: { most: number; words: string; counts(row: Given<Row>): boolean };
  layout(sheet: Sheet): Layout | undefined;
  /** A header a person may write, for the error about an unknown layout. */
  example: string;
  /** The rows that a record stands for. @throws RowError for one that cannot be used */
  read(cells: Cells): Given<Row>[];
  /** A whole row: what is given, then what the old row says, then what holds for blank fields. */
  complete(given: Given<Row>, old?: Row): Row;
  /** Names of the columns it is written with, and the fields of a row. */
  header: readonly string[] | null;
  write(row: Row): string[];
}

/** Columns of the file that nothing here uses, by their headings. */
export type Extra = Record<string, string>;

/** Why a record is left out. */
export class RowError extends Error {}

/** A row and the line it stands on. */
export interface ReadRow<Row> {
  line: number;
  row: Given<Row>;
}

export interface ReadTable<Row> {
  layout: string;
  /** Records after the header. */
  lines: number;
  rows: ReadRow<Row>[];
  /** Lines left out. */
  rejected: TableProblems;
  /** Lines used, but not as they are written. */
  notes: TableProblems;
}
