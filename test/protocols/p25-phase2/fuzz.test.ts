import assert from 'node:assert/strict';
import { macMessages } from '../../../src/protocols/p25-phase2/mac-pdu';
import { BandPlan } from '../../../src/protocols/p25-shared/band-plan';
import { needsCaptures } from '../../support/captures';
import { uniform } from '../../support/random';
import { certain, feed, KEY, listen, TWO_CALLS, truth } from './support';

const PLAN = new BandPlan({ 2: { base: 851e6, spacing: 12500, slots: 2 } });

describe('P25 phase 2 decoder on damaged and foreign input', () => {
  it('never throws for any MAC PDU, and gives plain events', () => {
    const random = uniform(3);
    for (let n = 0; n < 60_000; n++) {
      const octets = Uint8Array.from({ length: 1 + Math.floor(random() * 22) }, () => Math.floor(random() * 256));
      if (octets.length > 1) octets[1] = n & 0xff;
      if (octets.length > 2 && n & 0x100) octets[2] = n & 0x200 ? 0x90 : 0xa4;
      for (const event of macMessages(octets, PLAN)) {
        assert.equal(typeof event.type, 'string');
        for (const [name, value] of Object.entries(event))
          assert.ok(value !== undefined && !Number.isNaN(value), `${name} of ${event.message} in ${octets}`);
      }
    }
  });

  it('takes any metrics', () => {
    const { decoder } = listen();
    const random = uniform(4);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e38])
      feed(decoder, new Float32Array(720 * 12).fill(value));
    feed(
      decoder,
      Float32Array.from({ length: 720 * 24 }, () => random() * 1e30),
      1e9,
    );
    decoder.frame(
      { start: 0, symbols: 20, time: 5, sync: '', quality: 1, offset: 0, snr: 0, polarity: 1, frequency: 0 },
      new Float32Array(80),
    );
    assert.equal(decoder.counters().cut_short, 1);
  });

  it('finds nothing in noise', () => {
    const { decoder, events, voice } = listen();
    const random = uniform(5);
    const noise = Float32Array.from({ length: 720 * 4000 }, () => -4 * random());
    feed(decoder, noise);
    assert.ok(decoder.counters().mac <= 1, `${decoder.counters().mac} messages`);
    assert.equal(voice.length, 0);
    assert.ok(events.length < 5);
  });

  it('survives tens of thousands of damaged slots', function () {
    this.timeout(120_000);
    needsCaptures(this, `${TWO_CALLS}.symbols.bin`);
    const symbols = certain(truth());
    const random = uniform(6);
    const { decoder } = listen(KEY);
    const slots = symbols.length / 720;
    for (let round = 0; round < 60; round++) {
      const damaged = symbols.slice();
      const hits = Math.floor(random() * 8000);
      for (let i = 0; i < hits; i++) damaged[Math.floor(random() * damaged.length)] *= -3 * random();
      feed(decoder, damaged, round * slots * 30 + Math.floor(random() * 40));
    }
    assert.ok(decoder.counters().frames >= 30_000);
    assert.ok(decoder.counters().mac > 300);
  });
});
