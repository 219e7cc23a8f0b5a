import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { BandPlan } from '../../src/trunking/band-plan';
import { normaliseNac } from '../../src/trunking/system';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';
import type { SystemNode } from './system-node';

interface PlanRow {
  identifier: unknown;
  base: unknown;
  spacing: unknown;
  offset?: unknown;
}

interface SystemConfig extends NodeDef {
  shortName: unknown;
  nac: unknown;
  talkgroups: unknown;
  talkgroupsIn: 'file' | 'text';
  unitTags: unknown;
  unitTagsIn: 'file' | 'text';
  followUnknown: boolean;
  bandPlan: PlanRow[];
}

function readPlan(rows: readonly PlanRow[]): BandPlan {
  const plan: BandPlan = {};
  for (const row of rows)
    plan[numberSetting(row.identifier, 'channel identifier', { least: 0, most: 15 })] = {
      base: numberSetting(row.base, 'base frequency', { least: 1 }),
      spacing: numberSetting(row.spacing, 'channel step', { least: 1 }),
      offset: optionalNumber(row.offset, 'transmit offset', undefined),
    };
  return plan;
}

function readTable(value: unknown, place: 'file' | 'text', userDir: string): string {
  const text = String(value ?? '');
  if (place === 'text' || text.trim() === '') return text;
  const path = resolve(userDir, text.trim());
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TrunkflowError('bad-file', 'A table of the radio system cannot be read', {
      got: cause instanceof Error ? cause.message : path,
      hint: 'Correct the path in the radio system, or write the table there',
      status: 'table unreadable',
      cause,
    });
  }
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-system', function (this: SystemNode, config: SystemConfig) {
    RED.nodes.createNode(this, config);
    const userDir = RED.settings.userDir ?? '.';
    this.shortName = textSetting(config.shortName);
    const nacs = textSetting(config.nac)
      .split(/[\s,;]+/)
      .filter(Boolean);
    this.accepts = (nac) => nacs.length === 0 || nacs.map(normaliseNac).includes(normaliseNac(nac));
    this.bandPlan = () => readPlan(config.bandPlan ?? []);
    this.options = () => ({
      shortName: this.shortName,
      nac: nacs,
      talkgroups: readTable(config.talkgroups, config.talkgroupsIn, userDir),
      unitTags: readTable(config.unitTags, config.unitTagsIn, userDir),
      followUnknown: config.followUnknown,
      bandPlan: this.bandPlan(),
    });
  });
}

export = register;
