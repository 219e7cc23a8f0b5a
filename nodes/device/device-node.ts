import type { Node } from 'node-red';
import type { SourceOptions } from '../../src/sources/create-source';

/** What an sdr source adds to its device; undefined where its form is empty. */
export interface Tuning {
  stream: string;
  /** Hz and samples/s. */
  center?: number;
  rate?: number;
  gain: number | 'auto';
}

export interface DeviceNode extends Node {
  /** @throws TrunkflowError 'bad-setting' for what the form could not check */
  sourceOptions(tuning: Tuning): SourceOptions;
}
