import { resolve } from 'node:path';
import type { NodeDef } from 'node-red';
import type { BandPlan } from '../../src/trunking/band-plan';
import type { CallFlags } from '../../src/trunking/call-flags';
import { DEFAULT_FLAGS, FLAG_NAMES } from '../../src/trunking/call-flags';
import type { TablePlace } from '../../src/trunking/store/table-store';
import { planRows } from '../../src/trunking/tables/kinds';
import type { TableName } from '../../src/trunking/tables/table';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';

interface PlanRow {
  identifier: unknown;
  base: unknown;
  spacing: unknown;
  offset?: unknown;
  slots?: unknown;
}

type Place = 'file' | 'text';

export interface SystemConfig extends NodeDef {
  shortName: unknown;
  nac: unknown;
  talkgroups: unknown;
  talkgroupsIn: Place;
  unitTags: unknown;
  unitTagsIn: Place;
  channels?: unknown;
  channelsIn?: Place;
  controlChannels?: unknown;
  bandPlan: PlanRow[];
  bandPlanFile?: unknown;
  bandPlanIn?: Place;
  followUnknown: boolean;
  unknownPriority?: unknown;
  unknownListen?: boolean;
  unknownRecord?: boolean;
  unknownUpload?: boolean;
  unknownAlert?: boolean;
}

/** Where the tables of a system are. @throws TrunkflowError 'bad-setting' for an unusable channel identifier */
export function tablePlaces(config: SystemConfig, userDir: string): Partial<Record<TableName, TablePlace>> {
  const place = (value: unknown, where: Place | undefined): TablePlace => {
    const text = String(value ?? '');
    return where === 'text' || text.trim() === ''
      ? { input: where === 'text' ? text : '' }
      : { path: resolve(userDir, text.trim()) };
  };
  const inFile = config.bandPlanIn === 'file' && textSetting(config.bandPlanFile) !== '';
  return {
    talkgroups: place(config.talkgroups, config.talkgroupsIn),
    units: place(config.unitTags, config.unitTagsIn),
    channels: place(config.channels, config.channelsIn ?? 'text'),
    bandplan: inFile
      ? { path: resolve(userDir, textSetting(config.bandPlanFile)) }
      : { input: planRows(readPlan(config.bandPlan ?? [])) },
  };
}

/**
 * The control channels to look for, from lines of frequencies in MHz: one line for each site.
 * @returns Hz
 * @throws TrunkflowError 'bad-setting' for what is no frequency
 */
export function controlChannels(config: SystemConfig): number[][] {
  const lines = textSetting(config.controlChannels)
    .split(/\r?\n/)
    .map((line) => line.split(/[\s,;]+/).filter(Boolean));
  return lines
    .filter((line) => line.length > 0)
    .map((line) =>
      line.map((word) => Math.round(numberSetting(word, 'control channel', { least: 1, most: 100_000 }) * 1e6)),
    );
}

/** What is done with calls of talkgroups in no table. */
export function unknownFlags(config: SystemConfig): CallFlags {
  const set = [config.unknownListen, config.unknownRecord, config.unknownUpload, config.unknownAlert];
  const flags = { ...DEFAULT_FLAGS };
  for (const [index, name] of FLAG_NAMES.entries()) flags[name] = set[index] ?? DEFAULT_FLAGS[name];
  return flags;
}

export function unknownPriority(config: SystemConfig): number {
  return optionalNumber(config.unknownPriority, 'priority of unknown talkgroups', 1, { least: 1, most: 1000 });
}

function readPlan(rows: readonly PlanRow[]): BandPlan {
  const plan: BandPlan = {};
  for (const row of rows)
    plan[numberSetting(row.identifier, 'channel identifier', { least: 0, most: 15 })] = {
      base: numberSetting(row.base, 'base frequency', { least: 1 }),
      spacing: numberSetting(row.spacing, 'channel step', { least: 1 }),
      offset: optionalNumber(row.offset, 'transmit offset', undefined),
      slots: optionalNumber(row.slots, 'time slots', undefined, { least: 1, most: 4 }),
    };
  return plan;
}
