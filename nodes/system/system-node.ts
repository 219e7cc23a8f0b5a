import type { Node } from 'node-red';
import type { BandPlan } from '../../src/trunking/band-plan';
import type { SystemOptions } from '../../src/trunking/system';

/** What other nodes ask a radio system for. */
export interface SystemNode extends Node {
  shortName: string;
  /** True for a network access code of this system, three hexadecimal digits; any, where the form names none. */
  accepts(nac: string): boolean;
  /** @throws TrunkflowError 'bad-setting' */
  bandPlan(): BandPlan;
  /** @throws TrunkflowError 'bad-setting' or 'bad-file' for what the form could not check */
  options(): SystemOptions;
}
