import { parseCsv, TableProblems } from './csv';

interface Rule {
  id?: number;
  pattern?: RegExp;
  name: string;
}

/** Names looked up by pattern are remembered for this many units. */
const REMEMBERED = 4096;

/**
 * Names of radios from trunk-recorder's unit tags file: `unitID,name` lines without a header. The ID is a number, a
 * regular expression that must match the whole number, or `/expression/` that may match a part of it; `$1` in the name
 * stands for the first group. The first line that matches wins.
 */
export class UnitTags {
  readonly problems = new TableProblems();
  private readonly rules: Rule[] = [];
  private readonly known = new Map<number, string>();

  static parse(text: string): UnitTags {
    const tags = new UnitTags();
    for (const { line, fields, unterminated } of parseCsv(text)) {
      const [id = '', name = ''] = fields.map((field) => field.trim());
      if (unterminated) tags.problems.add(line, 'a quote is not closed; line left out');
      else if (name === '') tags.problems.add(line, 'no name after the unit number; line left out');
      else tags.addRule(line, id, name);
    }
    return tags;
  }

  /** Name of a unit, '' when none is known. */
  name(unit: number): string {
    const known = this.known.get(unit);
    if (known !== undefined) return known;
    const name = this.find(unit);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(unit, name);
    return name;
  }

  private find(unit: number): string {
    const text = String(unit);
    for (const { id, pattern, name } of this.rules) {
      if (id === unit) return name;
      const match = pattern?.exec(text);
      if (match) return name.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? '');
    }
    return '';
  }

  private addRule(line: number, id: string, name: string): void {
    if (/^\d+$/.test(id)) {
      this.rules.push({ id: Number(id), name });
      return;
    }
    const part = /^\/(.+)\/$/.exec(id);
    try {
      this.rules.push({ pattern: new RegExp(part ? part[1] : `^(?:${id})$`), name });
    } catch {
      this.problems.add(line, `"${id.slice(0, 40)}" is neither a number nor a regular expression; line left out`);
    }
  }
}
