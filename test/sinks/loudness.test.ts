import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeWav } from '../../src/sinks/encode/wav';
import { evenOut, type Stretch } from '../../src/sinks/loudness/even-out';
import { LoudnessHistory } from '../../src/sinks/loudness/history';
import { LoudnessMeter } from '../../src/sinks/loudness/measure';
import { truePeak } from '../../src/sinks/loudness/peak-limiter';
import { nistSpeech } from '../../src/sources/generator/nist-speech';
import { VOICE_CODECS } from '../../src/voice/codecs';
import { hasFfmpeg, loudness } from '../support/ffmpeg';
import { uniform } from '../support/random';

const RATE = 8000;
const TAGS = { title: '', artist: '', album: '', genre: '', time: 0, comment: '' };

/** Sounds like talk: syllables of harmonics with pauses between them, at a level in dB of full scale. */
function talk(seconds: number, level: number, rate = RATE, seed = 1): Int16Array {
  const random = uniform(seed);
  const samples = new Float64Array(Math.round(seconds * rate));
  for (let at = 0; at < samples.length; ) {
    const pitch = 90 + 80 * random();
    const syllable = Math.round((0.1 + 0.2 * random()) * rate);
    const loud = 0.3 + 0.7 * random();
    const formant = 400 + 1500 * random();
    for (let i = 0; i < syllable && at + i < samples.length; i++) {
      const envelope = Math.sin((Math.PI * i) / syllable) ** 0.5;
      let sum = 0;
      for (let k = 1; k * pitch < 3400; k++)
        sum += Math.cos((2 * Math.PI * k * pitch * i) / rate + k * k) / (1 + ((k * pitch - formant) / 500) ** 2);
      samples[at + i] = loud * envelope * sum + 0.002 * (random() - 0.5);
    }
    at += syllable + Math.round((random() < 0.2 ? 0.5 : 0.04) * rate);
  }
  const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
  const gain = (32_768 * 10 ** (level / 20)) / Math.sqrt(power);
  return Int16Array.from(samples, (one) => Math.max(-32_768, Math.min(32_767, Math.round(gain * one))));
}

function joined(...parts: Int16Array[]): { samples: Int16Array; stretches: Stretch[] } {
  const samples = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  const stretches = parts.map((part): Stretch => {
    samples.set(part, at);
    at += part.length;
    return [at - part.length, at];
  });
  return { samples, stretches };
}

