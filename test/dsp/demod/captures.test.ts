import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { decodeNidSoft } from '../../../src/coding/bch63';
import { ChannelizerStage } from '../../../src/dsp/channelizer/stage';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { DUID, HEADER_SYMBOLS } from '../../../src/protocols/p25/data-units';
import { SoftFrame } from '../../../src/protocols/p25/soft-frame';
import { capture, needsCaptures } from '../../support/captures';
import { type Frame, feedAudio, feedIq, framesOf, iqMessage } from './support';

const stage = () => new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
const soft = new SoftFrame();

/** How many frames of this NAC there are of each kind; 'other' for what has no NID or another NAC. */
function kinds(frames: Frame[], nac: number): Record<number | 'other', number> {
  const counts: Record<number | 'other', number> = { other: 0 };
  for (const frame of frames) {
    soft.load(frame.metrics, HEADER_SYMBOLS);
    const nid = decodeNidSoft(soft.llr, undefined, 48);
    const kind = nid?.nac === nac ? nid.duid : 'other';
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Raw samples of a compressed recording. */
function soxRaw(file: string): Buffer {
  return execFileSync('sox', [file, '-t', 'raw', '-e', 'signed', '-b', '16', '-L', '-c', '1', '-'], {
    maxBuffer: 1 << 26,
  });
}

describe('Fsk4Stage on recordings', () => {
  it('finds every frame of a C4FM control channel', function () {
    const name = 'p25/c4fm_control_48k.cu8';
    needsCaptures(this, name);
    const frames = framesOf(feedIq(stage(), readFileSync(capture(name)), 'cu8', 48000));
    const found = kinds(frames, 0x140);
    assert.ok(found[DUID.TSDU] >= 26);
    assert.equal(found.other, 0);
    for (const { symbols } of frames) assert.equal(symbols, 360);
  });

  it('finds every frame of a C4FM voice channel', function () {
    const name = 'p25/c4fm_voice_48k.cu8';
    needsCaptures(this, name);
    const found = kinds(framesOf(feedIq(stage(), readFileSync(capture(name)), 'cu8', 48000)), 0x293);
    assert.ok(found[DUID.LDU1] >= 4 && found[DUID.LDU2] >= 5);
    assert.equal(found.other, 0);
  });

  it('finds every frame of a CQPSK control channel that is not distorted', function () {
    const name = 'p25/cqpsk_control_48k.cu8';
    needsCaptures(this, name);
    const found = kinds(framesOf(feedIq(stage(), readFileSync(capture(name)), 'cu8', 48000)), 0x0d6);
    assert.ok(found[DUID.TSDU] >= 52);
    assert.equal(found.other, 0);
  });

  it('finds every frame in discriminator audio', function () {
    const name = 'p25/voice_disc_48k.s16';
    needsCaptures(this, name);
    const audio = readFileSync(capture(name));
    const frames = framesOf(feedAudio(stage(), audio.subarray(0, audio.length & ~1), 48000));
    const found = kinds(frames, 0x293);
    assert.ok(found[DUID.HDU] >= 2 && found[DUID.LDU1] >= 41 && found[DUID.LDU2] >= 39);
    assert.equal(found.other, 0);
    for (const { polarity } of frames) assert.equal(polarity, 1);
  });

  it('finds every frame in inverted discriminator audio, and that it is inverted', function () {
    const name = 'p25/voice_inverted_disc_48k.flac';
    needsCaptures(this, name);
    const frames = framesOf(feedAudio(stage(), soxRaw(capture(name)), 48000));
    const found = kinds(frames, 0x104);
    assert.ok(found[DUID.HDU] >= 4 && found[DUID.LDU1] >= 39 && found[DUID.LDU2] >= 37 && found[DUID.TDULC] >= 170);
    assert.equal(found.other, 0);
    for (const { polarity } of frames) assert.equal(polarity, -1);
  });

  it('finds the sync in a wideband recording behind the channelizer', function () {
    const name = 'p25/wideband_2400k_0.1s.cf32';
    needsCaptures(this, name);
    const channelizer = new ChannelizerStage({ channels: [{ frequency: 37_600, id: 'control' }] });
    const recording = readFileSync(capture(name));
    const messages = [...channelizer.process(iqMessage(recording, 'cf32', 2_400_000, 0, 0)), ...channelizer.flush()];
    channelizer.close();
    const demodulator = stage();
    const out = messages.flatMap((message) => (message.port === 'iq' ? demodulator.process(message) : []));
    const frames = framesOf([...out, ...demodulator.flush()] as never);
    demodulator.close();
    assert.ok((kinds(frames, 0x164)[DUID.TSDU] ?? 0) >= 1);
  });

  it('decodes nothing in a burst of unknown origin', function () {
    const name = 'other/unidentified_burst.wav';
    needsCaptures(this, name);
    const messages = feedAudio(stage(), soxRaw(capture(name)), 48000);
    assert.equal(framesOf(messages).length, 0);
  });
});
