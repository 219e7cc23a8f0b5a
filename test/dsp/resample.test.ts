import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import { Resampler } from '../../src/dsp/resample';
import { randomFloats } from '../support/random';

function join(parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function tone(rate: number, frequency: number, count: number, from = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, n) => Math.cos(2 * Math.PI * ((frequency * (n + from)) / rate)));
}

const decibels = (x: Float32Array) => 10 * Math.log10(x.reduce((sum, v) => sum + v * v, 0) / x.length + 1e-30);

const RATES: [number, number][] = [
  [48000, 8000],
  [24000, 8000],
  [2048000 / 85, 8000],
  [22050, 48000],
  [8000, 48000],
  [44100, 8000],
  [24038.4615, 8000],
  [8000, 8000],
];

describe('Resampler', () => {
  for (const [from, to] of RATES) {
    it(`${from} to ${to}: tones keep time and level, aliases are 70 dB down`, () => {
      const low = Math.min(from, to);
      for (const part of [0.01, 0.1, 0.25, 0.4, 0.42]) {
        const resampler = new Resampler(from, to);
        const input = tone(from, part * low, Math.round(from / 2));
        const out = join([resampler.process(input), resampler.flush()]);
        assert.ok(Math.abs(out.length - to / 2) <= to / from + 1);
        const edge = Math.ceil((60 * to) / low);
        const inner = out.subarray(edge, out.length - edge);
        const error = inner.map((x, i) => x - tone(to, part * low, 1, i + edge)[0]);
        assert.ok(decibels(error) < -67, `error ${decibels(error).toFixed(1)} dB at ${part} of the lower rate`);
      }
      for (const part of [0.51, 0.6, 0.9, 1, 1.7].filter((x) => x * low < from / 2)) {
        const leak = new Resampler(from, to).process(tone(from, part * low, from)).subarray(100);
        assert.ok(decibels(leak) < -73, `alias ${decibels(leak).toFixed(1)} dB at ${part} of the lower rate`);
      }
    });

    it(`${from} to ${to}: the same for every block size`, () => {
      const input = randomFloats(6000, 1);
      const run = (size: number) => {
        const resampler = new Resampler(from, to);
        const parts: Float32Array[] = [];
        for (let at = 0; at < input.length; at += size) parts.push(resampler.process(input.subarray(at, at + size)));
        return join([...parts, resampler.flush()]);
      };
      const whole = run(6000);
      for (const size of [1, 17, 1000]) assert.deepEqual(run(size), whole);
    });
  }

  it('starts anew after flush and reset', () => {
    const input = randomFloats(3000, 2);
    const resampler = new Resampler(24000, 8000);
    const first = join([resampler.process(input), resampler.flush()]);
    assert.deepEqual(join([resampler.process(input), resampler.flush()]), first);
    resampler.process(input.subarray(100));
    resampler.reset();
    assert.deepEqual(join([resampler.process(input), resampler.flush()]), first);
    assert.equal(first.length, 1000);
  });

  it('refuses rates that make no sense', () => {
    for (const [from, to] of [
      [0, 8000],
      [8000, 0],
      [-1, -1],
      [Number.NaN, 8000],
      [8000, Number.POSITIVE_INFINITY],
      [20e6, 8000],
    ])
      assert.throws(() => new Resampler(from, to), TrunkflowError);
  });

  it('does not drift in a long run', () => {
    const resampler = new Resampler(2048000 / 85, 8000);
    let inputs = 0;
    let outputs = 0;
    for (let i = 0; i < 2000; i++) {
      outputs += resampler.process(new Float32Array(1000)).length;
      inputs += 1000;
    }
    outputs += resampler.flush().length;
    assert.equal(outputs, Math.floor(((inputs - 1) * 8000 * 85) / 2048000) + 1);
  });
});
