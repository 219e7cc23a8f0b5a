import { FLAG_NAMES } from '../call-flags';
import type { Talkgroup } from '../talkgroups';
import { type Cells, headerLayout, share, short } from './cells';
import { type Given, type Layout, RowError, type Sheet, type TableKind } from './table';

export const MAX_TALKGROUP = 0xffffff;
const MAX_PRIORITY = 1000;
/** Most of the first lines must look alike. */
const MOST = 0.6;

/** Fields by heading; the first heading counts where a text has several for the same field. */
const NAMES = {
  decimal: 'id',
  dec: 'id',
  tgid: 'id',
  talkgroup: 'id',
  talkgroupid: 'id',
  talkgroupnum: 'id',
  tg: 'id',
  id: 'id',
  hex: 'hex',
  mode: 'mode',
  alphatag: 'alphaTag',
  talkgroupalphatag: 'alphaTag',
  label: 'alphaTag',
  alpha: 'alphaTag',
  name: 'alphaTag',
  description: 'description',
  talkgroupdescription: 'description',
  tag: 'tag',
  servicetype: 'tag',
  category: 'category',
  group: 'category',
  talkgroupgroup: 'category',
  priority: 'priority',
  preferrednac: 'preferredNac',
  comment: 'comment',
  listen: 'listen',
  record: 'record',
  upload: 'upload',
  alert: 'alert',
  lockout: 'lockout',
  modeaallowbblockdeenc: 'access',
} as const;

const TRUNK_RECORDER = 'id hex mode alphaTag description tag category priority preferredNac comment'.split(' ');
const RADIO_REFERENCE = 'id hex alphaTag mode description tag category'.split(' ');

/** A talkgroup's row before it is completed. */
type GivenTalkgroup = Given<Talkgroup> & { unlock?: boolean };

export const TALKGROUPS: TableKind<Talkgroup> = {
  name: 'talkgroups',
  fields: [
    'alphaTag',
    'description',
    'tag',
    'category',
    'mode',
    'priority',
    'preferredNac',
    'comment',
    ...FLAG_NAMES,
    'extra',
  ],
  key: ({ id }) => String(id),
  title: ({ alphaTag }) => alphaTag,
  replaces: () => true,
  example: 'Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority',
  layout: ({ first, delimiter }) =>
    headerLayout(first[0] ?? [], NAMES, ['id'], headerWords) ?? withoutHeader({ first, delimiter }),
  read: (cells) => [readRow(cells)],
  complete(given: GivenTalkgroup, old) {
    const { unlock, ...said } = given;
    const row = { ...BLANK, ...old, ...said } as Talkgroup;
    if (unlock && row.priority < 0) row.priority = 1;
    row.encryption = row.mode.endsWith('E') ? 'always' : row.mode.endsWith('e') ? 'sometimes' : 'none';
    return row;
  },
  header: [
    ...['Decimal', 'Hex', 'Mode', 'Alpha Tag', 'Description', 'Tag', 'Category', 'Priority'],
    ...['Preferred NAC', 'Comment', 'Listen', 'Record', 'Upload', 'Alert'],
  ],
  write: (row) => [
    String(row.id),
    row.id.toString(16),
    row.mode,
    row.alphaTag,
    row.description,
    row.tag,
    row.category,
    String(row.priority),
    row.preferredNac ?? '',
    row.comment ?? '',
    ...FLAG_NAMES.map((name) => (row[name] === undefined ? '' : String(row[name]))),
  ],
};

const BLANK: Omit<Talkgroup, 'id'> = {
  alphaTag: '',
  description: '',
  tag: '',
  category: '',
  mode: '',
  encryption: 'none',
  priority: 1,
};

function headerWords(columns: string[]): string {
  const [, , third, fourth] = columns;
  if (columns.includes('access')) return "dsd-fme's group list";
  if (columns[0] === 'id' && third === 'mode' && fourth === 'alphaTag') return "trunk-recorder's talkgroups file";
  if (columns[0] === 'id' && third === 'alphaTag' && fourth === 'mode') return "RadioReference's talkgroup list";
  return 'a list with named columns';
}

