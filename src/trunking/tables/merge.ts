import type { Sliced } from '../slices';
import { MAX_DETAILS, type RowChange, type RowNews } from './report';
import type { ReadTable, TableKind } from './table';

export interface MergeOptions {
  /** Rows that are not in the new text are removed. */
  remove: boolean;
  /** Fields that the new text has no column for are kept. */
  carry: boolean;
}

export interface Merged<Row> {
  rows: Row[];
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  details: { added: RowNews[]; changed: RowChange[]; removed: RowNews[] };
}

/** Puts what was read to the rows there were, and tells what that changes. The old rows are not touched. */
export function* mergeTable<Row extends object>(
  kind: TableKind<Row>,
  old: readonly Row[],
  read: Pick<ReadTable<Row>, 'rows'>,
  { remove, carry }: MergeOptions,
): Sliced<Merged<Row>> {
  const merged: Merged<Row> = {
    rows: remove ? [] : [...old],
    added: 0,
    changed: 0,
    unchanged: 0,
    removed: 0,
    details: { added: [], changed: [], removed: [] },
  };
  const before = new Map<string, number>();
  for (let at = 0; at < old.length; at++) {
    if (at % 256 === 0) yield;
    const key = kind.key(old[at]);
    if (!before.has(key)) before.set(key, at);
  }
  const seen = new Set<string>();
  for (let at = 0; at < read.rows.length; at++) {
    if (at % 128 === 0) yield;
    const { line, row: given } = read.rows[at];
    const key = kind.key(given);
    const place = before.get(key);
    const was = place === undefined ? undefined : old[place];
    const row = kind.complete(given, carry ? was : undefined);
    seen.add(key);
    if (remove || place === undefined) merged.rows.push(row);
    else merged.rows[place] = row;
    count(kind, merged, { line, key, was, row });
  }
  if (!remove) return merged;
  for (let at = 0; at < old.length; at++) {
    if (at % 256 === 0) yield;
    const key = kind.key(old[at]);
    if (seen.has(key) || before.get(key) !== at) continue;
    merged.removed++;
    if (merged.details.removed.length < MAX_DETAILS) merged.details.removed.push({ key, name: kind.title(old[at]) });
  }
  return merged;
}

function count<Row extends object>(
  kind: TableKind<Row>,
  merged: Merged<Row>,
  { line, key, was, row }: { line: number; key: string; was: Row | undefined; row: Row },
): void {
  const { details } = merged;
  if (!was) {
    merged.added++;
    if (details.added.length < MAX_DETAILS) details.added.push({ line, key, name: kind.title(row) });
    return;
  }
  const changes = kind.fields
    .filter((field) => !isSame(was[field], row[field]))
    .map((field) => ({ field, from: was[field] ?? null, to: row[field] ?? null }));
  if (changes.length === 0) merged.unchanged++;
  else {
    merged.changed++;
    if (details.changed.length < MAX_DETAILS) details.changed.push({ line, key, name: kind.title(row), changes });
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}
