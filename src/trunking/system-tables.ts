import { TrunkflowError } from '../core/errors';
import type { BandPlan } from './band-plan';
import { ChannelTable } from './channels';
import { atOnce } from './slices';
import type { TableProblem } from './table-problems';
import { kindOf, type TableRows } from './tables/kinds';
import { readTable } from './tables/read-table';
import { TABLE_WORDS, type TableName } from './tables/table';
import { TalkgroupTable } from './talkgroups';
import { UnitTags } from './unit-tags';

/** The tables of one radio system at one time. They never change; others take their place. */
export interface SystemTables {
  readonly talkgroups: TalkgroupTable;
  readonly units: UnitTags;
  readonly channels: ChannelTable;
  readonly bandPlan: BandPlan;
}

/** The texts of a system's tables, each in any of the layouts that are known. */
export interface TableTexts {
  talkgroups?: string;
  units?: string;
  channels?: string;
}

/** A line of a table that a person should look at. */
export interface NamedProblem {
  table: string;
  problem: TableProblem;
}

/** Tables from texts, and what is wrong with them. @throws TrunkflowError 'bad-file' for a text in no known layout */
export function readTables(texts: TableTexts, bandPlan: BandPlan = {}): SystemTables & { problems: NamedProblem[] } {
  const problems: NamedProblem[] = [];
  const read = <Name extends keyof TableTexts>(name: Name): TableRows[Name][] => {
    const kind = kindOf(name as TableName);
    const { rows, rejected, notes } = atOnce(readTable(kind, texts[name] ?? ''));
    const lines = [...rejected.list, ...notes.list].sort((a, b) => a.line - b.line);
    for (const problem of lines) problems.push({ table: TABLE_WORDS[name], problem });
    return rows.map(({ row }) => kind.complete(row)) as TableRows[Name][];
  };
  return {
    talkgroups: new TalkgroupTable(read('talkgroups')),
    units: new UnitTags(read('units')),
    channels: new ChannelTable(read('channels')),
    bandPlan,
    problems,
  };
}

/** @throws TrunkflowError 'bad-setting' for a name that is none of a table */
export function checkTableName(name: unknown): TableName {
  if (typeof name === 'string' && Object.hasOwn(TABLE_WORDS, name)) return name as TableName;
  throw new TrunkflowError('bad-setting', 'Unknown table', {
    expected: Object.keys(TABLE_WORDS).join(', '),
    got: String(name).slice(0, 40),
    status: 'unknown table',
  });
}