describe('loudness', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'loudness-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function byFfmpeg(samples: Int16Array, rate = RATE) {
    const path = join(dir, 'x.wav');
    await writeFile(path, await encodeWav({ samples, rate }, 0, TAGS));
    return loudness(path);
  }

  it('is what ffmpeg measures, within 0.5 LU', async function () {
    if (!hasFfmpeg) this.skip();
    this.timeout(20_000);
    for (const rate of [8000, 16_000, 48_000]) {
      for (const level of [-12, -25, -40]) {
        const samples = talk(6, level, rate, 7);
        const { integrated } = await byFfmpeg(samples, rate);
        const own = new LoudnessMeter(samples, rate).loudness();
        assert.ok(Math.abs(own - integrated) < 0.5, `${rate} samples/s: ${own.toFixed(2)}, ffmpeg ${integrated}`);
      }
    }
  });

  it('of a 997 Hz tone is what the standard says', () => {
    // BS.1770-4: a full-scale sine in one channel is -3.01 LKFS.
    for (const rate of [8000, 48_000]) {
      const tone = Int16Array.from({ length: 4 * rate }, (_, i) =>
        Math.round(3276.8 * Math.sin((2 * Math.PI * 997 * i) / rate)),
      );
      const measured = new LoudnessMeter(tone, rate).loudness();
      assert.ok(Math.abs(measured + 23.01) < 0.15, `${rate}: ${measured}`);
    }
  });

  it('leaves out silence and pauses', () => {
    const meter = (...parts: Int16Array[]) => new LoudnessMeter(joined(...parts).samples, RATE);
    const alone = meter(talk(4, -20)).loudness();
    const withPause = meter(talk(4, -20), new Int16Array(10 * RATE), talk(0.5, -60)).loudness();
    assert.ok(Math.abs(withPause - alone) < 0.7, `${alone} ${withPause}`);
    assert.equal(meter(new Int16Array(RATE)).loudness(), Number.NEGATIVE_INFINITY);
    assert.equal(meter(new Int16Array(0)).loudness(), Number.NEGATIVE_INFINITY);
    assert.ok(Number.isFinite(meter(talk(0.05, -20)).loudness()));
  });

  for (const target of [-16, -18, -20, -23]) {
    it(`is brought to ${target} LUFS, within 0.5 LU by ffmpeg, peaks below full scale`, async function () {
      if (!hasFfmpeg) this.skip();
      this.timeout(20_000);
      for (const level of [-12, -20, -33]) {
        const samples = talk(8, level, RATE, 3);
        const evened = evenOut(samples, RATE, [[0, samples.length]], target);
        const { integrated, peak } = await byFfmpeg(evened.samples);
        assert.ok(Math.abs(integrated - target) <= 0.5, `from ${level} dB: ${integrated} LUFS`);
        assert.ok(peak <= -0.5, `peak ${peak} dB`);
      }
    });
  }

  it('is one gain: what needs no limiting is the same sound, only louder', () => {
    const samples = talk(4, -35);
    const evened = evenOut(samples, RATE, [[0, samples.length]], -23).samples;
    const gain = 10 ** ((-23 - new LoudnessMeter(samples, RATE).loudness()) / 20);
    for (let i = 0; i < samples.length; i++) assert.ok(Math.abs(evened[i] - samples[i] * gain) <= 0.51, `sample ${i}`);
  });

  it('evens out the talkers of a call', async () => {
    const { samples, stretches } = joined(talk(3, -12, RATE, 1), talk(3, -32, RATE, 2), talk(3, -20, RATE, 3));
    const evened = evenOut(samples, RATE, stretches, -18).samples;
    const meter = new LoudnessMeter(evened, RATE);
    for (const [from, to] of stretches) {
      const each = meter.loudness(from, to);
      assert.ok(Math.abs(each + 18) < 0.6, `${each}`);
    }
  });

  it('takes what is too short to measure like the rest, or like the talkgroup', () => {
    const blip = talk(0.3, -14, RATE, 9);
    const { samples, stretches } = joined(talk(4, -30, RATE, 1), blip);
    const gain = 10 ** ((-18 - evenOut(samples, RATE, stretches, -18).before) / 20);
    const evened = evenOut(samples, RATE, stretches, -18).samples;
    const quiet = samples.findIndex(
      (one, i) => i > stretches[1][0] + 100 && Math.abs(one) > 500 && Math.abs(one) < 2000,
    );
    assert.ok(Math.abs(evened[quiet] / samples[quiet] - gain) < 0.02 * gain);
    const usual = evenOut(blip, RATE, [[0, blip.length]], -18, -20).samples;
    const level = Math.max(...usual) / Math.max(...blip);
    assert.ok(Math.abs(20 * Math.log10(level) - 2) < 0.1, `${level}`);
  });

  it('leaves silence alone, and does not raise noise without end', () => {
    const silence = new Int16Array(RATE);
    assert.deepEqual(evenOut(silence, RATE, [[0, RATE]], -18).samples, silence);
    assert.deepEqual(evenOut(new Int16Array(0), RATE, [], -18).samples, new Int16Array(0));
    const whisper = talk(3, -60);
    const raised = evenOut(whisper, RATE, [[0, whisper.length]], -18).samples;
    assert.ok(Math.abs(Math.max(...raised) / Math.max(...whisper) - 10) < 0.2);
  });

  it('raises a transmission in which nobody talks no further than the call', () => {
    const random = uniform(5);
    const hiss = Int16Array.from({ length: 2 * RATE }, () => Math.round(random() * 2 - 1));
    assert.equal(new LoudnessMeter(hiss, RATE).voiced(), 0);
    const { samples, stretches } = joined(talk(3, -22), hiss);
    const evened = evenOut(samples, RATE, stretches, -18).samples;
    const [from] = stretches[1];
    const most = (part: Int16Array) => part.reduce((peak, one) => Math.max(peak, Math.abs(one)), 0);
    assert.ok(most(evened.subarray(from + RATE)) <= 2 * most(hiss), `${most(evened.subarray(from + RATE))}`);
  });

  it('catches peaks, also between samples, without touching the rest', () => {
    // A quarter of the rate, 45 degrees off: samples stand 3 dB below the peaks.
    const wave = Float64Array.from({ length: 64 }, (_, i) => Math.sin((Math.PI / 2) * i + Math.PI / 4));
    assert.ok(Math.abs(truePeak(wave, 32) - 1) < 0.02, `${truePeak(wave, 32)}`);
    const samples = talk(4, -28);
    samples.fill(30_000, 16_000, 16_004);
    const target = new LoudnessMeter(samples, RATE).loudness() + 6;
    const evened = evenOut(samples, RATE, [[0, samples.length]], target).samples;
    assert.ok(Math.max(...evened.map(Math.abs)) <= 32_768 * 10 ** (-1 / 20) + 1);
    // Away from the peak there is one gain.
    const gains = [];
    for (let i = 0; i < samples.length; i++)
      if ((i < 15_900 || i > 22_000) && Math.abs(samples[i]) > 500) gains.push(evened[i] / samples[i]);
    assert.ok(gains.length > 1000);
    assert.ok(Math.max(...gains) / Math.min(...gains) < 1.02, `${Math.min(...gains)} to ${Math.max(...gains)}`);
    assert.ok(evened[16_001] < 30_000 && evened[16_001] > 25_000, `${evened[16_001]}`);
  });

  it('brings decoded P25 speech to the target', async function () {
    if (!hasFfmpeg) this.skip();
    const { imbe } = VOICE_CODECS;
    const decoder = imbe.create();
    const pcm = new Float32Array(imbe.frameSamples);
    const speech = nistSpeech().flatMap((bits) => {
      // Hard bits as soft ones: sure of each.
      const soft = Buffer.from(bits.map((bit) => (bit ? 127 : -127)));
      decoder.decodeFrame(soft, 'soft', pcm);
      return [...pcm];
    });
    const samples = Int16Array.from(speech, (one) => Math.max(-32_768, Math.min(32_767, Math.round(one))));
    for (const target of [-16, -18, -23]) {
      const { integrated, peak } = await byFfmpeg(evenOut(samples, RATE, [[0, samples.length]], target).samples);
      assert.ok(Math.abs(integrated - target) <= 0.5, `${integrated} LUFS`);
      assert.ok(peak <= -0.5, `peak ${peak} dB`);
    }
  });

  it('of a talkgroup is remembered, the newest counting most', () => {
    const history = new LoudnessHistory();
    assert.equal(history.get('a'), undefined);
    history.add('a', -30, 5);
    assert.equal(history.get('a'), -30);
    history.add('a', -20, 20);
    assert.equal(history.get('a'), -25);
    history.add('a', Number.NEGATIVE_INFINITY, 5);
    history.add('a', -10, 0);
    assert.equal(history.get('a'), -25);
    for (let n = 0; n < 5000; n++) history.add(`tg${n}`, -20, 1);
    assert.equal(history.get('a'), undefined);
  });
});
