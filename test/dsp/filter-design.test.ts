import assert from 'node:assert/strict';
import { besselI0, kaiser, kaiserBeta, kaiserLength, lowpass, zeroPhaseResponse } from '../../src/dsp/filter-design';

const decibels = (gain: number) => 20 * Math.log10(Math.abs(gain));

describe('filter design', () => {
  it('Bessel function I0 (Abramowitz and Stegun, table 9.8)', () => {
    // The table gives e^-x I0(x).
    for (const [x, value] of [
      [0, 1],
      [1, 0.4657596077],
      [2, 0.308508323],
      [5, 0.1835408126],
      [10, 0.1278333372],
    ])
      assert.ok(Math.abs(Math.exp(-x) * besselI0(x) - value) < 1e-9, `I0(${x})`);
  });

  it('Kaiser window parameters (Oppenheim and Schafer, table 7.2)', () => {
    for (const [attenuation, beta] of [
      [21, 0],
      [40, 3.395],
      [60, 5.653],
      [80, 7.857],
    ])
      assert.ok(Math.abs(kaiserBeta(attenuation) - beta) < 5e-3);
    assert.equal(kaiser(0, 8), 1);
    assert.equal(kaiser(1.01, 8), 0);
  });

  for (const [pass, stop, attenuation] of [
    [0.05, 0.1, 60],
    [0.22917, 0.3125, 80],
    [5500 / 2.4e6, 7500 / 2.4e6, 80],
    [5500 / 2.4e6, 88500 / 2.4e6, 80],
  ])
    it(`low-pass ${pass.toFixed(5)} to ${stop.toFixed(5)}, ${attenuation} dB`, () => {
      const taps = lowpass({ pass, stop, attenuation });
      assert.equal(taps.length, kaiserLength(stop - pass, attenuation));
      for (let k = 0; k < taps.length; k++) assert.ok(Math.abs(taps[k] - taps[taps.length - 1 - k]) < 1e-15);
      assert.ok(Math.abs(zeroPhaseResponse(taps, 0) - 1) < 1e-12);
      for (let i = 0; i <= 200; i++) {
        const ripple = decibels(zeroPhaseResponse(taps, (pass * i) / 200));
        assert.ok(Math.abs(ripple) < 0.02, `ripple ${ripple}`);
        const leak = decibels(zeroPhaseResponse(taps, stop + ((0.5 - stop) * i) / 200));
        assert.ok(leak < -attenuation + 1.5, `leak ${leak}`);
      }
    });

  it('a stop edge at half the rate needs no filter', () => {
    assert.deepEqual([...lowpass({ pass: 0.4, stop: 0.55, attenuation: 80 })], [1]);
  });

  it('the response is the transform of the taps', () => {
    const taps = lowpass({ pass: 0.1, stop: 0.15, attenuation: 50 });
    const middle = (taps.length - 1) / 2;
    for (const frequency of [0, 0.07, 0.123, 0.4, -0.3]) {
      const sum = taps.reduce((s, tap, k) => s + tap * Math.cos(2 * Math.PI * frequency * (k - middle)), 0);
      assert.ok(Math.abs(zeroPhaseResponse(taps, frequency) - sum) < 1e-12);
    }
  });
});
