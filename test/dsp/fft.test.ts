import assert from 'node:assert/strict';
import { TrunkflowError } from '../../src/core/errors';
import { Fft, fftSize, freePlanar, planar } from '../../src/dsp/fft';
import { fft, fftRadices } from '../../src/dsp/kernels/fft';
import { randomFloats } from '../support/random';

const FFT: new (
  size: number,
) => {
  createComplexArray(): number[];
  transform(out: number[], data: number[]): void;
} = require('fft.js');

describe('Fft', () => {
  const run = (size: number) => {
    const transform = new Fft(size);
    const [source, target, back] = [planar(size + 5), planar(size), planar(size)];
    source.re.view.set(randomFloats(size, 1), 5);
    source.im.view.set(randomFloats(size, 2), 5);
    transform.forward(source, 5, target);
    transform.inverse(target, back);
    const copy = (x: { view: Float32Array }) => Float32Array.from(x.view);
    const result = {
      source: [copy(source.re).subarray(5), copy(source.im).subarray(5)],
      target: [copy(target.re), copy(target.im)],
      back: [copy(back.re), copy(back.im)],
    };
    transform.close();
    for (const array of [source, target, back]) freePlanar(array);
    return result;
  };
  const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, value) => Math.max(most, value), 0);

  for (const size of [16, 32, 48, 64, 80, 96, 144, 160, 240, 400, 720, 1024, 1280, 2000 * 8, 4608, 8192, 16384])
    it(`of ${size} samples agrees with the plain twin and its inverse`, () => {
      const { source, target, back } = run(size);
      const [re, im] = fft(source[0], source[1], fftRadices(size)!);
      const tolerance = 4e-7 * Math.sqrt(size) * Math.log2(size);
      assert.ok(worst(target[0], re) < tolerance && worst(target[1], im) < tolerance);
      for (const part of [0, 1])
        assert.ok(
          worst(
            back[part].map((x) => x / size),
            source[part],
          ) < 1e-6,
        );
    });

  for (const size of [2, 3, 4, 12, 15, 50, 64, 96, 128, 480, 512, 2048, 2250])
    it(`of four times ${size} samples side by side agrees with the plain twin and its inverse`, () => {
      const transform = new Fft(size, 4);
      const [source, target, back] = [planar(4 * size), planar(4 * size), planar(4 * size)];
      source.re.view.set(randomFloats(4 * size, 3));
      source.im.view.set(randomFloats(4 * size, 4));
      transform.forward(source, 0, target);
      transform.inverse(target, back);
      const tolerance = 4e-7 * Math.sqrt(size) * Math.log2(2 * size);
      for (let k = 0; k < 4; k++) {
        const lane = (array: { view: Float32Array }) => array.view.filter((_, i) => i % 4 === k);
        const [re, im] = fft(lane(source.re), lane(source.im), fftRadices(size, 4)!);
        assert.ok(worst(lane(target.re), re) < tolerance && worst(lane(target.im), im) < tolerance);
      }
      for (const part of ['re', 'im'] as const)
        assert.ok(
          worst(
            back[part].view.map((x) => x / size),
            source[part].view,
          ) < 1e-6,
        );
      transform.close();
      for (const array of [source, target, back]) freePlanar(array);
    });

  for (const size of [16, 64, 1024, 8192])
    it(`of ${size} samples agrees with fft.js`, () => {
      const { source, target } = run(size);
      const oracle = new FFT(size);
      const out = oracle.createComplexArray();
      oracle.transform(
        out,
        Array.from({ length: 2 * size }, (_, i) => source[i & 1][i >> 1]),
      );
      const [re, im] = [0, 1].map((part) => Array.from({ length: size }, (_, i) => out[2 * i + part]));
      const tolerance = 4e-7 * Math.sqrt(size) * Math.log2(size);
      assert.ok(worst(target[0], re) < tolerance && worst(target[1], im) < tolerance);
    });

  it('refuses sizes it cannot do and finds the next it can', () => {
    for (const size of [0, 8, 17, 112, 16.5, Number.NaN]) assert.throws(() => new Fft(size), TrunkflowError);
    for (const size of [0, 1, 14, 1.5, Number.NaN]) assert.throws(() => new Fft(size, 4), TrunkflowError);
    assert.equal(fftSize(1), 16);
    assert.equal(fftSize(97), 128);
    assert.equal(fftSize(1024), 1024);
    assert.equal(fftSize(1025), 1152);
  });
});
