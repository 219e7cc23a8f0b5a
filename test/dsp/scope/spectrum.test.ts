import assert from 'node:assert/strict';
import type { IqFormat } from '../../../src/core/messages';
import { kaiser } from '../../../src/dsp/filter-design';
import { ScopeStage } from '../../../src/dsp/scope/stage';
import { gaussian, uniform } from '../../support/random';
import { asCf32, block, tones } from '../channelizer-support';
import { type Frame, feedAudio, feedIq, framesOf, highest, inFormat } from './support';

const RATE = 2.4e6;
const CENTER = 852.5e6;
const BIN = RATE / 2048;

/** Loss of the window for a tone between two bins, dB, computed here from its formula. */
function scalloping(size: number, beta: number): number {
  let sum = 0;
  let re = 0;
  let im = 0;
  for (let i = 0; i < size; i++) {
    const w = kaiser((2 * i + 1) / size - 1, beta);
    sum += w;
    re += w * Math.cos((Math.PI * i) / size);
    im += w * Math.sin((Math.PI * i) / size);
  }
  return -20 * Math.log10(Math.hypot(re, im) / sum);
}

function noise(count: number, power: number, seed: number): Float32Array {
  const next = gaussian(uniform(seed));
  const amplitude = Math.sqrt(power / 2);
  return Float32Array.from({ length: 2 * count }, () => amplitude * next());
}

function show(samples: Float32Array, format: IqFormat, options = {}, size = 32768): Frame[] {
  const stage = new ScopeStage(options);
  const frames = feedIq(stage, { rate: RATE, center: CENTER, format }, inFormat(samples, format), size);
  stage.close();
  return frames;
}

