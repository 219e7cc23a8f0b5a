import type { Node } from 'node-red';
import type { BandPlan } from '../../src/trunking/band-plan';
import type { SystemOptions } from '../../src/trunking/system';

/** What other nodes ask a radio system for. */
export interface SystemNode extends Node {
  shortName: string;
  /** @throws TrunkflowError 'bad-setting' */
  bandPlan(): BandPlan;
  /** @throws TrunkflowError 'bad-setting' or 'bad-file' for what the form could not check */
  options(): SystemOptions;
}
