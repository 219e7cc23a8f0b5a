import { TrunkflowError } from '../../src/core/errors';
import type { ChannelRequest } from '../../src/core/messages';
import { numberSetting } from '../lib/settings';

/** A row of the form's list: a channel, or with `end` and `step` a raster of channels. Hz. */
export interface ChannelRow {
  id?: string;
  frequency: unknown;
  end?: unknown;
  step?: unknown;
}

/**
 * The channels a form's list stands for.
 * @throws TrunkflowError 'bad-setting' for a row that is not a channel, or when there are more than `most`
 */
export function expandChannels(rows: readonly ChannelRow[], most: number): ChannelRequest[] {
  const channels: ChannelRequest[] = [];
  for (const row of rows) {
    const frequency = numberSetting(row.frequency, 'channel frequency', { least: 1 });
    if (row.end === undefined) {
      channels.push(row.id ? { id: row.id, frequency } : { frequency });
      continue;
    }
    const end = numberSetting(row.end, 'end of the raster', { least: frequency });
    const step = numberSetting(row.step, 'step of the raster', { least: 1 });
    // Counted by index, so that the last one is not lost to rounding.
    const count = Math.floor((end - frequency) / step + 1e-6) + 1;
    for (let i = 0; i < count && channels.length <= most; i++) channels.push({ frequency: frequency + i * step });
  }
  if (channels.length > most)
    throw new TrunkflowError('bad-setting', 'Too many channels', {
      expected: `at most ${most}`,
      hint: 'Shorten the list or allow more open channels',
      status: 'too many channels',
    });
  return channels;
}
