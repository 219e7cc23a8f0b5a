import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TrunkflowError } from '../../../src/core/errors';
import type { AudioInfo, PortMessage } from '../../../src/core/messages';
import { AnalogStage } from '../../../src/dsp/demod/analog-stage';
import { capture, needsCaptures } from '../../support/captures';
import { noise, toCs16 } from '../../support/channel-simulator';
import { feedIq, iqMessage, START, samplesOf, toneLevel, transcript } from './support';

type Options = ConstructorParameters<typeof AnalogStage>[0];

const NFM: Options = { mode: 'nfm', audioRate: 8000, bandwidth: 12500, squelch: 6, deemphasis: 750 };
const AM: Options = { mode: 'am', audioRate: 8000, bandwidth: 8000, squelch: 6, deemphasis: 0 };
const RATE = 24000;
const SECONDS = 4;

/** On the air from 1.0 to 2.5 s. */
const onAir = (t: number) => t >= 1 && t < 2.5;

/** FM with a 1 kHz tone of 1500 Hz deviation, a sub-audible tone, and an offset of 400 Hz; or AM of 80 % with slow fading. */
function transmission(mode: 'nfm' | 'am', snr: number): Buffer {
  const bandwidth = mode === 'nfm' ? 12500 : 8000;
  const iq = noise(RATE * SECONDS, 7).map((value) => value * Math.sqrt((10 ** (-snr / 10) * RATE) / bandwidth));
  let phase = 0;
  for (let n = 0; n < RATE * SECONDS; n++) {
    const t = n / RATE;
    const tone = Math.sin(2 * Math.PI * 1000 * t);
    const subAudible = Math.sin(2 * Math.PI * 123 * t);
    phase += (2 * Math.PI * (400 + (mode === 'nfm' ? 1500 * tone + 300 * subAudible : 0))) / RATE;
    if (!onAir(t)) continue;
    const amplitude = mode === 'nfm' ? 1 : (1 + 0.8 * tone) * (1 + 0.3 * Math.sin(2 * Math.PI * 1.5 * t));
    iq[2 * n] += amplitude * Math.cos(phase);
    iq[2 * n + 1] += amplitude * Math.sin(phase);
  }
  return toCs16(iq);
}

function run(options: Options, payload: Buffer, block = 1000): { payload: Buffer; info: AudioInfo }[] {
  return feedIq(new AnalogStage(options), payload, 'cs16', RATE, block) as unknown as {
    payload: Buffer;
    info: AudioInfo;
  }[];
}

/** Largest step between neighbouring samples. */
function largestStep(audio: Float64Array): number {
  let most = 0;
  for (let i = 1; i < audio.length; i++) most = Math.max(most, Math.abs(audio[i] - audio[i - 1]));
  return most;
}

