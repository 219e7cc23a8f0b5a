import { compilePattern, MAX_PATTERNS } from '../unit-patterns';
import type { UnitName } from '../unit-tags';
import { type Cells, headerLayout, share, short } from './cells';
import { type Layout, RowError, type Sheet, type TableKind } from './table';

/** Radios are numbered with up to 24 bits, in DMR and P25 alike; some systems write more. */
const MAX_UNIT = 0xffffffff;

const NAMES = {
  unitid: 'id',
  unit: 'id',
  radioid: 'id',
  rid: 'id',
  radio: 'id',
  decimal: 'id',
  dec: 'id',
  id: 'id',
  alias: 'name',
  alphatag: 'name',
  name: 'name',
  label: 'name',
  tag: 'name',
  description: 'name',
  ota: 'ota',
  timestamp: 'time',
} as const;

const OTA_HEADINGS = ['unitid', 'alias', 'source', 'timestamp', 'wacn', 'sys'];

export const UNITS: TableKind<UnitName> = {
  name: 'units',
  fields: ['name'],
  key: ({ id, ota }) => (ota ? `${id} ota` : String(id)),
  title: ({ name }) => name,
  // The first line that matches names a unit; of what was heard, the last is the newest.
  replaces: ({ ota }) => ota === true,
  limit: { most: MAX_PATTERNS, words: 'patterns', counts: ({ id }) => !/^\d+$/.test(id ?? '') },
  example: '4021,Engine 21',
  layout,
  read: (cells) => [readRow(cells)],
  complete: (given, old) => ({ ...old, ...given }) as UnitName,
  header: null,
  write: ({ id, name, ota }) => (ota ? [id, name, 'ota'] : [id, name]),
};

function layout({ first, delimiter }: Sheet): Layout | undefined {
  const header = headerLayout(first[0] ?? [], NAMES, ['id', 'name'], () => 'a list with named columns');
  if (header) {
    const plain = (first[0] ?? []).map((heading) => heading.toLowerCase().replace(/[^a-z]/g, ''));
    if (!OTA_HEADINGS.every((heading) => plain.includes(heading))) return header;
    return { ...header, ...OVER_THE_AIR, columns: header.columns };
  }
  const columns = Math.max(0, ...first.map(({ length }) => length));
  const isNumber = (text: string) => /^\d+$/.test(text);
  if (columns >= 9 && share(first, 3, isNumber) > 0.6 && share(first, 0, isNumber) === 0)
    return { words: "DSD+'s radio list", columns: ['', '', '', 'id', '', '', '', '', 'name'], skip: 0 };
  if (columns >= 6 && share(first, 0, isNumber) > 0.6 && share(first, 3, isNumber) > 0.6)
    return { ...OVER_THE_AIR, columns: ['id', 'name', 'source', 'time', '', '', ''], skip: 0 };
  if (delimiter === '\t') return { words: "OP25's radio tags", columns: ['id', 'name'], skip: 0 };
  if (columns >= 1) return { words: "trunk-recorder's unit tags", columns: ['id', 'name', 'ota'], skip: 0 };
  return undefined;
}

const OVER_THE_AIR = { words: "trunk-recorder's aliases heard on the air", overTheAir: true };

function readRow(cells: Cells): UnitName {
  const id = cells.text('id');
  const name = cells.text('name');
  if (id === '') throw new RowError('no unit number');
  if (name === '') throw new RowError('no name after the unit number');
  const row: UnitName = { id, name };
  if (cells.isOverTheAir || /^ota$/i.test(cells.text('ota'))) row.ota = true;
  if (/^\d+$/.test(id)) {
    if (Number(id) > MAX_UNIT) throw new RowError(`"${short(id)}" is no unit number (0-${MAX_UNIT})`);
    row.id = String(Number(id));
  } else {
    const pattern = compilePattern(id);
    if (typeof pattern === 'string') throw new RowError(`"${short(id)}" ${pattern}`);
  }
  return row;
}
