import { TrunkflowError } from '../../core/errors';
import type { AirInterface } from '../air-interface';

export interface ScopeOptions {
  /** Most bins of a spectrum: a power of two from 256 to 4096. */
  bins: number;
  /** Frames per second of stream time, 1 to 10. */
  frameRate: number;
  /** Width in which the strongest carrier is measured, Hz. */
  channelWidth: number;
  /** How narrow streams are sampled for eye, histogram and constellation; null: not at all. */
  air: AirInterface | null;
}

export const SCOPE_DEFAULTS: ScopeOptions = { bins: 2048, frameRate: 10, channelWidth: 12500, air: null };

export const BIN_COUNTS = [256, 512, 1024, 2048, 4096] as const;

/** @throws TrunkflowError 'bad-setting' for options that cannot work */
export function checkScopeOptions({ bins, frameRate, channelWidth }: ScopeOptions): void {
  if (!(BIN_COUNTS as readonly number[]).includes(bins)) reject('Bins of the spectrum', BIN_COUNTS.join(', '), bins);
  if (!(frameRate >= 1 && frameRate <= 10)) reject('Frames per second', '1 to 10', frameRate);
  if (!(channelWidth > 0 && channelWidth <= 1e7)) reject('Channel width', 'Hz above 0', channelWidth);
}

function reject(what: string, expected: string, got: unknown): never {
  throw new TrunkflowError('bad-setting', what, { expected, got: String(got), status: 'bad setting' });
}
