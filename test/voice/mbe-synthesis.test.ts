import assert from 'node:assert/strict';
import FFT from 'fft.js';
import { Limiter } from '../../src/voice/limiter';
import { FFT_SIZE, inverseRealFft } from '../../src/voice/mbe/inverse-fft';
import { MBE_FRAME, MbeModel } from '../../src/voice/mbe/model';
import { AdaptiveSmoothing } from '../../src/voice/mbe/smoothing';
import { MbeSynthesis } from '../../src/voice/mbe/synthesis';
import { uniform } from '../support/random';
import { powerSpectrum } from './spectrum';
import { rms } from './support';

function model(hertz: number, voiced: (l: number) => boolean, amplitude: (l: number) => number): MbeModel {
  const made = new MbeModel();
  made.fundamental = (2 * Math.PI * hertz) / 8000;
  made.harmonics = Math.floor(0.9254 * Math.floor(Math.PI / made.fundamental + 0.25));
  for (let l = 1; l <= made.harmonics; l++) {
    made.voiced[l] = voiced(l) ? 1 : 0;
    made.amplitude[l] = amplitude(l);
  }
  return made;
}

function render(models: MbeModel[]): Float32Array {
  const synthesis = new MbeSynthesis();
  const samples = new Float32Array(models.length * MBE_FRAME);
  models.forEach((each, i) => {
    synthesis.render(each, samples.subarray(i * MBE_FRAME, (i + 1) * MBE_FRAME));
  });
  return samples;
}

const repeat = (each: MbeModel, count: number): MbeModel[] => new Array(count).fill(each);

describe('MBE synthesis', () => {
  it('inverse FFT agrees with a general one', () => {
    const next = uniform(1);
    const fft = new FFT(FFT_SIZE);
    const re = Float64Array.from({ length: 128 }, (_, k) => (k === 0 ? 0 : next() - 0.5));
    const im = Float64Array.from({ length: 128 }, (_, k) => (k === 0 ? 0 : next() - 0.5));
    const spectrum = fft.createComplexArray().fill(0);
    for (let k = 1; k < 128; k++) {
      spectrum[2 * k] = re[k];
      spectrum[2 * k + 1] = im[k];
      spectrum[2 * (256 - k)] = re[k];
      spectrum[2 * (256 - k) + 1] = -im[k];
    }
    const expected = fft.createComplexArray();
    fft.inverseTransform(expected, spectrum);
    const out = new Float32Array(FFT_SIZE);
    inverseRealFft(re, im, out);
    for (let n = 0; n < FFT_SIZE; n++) assert.ok(Math.abs(out[n] - 256 * expected[2 * n]) < 1e-5);
  });

  for (const l of [2, 12]) {
    it(`holds a steady harmonic ${l} as one sinusoid of twice its amplitude`, () => {
      const steady = model(
        130,
        () => true,
        (each) => (each === l ? 100 : 0),
      );
      const samples = render(repeat(steady, 20)).subarray(2 * MBE_FRAME);
      const w = steady.fundamental * l;
      // x(n+1) + x(n-1) = 2 cos(w) x(n) holds for nothing but a sinusoid of this frequency.
      for (let n = 1; n + 1 < samples.length; n++) {
        const rest = samples[n + 1] + samples[n - 1] - 2 * Math.cos(w) * samples[n];
        assert.ok(Math.abs(rest) < 0.01, `sample ${n}: ${rest}`);
      }
      assert.ok(Math.abs(rms(samples) - 200 / Math.SQRT2) < 1);
    });
  }

  it('follows a gliding pitch without a jump', () => {
    const models = Array.from({ length: 30 }, (_, i) =>
      model(
        100 + 3 * i,
        () => true,
        (l) => (l <= 6 ? 100 : 0),
      ),
    );
    const samples = render(models);
    // Six harmonics of at most 6 * 190 Hz: no step between samples can be larger than their slopes together.
    const steepest = [1, 2, 3, 4, 5, 6].reduce((sum, l) => sum + (200 * l * 2 * Math.PI * 200) / 8000, 0);
    for (let n = 1; n < samples.length; n++) assert.ok(Math.abs(samples[n] - samples[n - 1]) < steepest);
  });

  it('gives noise its level, as flat through the frame as in frequency', () => {
    const noise = model(
      100,
      () => false,
      () => 50,
    );
    const frames = 3000;
    const samples = render(repeat(noise, frames)).subarray(MBE_FRAME);
    const profile = new Float64Array(MBE_FRAME / 10);
    for (let n = 0; n < samples.length; n++) profile[Math.floor((n % MBE_FRAME) / 10)] += samples[n] ** 2;
    const ripple = 10 * Math.log10(Math.max(...profile) / Math.min(...profile));
    assert.ok(ripple < 0.3, `${ripple} dB of pulsing`);

    const power = new Float64Array(513);
    for (let start = 0; start + 320 <= samples.length; start += 160) {
      powerSpectrum(samples, start).forEach((value, k) => {
        power[k] += value;
      });
    }
    const inBand = Array.from(power.subarray(16, 460), (value) => 10 * Math.log10(value));
    assert.ok(Math.max(...inBand) - Math.min(...inBand) < 1.5);
    // 1.5 dB above the standard's: 150.02 M^2 / 256 per bin of 31.25 Hz, twice for the two signs of frequency.
    const bins = 37 * 3.2;
    const expected = 10 * Math.log10(2 * bins * ((150.02 * 2500) / 256)) + 1.5;
    assert.ok(Math.abs(20 * Math.log10(rms(samples)) - expected) < 0.3);
  });

  it('keeps a half-voiced spectrum in its bands', () => {
    const half = model(
      200,
      (l) => l <= 9,
      (l) => (l <= 9 ? 0 : 100),
    );
    const samples = render(repeat(half, 200)).subarray(MBE_FRAME);
    const power = new Float64Array(513);
    for (let start = 0; start + 320 <= samples.length; start += 160) {
      powerSpectrum(samples, start).forEach((value, k) => {
        power[k] += value;
      });
    }
    const at = (hertz: number): number => 10 * Math.log10(power[Math.round((hertz * 1024) / 8000)]);
    assert.ok(at(2500) - at(1500) > 30);
  });

  it('fades out to exact silence', () => {
    const synthesis = new MbeSynthesis();
    const pcm = new Float32Array(MBE_FRAME);
    const mixed = model(
      120,
      (l) => l % 6 < 3,
      () => 100,
    );
    for (let i = 0; i < 5; i++) synthesis.render(mixed, pcm);
    synthesis.fadeOut(pcm);
    assert.ok(rms(pcm) > 50);
    synthesis.fadeOut(pcm);
    assert.ok(pcm.every((sample) => sample === 0));
  });
});

