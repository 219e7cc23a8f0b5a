import type { Sliced } from './slices';

/** One record of a CSV text. */
export interface CsvRecord {
  /** Line on which the record begins, from 1. */
  line: number;
  fields: string[];
  /** True when a quote was still open at the end of the text. */
  unterminated?: boolean;
  /** Why the record cannot be used: text after a closing quote, or longer than MAX_RECORD. Only its first line is taken. */
  malformed?: string;
}

export interface Csv {
  records: CsvRecord[];
  delimiter: Delimiter;
}

export type Delimiter = ',' | ';' | '\t';

/** Longest record, characters. */
export const MAX_RECORD = 65_536;
/** Most records of a table. */
export const MAX_RECORDS = 200_000;

/** In the order in which they are preferred where two fit equally; a bar is not among them: unit patterns have it. */
const DELIMITERS: readonly Delimiter[] = ['\t', ',', ';'];
/** Lines looked at to find the delimiter. */
const LOOKED_AT = 20;

/**
 * Splits delimited text (RFC 4180): quoted fields with doubled quotes and line breaks, LF, CRLF or CR, an optional byte
 * order mark. Empty lines and comments (lines that begin with # or ;) are left out; fields are trimmed unless they were
 * quoted. A record with a quote that does not close is taken to end with its line. Never throws.
 */
export function parseCsv(text: string, delimiter: Delimiter = ','): CsvRecord[] {
  return [...csvRecords(text, delimiter)];
}

/** As parseCsv, one record after the other. */
export function* csvRecords(text: string, delimiter: Delimiter): Generator<CsvRecord, void> {
  const reader = new CsvReader(text, delimiter);
  for (let record = reader.next(); record; record = reader.next()) yield record;
}

/** Reads the records of a text in any of the delimiters, at most one more than MAX_RECORDS. */
export function* readCsv(text: string): Sliced<Csv> {
  const named = /^\ufeff?sep=([,;\t])[ \t]*(?:\r\n|\r|\n|$)/i.exec(text);
  const delimiter = (named?.[1] as Delimiter | undefined) ?? findDelimiter(text);
  const reader = new CsvReader(text, delimiter, named?.[0].length ?? 0, named ? 2 : 1);
  const records: CsvRecord[] = [];
  for (let record = reader.next(); record && records.length <= MAX_RECORDS; record = reader.next()) {
    records.push(record);
    if (records.length % 64 === 0) yield;
  }
  return { records, delimiter };
}

/** The delimiter that divides the first lines into the same number of fields; the most fields where several do. */
export function findDelimiter(text: string): Delimiter {
  const lines = text
    .slice(0, MAX_RECORD)
    .split(/\r\n|\r|\n/, LOOKED_AT)
    .filter((line) => line.trim() !== '' && !isComment(line))
    .map((line) => line.replace(/"[^"]*"/g, ''));
  let best: { delimiter: Delimiter; alike: number; count: number } = { delimiter: ',', alike: 0, count: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const [count = 0] = counts;
    const alike = count === 0 ? 0 : counts.filter((other) => other === count).length;
    if (alike > best.alike || (alike === best.alike && count > best.count)) best = { delimiter, alike, count };
  }
  return best.delimiter;
}

function isComment(line: string): boolean {
  return /^\ufeff?\s*[#;]/.test(line);
}

class CsvReader {
  private at: number;

  constructor(
    private readonly text: string,
    private readonly delimiter: Delimiter,
    start = 0,
    private line = 1,
  ) {
    this.at = start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
  }

  /** The next record that is not empty, undefined at the end. */
  next(): CsvRecord | undefined {
    while (this.at < this.text.length) {
      const record = this.record();
      if (record.fields.length > 1 || record.fields[0] !== '' || record.malformed) return record;
    }
    return undefined;
  }

  private record(): CsvRecord {
    const { text } = this;
    const start = this.at;
    const record: CsvRecord = { line: this.line, fields: [] };
    this.skipBlanks();
    if (text[this.at] === '#' || (text[this.at] === ';' && this.delimiter !== ';')) {
      this.endLine(this.lineEnd(start));
      return { ...record, fields: [''] };
    }
    for (;;) {
      this.skipBlanks();
      record.fields.push(text[this.at] === '"' ? this.quoted(record, start) : this.plain());
      if (record.unterminated || record.malformed) return this.giveUp(record, start);
      if (text[this.at] !== this.delimiter) break;
      this.at++;
    }
    if (this.at - start > MAX_RECORD) return this.giveUp({ ...record, malformed: tooLong() }, start);
    this.endLine(this.at);
    return record;
  }

  private plain(): string {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && !this.isFieldEnd(text[this.at])) this.at++;
    return text.slice(start, this.at).trimEnd();
  }

  private quoted(record: CsvRecord, start: number): string {
    const { text } = this;
    let field = '';
    let from = this.at + 1;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0 || quote - start > MAX_RECORD) {
        if (quote < 0) record.unterminated = true;
        else record.malformed = tooLong();
        return field + text.slice(from, this.lineEnd(from));
      }
      field += text.slice(from, quote);
      from = quote + 1;
      if (text[from] !== '"') break;
      field += '"';
      from++;
    }
    this.line += field.split(/\r\n|\r|\n/).length - 1;
    this.at = from;
    this.skipBlanks();
    if (this.at < text.length && !this.isFieldEnd(text[this.at])) record.malformed = 'text after a closing quote';
    return field;
  }

  /** What looked like a record of several lines is none: only its first line is taken. */
  private giveUp(record: CsvRecord, start: number): CsvRecord {
    this.line = record.line;
    this.endLine(this.lineEnd(start));
    return record;
  }

  private endLine(end: number): void {
    const { text } = this;
    this.at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    this.line++;
  }

  private lineEnd(from: number): number {
    const { text } = this;
    let end = from;
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
    return end;
  }

  private skipBlanks(): void {
    const { text, delimiter } = this;
    while (text[this.at] === ' ' || (text[this.at] === '\t' && delimiter !== '\t')) this.at++;
  }

  private isFieldEnd(character: string): boolean {
    return character === this.delimiter || character === '\n' || character === '\r';
  }
}

/** What is wrong with a record that is too long. */
export function tooLong(): string {
  return `longer than ${MAX_RECORD} characters`;
}
