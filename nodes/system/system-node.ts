import type { Node } from 'node-red';
import type { CallInfo, Control } from '../../src/core/messages';
import type { BandPlan } from '../../src/trunking/band-plan';
import type { Commanded } from '../../src/trunking/commanded';
import type { TableStore } from '../../src/trunking/store/table-store';
import type { SystemOptions } from '../../src/trunking/system';
import type { SystemTables } from '../../src/trunking/system-tables';

/** A call follower of a system, for the editor. */
export interface SystemFollower {
  /** What it was told by command. */
  commanded(): Commanded;
  /** @throws TrunkflowError 'bad-message' */
  command(control: Control): void;
}

/** What other nodes ask a radio system for. */
export interface SystemNode extends Node {
  shortName: string;
  /** True for a network access code of this system, three hexadecimal digits; any, where the form names none. */
  accepts(nac: string): boolean;
  /** @throws TrunkflowError 'bad-setting' or 'bad-file' */
  bandPlan(): BandPlan;
  /** @throws TrunkflowError 'bad-setting' or 'bad-file' for what the form could not check */
  options(): SystemOptions;
  /** A call of demodulated audio, with the number, names and flags that its tables have for the frequency. */
  describeConventional(call: CallInfo): CallInfo;
  /** Its tables, and how they are changed. @throws TrunkflowError 'bad-setting' */
  store(): TableStore;
  /** Calls of this system are followed, until the function it gives is called. */
  addFollower(follower: SystemFollower): () => void;
  /** The call followers of this system. */
  followers(): readonly SystemFollower[];
  /** Calls back with every change of its tables, until the function it gives is called. */
  onTables(listener: (tables: SystemTables) => void): () => void;
}
