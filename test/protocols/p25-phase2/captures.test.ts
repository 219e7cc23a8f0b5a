import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IqInfo, PortMessage } from '../../../src/core/messages';
import { SlotStage } from '../../../src/dsp/demod/slot-stage';
import { p25Phase2 } from '../../../src/protocols/p25-phase2';
import { DecoderStage } from '../../../src/protocols/stage';
import { capture, needsCaptures } from '../../support/captures';

const RATE = 48_000;

/** A recording through demodulator and decoder. */
function decode(name: string) {
  const data = readFileSync(capture(name));
  const demod = new SlotStage(p25Phase2.airInterfaces[0], { protocol: 'p25-phase2', polarity: 'auto' });
  const decoder = new DecoderStage(p25Phase2);
  const out: PortMessage[] = [];
  for (let sample = 0, seq = 0; 2 * sample < data.length; sample += 4800, seq++) {
    const payload = data.subarray(2 * sample, 2 * (sample + 4800));
    const info: IqInfo = {
      stream: 'recording',
      seq,
      time: Math.round((1000 * sample) / RATE),
      format: 'cu8',
      rate: RATE,
      center: 0,
      sample,
      dropped: 0,
    };
    for (const message of demod.process({ port: 'iq', payload, info }))
      if (message.port === 'symbols') out.push(...decoder.process(message));
  }
  for (const message of demod.flush()) if (message.port === 'symbols') out.push(...decoder.process(message));
  out.push(...decoder.flush());
  const counters = { demod: demod.counters(), decoder: decoder.counters() };
  demod.close();
  decoder.close();
  return { out, counters };
}

describe('P25 phase 2 on a recording from the air', () => {
  it('finds the superframes of a weak channel, and says what it lacks to read it', function () {
    needsCaptures(this, 'p25/phase2_weak_48k.cu8');
    const { out, counters } = decode('p25/phase2_weak_48k.cu8');
    // Two seconds have room for 17 pairs of syncs; the best open decoder finds 16.
    assert.ok(counters.demod.syncs >= 16, `${counters.demod.syncs} syncs`);
    assert.equal(counters.demod.missed, 0);
    assert.ok(counters.decoder.isch_ok >= 60, `${counters.decoder.isch_ok} ISCHs`);
    assert.equal(counters.decoder.isch_bad, 0);
    const [stats] = out.flatMap((message) =>
      message.port === 'event' && message.payload.type === 'stats' ? [message.payload] : [],
    );
    assert.equal(stats.reason, 'WACN unknown');
    assert.equal(counters.decoder.voice_frames, 0);
  });

  it('knows phase 1 for something else', function () {
    needsCaptures(this, 'p25/c4fm_control_48k.cu8', 'p25/cqpsk_control_48k.cu8');
    for (const name of ['p25/c4fm_control_48k.cu8', 'p25/cqpsk_control_48k.cu8']) {
      const { counters } = decode(name);
      assert.equal(counters.decoder.mac, 0);
      assert.equal(counters.decoder.isch_ok, 0);
      assert.equal(counters.decoder.voice_frames, 0);
    }
  });
});
