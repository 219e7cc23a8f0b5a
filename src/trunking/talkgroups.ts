import type { CallFlags } from './call-flags';
import { atOnce } from './slices';
import { TableProblems } from './table-problems';
import { readTable } from './tables/read-table';
import type { Extra } from './tables/table';
import { TALKGROUPS } from './tables/talkgroup-kind';

/** One row of a talkgroup table. */
export interface Talkgroup extends Partial<CallFlags> {
  /** Number as the air carries it. */
  id: number;
  alphaTag: string;
  description: string;
  /** The column Tag, e.g. 'Fire Dispatch'. */
  tag: string;
  /** The column Category (or Group). */
  category: string;
  /** As in the table: A analog, D digital, M mixed, T TDMA, then e or E. */
  mode: string;
  /** From the mode's trailing letter: `E` always encrypted, `e` sometimes. */
  encryption: 'none' | 'sometimes' | 'always';
  /** 1 is the most important; -1 is locked out: never followed. Blank in the table = 1. */
  priority: number;
  /** Preferred NAC, upper-case hex as in the table. */
  preferredNac?: string;
  comment?: string;
  extra?: Extra;
}

/** Talkgroups by number. */
export class TalkgroupTable {
  /** Lines left out, or used otherwise than they are written. */
  problems = new TableProblems();
  private readonly byId = new Map<number, Talkgroup>();

  constructor(readonly rows: readonly Talkgroup[] = []) {
    for (const row of rows) this.byId.set(row.id, row);
  }

  /**
   * From a file in any of the layouts that are known: trunk-recorder's and RadioReference's, with or without their
   * header, and others. A bad line is left out and reported with its number; the rest of the table is used.
   * @throws TrunkflowError 'bad-file' when no layout fits
   */
  static parse(text: string): TalkgroupTable {
    const { rows, rejected, notes } = atOnce(readTable(TALKGROUPS, text));
    const table = new TalkgroupTable(rows.map(({ row }) => TALKGROUPS.complete(row)));
    const problems = [...rejected.list, ...notes.list].sort((a, b) => a.line - b.line);
    for (const { line, text: problem } of problems) table.problems.add(line, problem);
    table.problems.count = rejected.count + notes.count;
    return table;
  }

  get size(): number {
    return this.byId.size;
  }

  get(id: number): Talkgroup | undefined {
    return this.byId.get(id);
  }

  [Symbol.iterator](): IterableIterator<Talkgroup> {
    return this.byId.values();
  }
}
