import assert from 'node:assert/strict';
import { VOICE_CODECS } from '../../src/voice/codecs';
import type { FrameReport } from '../../src/voice/decoder';
import { gaussian, uniform } from '../support/random';
import { sharpest, worstJoint } from './spectrum';
import { asBytes, codeOf, encodeSoft, FRAME, how, loudestOfGarbage, nistFrames, rms } from './support';

function play(frames: Uint8Array[]): { reports: FrameReport[]; samples: Float32Array } {
  const decoder = VOICE_CODECS.imbe.create();
  const samples = new Float32Array(frames.length * FRAME);
  const reports = frames.map((frame, i) =>
    decoder.decodeFrame(frame, 'soft', samples.subarray(i * FRAME, (i + 1) * FRAME)),
  );
  return { reports, samples };
}

const speech = (): Uint8Array[] => nistFrames().map((frame) => asBytes(encodeSoft(frame)));

function garbage(count: number, seed: number): Uint8Array[] {
  const next = uniform(seed);
  return Array.from({ length: count }, () => Uint8Array.from({ length: 144 }, () => Math.floor(256 * next())));
}

/** Two errors in u0 and enough elsewhere for a total of `total` (at most 14): still decodable, but not to be trusted. */
function damaged(soft: Uint8Array, total: number): Uint8Array {
  const wrong = Uint8Array.from(soft);
  const room = [2, 3, 3, 3, 1, 1, 1];
  for (let place = 0; place < 144 && total > 0; place++) {
    const code = codeOf(place);
    if (code === 7 || room[code] === 0) continue;
    room[code]--;
    total--;
    // The wrong bits are the surest ones, so that soft decisions cannot find other codewords.
    wrong[place] = -((soft[place] << 24) >> 24) & 0xff;
  }
  assert.equal(total, 0);
  return wrong;
}

describe('IMBE: error rules', () => {
  it('repeats a frame with two errors in u0 and ten in all, but not one with nine', () => {
    const frames = speech();
    frames[20] = damaged(frames[20], 9);
    frames[40] = damaged(frames[40], 11);
    const { reports } = play(frames);
    assert.equal(reports[20].errors, 9);
    assert.equal(reports[20].clean, false);
    assert.equal(reports[20].repeated, false);
    assert.equal(reports[40].errors, 11);
    assert.equal(reports[40].repeated, true);
    assert.equal(reports.filter((report) => report.repeated).length, 1);
    assert.equal(reports.filter((report) => report.muted).length, 0);
  });

  it('repeats reserved pitch values three times, then fades out, and comes back with the next good frame', () => {
    const frames = speech();
    const silence = Uint8Array.from(nistFrames()[60]);
    silence[0] = 0xff;
    for (let i = 60; i < 70; i++) frames[i] = asBytes(encodeSoft(silence));
    const { reports, samples } = play(frames);
    assert.deepEqual(reports.slice(59, 71).map(how), [
      'play',
      ...new Array(3).fill('repeat'),
      ...new Array(7).fill('mute'),
      'play',
    ]);
    assert.ok(samples.subarray(64 * FRAME, 70 * FRAME).every((sample) => sample === 0));
    assert.ok(rms(samples.subarray(71 * FRAME, 72 * FRAME)) > 100);
  });

  it('mutes on a lasting error rate, and plays again when it has gone down', () => {
    const frames = [...speech().slice(0, 60), ...garbage(100, 4), ...speech()];
    const { reports, samples } = play(frames);
    assert.ok(reports.slice(0, 60).every((report) => !report.muted && !report.repeated));
    assert.ok(reports.slice(100, 160).filter((report) => report.muted).length > 40);
    assert.ok(reports.slice(170).every((report) => !report.muted && !report.repeated));
    assert.ok(rms(samples.subarray(200 * FRAME)) > 100);
  });

  it('plays more of a weak signal from soft bits than from hard ones', () => {
    const noise = gaussian(uniform(9));
    // One bit in eleven arrives wrong.
    const weak = [...nistFrames(), ...nistFrames(), ...nistFrames()].map((bare) =>
      encodeSoft(bare).map((bit) => Math.max(-127, Math.min(127, bit / 2 + 37 * noise()))),
    );
    const lost = (frames: Int8Array[]): number =>
      play(frames.map(asBytes)).reports.filter(({ repeated, muted }) => repeated || muted).length;
    const soft = lost(weak);
    const hard = lost(weak.map((frame) => frame.map((bit) => (bit > 0 ? 1 : -1))));
    assert.ok(soft < hard && soft < 0.3 * weak.length, `${soft} soft, ${hard} hard of ${weak.length}`);
  });

  it('joins frames without a click at the start, repeats, mutes and the return', () => {
    const frames = speech();
    const bad = Uint8Array.from(nistFrames()[0]);
    bad[0] = 0xff;
    const reserved = asBytes(encodeSoft(bad));
    // Gaps of every length up to seven frames at many places of the sentence.
    for (let at = 10, length = 1; at + length < frames.length; at += length + 6, length = (length % 7) + 1) {
      for (let i = 0; i < length; i++) frames[at + i] = reserved;
    }
    const { samples, reports } = play(frames);
    assert.ok(reports.filter((report) => report.muted).length > 15);
    // Started in the middle of the loudest word.
    const start = play([...new Array(4).fill(reserved), ...speech().slice(10)]).samples;
    assert.ok(worstJoint(samples) < 2, String(worstJoint(samples)));
    assert.ok(worstJoint(start) < 2, String(worstJoint(start)));
    // The measure does find clicks: silence cut in without a fade.
    reports.forEach((report, i) => {
      if (report.repeated) samples.fill(0, i * FRAME, (i + 1) * FRAME);
    });
    assert.ok(worstJoint(samples) > 5, String(worstJoint(samples)));
  });

  it('fades out within a frame to exact silence', () => {
    const decoder = VOICE_CODECS.imbe.create();
    const samples = new Float32Array(4 * FRAME);
    for (const frame of speech().slice(90, 101)) decoder.decodeFrame(frame, 'soft', samples);
    for (let i = 1; i < 4; i++) decoder.fadeOut(samples.subarray(i * FRAME, (i + 1) * FRAME));
    assert.ok(rms(samples.subarray(0, FRAME)) > 500);
    assert.ok(sharpest(samples) < 1.05 * sharpest(play(speech()).samples));
    assert.ok(samples.subarray(2 * FRAME).every((sample) => sample === 0));
    assert.ok(Math.abs(samples[2 * FRAME - 1]) < 0.02 * Math.max(...samples.subarray(0, FRAME)));
  });

  it('stays bounded on 100,000 random frames', function () {
    this.timeout(120_000);
    const decoder = VOICE_CODECS.imbe.create();
    const loudest = loudestOfGarbage(decoder, 144, 100_000);
    assert.ok(loudest > 1000);
    // Nothing of it stays after a reset.
    decoder.reset();
    const pcm = new Float32Array(FRAME);
    const { samples } = play(speech());
    nistFrames().forEach((bare, i) => {
      decoder.decodeFrame(bare, 'bare', pcm);
      assert.deepEqual(pcm, samples.slice(i * FRAME, (i + 1) * FRAME), `frame ${i}`);
    });
  });
});
