import type { BandPlan } from '../band-plan';
import type { Channel } from '../channels';
import type { Talkgroup } from '../talkgroups';
import type { UnitName } from '../unit-tags';
import { BAND_PLAN, type PlanRow } from './band-plan-kind';
import { CHANNELS } from './channel-kind';
import type { TableKind, TableName } from './table';
import { TALKGROUPS } from './talkgroup-kind';
import { UNITS } from './unit-kind';

/** The rows of each table. */
export interface TableRows {
  talkgroups: Talkgroup;
  units: UnitName;
  channels: Channel;
  bandplan: PlanRow;
}

const KINDS: { [Name in TableName]: TableKind<TableRows[Name]> } = {
  talkgroups: TALKGROUPS,
  units: UNITS,
  channels: CHANNELS,
  bandplan: BAND_PLAN,
};

export function kindOf<Name extends TableName>(name: Name): TableKind<TableRows[Name]> {
  return KINDS[name];
}

export function planOf(rows: readonly PlanRow[]): BandPlan {
  return Object.fromEntries(rows.map(({ identifier, ...entry }) => [identifier, entry]));
}

export function planRows(plan: BandPlan): PlanRow[] {
  return Object.entries(plan).map(([identifier, entry]) => ({ identifier: Number(identifier), ...entry }));
}
