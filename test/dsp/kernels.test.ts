import assert from 'node:assert/strict';
import { IQ_BYTES, type IqFormat } from '../../src/core/messages';
import { convertIq, IQ_SCALING } from '../../src/dsp/kernels/convert';
import { deliver } from '../../src/dsp/kernels/deliver';
import { fir, foldedTaps } from '../../src/dsp/kernels/fir';
import { gather, scatter, setRotorFirst, setRotorStep } from '../../src/dsp/kernels/lanes';
import { rotate, rotor } from '../../src/dsp/kernels/rotate';
import { smoothPower } from '../../src/dsp/kernels/smooth-power';
import { translate, translatingTaps } from '../../src/dsp/kernels/translate';
import { kernelBytes, kernelFloats, kernelInts, kernels } from '../../src/dsp/kernels/wasm';
import { weigh } from '../../src/dsp/kernels/weigh';
import { randomFloats, uniform } from '../support/random';

/** Kernel memory holding these numbers. */
function held(values: ArrayLike<number>) {
  const array = kernelFloats(values.length);
  array.view.set(values);
  return array;
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `[${i}] ${actual[i]} is not ${expected[i]}`);
}

describe('kernels and their plain twins', () => {
  const counts = [0, 1, 3, 4, 5, 7, 8, 9, 31, 64, 1000];

  for (const format of ['cu8', 'cs8', 'cs16', 'cf32'] as IqFormat[])
    it(`convert ${format}`, () => {
      const random = uniform(1);
      const k = kernels();
      for (const count of counts) {
        const bytes = Uint8Array.from({ length: count * IQ_BYTES[format] }, () => random() * 256);
        // Random bit patterns hold every kind of float: NaN, infinities, huge ones.
        const source = kernelBytes(bytes.length);
        const [re, im, sums] = [kernelFloats(count), kernelFloats(count), kernelFloats(2)];
        source.view.set(bytes);
        const { scale, bias } = IQ_SCALING[format];
        const [a, b] = [bias - 0.01, bias + 0.02];
        const rest = [re.pointer, im.pointer, scale, a, b, sums.pointer];
        let bad = 0;
        if (format === 'cf32') bad = k.convertFloat(source.pointer, count, ...rest);
        else if (format === 'cs16') k.convert16(source.pointer, count, ...rest);
        else k.convert8(source.pointer, count, format === 'cs8' ? 1 : 0, ...rest);
        const [twinRe, twinIm] = [new Float32Array(count), new Float32Array(count)];
        const twinBad = convertIq(bytes, format, twinRe, twinIm, 0.01, -0.02);
        assert.equal(bad, twinBad);
        const size = Math.max(1, ...twinRe.map(Math.abs), ...twinIm.map(Math.abs));
        assertClose(re.view, twinRe, 1e-6 * size);
        assertClose(im.view, twinIm, 1e-6 * size);
        const sum = (x: Float32Array) => x.reduce((s, v) => s + v, 0);
        assertClose(sums.view, [sum(twinRe), sum(twinIm)], 1e-5 * size * (count + 1));
        for (const array of [source, re, im, sums]) array.free();
      }
    });

  it('convert covers every 8-bit value, with cu8 centred on 127.4', () => {
    const re = new Float32Array(256);
    const im = new Float32Array(256);
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => i >> 1);
    convertIq(bytes, 'cu8', re, im, 0, 0);
    assertClose(
      re,
      Float32Array.from({ length: 256 }, (_, i) => (i - 127.4) / 127.5),
      1e-6,
    );
    convertIq(bytes, 'cs8', re, im, 0, 0);
    assert.equal(re[128], -1);
    assert.equal(im[127], 127 / 128);
  });

  it('translate', () => {
    const size = 3000;
    const [re, im] = [randomFloats(size, 2), randomFloats(size, 3)];
    for (const [length, frequency, step, count] of [
      [1, 0.1, 1, 9],
      [7, -0.31, 3, 10],
      [147, 0.2345, 25, 100],
      [401, 0.499, 50, 40],
    ]) {
      const taps = Float64Array.from({ length }, (_, k) => Math.cos((k - (length - 1) / 2) / length) / length);
      const packed = held(translatingTaps(taps, frequency));
      const half = packed.length / 2;
      const [x, y, a, b] = [held(re), held(im), kernelFloats(count), kernelFloats(count)];
      kernels().translate(
        x.pointer + 4 * half,
        y.pointer + 4 * half,
        packed.pointer,
        half,
        step,
        count,
        a.pointer,
        b.pointer,
      );
      const [twinRe, twinIm] = [new Float32Array(count), new Float32Array(count)];
      translate(re, im, half, taps, frequency, step, twinRe, twinIm);
      assertClose(a.view, twinRe, 1e-6);
      assertClose(b.view, twinIm, 1e-6);
      for (const array of [packed, x, y, a, b]) array.free();
    }
  });

  it('fir, and an output is the same alone or beside others', () => {
    const samples = randomFloats(3000, 4);
    for (const [length, step, count] of [
      [1, 1, 5],
      [15, 1, 33],
      [17, 2, 64],
      [241, 4, 101],
    ]) {
      const taps = Float64Array.from({ length }, (_, k) => Math.cos((k - (length - 1) / 2) / length) / length);
      const packed = held(foldedTaps(taps));
      const x = held(samples);
      const out = kernelFloats(count);
      const start = x.pointer + 4 * packed.length;
      kernels().fir(start, packed.pointer, packed.length, step, count, out.pointer);
      const twin = new Float32Array(count);
      fir(samples, packed.length, taps, step, twin);
      assertClose(out.view, twin, 1e-6);
      const together = Float32Array.from(out.view);
      for (let n = 0; n < count; n++) {
        kernels().fir(start + 4 * n * step, packed.pointer, packed.length, step, 1, out.pointer);
        assert.equal(out.view[0], together[n]);
      }
      for (const array of [packed, x, out]) array.free();
    }
  });

  it('rotate', () => {
    for (const count of [1, 4, 6, 400]) {
      const [re, im] = [randomFloats(count, 5), randomFloats(count, 6)];
      const [a, b, turn] = [kernelFloats(count + 4), kernelFloats(count + 4), kernelFloats(10)];
      a.view.set(re);
      b.view.set(im);
      rotor(1.2, -0.77, turn.view);
      kernels().rotate(a.pointer, b.pointer, count, turn.pointer);
      rotate(re, im, 1.2, -0.77);
      assertClose(a.view.subarray(0, count), re, 2e-5);
      assertClose(b.view.subarray(0, count), im, 2e-5);
      for (const array of [a, b, turn]) array.free();
    }
  });

  it('weigh and deliver', () => {
    for (const count of [1, 2, 5, 8, 99]) {
      const [x, y, w] = [7, 8, 9].map((seed) => randomFloats(count + 1, seed));
      const [re, im, weights, a, b] = [held(x), held(y), held(w), kernelFloats(count + 1), kernelFloats(count + 1)];
      kernels().weigh(re.pointer, im.pointer, weights.pointer, count + 1, a.pointer, b.pointer);
      const [twinRe, twinIm] = [new Float32Array(count + 1), new Float32Array(count + 1)];
      weigh(x, y, w, twinRe, twinIm);
      assertClose(a.view, twinRe, 0);
      assertClose(b.view, twinIm, 0);
      const [out, sums] = [kernelFloats(2 * count), kernelFloats(3)];
      kernels().deliver(re.pointer + 4, im.pointer + 4, count, out.pointer, sums.pointer);
      const twin = new Float32Array(2 * count);
      const twinSums = deliver(x, y, twin);
      assertClose(out.view, twin, 0);
      assertClose(sums.view, twinSums, 1e-4);
      for (const array of [re, im, weights, a, b, out, sums]) array.free();
    }
  });

  it('gather and scatter', () => {
    const bins = 300;
    const [x, y] = [randomFloats(bins, 11), randomFloats(bins, 12)];
    const [re, im] = [held(x), held(y)];
    const firsts = [0, 7, 131, 130];
    const angles = [0.3, -2, 3, 1].map((first, k) => ({ first, step: 0.7 * k - 1 }));
    const rotors = kernelFloats(40);
    for (const [k, { first, step }] of angles.entries()) {
      setRotorStep(rotors.view, k, step);
      setRotorFirst(rotors.view, k, first);
    }
    for (const count of [4, 8, 100, 168]) {
      const weights = firsts.map((_, k) => randomFloats(count, 13 + k));
      const heldWeights = weights.map(held);
      const sources = kernelInts(8);
      sources.view.set([...firsts, ...heldWeights.map(({ pointer }) => pointer)]);
      const [a, b] = [kernelFloats(4 * count), kernelFloats(4 * count)];
      kernels().gather(re.pointer, im.pointer, sources.pointer, count, a.pointer, b.pointer);
      const [twinRe, twinIm] = [new Float32Array(4 * count), new Float32Array(4 * count)];
      gather(x, y, firsts, weights, twinRe, twinIm);
      assertClose(a.view, twinRe, 0);
      assertClose(b.view, twinIm, 0);

      const row = count + 4;
      for (const some of [count, count - 1, count - 3]) {
        const [c, d] = [kernelFloats(4 * row), kernelFloats(4 * row)];
        kernels().scatter(a.pointer, b.pointer, some, rotors.pointer, row, c.pointer, d.pointer);
        const [rowsRe, rowsIm] = [new Float32Array(4 * row), new Float32Array(4 * row)];
        scatter(twinRe, twinIm, some, angles, row, rowsRe, rowsIm);
        for (let k = 0; k < 4; k++) {
          const [from, to] = [k * row, k * row + some];
          assertClose(c.view.subarray(from, to), rowsRe.subarray(from, to), 1e-5);
          assertClose(d.view.subarray(from, to), rowsIm.subarray(from, to), 1e-5);
        }
        c.free();
        d.free();
      }
      for (const array of [...heldWeights, sources, a, b]) array.free();
    }
    for (const array of [re, im, rotors]) array.free();
  });

  it('smoothPower', () => {
    const count = 64;
    const [x, y] = [randomFloats(count, 21), randomFloats(count, 22)];
    const [re, im, mean] = [held(x), held(y), held(randomFloats(count, 23))];
    const twin = mean.view.slice();
    for (const share of [0, 0.25, 1]) {
      kernels().smoothPower(re.pointer, im.pointer, count, 3, share, mean.pointer);
      smoothPower(x, y, 3, share, twin);
      assertClose(mean.view, twin, 1e-6);
    }
    for (const array of [re, im, mean]) array.free();
  });
});
