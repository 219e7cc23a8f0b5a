import { readFlag } from '../call-flags';
import type { TableProblems } from '../table-problems';
import type { Extra, Layout } from './table';

/** Longest text of a cell, characters. */
export const MAX_CELL = 500;
/** Columns kept though nothing here uses them. */
export const MAX_EXTRA = 40;

/** The cells of one record, by the names of their fields. */
export class Cells {
  constructor(
    private readonly layout: Layout,
    private readonly fields: readonly string[],
    readonly line: number,
    private readonly notes: TableProblems,
  ) {}

  get isOverTheAir(): boolean {
    return this.layout.overTheAir === true;
  }

  /** True when the text has such a column. */
  has(field: string): boolean {
    return this.layout.columns.includes(field);
  }

  /** Text of a cell without the blanks around it, '' when there is none. */
  text(field: string): string {
    const index = this.layout.columns.indexOf(field);
    return index < 0 ? '' : this.clean(this.fields[index] ?? '');
  }

  /** The text if there is such a column. */
  given(field: string): string | undefined {
    return this.has(field) ? this.text(field) : undefined;
  }

  /** All cells from a column on. */
  rest(field: string): string[] {
    const index = this.layout.columns.indexOf(field);
    return index < 0 ? [] : this.fields.slice(index).map((text) => this.clean(text));
  }

  /** A yes or no; undefined where it is blank, or is neither, which is noted. */
  flag(field: string): boolean | undefined {
    const text = this.text(field);
    const flag = readFlag(text);
    if (flag === null) this.note(`${field} "${short(text)}" is neither yes nor no; taken as blank`);
    return flag ?? undefined;
  }

  /** Columns that nothing here uses, where they are not blank. */
  extra(): Extra | undefined {
    const extra: Extra = {};
    for (const [index, heading] of this.layout.extra ?? []) {
      const text = this.clean(this.fields[index] ?? '');
      if (text !== '') extra[heading] = text;
    }
    return Object.keys(extra).length > 0 ? extra : undefined;
  }

  note(text: string): void {
    this.notes.add(this.line, text);
  }

  private clean(text: string): string {
    const cleaned = cleanText(text);
    if (cleaned.length <= MAX_CELL) return cleaned;
    this.note(`"${short(cleaned)}..." is longer than ${MAX_CELL} characters; cut`);
    return cleaned.slice(0, MAX_CELL);
  }
}

/**
 * Text without control characters and line breaks, and without the apostrophe that keeps a spreadsheet from taking it
 * for a formula.
 */
export function cleanText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
      .trim()
      .replace(/^'(?=[=+\-@])/, '')
  );
}

/** A cell in a message. */
export function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** A heading without what people write differently: case, blanks, underscores, brackets. */
export function plainHeading(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The layout of a header line; undefined when a column that is needed is not there.
 * @param names fields by plain headings; of several columns for the same field the first heading of `names` counts
 */
export function headerLayout(
  header: readonly string[],
  names: Readonly<Record<string, string>>,
  needed: readonly string[],
  words: (columns: string[]) => string,
): Layout | undefined {
  const plain = header.map(plainHeading);
  const columns = header.map(() => '');
  for (const [heading, field] of Object.entries(names)) {
    const index = plain.indexOf(heading);
    if (index >= 0 && columns[index] === '' && !columns.includes(field)) columns[index] = field;
  }
  if (!needed.every((field) => columns.includes(field))) return undefined;
  const extra = new Map<number, string>();
  header.forEach((heading, index) => {
    const text = cleanText(heading);
    const known = columns[index] !== '' || Object.hasOwn(names, plain[index]) || text === '';
    if (!known && text !== '__proto__' && extra.size < MAX_EXTRA) extra.set(index, text.slice(0, 100));
  });
  return { words: words(columns), columns, skip: 1, extra };
}

/** The share of the records whose cell fits. */
export function share(
  first: readonly string[][],
  column: number,
  fits: (text: string, row: string[]) => boolean,
): number {
  const count = first.filter((row) => fits((row[column] ?? '').trim(), row)).length;
  return first.length === 0 ? 0 : count / first.length;
}
