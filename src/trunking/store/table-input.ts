import { TrunkflowError } from '../../core/errors';
import type { Csv, CsvRecord } from '../csv';
import { readCsv, tooLong } from '../csv';
import type { Sliced } from '../slices';
import { decodeText, MAX_TABLE_BYTES } from '../text-file';
import { readJsonList, TOO_LONG } from './json-list';

/** What a table may be given as. */
export type TableInput = Buffer | string | object[] | object;

export interface InputRecords extends Csv {
  encoding: string;
  /** The text ends within a line: perhaps it is not complete. */
  openEnd: boolean;
}

/** Most columns that objects may have together. */
const MAX_COLUMNS = 100;

/**
 * A table's input as records: a file's bytes or text, or an object for each row, whose property names are taken for the
 * names of columns.
 * @throws TrunkflowError 'bad-file' or 'bad-message'
 */
export function* inputRecords(input: unknown): Sliced<InputRecords> {
  if (Buffer.isBuffer(input) || input instanceof Uint8Array) {
    const { text, encoding } = decodeText(Buffer.from(input.buffer, input.byteOffset, input.length));
    return yield* textRecords(text, encoding);
  }
  if (typeof input === 'string') {
    if (input.length > MAX_TABLE_BYTES) decodeText(Buffer.from(input));
    return yield* textRecords(input, 'text');
  }
  if (Array.isArray(input)) return yield* objectRecords(input);
  if (input && typeof input === 'object') return yield* objectRecords([input]);
  throw new TrunkflowError('bad-message', 'Unusable table', {
    expected: 'CSV as text or as the bytes of a file, or a list of objects',
    got: input === null ? 'null' : typeof input,
    status: 'no table',
  });
}

function* textRecords(text: string, encoding: string): Sliced<InputRecords> {
  if (/^\s*[[{]/.test(text.slice(0, 100))) {
    const objects = yield* readJsonList(text);
    if (objects) return { ...(yield* objectRecords(objects)), encoding };
  }
  const csv = yield* readCsv(text);
  return { ...csv, encoding, openEnd: !/[\r\n]$/.test(text) };
}

function* objectRecords(objects: readonly unknown[]): Sliced<InputRecords> {
  const columns = new Map<string, number>();
  const records: CsvRecord[] = [{ line: 0, fields: [] }];
  for (let at = 0; at < objects.length; at++) {
    if (at % 128 === 0) yield;
    const object = objects[at];
    if (!object || typeof object !== 'object' || Array.isArray(object)) {
      const malformed = object === TOO_LONG ? tooLong() : 'not an object';
      records.push({ line: at + 1, fields: [], malformed });
      continue;
    }
    const fields: string[] = [];
    for (const [name, value] of Object.entries(object)) {
      let column = columns.get(name);
      if (column === undefined) {
        if (columns.size >= MAX_COLUMNS) continue;
        column = columns.size;
        columns.set(name, column);
      }
      fields[column] = cell(value);
    }
    records.push({ line: at + 1, fields: Array.from(fields, (field) => field ?? '') });
  }
  records[0].fields = [...columns.keys()];
  return { records: objects.length === 0 ? [] : records, delimiter: ',', encoding: 'objects', openEnd: false };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value).slice(0, 1000) : String(value);
}
