import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { capture, needsCaptures } from '../../support/captures';
import { feedIq, framesOf, transcript } from './support';

const stage = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
const CONTROL = 'synth/p25_control_c4fm_48k.cu8';

describe('Fsk4Stage', () => {
  it('finds every frame of a clean control channel', function () {
    needsCaptures(this, CONTROL);
    const frames = framesOf(feedIq(stage(), readFileSync(capture(CONTROL)), 'cu8', 48000));
    assert.equal(frames.length, 178);
    for (const frame of frames) {
      assert.equal(frame.polarity, 1);
      assert.ok(frame.quality > 0.95);
      assert.ok(Math.abs(frame.offset) < 5);
    }
  });

  it('says the same whatever the block size', function () {
    needsCaptures(this, CONTROL);
    const recording = readFileSync(capture(CONTROL)).subarray(0, 96000);
    const whole = transcript(feedIq(stage(), recording, 'cu8', 48000, 48000));
    for (const block of [1, 7, 480, 4801])
      assert.equal(transcript(feedIq(stage(), recording, 'cu8', 48000, block)), whole);
  });
});