/** Layouts that are told by what stands in their first lines. */
function withoutHeader({ first, delimiter }: Sheet): Layout | undefined {
  const columns = Math.max(0, ...first.map(({ length }) => length));
  const found = (words: string, names: readonly string[]): Layout => ({ words, columns: [...names], skip: 0 });
  if (columns >= 8 && share(first, 2, isNumber) > MOST && share(first, 0, isNumber) === 0)
    return found("DSD+'s group list", ['', '', 'id', 'priority', 'override', '', '', 'alphaTag']);
  if (share(first, 0, isNumber) <= MOST) return undefined;
  if (columns >= 3 && columns <= 4 && share(first, 1, (text) => /^(A|B|DE)$/.test(text)) > MOST)
    return found("dsd-fme's group list", ['id', 'access', 'alphaTag', 'tag']);
  if (columns >= 4 && share(first, 2, isMode) > MOST)
    return found("trunk-recorder's, without its header", TRUNK_RECORDER);
  if (columns >= 4 && share(first, 3, isMode) > MOST)
    return found("RadioReference's, without its header", RADIO_REFERENCE);
  if (columns >= 6 && share(first, 1, isHexOfFirst) > MOST)
    return found("trunk-recorder's, without its header", TRUNK_RECORDER);
  if (delimiter === '\t' && columns >= 2 && columns <= 3) return found("OP25's tags", ['id', 'alphaTag', 'priority']);
  if (columns === 2) return found('number and name', ['id', 'alphaTag']);
  if (columns >= 5) return found("rdio-scanner's talkgroups", ['id', 'alphaTag', 'description', 'tag', 'category']);
  return undefined;
}

function isNumber(text: string): boolean {
  return /^\d+(\.0+)?$/.test(text);
}

function isMode(text: string): boolean {
  return /^[ADMT]e?$/i.test(text);
}

function isHexOfFirst(text: string, row: string[]): boolean {
  return /^[\da-f]+$/i.test(text) && Number.parseInt(text, 16) === Number(row[0]);
}

function readRow(cells: Cells): GivenTalkgroup {
  const decimal = cells.text('id');
  const id = Number(decimal);
  if (!isNumber(decimal) || id > MAX_TALKGROUP)
    throw new RowError(`"${short(decimal)}" is no talkgroup number (0-${MAX_TALKGROUP})`);
  const row: GivenTalkgroup = { id };
  for (const field of ['alphaTag', 'description', 'tag', 'category', 'mode'] as const) {
    const text = cells.given(field);
    if (text !== undefined) row[field] = text;
  }
  if (cells.has('priority')) row.priority = priority(cells);
  if (cells.has('preferredNac')) row.preferredNac = cells.text('preferredNac').toUpperCase() || undefined;
  if (cells.has('comment')) row.comment = cells.text('comment') || undefined;
  for (const name of FLAG_NAMES) if (cells.has(name)) row[name] = cells.flag(name);
  const lockout = cells.has('lockout') ? cells.flag('lockout') : undefined;
  if (lockout === true || /lock|ignore/i.test(cells.text('override'))) row.priority = -1;
  else if (lockout === false && !cells.has('priority')) row.unlock = true;
  if (cells.has('access')) readAccess(cells, row);
  const extra = cells.extra();
  if (extra) row.extra = extra;
  checkHex(cells, id);
  return row;
}

/** dsd-fme says in one column whether a talkgroup is allowed, blocked or encrypted. */
function readAccess(cells: Cells, row: GivenTalkgroup): void {
  const access = cells.text('access').toUpperCase();
  if (access === 'B') row.priority = -1;
  else if (access === 'DE') row.mode = 'DE';
  else if (access !== 'A' && access !== 'D' && access !== '')
    cells.note(`mode "${short(access)}" is none of A, B, DE; taken as A`);
}

function priority(cells: Cells): number {
  const text = cells.text('priority');
  if (text === '') return 1;
  const number = Number(text);
  if (Number.isInteger(number) && number >= -1 && number <= MAX_PRIORITY) return number;
  cells.note(`priority "${short(text)}" is no whole number from -1 to ${MAX_PRIORITY}; 1 is used`);
  return 1;
}

/** Spreadsheets turn hexadecimal numbers such as 1E3 into others; the decimal one counts. */
function checkHex(cells: Cells, id: number): void {
  const hex = cells.text('hex');
  if (hex === '' || !/^(0x)?[\da-f]+$/i.test(hex) || Number.parseInt(hex, 16) === id) return;
  cells.note(`hex "${short(hex)}" is not ${id}; the decimal number is used`);
}
