import type { BandPlanEntry } from '../band-plan';
import { type Cells, headerLayout, share, short } from './cells';
import { readFrequency, readQuantity, writeQuantity } from './quantity';
import { type Given, type Layout, RowError, type Sheet, type TableKind } from './table';

/** A channel identifier of a band plan. */
export interface PlanRow extends BandPlanEntry {
  /** 0 to 15, as the air carries it. */
  identifier: number;
}

const NAMES = {
  tableid: 'table',
  identifier: 'identifier',
  iden: 'identifier',
  id: 'identifier',
  type: 'type',
  base: 'base',
  basefrequency: 'base',
  spacing: 'spacing',
  step: 'spacing',
  channelspacing: 'spacing',
  offset: 'offset',
  txoffset: 'offset',
  transmitoffset: 'offset',
  slots: 'slots',
} as const;

/** The air carries steps in units of this, Hz. */
const STEP_UNIT = 125;

export const BAND_PLAN: TableKind<PlanRow> = {
  name: 'bandplan',
  fields: ['base', 'spacing', 'offset', 'slots'],
  key: ({ identifier }) => String(identifier),
  title: ({ base }) => `${writeQuantity(base, 1e6)} MHz`,
  replaces: () => true,
  example: 'TABLEID,TYPE,BASE,SPACING,OFFSET',
  layout,
  read: (cells) => [readRow(cells)],
  complete: (given, old) => ({ ...old, ...given }) as PlanRow,
  header: ['TABLEID', 'TYPE', 'BASE', 'SPACING', 'OFFSET'],
  write: ({ identifier, base, spacing, offset, slots = 1 }) => [
    String(identifier + 1),
    slots > 1 ? 'TDMA' : 'FDMA',
    writeQuantity(base, 1e6),
    writeQuantity(spacing, 1e3),
    writeQuantity(offset ?? 0, 1e6),
  ],
};

function layout({ first }: Sheet): Layout | undefined {
  const header = first[0] ?? [];
  const words = (columns: string[]) =>
    columns.includes('table') ? "trunk-recorder's frequency table" : 'a list of channel identifiers';
  const found =
    headerLayout(header, NAMES, ['table', 'base', 'spacing'], words) ??
    headerLayout(header, NAMES, ['identifier', 'base', 'spacing'], words);
  if (found) return { ...found, extra: undefined };
  if (share(first, 1, (text) => /^(TDMA|FDMA)$/i.test(text)) < 0.6) return undefined;
  return {
    words: "trunk-recorder's, without its header",
    columns: ['table', 'type', 'base', 'spacing', 'offset'],
    skip: 0,
  };
}

function readRow(cells: Cells): Given<PlanRow> {
  const row: Given<PlanRow> = {
    identifier: identifier(cells),
    base: readFrequency(cells.text('base')),
    spacing: readQuantity(cells.text('spacing'), 1e3, 1000),
  };
  if (!(row.base! > 0 && row.base! <= 10e9)) throw new RowError(`"${short(cells.text('base'))}" is no base in MHz`);
  if (!(row.spacing! > 0 && row.spacing! <= 1e6))
    throw new RowError(`"${short(cells.text('spacing'))}" is no channel step in kHz`);
  if (row.spacing! % STEP_UNIT !== 0) cells.note(`a step of ${row.spacing} Hz is none that the air can carry`);
  const offset = cells.text('offset');
  if (offset !== '') {
    row.offset = readFrequency(offset);
    if (Number.isNaN(row.offset)) throw new RowError(`"${short(offset)}" is no offset in MHz`);
  } else if (cells.has('offset')) row.offset = undefined;
  if (cells.has('type')) row.slots = slotsOfType(cells);
  if (cells.has('slots')) row.slots = slots(cells);
  return row;
}

/** trunk-recorder counts its tables from 1, the air its identifiers from 0. */
function identifier(cells: Cells): number {
  const counted = cells.has('table');
  const text = cells.text(counted ? 'table' : 'identifier');
  const number = Number(text) - (counted ? 1 : 0);
  if (/^\d+$/.test(text) && number >= 0 && number <= 15) return number;
  throw new RowError(
    counted
      ? `"${short(text)}" is no table (1-16, one more than the identifier on the air)`
      : `"${short(text)}" is no channel identifier (0-15)`,
  );
}

function slotsOfType(cells: Cells): number | undefined {
  const type = cells.text('type').toUpperCase();
  if (type === 'TDMA') return 2;
  if (type !== 'FDMA' && type !== '') cells.note(`type "${short(type)}" is neither TDMA nor FDMA; taken as FDMA`);
  return undefined;
}

function slots(cells: Cells): number | undefined {
  const text = cells.text('slots');
  if (text === '' || text === '1') return undefined;
  if (/^[2-4]$/.test(text)) return Number(text);
  cells.note(`slots "${short(text)}" is no number from 1 to 4; taken as 1`);
  return undefined;
}
