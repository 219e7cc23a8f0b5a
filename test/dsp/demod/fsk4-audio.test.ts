import assert from 'node:assert/strict';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM, SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { DUID } from '../../../src/protocols/p25/data-units';
import { gaussian, impair } from '../../support/channel-simulator';
import { discriminate, modulateFsk4, p25Frames } from '../../support/fsk4-modulator';
import { errors, feedAudio, framesOf, START, transcript } from './support';

const UNITS = [
  { duid: DUID.HDU, symbols: 396 },
  { duid: DUID.LDU1, symbols: 864 },
  { duid: DUID.TDULC, symbols: 216 },
];
const LEVELS = p25Frames(SYNC_LEVELS, UNITS);
const stage = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });

function audio(rate: number, gain = 0.3, dc = 0): Buffer {
  const iq = modulateFsk4(C4FM, LEVELS, rate, {
    start: 1000.3,
    samples: Math.ceil(1700 + (LEVELS.length * rate) / 4800),
  });
  return discriminate(iq, (gain * rate) / 48000, dc);
}

describe('Fsk4Stage on discriminator audio', () => {
  for (const rate of [16000, 22050, 24000, 44100, 48000])
    it(`reads every symbol at ${rate} samples/s`, () => {
      const frames = framesOf(feedAudio(stage(), audio(rate), rate));
      assert.deepEqual(
        frames.map(({ symbols }) => symbols),
        UNITS.map(({ symbols }) => symbols),
      );
      assert.equal(errors(frames, LEVELS), 0);
      // The discriminator's output lies half a sample before the sample that ends it.
      assert.ok(Math.abs(frames[0].time - START - (1000 * 1000.8) / rate) < 0.01);
    });

  for (const gain of [0.005, 0.05, 1, -0.3, -2])
    it(`takes a gain of ${gain}, finding its sign by the headers`, () => {
      const frames = framesOf(feedAudio(stage(), audio(48000, gain), 48000));
      assert.equal(errors(frames, LEVELS), 0);
      for (const { polarity } of frames) assert.equal(polarity, Math.sign(gain));
    });

  it('takes a DC offset and tells what carrier offset it means', () => {
    const hertz = 1000;
    const frames = framesOf(feedAudio(stage(), audio(48000, 0.3, (0.3 * 2 * Math.PI * hertz) / 48000), 48000));
    assert.equal(errors(frames, LEVELS), 0);
    for (const { offset } of frames) assert.ok(Math.abs(offset - hertz) < 30, `${offset}`);
  });

  it('says the same whatever the block size', () => {
    const samples = audio(48000);
    const whole = transcript(feedAudio(stage(), samples, 48000, 1e9));
    for (const block of [1, 13, 4801]) assert.equal(transcript(feedAudio(stage(), samples, 48000, block)), whole);
  });

  it('reads a signal whose carrier was received at Es/N0 14 dB', () => {
    const iq = impair(modulateFsk4(C4FM, LEVELS, 24000, { start: 1000.3, samples: 9500 }), 24000, 4800, { esn0: 14 });
    const frames = framesOf(feedAudio(stage(), discriminate(iq, 0.15), 24000));
    assert.ok(errors(frames, LEVELS) < 0.04 * LEVELS.length);
  });

  it('finds nothing in noise', () => {
    const normal = gaussian(3);
    const samples = Int16Array.from({ length: 48000 * 20 }, () => 3000 * normal());
    assert.equal(framesOf(feedAudio(stage(), Buffer.from(samples.buffer), 48000)).length, 0);
  });

  it('gives nothing for silence, and odd bytes an error', () => {
    assert.equal(framesOf(feedAudio(stage(), Buffer.alloc(200_000), 48000)).length, 0);
    assert.throws(() => feedAudio(stage(), Buffer.alloc(3), 48000), { code: 'bad-message' });
  });
});
