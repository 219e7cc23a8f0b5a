import { TrunkflowError } from '../../core/errors';
import { type Csv, type CsvRecord, MAX_RECORDS, readCsv } from '../csv';
import type { Sliced } from '../slices';
import { TableProblems } from '../table-problems';
import { Cells } from './cells';
import { type Layout, type ReadTable, RowError, TABLE_WORDS, type TableKind, type TableName } from './table';

/** Records looked at to find the layout. */
const LOOKED_AT = 50;

/** Where the rows read so far stand, by key. */
interface Places {
  rows: Map<string, number>;
  /** How many of them are of the kind of which there may only be some. */
  limited: number;
}

/**
 * Reads a table from a text, whatever its layout. Lines that cannot be used are left out and named.
 * @throws TrunkflowError 'bad-file' when no layout fits
 */
export function* readTable<Row extends object>(kind: TableKind<Row>, text: string): Sliced<ReadTable<Row>> {
  return yield* readRecords(kind, yield* readCsv(text));
}

/** As readTable, of what is divided into fields already. */
export function* readRecords<Row extends object>(
  kind: TableKind<Row>,
  { records, delimiter }: Csv,
): Sliced<ReadTable<Row>> {
  const table: ReadTable<Row> = {
    layout: '',
    lines: 0,
    rows: [],
    rejected: new TableProblems(),
    notes: new TableProblems(),
  };
  if (records.length === 0) return table;
  const layout = findLayout(kind, records, delimiter);
  table.layout = layout.words;
  table.lines = Math.min(records.length, MAX_RECORDS) - layout.skip;
  const places: Places = { rows: new Map(), limited: 0 };
  for (let at = layout.skip; at < records.length; at++) {
    if (at % 64 === 0) yield;
    if (at >= MAX_RECORDS) {
      table.rejected.add(records[at].line, `more than ${MAX_RECORDS} lines; this one and those after it are left out`);
      break;
    }
    addRecord(kind, layout, records[at], table, places);
  }
  return table;
}

function findLayout<Row extends object>(
  kind: TableKind<Row>,
  records: CsvRecord[],
  delimiter: Csv['delimiter'],
): Layout {
  const first = records.slice(0, LOOKED_AT).map(({ fields }) => fields);
  const layout = kind.layout({ first, delimiter });
  if (layout) return layout;
  throw new TrunkflowError('bad-file', `This is no table of ${TABLE_WORDS[kind.name]} that is known`, {
    expected: `a header line such as "${kind.example}", or a layout of trunk-recorder, RadioReference or OP25`,
    got: first[0].join(delimiter).slice(0, 80),
    hint: 'Add a header line that names the columns',
    status: 'unknown layout',
  });
}

function addRecord<Row extends object>(
  kind: TableKind<Row>,
  layout: Layout,
  { line, fields, unterminated, malformed }: CsvRecord,
  table: ReadTable<Row>,
  places: Places,
): void {
  if (unterminated || malformed) {
    table.rejected.add(line, `${malformed ?? 'a quote is not closed'}; line left out`);
    return;
  }
  try {
    for (const row of kind.read(new Cells(layout, fields, line, table.notes))) {
      const key = kind.key(row);
      const place = places.rows.get(key);
      if (place === undefined) {
        if (table.rows.length >= MAX_RECORDS) throw new RowError(`more than ${MAX_RECORDS} rows`);
        if (kind.limit?.counts(row) && ++places.limited > kind.limit.most)
          throw new RowError(`more than ${kind.limit.most} ${kind.limit.words}`);
        places.rows.set(key, table.rows.length);
        table.rows.push({ line, row });
      } else {
        const replaces = kind.replaces(row);
        const which = replaces ? 'this line is used' : `line ${table.rows[place].line} is used`;
        table.notes.add(line, `${keyWords(kind, key)} is listed twice; ${which}`);
        if (replaces) table.rows[place] = { line, row };
      }
    }
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    table.rejected.add(line, `${error.message}; line left out`);
  }
}

function keyWords({ name }: { name: TableName }, key: string): string {
  const words = { talkgroups: 'talkgroup', units: 'unit', channels: 'channel', bandplan: 'identifier' };
  return `${words[name]} ${key}`;
}