describe('MBE adaptive smoothing', () => {
  const errors = { first: 0, voicing: 0, total: 0, rate: 0 };
  const loud = (): MbeModel =>
    model(
      100,
      () => false,
      () => 1000,
    );

  it('limits the sum of amplitudes, with a lower limit while there are errors', () => {
    const sum = (each: MbeModel): number => each.amplitude.reduce((total, amplitude) => total + amplitude, 0);
    const smoothing = new AdaptiveSmoothing();
    const clean = loud();
    smoothing.smooth(clean, errors);
    assert.ok(Math.abs(sum(clean) - 20480) < 1);
    assert.ok(clean.voiced.every((voiced) => voiced === 0));
    const noisy = loud();
    smoothing.smooth(noisy, { ...errors, total: 25, rate: 0.02 });
    assert.ok(Math.abs(sum(noisy) - (20480 + 6000 - 7500)) < 1);
  });

  it('takes strong harmonics as voiced when the voicing decisions cannot be trusted', () => {
    const smoothing = new AdaptiveSmoothing();
    // S_E = 75000: sqrt 2 S_E^0.375 = 95.2
    const weak = model(
      100,
      () => false,
      (l) => (l % 2 ? 90 : 100),
    );
    smoothing.smooth(weak, { ...errors, total: 3, rate: 0.02 });
    for (let l = 1; l <= weak.harmonics; l++) assert.equal(weak.voiced[l], l % 2 ? 0 : 1);
  });

  it('never turns amplitudes negative, however many errors', () => {
    const smoothing = new AdaptiveSmoothing();
    for (let i = 0; i < 20; i++) {
      const each = loud();
      smoothing.smooth(each, { ...errors, total: 33, rate: 0.05 });
      assert.ok(each.amplitude.every((amplitude) => amplitude >= 0));
    }
  });
});

describe('limiter', () => {
  const sine = (amplitude: number, from = 0): Float32Array =>
    Float32Array.from({ length: MBE_FRAME }, (_, n) => amplitude * Math.sin(0.3 * (from + n)));

  it('passes what fits, rounded', () => {
    const limiter = new Limiter();
    const out = new Int16Array(MBE_FRAME);
    limiter.write(sine(29000), MBE_FRAME, out, 0);
    assert.deepEqual(out, Int16Array.from(sine(29000), Math.round));
  });

  it('turns speech far too loud down instead of clipping it, and lets it come back', () => {
    const limiter = new Limiter();
    const out = new Int16Array(100 * MBE_FRAME);
    for (let i = 0; i < 50; i++) limiter.write(sine(90_000, i * MBE_FRAME), MBE_FRAME, out, i * MBE_FRAME);
    const settled = out.subarray(10 * MBE_FRAME, 50 * MBE_FRAME);
    for (let n = 1; n + 1 < settled.length; n++) {
      const rest = settled[n + 1] + settled[n - 1] - 2 * Math.cos(0.3) * settled[n];
      assert.ok(Math.abs(rest) < 40, `distorted by ${rest}`);
    }
    for (let i = 50; i < 100; i++) limiter.write(sine(9000, i * MBE_FRAME), MBE_FRAME, out, i * MBE_FRAME);
    assert.ok(Math.abs(rms(out.subarray(99 * MBE_FRAME)) * Math.SQRT2 - 9000) < 200);
  });

  it('keeps any finite sample in range', () => {
    const limiter = new Limiter();
    const out = new Int16Array(MBE_FRAME);
    const next = uniform(7);
    for (let i = 0; i < 200; i++) {
      const frame = Float32Array.from({ length: MBE_FRAME }, () => (next() - 0.5) * 10 ** (12 * next()));
      const copy = Array.from(frame);
      limiter.write(frame, MBE_FRAME, out, 0);
      // No wrap-around: signs stay.
      copy.forEach((sample, n) => {
        assert.ok(sample * out[n] >= 0);
      });
    }
  });
});
