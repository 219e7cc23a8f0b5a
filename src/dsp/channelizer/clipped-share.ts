import type { IqFormat } from '../../core/messages';
import { clippingTest } from '../clipping';
import type { ChunkRecord } from './history';

/** Every so many samples one is looked at. */
const PROBE = 32;

/** Share of a chunk's samples at the converter's limit, 0 to 1, of those on a sparse grid: in a channel made of them it can no longer be seen. */
export function clippedShare(format: IqFormat, { raw, from, to }: ChunkRecord): number {
  const isClipped = clippingTest(format, raw);
  let checked = 0;
  let clipped = 0;
  for (let sample = Math.ceil(from / PROBE) * PROBE; sample < to; sample += PROBE) {
    checked++;
    if (isClipped(sample - from)) clipped++;
  }
  return checked > 0 ? clipped / checked : 0;
}