describe('AnalogStage', () => {
  for (const snr of [30, 12, 8])
    it(`opens for an FM transmission at ${snr} dB and closes at its end`, () => {
      const messages = run(NFM, transmission('nfm', snr));
      const heard = messages.filter(({ payload }) => payload.length > 0);
      const first = heard[0].info.time - START;
      const last = heard[heard.length - 1];
      const end = last.info.time - START + (1000 * last.payload.length) / 2 / 8000;
      assert.ok(Math.abs(first - 1000) <= 40, `began at ${first} ms`);
      assert.ok(Math.abs(end - 2500) <= 40, `ended at ${end} ms`);
      for (let i = 1; i < heard.length; i++)
        assert.equal(heard[i].info.time, heard[i - 1].info.time + (1000 * heard[i - 1].payload.length) / 2 / 8000);
    });

  it('gives the tone at its level, without the sub-audible tone and without clicks', () => {
    const audio = samplesOf(run(NFM, transmission('nfm', 30)));
    // 1500 of 2500 Hz deviation, half of full scale for all of it.
    assert.ok(Math.abs(toneLevel(audio, 1000, 8000) - 20 * Math.log10(0.3)) < 0.3);
    assert.ok(toneLevel(audio, 123, 8000) < -60);
    assert.ok(largestStep(audio) < 1.2 * 0.3 * 2 * Math.sin((Math.PI * 1000) / 8000));
  });

  it('measures the SNR', () => {
    for (const snr of [20, 12, 8]) {
      const middle = run(NFM, transmission('nfm', snr)).find(({ info }) => info.time >= START + 1700)!;
      assert.ok(Math.abs(middle.info.snr! - snr) < 1.5, `${middle.info.snr} for ${snr}`);
    }
  });

  it('makes AM as loud however strong it is', () => {
    for (const gain of [1, 0.01]) {
      const quiet = Buffer.from(transmission('am', 30));
      const samples = new Int16Array(quiet.buffer, quiet.byteOffset, quiet.length / 2);
      for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i] * gain);
      const audio = samplesOf(run(AM, quiet));
      assert.ok(audio.length > 8000 * 1.4 && audio.length < 8000 * 1.6);
      assert.ok(Math.abs(toneLevel(audio, 1000, 8000) - 20 * Math.log10(0.4)) < 0.5);
    }
  });

  it('stays shut on noise, and says once a second that time passes', () => {
    for (const options of [NFM, AM]) {
      const messages = run(options, toCs16(noise(RATE * 10, 3)));
      assert.ok(messages.every(({ payload }) => payload.length === 0));
      assert.ok(messages.length >= 10 && messages.length <= 12);
    }
  });

  it('marks the end of a transmission with an empty message', () => {
    const messages = run(NFM, transmission('nfm', 20));
    const last = messages.findLastIndex(({ payload }) => payload.length > 0);
    const { info, payload } = messages[last + 1];
    assert.equal(payload.length, 0);
    assert.equal(info.time, messages[last].info.time + (1000 * messages[last].payload.length) / 2 / 8000);
    assert.equal(messages.at(-1)!.info.end, true);
  });

  it('without a squelch gives every sample of the stream', () => {
    const audio = samplesOf(run({ ...NFM, squelch: null }, toCs16(noise(RATE * 2 + 123, 3))));
    assert.equal(audio.length, Math.floor(((RATE * 2 + 123) * 8000) / RATE));
  });

  it('says the same whatever the block size', () => {
    for (const options of [NFM, AM]) {
      const payload = transmission(options.mode, 15);
      const whole = transcript(run(options, payload, 1e9));
      for (const block of [1, 77, 2400]) assert.equal(transcript(run(options, payload, block)), whole);
    }
  });

  it('hears a recorded transmission without its CTCSS tone', function () {
    const name = 'synth/nbfm_ctcss100_48k.cu8';
    needsCaptures(this, name);
    const stage = new AnalogStage(NFM);
    const messages = feedIq(stage, readFileSync(capture(name)), 'cu8', 48000) as unknown as { payload: Buffer }[];
    const audio = samplesOf(messages);
    assert.ok(Math.abs(audio.length / 8000 - 12.8) < 0.1);
    assert.ok(toneLevel(audio, 100, 8000) < -80);
    const rms = Math.sqrt(audio.reduce((sum, value) => sum + value * value, 0) / audio.length);
    assert.ok(rms > 0.02 && rms < 0.2);
  });

  it('goes on after a gap with the right time', () => {
    const stage = new AnalogStage({ ...NFM, squelch: null });
    const block = (seq: number, sample: number) =>
      stage.process(iqMessage(toCs16(noise(2400, seq)), 'cs16', RATE, seq, sample));
    const out: PortMessage[] = [...block(0, 0), ...block(1, 2400), ...block(3, 24000), ...stage.flush()];
    stage.close();
    const times = (out as { payload: Buffer; info: AudioInfo }[]).filter(({ payload }) => payload.length > 0);
    assert.equal(stage.counters().gaps, 1);
    assert.equal(samplesOf(times).length, 2400);
    assert.equal(times.find(({ info }) => info.time >= START + 1000)!.info.time, START + 1000);
  });

  it('survives values that are no samples', () => {
    const stage = new AnalogStage(NFM);
    const bad = new Float32Array(24000).map((_, i) => [NaN, Infinity, -Infinity, 1e30][i & 3]);
    const messages = feedIq(stage, Buffer.from(bad.buffer), 'cf32', RATE);
    assert.ok(messages.every(({ payload }) => payload.length === 0));
    assert.equal(stage.counters().invalid, 12000);
  });

  it('refuses what it cannot use with a typed error and stays usable', () => {
    assert.throws(() => new AnalogStage({ ...NFM, audioRate: 0 }), TrunkflowError);
    assert.throws(() => new AnalogStage({ ...NFM, bandwidth: 1e6 }), TrunkflowError);
    const stage = new AnalogStage(NFM);
    const good = iqMessage(toCs16(noise(240, 1)), 'cs16', RATE, 0, 0);
    assert.throws(() => stage.process({ ...good, port: 'symbols' } as never), { code: 'wrong-port' });
    assert.throws(() => stage.process(iqMessage(Buffer.alloc(7), 'cs16', RATE, 0, 0)), { code: 'bad-message' });
    assert.throws(() => stage.process(iqMessage(Buffer.alloc(8), 'cs16', 100, 0, 0)), { code: 'bad-message' });
    assert.doesNotThrow(() => stage.process(good));
    stage.close();
  });
});
