import assert from 'node:assert/strict';
import { impair, noise } from './channel-simulator';

const RATE = 48000;
const carrier = Float32Array.from({ length: 2 * RATE }, (_, i) => (i & 1 ? 0 : 0.5));

function power(x: Float32Array): number {
  return x.reduce((sum, value) => sum + value * value, 0) / (x.length / 2);
}

describe('channel simulator', () => {
  it('adds noise at the Es/N0 asked for', () => {
    const noisy = impair(carrier, RATE, 4800, { esn0: 8, seed: 3 });
    const added = power(noisy.map((value, i) => value - carrier[i]));
    const esn0 = 10 * Math.log10(0.25 / 4800 / (added / RATE));
    assert.ok(Math.abs(esn0 - 8) < 0.1, `${esn0} dB`);
    assert.deepEqual(impair(carrier, RATE, 4800, { esn0: 8, seed: 3 }), noisy);
  });

  it('measures the power of the signal without its pauses', () => {
    const half = carrier.slice();
    half.fill(0, RATE);
    const added = power(impair(half, RATE, 4800, { esn0: 8 }).map((value, i) => value - half[i]));
    assert.ok(Math.abs(10 * Math.log10(0.25 / 4800 / (added / RATE)) - 8) < 0.1);
  });

  it('shifts by the offset, stretches by the clock error', () => {
    const shifted = impair(carrier, RATE, 4800, { offset: 1000 });
    assert.ok(Math.abs(shifted[2 * 12] - 0.5 * Math.cos((2 * Math.PI * 12) / 48)) < 1e-6);
    const ramp = Float32Array.from({ length: 2 * RATE }, (_, i) => (i & 1 ? 0 : i / 2));
    assert.ok(Math.abs(impair(ramp, RATE, 4800, { ppm: 50 })[2 * 40000] - 40002) < 0.01);
  });

  it('adds a ray of equal power with its delay, phase and beat', () => {
    const tone = impair(carrier, RATE, 4800, { offset: 1000 });
    const sum = impair(tone, RATE, 4800, { ray: { delay: 250, phase: 90 } });
    // 250 us at 1 kHz turn by -90 degrees, which the phase makes good.
    for (const n of [1000, 20000]) assert.ok(Math.abs(sum[2 * n] - 2 * tone[2 * n]) < 2e-3);
    const beat = impair(carrier, RATE, 4800, { ray: { delay: 0, beat: 2 } });
    assert.ok(Math.abs(beat[2 * 12000] - 0) < 1e-3 && Math.abs(beat[2 * 24000] - 1) < 1e-3);
  });

  it('makes white noise of variance 1', () => {
    const x = noise(100_000, 1);
    assert.ok(Math.abs(power(x) - 1) < 0.02);
    let lag = 0;
    for (let i = 0; i + 3 < x.length; i += 2) lag += x[i] * x[i + 2] + x[i + 1] * x[i + 3];
    assert.ok(Math.abs(lag / 100_000) < 0.02);
  });
});
