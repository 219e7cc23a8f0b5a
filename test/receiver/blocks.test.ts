import assert from 'node:assert/strict';
import type { StreamMessage } from '../../src/core/messages';
import { Receiver } from '../../src/receiver/receiver';
import { Signal } from '../../src/sources/generator/signal';
import { assertFlat, CONTROL, generate, type Heard, hear, iqMessages, memory, START } from './support';

/** What must not depend on the blocks: each stream's events in their order, calls, audio, what was counted of the signal. */
function essence({ events, calls, audio, counters }: Heard): object {
  const names = [...new Set(events.map(({ stream }) => stream))].sort();
  const streams = names.map((name) => events.filter(({ stream }) => stream === name));
  return { streams, calls, audio, decoder: counters.decoder, voice: counters.voice };
}

describe('receiver: blocks', function () {
  this.timeout(60_000);

  it('a site gives the same events, calls and audio to the bit whatever the block sizes', () => {
    const rate = 240_000;
    const site = generate({ rate, seconds: 7, noise: 12 });
    const options = { channels: [{ frequency: CONTROL }], follow: { conventional: false } };
    const cut = (sizes: number[]) => hear(options, iqMessages(site, { rate, sizes }));
    const usual = cut([6600]);
    assert.ok(usual.events.length > 100 && usual.calls.length === 3 && usual.audio.size === 1);
    // A block may hold no more than the channelizer's history, two seconds.
    for (const sizes of [[2 * rate], [1, 17, 4096, 65_536, 3], [99_991], [240]])
      assert.deepEqual(essence(cut(sizes)), essence(usual), `blocks of ${sizes} samples`);
  });

  it('so does a single channel, sample by sample', () => {
    const rate = 48_000;
    const voice = generate({ signal: 'p25-voice', rate, seconds: 3, noise: 10, format: 'cs16' });
    const options = { follow: {} };
    const cut = (sizes: number[]) => hear(options, iqMessages(voice, { rate, format: 'cs16', sizes }));
    const usual = cut([1320]);
    assert.equal(usual.audio.size, 1);
    for (const sizes of [[1], [voice.length], [1, 2, 3, 5, 7000]])
      assert.deepEqual(essence(cut(sizes)), essence(usual), `blocks of ${sizes} samples`);
  });

  it('calls without end: no more is held after ten minutes than after five', () => {
    const signal = new Signal({ signal: 'p25-voice', rate: 24_000 });
    let ended = 0;
    const receiver = new Receiver(
      { protocol: 'p25', follow: {} },
      { call: (_, happened) => happened === 'end' && ended++ },
    );
    let sample = 0;
    const feed = (seconds: number) => {
      for (let seq = sample / 2400; sample < seconds * 24_000; seq++) {
        const time = START + sample / 24;
        const info = { stream: 'air', format: 'cu8', rate: 24_000, center: 0, seq, sample, time, dropped: 0 } as const;
        receiver.receive({ port: 'iq', payload: signal.read(2400), info } satisfies StreamMessage);
        sample += 2400;
      }
    };
    // Until then the engine compiles, and what is kept for a while fills up.
    feed(300);
    const before = memory();
    feed(600);
    assertFlat(before);
    assert.equal(ended, 60);
  });
});
