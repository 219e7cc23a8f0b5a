/** One record of a CSV text. */
export interface CsvRecord {
  /** Line on which the record begins, from 1. */
  line: number;
  fields: string[];
  /** True when a quote was still open at the end of the text. */
  unterminated?: boolean;
}

/**
 * Splits comma-separated text (RFC 4180): quoted fields with doubled quotes and line breaks, LF, CRLF or CR, an optional
 * byte order mark. Empty lines are left out; fields are trimmed unless they were quoted. Never throws.
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const length = text.length;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (at < length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      while (text[at] === ' ' || text[at] === '\t') at++;
      let field = '';
      if (text[at] === '"') {
        at++;
        for (;;) {
          const quote = text.indexOf('"', at);
          const end = quote < 0 ? length : quote;
          field += text.slice(at, end);
          at = end + 1;
          if (quote < 0) record.unterminated = true;
          if (text[at] !== '"') break;
          field += '"';
          at++;
        }
        line += field.split(/\r\n|\r|\n/).length - 1;
        while (at < length && !isFieldEnd(text[at])) at++;
      } else {
        const start = at;
        while (at < length && !isFieldEnd(text[at])) at++;
        field = text.slice(start, at).trimEnd();
      }
      record.fields.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    if (record.fields.length > 1 || record.fields[0] !== '') records.push(record);
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    line++;
  }
  return records;
}

function isFieldEnd(character: string): boolean {
  return character === ',' || character === '\n' || character === '\r';
}

/** A line of a table that could not be used. */
export interface TableProblem {
  line: number;
  /** What is wrong and what was done about it. */
  text: string;
}

/** Collects the problems of one table, so many that a person can still read them. */
export class TableProblems {
  readonly list: TableProblem[] = [];
  /** All problems, those not listed included. */
  count = 0;

  add(line: number, text: string): void {
    if (this.count++ < 100) this.list.push({ line, text });
  }
}
