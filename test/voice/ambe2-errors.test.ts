import assert from 'node:assert/strict';
import { INTERLEAVE } from '../../src/voice/ambe2/frame';
import { VOICE_CODECS } from '../../src/voice/codecs';
import type { FrameReport } from '../../src/voice/decoder';
import { gaussian, uniform } from '../support/random';
import { encodeFrame, encodeSoft, fromValues, pack, sentence, toneFrame } from './ambe2-support';
import { worstJoint } from './spectrum';
import { asBytes, FRAME, how, loudestOfGarbage, rms } from './support';

function play(frames: Uint8Array[], format: 'soft' | 'packed' = 'soft') {
  const decoder = VOICE_CODECS.ambe2.create();
  const samples = new Float32Array(frames.length * FRAME);
  const reports: FrameReport[] = frames.map((frame, i) =>
    decoder.decodeFrame(frame, format, samples.subarray(i * FRAME, (i + 1) * FRAME)),
  );
  return { reports, samples };
}

const speech = (): Uint8Array[] => sentence().map((bare) => asBytes(encodeSoft(bare)));
const erasure = (): Uint8Array => asBytes(encodeSoft(fromValues([120, 0, 0, 0, 0, 0, 0, 0, 0])));

/** Wrong bits in c0 and c1 of a packed frame. */
function damaged(bare: Uint8Array, inC0: number, inC1: number): Uint8Array {
  const bits = encodeFrame(bare);
  for (let place = 0; place < bits.length; place++) {
    const coded = INTERLEAVE[place];
    if (coded < 24 ? inC0-- > 0 : coded < 47 && inC1-- > 0) bits[place] ^= 1;
  }
  return pack(bits);
}

describe('AMBE+2: error rules', () => {
  it('repeats a frame with four errors in c0, or two and six in all, but not with five in all', () => {
    for (const [inC0, inC1, wanted] of [
      [4, 0, 'repeat'],
      [3, 3, 'repeat'],
      [3, 2, 'play'],
      [2, 3, 'play'],
      [1, 3, 'play'],
      [0, 3, 'play'],
    ] as const) {
      const frames = sentence().map((bare) => pack(encodeFrame(bare)));
      frames[20] = damaged(sentence()[20], inC0, inC1);
      const { reports } = play(frames, 'packed');
      assert.equal(how(reports[20]), wanted, `${inC0} in c0, ${inC1} in c1`);
      assert.equal(reports[20].clean, inC0 === 0);
      assert.ok(reports.every((report, i) => i === 20 || (how(report) === 'play' && report.errors === 0)));
    }
  });

  it('repeats erasures three times, then fades out, and comes back with the next good frame', () => {
    const frames = speech();
    for (let i = 60; i < 70; i++) frames[i] = erasure();
    const { reports, samples } = play(frames);
    const wanted = ['play', ...new Array(3).fill('repeat'), ...new Array(7).fill('mute'), 'play'];
    assert.deepEqual(reports.slice(59, 71).map(how), wanted);
    assert.ok(samples.subarray(64 * FRAME, 70 * FRAME).every((sample) => sample === 0));
    assert.ok(rms(samples.subarray(71 * FRAME, 73 * FRAME)) > 100);
  });

  it('mutes on a lasting error rate, and plays again when it has gone down', () => {
    const next = uniform(4);
    const garbage = Array.from({ length: 100 }, () => Uint8Array.from({ length: 72 }, () => Math.floor(256 * next())));
    const { reports, samples } = play([...speech().slice(0, 60), ...garbage, ...speech()]);
    assert.ok(reports.slice(0, 60).every((report) => how(report) === 'play'));
    assert.ok(reports.slice(100, 160).filter((report) => report.muted).length > 40);
    assert.ok(reports.slice(175).every((report) => how(report) === 'play'));
    assert.ok(rms(samples.subarray(200 * FRAME)) > 100);
  });

  it('plays more of a weak signal from soft bits than from hard ones', () => {
    const noise = gaussian(uniform(9));
    const weak = [...sentence(), ...sentence(), ...sentence()].map((bare) =>
      encodeSoft(bare).map((bit) => Math.max(-127, Math.min(127, bit / 2 + 37 * noise()))),
    );
    const lost = (frames: Uint8Array[], format: 'soft' | 'packed'): number =>
      play(frames, format).reports.filter((report) => how(report) !== 'play').length;
    const soft = lost(weak.map(asBytes), 'soft');
    const hard = lost(
      weak.map((frame) => pack(Array.from(frame, (bit) => (bit > 0 ? 1 : 0)))),
      'packed',
    );
    assert.ok(soft < hard && soft < 0.3 * weak.length, `${soft} soft, ${hard} hard of ${weak.length}`);
  });

  it('joins frames without a click at the start, repeats, mutes, tones and the return', () => {
    const frames = speech();
    const tone = asBytes(encodeSoft(toneFrame(133, 95)));
    for (let at = 10, length = 1; at + length < frames.length; at += length + 6, length = (length % 7) + 1) {
      for (let i = 0; i < length; i++) frames[at + i] = length % 2 ? erasure() : tone;
    }
    const { samples, reports } = play(frames);
    assert.ok(reports.filter((report) => report.muted).length > 5);
    const start = play([...new Array(4).fill(erasure()), ...speech().slice(10)]).samples;
    assert.ok(worstJoint(samples) < 2, String(worstJoint(samples)));
    assert.ok(worstJoint(start) < 2, String(worstJoint(start)));
    // The measure does find clicks: silence cut in without a fade.
    reports.forEach((report, i) => {
      if (report.repeated) samples.fill(0, i * FRAME, (i + 1) * FRAME);
    });
    assert.ok(worstJoint(samples) > 5, String(worstJoint(samples)));
  });

  it('holds a tone over lost frames at its level', () => {
    const tone = asBytes(encodeSoft(toneFrame(32, 120)));
    const { samples, reports } = play([tone, tone, tone, erasure(), erasure(), tone, tone]);
    assert.equal(reports.filter((report) => report.repeated).length, 2);
    const levels = [2, 3, 4, 5, 6].map((i) => rms(samples.subarray(i * FRAME, (i + 1) * FRAME)));
    assert.ok(Math.max(...levels) / Math.min(...levels) < 1.01, String(levels));
  });

  it('stays bounded on 100,000 random frames, and nothing of them stays after a reset', function () {
    this.timeout(120_000);
    const decoder = VOICE_CODECS.ambe2.create();
    const loudest = loudestOfGarbage(decoder, 72, 100_000);
    assert.ok(loudest > 1000 && loudest < 1e9, String(loudest));
    decoder.reset();
    const pcm = new Float32Array(FRAME);
    const { samples } = play(speech());
    sentence().forEach((bare, i) => {
      decoder.decodeFrame(bare, 'bare', pcm);
      assert.deepEqual(pcm, samples.slice(i * FRAME, (i + 1) * FRAME), `frame ${i}`);
    });
  });
});
