import type { NumberPattern } from './patterns/number-pattern';
import { atOnce } from './slices';
import { TableProblems } from './table-problems';
import { readTable } from './tables/read-table';
import { UNITS } from './tables/unit-kind';
import { compilePattern, MAX_PATTERNS } from './unit-patterns';

/** A unit's name, or the names of all units that match a pattern. */
export interface UnitName {
  /** A number; a regular expression that must match the whole number; or `/expression/` that may match a part of it. */
  id: string;
  /** `$1` stands for the first group of the expression. */
  name: string;
  /** Heard on the air: used where nothing else names the unit. */
  ota?: boolean;
}

interface Pattern {
  /** Place in the table. */
  index: number;
  expression: NumberPattern;
  name: string;
}

/** Names looked up by pattern are remembered for this many units. */
const REMEMBERED = 4096;

/** Names of radios; the first row that matches wins, then what was heard on the air. */
export class UnitTags {
  /** Lines left out. */
  problems = new TableProblems();
  private readonly numbers = new Map<number, { index: number; name: string }>();
  private readonly patterns: Pattern[] = [];
  private readonly heard = new Map<number, string>();
  private readonly known = new Map<number, string>();

  constructor(readonly rows: readonly UnitName[] = []) {
    rows.forEach(({ id, name, ota }, index) => {
      if (/^\d+$/.test(id)) {
        const unit = Number(id);
        if (ota) this.heard.set(unit, name);
        else if (!this.numbers.has(unit)) this.numbers.set(unit, { index, name });
      } else if (this.patterns.length < MAX_PATTERNS) {
        const expression = compilePattern(id);
        if (typeof expression !== 'string') this.patterns.push({ index, expression, name });
      }
    });
  }

  /** From a file in any of the layouts that are known. @throws TrunkflowError 'bad-file' */
  static parse(text: string): UnitTags {
    const { rows, rejected } = atOnce(readTable(UNITS, text));
    const tags = new UnitTags(rows.map(({ row }) => UNITS.complete(row)));
    tags.problems = rejected;
    return tags;
  }

  /** Name of a unit by the table, '' when none is known. */
  name(unit: number): string {
    const known = this.known.get(unit);
    if (known !== undefined) return known;
    const name = this.find(unit);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(unit, name);
    return name;
  }

  /** Name of a unit that was heard on the air some time, '' when there is none. */
  heardName(unit: number): string {
    return this.heard.get(unit) ?? '';
  }

  private find(unit: number): string {
    const listed = this.numbers.get(unit);
    for (const { index, expression, name } of this.patterns) {
      if (listed && index > listed.index) break;
      const match = expression.exec(unit);
      if (match) return name.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? '');
    }
    return listed?.name ?? '';
  }
}
