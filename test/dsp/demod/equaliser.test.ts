import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { P25Decoder } from '../../../src/protocols/p25/decoder';
import { capture, needsCaptures } from '../../support/captures';
import { fromCu8, type Impairments, impair, toCs16 } from '../../support/channel-simulator';
import { feedIq, framesOf } from './support';

const RATE = 48000;
const stage = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });

/** The first seconds of a recording of a clean encoder, impaired. */
function impaired(name: string, seconds: number, how: Impairments, conjugate = false): Buffer {
  const iq = fromCu8(readFileSync(capture(name))).subarray(0, 2 * RATE * seconds);
  if (conjugate) for (let i = 1; i < iq.length; i += 2) iq[i] = -iq[i];
  return toCs16(impair(iq, RATE, C4FM.symbolRate, { seed: 3, ...how }));
}

function tsbks(signal: Buffer, format: 'cs16' | 'cu8', block?: number) {
  const decoder = new P25Decoder({ event: () => {}, voice: () => {} }, {});
  const messages = feedIq(stage(), signal, format, RATE, block);
  for (const frame of framesOf(messages)) decoder.frame({ ...frame, frequency: 0 }, frame.metrics);
  return { tsbk: decoder.counters().tsbk, modulation: messages[messages.length - 1].info.modulation };
}

describe('channel equaliser', function () {
  this.timeout(120_000);

  it('reads every block of a simulcast recording', function () {
    const name = 'p25/cqpsk_control_simulcast_48k.cu8';
    needsCaptures(this, name);
    const found = tsbks(readFileSync(capture(name)), 'cu8');
    assert.equal(found.tsbk, 52);
    assert.equal(found.modulation, 'CQPSK');
  });

  for (const modulation of ['c4fm', 'cqpsk']) {
    const name = `synth/p25_control_${modulation}_48k.cu8`;
    // The first second and a half hold 49 blocks, or 48 when the last is cut.
    for (const delay of [30, 80])
      it(`${modulation}: two rays ${delay} us apart that cancel the carrier`, function () {
        needsCaptures(this, name);
        const found = tsbks(impaired(name, 1.5, { esn0: 25, ray: { delay, phase: 180 } }), 'cs16');
        assert.ok(found.tsbk >= 47, `${found.tsbk}`);
        assert.equal(found.modulation, modulation.toUpperCase());
      });

    it(`${modulation}: an inverted spectrum, off tune and weak`, function () {
      needsCaptures(this, name);
      const found = tsbks(impaired(name, 1.5, { esn0: 7, offset: -1400, ppm: 40 }, true), 'cs16');
      assert.ok(found.tsbk >= 46, `${found.tsbk}`);
    });
  }

  it('gives the same in any block size', function () {
    const name = 'synth/p25_control_cqpsk_48k.cu8';
    needsCaptures(this, name);
    const signal = impaired(name, 0.8, { esn0: 20, ray: { delay: 60, beat: 5 } });
    const outcomes = [480, 4801, 38400].map((block) =>
      framesOf(feedIq(stage(), signal, 'cs16', RATE, block)).map(({ time, symbols, offset, metrics }) => ({
        time,
        symbols,
        offset,
        metrics: Buffer.from(metrics.slice().buffer).toString('base64'),
      })),
    );
    assert.ok(outcomes[0].length >= 8);
    assert.deepEqual(outcomes[1], outcomes[0]);
    assert.deepEqual(outcomes[2], outcomes[0]);
  });
});
