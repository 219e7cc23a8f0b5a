import type { NodeAPI, NodeDef, Node as RedNode } from 'node-red';
import type { DecoderOptions } from '../../src/protocols/protocol';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';

interface PlanRow {
  identifier: unknown;
  base: unknown;
  spacing: unknown;
  offset?: unknown;
}

interface SystemConfig extends NodeDef {
  shortName: unknown;
  talkgroups: unknown;
  bandPlan: PlanRow[];
}

/** What other nodes ask a radio system for; the getters throw 'bad-setting' for what the form should not have let pass. */
export interface SystemNode extends RedNode {
  shortName: string;
  /** Path of the talkgroup CSV file; empty when there is none. */
  talkgroupFile: string;
  bandPlan(): NonNullable<DecoderOptions['bandPlan']>;
}

function readPlan(rows: readonly PlanRow[] = []): NonNullable<DecoderOptions['bandPlan']> {
  const plan: NonNullable<DecoderOptions['bandPlan']> = {};
  for (const row of rows)
    plan[numberSetting(row.identifier, 'channel identifier', { least: 0, most: 15 })] = {
      base: numberSetting(row.base, 'base frequency', { least: 1 }),
      spacing: numberSetting(row.spacing, 'channel step', { least: 1 }),
      offset: optionalNumber(row.offset, 'transmit offset', undefined),
    };
  return plan;
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-system', function (this: SystemNode, config: SystemConfig) {
    RED.nodes.createNode(this, config);
    this.shortName = textSetting(config.shortName);
    this.talkgroupFile = textSetting(config.talkgroups);
    this.bandPlan = () => readPlan(config.bandPlan);
  });
}

export = register;
