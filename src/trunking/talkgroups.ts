import { TrunkflowError } from '../core/errors';
import { type CallFlags, FLAG_NAMES, readFlag } from './call-flags';
import { parseCsv, TableProblems } from './csv';

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
}

const MAX_ID = 0xffffff;

/**
 * Talkgroups from a CSV file as trunk-recorder and RadioReference write it: a header line whose first column is
 * `Decimal`, the others in any order (`Hex, Mode, Alpha Tag, Description, Tag, Category, Priority, Preferred NAC,
 * Comment`). A bad line is left out and reported with its number; the rest of the table is used.
 */
export class TalkgroupTable {
  readonly problems = new TableProblems();
  private readonly rows = new Map<number, Talkgroup>();

  /** @throws TrunkflowError 'bad-file' when there is no header line with a Decimal column */
  static parse(text: string): TalkgroupTable {
    const table = new TalkgroupTable();
    const [header, ...records] = parseCsv(text);
    if (!header) return table;
    const names = header.fields.map((name) => name.trim().toLowerCase());
    if (!names.includes('decimal')) {
      throw new TrunkflowError('bad-file', 'Unusable talkgroup table', {
        expected: 'a header line "Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority"',
        got: header.fields.join(',').slice(0, 80),
        hint: 'Add the header line, or download the CSV of the system from RadioReference',
        status: 'bad talkgroups',
      });
    }
    for (const record of records) {
      const column = (...wanted: string[]): string => {
        const index = names.findIndex((name) => wanted.includes(name));
        return index < 0 ? '' : (record.fields[index] ?? '').trim();
      };
      if (record.unterminated) table.problems.add(record.line, 'a quote is not closed; line left out');
      else table.addRow(record.line, column);
    }
    return table;
  }

  get size(): number {
    return this.rows.size;
  }

  get(id: number): Talkgroup | undefined {
    return this.rows.get(id);
  }

  [Symbol.iterator](): IterableIterator<Talkgroup> {
    return this.rows.values();
  }

  private addRow(line: number, column: (...names: string[]) => string): void {
    const decimal = column('decimal');
    const id = Number(decimal);
    if (!/^\d+$/.test(decimal) || id > MAX_ID) {
      this.problems.add(line, `"${decimal.slice(0, 20)}" is no talkgroup number (0-${MAX_ID}); line left out`);
      return;
    }
    if (this.rows.has(id)) this.problems.add(line, `talkgroup ${id} is listed twice; this line is used`);
    const mode = column('mode');
    this.rows.set(id, {
      id,
      mode,
      alphaTag: column('alpha tag', 'alphatag'),
      description: column('description'),
      tag: column('tag'),
      category: column('category', 'group'),
      encryption: mode.endsWith('E') ? 'always' : mode.endsWith('e') ? 'sometimes' : 'none',
      priority: this.priority(line, column('priority')),
      preferredNac: column('preferred nac').toUpperCase() || undefined,
      comment: column('comment') || undefined,
      ...this.flags(line, column),
    });
  }

  private flags(line: number, column: (...names: string[]) => string): Partial<CallFlags> {
    const flags: Partial<CallFlags> = {};
    for (const name of FLAG_NAMES) {
      const text = column(name);
      const flag = readFlag(text);
      if (flag === null)
        this.problems.add(line, `${name} "${text.slice(0, 20)}" is neither yes nor no; taken as blank`);
      else if (flag !== undefined) flags[name] = flag;
    }
    return flags;
  }

  private priority(line: number, text: string): number {
    if (text === '') return 1;
    const priority = Number(text);
    if (Number.isInteger(priority) && priority >= -1 && priority <= 1000) return priority;
    this.problems.add(line, `priority "${text.slice(0, 20)}" is no whole number from -1 to 1000; 1 is used`);
    return 1;
  }
}