describe('scope: spectrum', () => {
  it('of a tone between two bins reads what the window loses there, 0.82 dB', () => {
    const loss = scalloping(2048, 12);
    assert.ok(Math.abs(loss - 0.82) < 0.05, `${loss}`);
    const [frame] = show(tones(RATE, 500_000, [[100.5 * BIN, 0.1]]), 'cf32');
    const mean = frame.arrays.mean;
    assert.ok(Math.abs(mean[1024 + 100] - (-20 - loss)) < 0.02 && Math.abs(mean[1024 + 101] - (-20 - loss)) < 0.02);
  });

  for (const format of ['cu8', 'cs8', 'cs16', 'cf32'] as const)
    for (const level of [-1, -20, -30])
      it(`of a ${format} tone of ${level} dB reads it within 0.1 dB in a bin's middle, nowhere more than the window loses`, () => {
        const amplitude = 10 ** (level / 20);
        for (const place of [-700, -3, 5, 900]) {
          // A little noise, as every receiver has: without, 8 bits make overtones of the tone.
          const signal = noise(260_000, 1e-5, 3);
          tones(RATE, 260_000, [[place * BIN, amplitude]]).forEach((x, i) => {
            signal[i] += x;
          });
          const [frame] = show(signal, format);
          assert.ok(Math.abs(frame.arrays.mean[1024 + place] - level) < 0.1, `${frame.arrays.mean[1024 + place]}`);
        }
        const [frame] = show(tones(RATE, 260_000, [[(5 + 0.37) * BIN, amplitude]]), format);
        const off = highest(frame.arrays.mean) - level;
        assert.ok(off < 0.1 && off > -0.9, `${off}`);
      });

  it('names the frequency of every bin', () => {
    const [{ head, arrays }] = show(tones(RATE, 260_000, [[300e3, 0.1]]), 'cs16');
    const at = arrays.mean.indexOf(highest(arrays.mean));
    assert.ok(Math.abs(head.center + head.first! + at * head.step! - 852.8e6) <= BIN / 2);
    assert.deepEqual([head.kind, head.stream, head.rate, arrays.mean.length], ['iq', 'src', RATE, 2048]);
  });

  it('keeps weak carriers visible beside one 85 dB stronger', () => {
    const [{ arrays }] = show(
      tones(RATE, 260_000, [
        [0, 1],
        [40 * BIN, 10 ** (-85 / 20)],
      ]),
      'cf32',
    );
    assert.ok(Math.abs(arrays.mean[1024 + 40] + 85) < 0.5, `${arrays.mean[1064]}`);
    assert.ok(arrays.mean[1024 + 20] < -95);
  });

  for (const bins of [256, 1024, 2048, 4096])
    it(`shows noise of a known density with ${bins} bins: each bin, the floor and the level`, () => {
      const power = 1e-4;
      const frames = show(noise(1_300_000, power, bins), 'cf32', { bins });
      for (const { head, arrays } of frames) {
        const perHertz = -40 - 10 * Math.log10(RATE);
        const linear = arrays.mean.reduce((sum, x) => sum + 10 ** (x / 10), 0) / bins;
        const density = 10 * Math.log10(linear) - 10 * Math.log10(head.resolution!);
        assert.ok(Math.abs(density - perHertz) < 0.1, `density ${density}, not ${perHertz}`);
        assert.ok(Math.abs(head.figures.floor! - 10 * Math.log10(head.resolution!) - perHertz) < 0.3, 'floor');
        assert.ok(Math.abs(head.figures.level! + 40) < 0.1, 'level');
        assert.ok(Math.abs(head.figures.noise! - (perHertz + 10 * Math.log10(12500))) < 0.3, 'noise');
      }
      assert.ok(frames.length >= 4);
    });

  it('measures the strongest carrier: frequency, level and SNR', () => {
    const signal = noise(260_000, 1e-4, 5);
    tones(RATE, 260_000, [
      [-412_500 + 300, 0.02],
      [200e3, 0.01],
    ]).forEach((x, i) => {
      signal[i] += x;
    });
    const [{ head }] = show(signal, 'cf32');
    const { carrier, snr } = head.figures;
    const expected = 10 * Math.log10(4e-4 / (1e-4 * (12500 / RATE)));
    assert.ok(Math.abs(carrier!.frequency - (CENTER - 412_200)) < 150, `${carrier!.frequency}`);
    assert.ok(Math.abs(carrier!.level + 20 * Math.log10(50)) < 0.3);
    assert.ok(Math.abs(snr! - expected) < 0.8, `${snr} for ${expected}`);
  });

  it('is the same to the byte whatever the block sizes', () => {
    const signal = noise(800_000, 1e-3, 6);
    const [one, ...others] = [800_000, 32768, 10_007, 511].map((size) => show(signal, 'cs16', {}, size));
    assert.equal(one.length, 3);
    for (const other of others) assert.deepEqual(other, one);
  });

  it('shows a burst of 2 ms in the peak at its level, and in the mean by its share of the time', () => {
    const burst = tones(RATE, 480_000, [[20 * BIN, 0.1]]);
    // In the middle of one part of four spectra, over all of it.
    const [from, to] = [60_000, 82_000];
    burst.fill(0, 0, 2 * from);
    burst.fill(0, 2 * to);
    const [{ arrays }, second] = show(burst, 'cf32');
    assert.ok(Math.abs(arrays.peak[1044] + 20) < 0.1, `peak ${arrays.peak[1044]}`);
    const share = 10 * Math.log10((to - from) / 240_000);
    assert.ok(Math.abs(arrays.mean[1044] - (-20 + share)) < 0.8, `mean ${arrays.mean[1044]}`);
    assert.ok(second.arrays.peak[1044] < -100, 'the next frame has its own peak');
  });

  it('begins anew after lost samples, on the same grid', () => {
    const input = { rate: RATE, center: CENTER, format: 'cs16' as const };
    const signal = inFormat(noise(1_200_000, 1e-3, 7), 'cs16');
    const whole = new ScopeStage();
    const all = feedIq(whole, input, signal, 24_000);
    const broken = new ScopeStage();
    const before = feedIq(broken, input, signal.subarray(0, 4 * 360_000), 24_000);
    assert.equal(before.length, 1);
    const rest = framesOf(broken.process(block(input, 500_000, signal.subarray(4 * 500_000))));
    assert.deepEqual(
      rest.map(({ bytes }: Frame) => bytes),
      all.slice(3).map(({ bytes }) => bytes),
    );
    assert.equal(broken.counters().gaps, 1);
  });

  it('gives ten frames a second, or fewer when asked, at any rate', () => {
    for (const [rate, frameRate] of [
      [2.4e6, 10],
      [2.4e6, 4],
      [240e3, 10],
      [48e3, 10],
      [24e3, 5],
    ]) {
      const stage = new ScopeStage({ frameRate, bins: 4096 });
      const signal = inFormat(noise(2 * rate, 1e-3, 8), 'cu8');
      const frames = feedIq(stage, { rate, center: 0, format: 'cu8' }, signal, 8192);
      assert.ok(Math.abs(frames.length - 2 * frameRate) <= 1, `${rate}: ${frames.length}`);
      const times = frames.map(({ head }) => head.time);
      times.slice(1).forEach((time, i) => {
        assert.ok(Math.abs(time - times[i] - 1000 / frameRate) <= 1);
      });
      stage.close();
    }
  });

  it('counts clipping', () => {
    const strong = show(tones(RATE, 260_000, [[50e3, 1.5]]), 'cu8')[0].head.figures.clipped!;
    // 1.5 sin x is beyond 1 for 53.5 % of a turn on one axis; on both axes together always somewhere.
    assert.ok(strong > 0.95, `${strong}`);
    assert.equal(show(tones(RATE, 260_000, [[50e3, 0.9]]), 'cu8')[0].head.figures.clipped, 0);
    const rare = tones(RATE, 260_000, [[50e3, 0.5]]);
    const random = uniform(9);
    for (let i = 0; i < rare.length; i += 2) if (random() < 0.05) rare[i] = 2;
    const share = show(rare, 'cu8')[0].head.figures.clipped!;
    assert.ok(Math.abs(share - 0.05) < 0.01, `${share}`);
  });

  it('takes samples that are no numbers for nothing and counts them', () => {
    const signal = tones(RATE, 260_000, [[50 * BIN, 0.1]]);
    const stage = new ScopeStage();
    for (let i = 0; i < signal.length; i += 2000) signal[i] = Number.NaN;
    const [frame] = feedIq(stage, { rate: RATE, center: 0, format: 'cf32' }, asCf32(signal), 65536);
    assert.ok(Math.abs(frame.arrays.mean[1074] + 20) < 0.1, `${frame.arrays.mean[1074]}`);
    assert.ok(stage.counters().non_finite > 0);
  });
});

