import assert from 'node:assert/strict';
import { ChannelWatch } from '../../nodes/channelizer/channel-watch';
import type { ChannelEvent } from '../../src/core/events';
import type { IqInfo } from '../../src/core/messages';

const BAND = { stream: 'dongle', center: 851_500_000, rate: 2_400_000 } as IqInfo;

function event(state: ChannelEvent['state'], id: string, frequency: number, reason?: string): ChannelEvent {
  return { type: 'channel', state, id, stream: `dongle/${id}`, frequency, reason };
}

describe('channel watch', () => {
  let watch: ChannelWatch;
  beforeEach(() => {
    watch = new ChannelWatch([
      { id: 'control', frequency: '853012500' },
      { frequency: 860e6, end: 861e6, step: 12_500 },
    ]);
    watch.arrived(BAND);
  });

  it('makes an error of a listed channel that cannot be had, and says which band there is', () => {
    const refusal = watch.observe(event('refused', 'control', 853_012_500, 'out_of_band'))!;
    assert.equal(refusal.kind, 'error');
    assert.equal(
      refusal.error.message,
      'Channel control, 853.0125 MHz is outside the band received: expected 850.372 MHz to 852.628 MHz. ' +
        'Move the centre of the sdr source, or raise its sample rate',
    );
    assert.equal(watch.observe(event('refused', '860012500', 860_012_500, 'out_of_band'))!.kind, 'error');
    assert.deepEqual(watch.counts(), { open: 0, missing: 2 });
  });

  it('warns once of a channel asked for by message', () => {
    const refused = event('refused', 'voice-1', 855e6, 'out_of_band');
    assert.equal(watch.observe(refused)!.kind, 'warning');
    assert.equal(watch.observe({ ...refused, id: 'voice-2', stream: 'dongle/voice-2' }), undefined);
    assert.match(
      watch.observe(event('refused', 'voice-3', 851e6, 'too_many'))!.error.message,
      /too many are open\. Raise "At most open"/,
    );
    assert.deepEqual(watch.counts(), { open: 0, missing: 0 });
  });

  it('misses a channel that a new centre leaves out, until it is open again', () => {
    assert.equal(watch.observe(event('opened', 'control', 853_012_500)), undefined);
    assert.deepEqual(watch.counts(), { open: 1, missing: 0 });
    assert.ok(watch.observe(event('closed', 'control', 853_012_500, 'out_of_band')));
    assert.deepEqual(watch.counts(), { open: 0, missing: 1 });
    assert.equal(watch.observe(event('opened', 'control', 853_012_500)), undefined);
    assert.deepEqual(watch.counts(), { open: 1, missing: 0 });
  });

  it('forgets the channels of a source that ended, and those only', () => {
    watch.observe(event('refused', 'control', 853_012_500, 'out_of_band'));
    watch.observe({ ...event('opened', 'a', 851e6), stream: 'other/a' });
    watch.arrived({ ...BAND, end: true });
    assert.deepEqual(watch.counts(), { open: 1, missing: 0 });
  });
});
