import assert from 'node:assert/strict';
import { fmDiscriminate } from '../../../src/dsp/kernels/fm-discriminate';
import { fmInterpolate } from '../../../src/dsp/kernels/fm-interpolate';
import { fsk4Correlate, fsk4Products } from '../../../src/dsp/kernels/fsk4-correlate';
import { fsk4Sequence, fsk4SequenceBack } from '../../../src/dsp/kernels/fsk4-sequence';
import { fsk4Symbols } from '../../../src/dsp/kernels/fsk4-symbols';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../../../src/dsp/kernels/wasm';
import { randomFloats } from '../../support/random';

const taken: KernelArray<Float32Array>[] = [];

function inKernel(values: Float32Array | number): KernelArray<Float32Array> {
  const array = kernelFloats((typeof values === 'number' ? values : values.length) + 8);
  if (typeof values !== 'number') array.view.set(values);
  taken.push(array);
  return array;
}

function assertNear(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `${i}: ${actual[i]} instead of ${expected[i]}`);
}

describe('demodulator kernels agree with their plain twins', () => {
  afterEach(() => {
    for (const array of taken.splice(0)) array.free();
  });

  it('fmInterpolate, both planes', () => {
    const [length, phases, count] = [48, 16, 37];
    const re = randomFloats(400, 1);
    const im = randomFloats(400, 2);
    const table = randomFloats((phases + 1) * length, 3);
    const expected = [new Float32Array(count), new Float32Array(count)];
    fmInterpolate(re, 60, table, length, phases, 0.37, 2.37, expected[0]);
    fmInterpolate(im, 60, table, length, phases, 0.37, 2.37, expected[1]);
    const [x, y, t, a, b] = [inKernel(re), inKernel(im), inKernel(table), inKernel(count), inKernel(count)];
    const { fmInterpolate: kernel } = kernels();
    kernel(x.pointer + 240, y.pointer + 240, t.pointer, length, phases, 0.37, 2.37, a.pointer, b.pointer, count);
    assertNear(a.view, expected[0], 2e-5);
    assertNear(b.view, expected[1], 2e-5);
    b.view.fill(7);
    kernel(x.pointer + 240, 0, t.pointer, length, phases, 0.37, 2.37, a.pointer, 0, count);
    assertNear(a.view, expected[0], 2e-5);
    assert.ok(b.view.every((value) => value === 7));
  });

  it('fmDiscriminate, to 4e-6 rad in every direction', () => {
    const count = 402;
    const re = Float32Array.from({ length: count + 1 }, (_, i) => Math.cos(i * i * 0.0039) * (1 + (i % 5)));
    const im = Float32Array.from({ length: count + 1 }, (_, i) => Math.sin(i * i * 0.0039) * (1 + (i % 5)));
    re[100] = im[100] = 0;
    const expected = [new Float32Array(count), new Float32Array(count)];
    fmDiscriminate(re, im, expected[0], expected[1]);
    const [x, y, angle, power] = [inKernel(re), inKernel(im), inKernel(count), inKernel(count)];
    kernels().fmDiscriminate(x.pointer, y.pointer, angle.pointer, power.pointer, count);
    assertNear(angle.view, expected[0], 4e-6);
    assertNear(power.view, expected[1], 1e-5);
  });

  it('fsk4Products and fsk4Correlate', () => {
    const [lag, lags, count] = [4, 92, 64];
    const re = randomFloats(count + lags + lag, 4);
    const im = randomFloats(count + lags + lag, 5);
    const reference = [randomFloats(lags, 6), randomFloats(lags, 7)];
    const expected = [0, 1, 2].map(() => new Float32Array(count + lags));
    fsk4Products(re, im, lag, expected[0], expected[1], expected[2]);
    const [x, y] = [inKernel(re), inKernel(im)];
    const d = [0, 1, 2].map(() => inKernel(count + lags));
    kernels().fsk4Products(x.pointer, y.pointer, lag, d[0].pointer, d[1].pointer, d[2].pointer, count + lags);
    for (let i = 0; i < 3; i++) assertNear(d[i].view, expected[i], 1e-6);

    const rho = [new Float32Array(count), new Float32Array(count)];
    fsk4Correlate(expected[0], expected[1], expected[2], reference[0], reference[1], rho[0], rho[1]);
    const [r, m, direct, mirrored] = [inKernel(reference[0]), inKernel(reference[1]), inKernel(count), inKernel(count)];
    const [re2, im2, abs] = d.map(({ pointer }) => pointer);
    kernels().fsk4Correlate(re2, im2, abs, r.pointer, m.pointer, lags, direct.pointer, mirrored.pointer, count);
    assertNear(direct.view, rho[0], 1e-6);
    assertNear(mirrored.view, rho[1], 1e-6);
  });

  it('fsk4Sequence and the way back', () => {
    const [steps, symbols] = [60, 54];
    const [re, im, templates] = [randomFloats(4 * steps, 11), randomFloats(4 * steps, 12), randomFloats(32 * 256, 13)];
    const known = Uint8Array.from({ length: steps }, (_, i) => (i < 5 ? i & 3 : 255));
    const settings = { h: 0.27, beta: 0.08, follow: 0.0015 };
    const trace = fsk4Sequence(re, im, templates, known, steps, settings);
    const expected = fsk4SequenceBack(trace, known, steps, symbols, 2);
    const [x, y, t] = [inKernel(re), inKernel(im), inKernel(templates)];
    const [work, gammas, alphas, metrics] = [292, 64 * steps, 16 * steps, 4 * symbols].map(inKernel);
    const told = kernelBytes(steps);
    told.view.set(known);
    const k = kernels();
    const { h, beta, follow } = settings;
    const inputs = [x.pointer, y.pointer, t.pointer, told.pointer] as const;
    const total = k.fsk4Sequence(...inputs, steps, h, beta, follow, work.pointer, gammas.pointer, alphas.pointer);
    assert.ok(Math.abs(total - trace.total) < 1e-3, `${total} instead of ${trace.total}`);
    assertNear(gammas.view, Float32Array.from(trace.gammas), 1e-4);
    k.fsk4SequenceBack(gammas.pointer, alphas.pointer, told.pointer, steps, symbols, 2, work.pointer, metrics.pointer);
    assertNear(metrics.view, expected, 1e-3);
    told.free();
  });

  it('fsk4Symbols', () => {
    const [length, stride, reach, count] = [72, 6, 4, 20];
    const angle = randomFloats((count - 1) * stride + length, 8);
    const power = randomFloats((count - 1) * stride + length, 9);
    const taps = randomFloats(length, 10);
    const expected = [new Float32Array(count), new Float32Array(count)];
    fsk4Symbols(angle, power, taps, stride, reach, expected[0], expected[1]);
    const [a, p, t, v, w] = [inKernel(angle), inKernel(power), inKernel(taps), inKernel(count), inKernel(count)];
    kernels().fsk4Symbols(a.pointer, p.pointer, t.pointer, length, stride, reach, v.pointer, w.pointer, count);
    assertNear(v.view, expected[0], 1e-5);
    assertNear(w.view, expected[1], 0);
  });
});