describe('scope: audio', () => {
  const RATE = 8000;
  const sine = (frequency: number, amplitude: number, count: number) =>
    Int16Array.from({ length: count }, (_, i) =>
      Math.round(32767 * amplitude * Math.sin((2 * Math.PI * frequency * i) / RATE)),
    );

  it('shows a sine at its frequency and level; full amplitude is 0 dB', () => {
    for (const level of [-0.1, -20]) {
      const frames = feedAudio(new ScopeStage(), RATE, sine(1000, 10 ** (level / 20), 8000), 160);
      assert.ok(frames.length >= 8);
      for (const { head, arrays } of frames) {
        const at = arrays.mean.indexOf(highest(arrays.mean));
        assert.equal(head.first! + at * head.step!, 1000);
        assert.ok(Math.abs(arrays.mean[at] - level) < 0.1, `${arrays.mean[at]}`);
        assert.ok(Math.abs(head.figures.level! - level) < 0.1, `${head.figures.level}`);
        assert.equal(arrays.mean.length * head.step!, RATE / 2);
      }
    }
  });

  it('is the same whatever the block sizes', () => {
    const signal = sine(440, 0.3, 16000);
    const [one, other] = [160, 997].map((size) => feedAudio(new ScopeStage(), RATE, signal, size));
    assert.deepEqual(
      one.map(({ bytes }) => bytes),
      other.map(({ bytes }) => bytes),
    );
  });
});

describe('scope: settings and messages it cannot use', () => {
  it('are refused with words that help', () => {
    for (const options of [{ bins: 1000 }, { frameRate: 50 }, { channelWidth: 0 }])
      assert.throws(() => new ScopeStage(options), { name: 'TrunkflowError', code: 'bad-setting' });
    const stage = new ScopeStage();
    const input = { rate: 48000, center: 0, format: 'cs16' as const };
    assert.throws(() => feedIq(stage, input, Buffer.alloc(7), 100), { code: 'bad-message' });
    const voice = { port: 'voice', payload: Buffer.alloc(0), info: { stream: 'x', seq: 0, time: 0 } };
    assert.throws(() => stage.process(voice as never), { code: 'wrong-port' });
    // And it goes on.
    const frames = feedIq(stage, input, Buffer.alloc(4 * 48000), 4800);
    assert.ok(frames.length >= 9);
  });
});
