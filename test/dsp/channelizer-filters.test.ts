import assert from 'node:assert/strict';
import { ChannelBank } from '../../src/dsp/channelizer/bank';
import { type ChannelFilter, DirectChannel, type OutputSink } from '../../src/dsp/channelizer/direct';
import { bankPlan, type ChannelShape, channelShape, directPlan } from '../../src/dsp/channelizer/plan';
import { SampleWindow } from '../../src/dsp/channelizer/window';
import { power } from './channelizer-support';

const CHUNK = 4096;

type Method = (rate: number, shape: ChannelShape, offset: number, sink: OutputSink) => ChannelFilter;

const methods: Record<string, Method> = {
  direct: (rate, shape, offset, sink) => new DirectChannel(directPlan(rate, shape), offset / rate, CHUNK, sink),
  bank: (rate, shape, offset, sink) => {
    const bank = new ChannelBank(bankPlan(rate, shape, 20), shape.decimation);
    bank.add(offset / rate, sink);
    return bank;
  },
};

/**
 * A channel of 12.5 kHz at `offset` Hz from the centre: what it gives for a tone of full scale once settled, after so many
 * input samples.
 */
function probe(method: Method, rate: number, offset: number, settle?: number) {
  const shape = channelShape(rate, 24000, 12500);
  const kept: number[] = [];
  const settled = () => Math.ceil((settle ?? 2 * filter.reach) / shape.decimation);
  const sink: OutputSink = (samples, at, first, count) => {
    for (let i = 0; i < count; i++)
      if (first + i >= settled()) kept.push(samples.re.view[at + i], samples.im.view[at + i]);
  };
  const filter = method(rate, shape, offset, sink);
  const window = new SampleWindow(Math.max(filter.keep, CHUNK), CHUNK);
  return {
    shape,
    /** frequency: Hz from the input's centre. */
    tone(frequency: number): Float32Array {
      kept.length = 0;
      window.restart(0);
      filter.restart(0);
      const until = settled() * shape.decimation + 2 * filter.reach + 48 * shape.decimation;
      const cycles = frequency / rate;
      while (window.end < until) {
        const start = window.end;
        const at = window.extend(CHUNK);
        const { re, im } = window.samples;
        const [x, y] = [re.view, im.view];
        for (let i = 0; i < CHUNK; i++) {
          const angle = 2 * Math.PI * ((cycles * (start + i)) % 1);
          x[at + i] = Math.cos(angle);
          y[at + i] = Math.sin(angle);
        }
        filter.advance(window);
      }
      return Float32Array.from(kept);
    },
    close() {
      filter.close();
      window.close();
    },
  };
}

/** What is left of samples when a tone of this frequency (cycles per sample) is taken out, dB. */
function residue(samples: Float32Array, cycles: number): number {
  let re = 0;
  let im = 0;
  const count = samples.length / 2;
  const rotated = (n: number) => {
    const [c, s] = [Math.cos(2 * Math.PI * cycles * n), -Math.sin(2 * Math.PI * cycles * n)];
    return [samples[2 * n] * c - samples[2 * n + 1] * s, samples[2 * n] * s + samples[2 * n + 1] * c];
  };
  for (let n = 0; n < count; n++) {
    re += rotated(n)[0] / count;
    im += rotated(n)[1] / count;
  }
  return power(Float32Array.from(samples, (_, i) => rotated(i >> 1)[i & 1] - (i & 1 ? im : re)));
}

describe('channel filters: ripple, adjacent channels and aliases', function () {
  this.timeout(120000);
  for (const rate of [2.4e6, 2.048e6, 1.024e6, 240e3, 48e3])
    for (const [name, method] of Object.entries(methods))
      it(`${name} at ${rate / 1000} kS/s`, () => {
        // On no raster, so that every rotation and bin rounding takes part.
        const offset = rate > 100e3 ? -0.2171 * rate : 3210.7;
        const { shape, tone, close } = probe(method, rate, offset);
        assert.ok(shape.rate >= 24000 && shape.rate <= 24000 * 1.1);
        for (let f = -5500; f <= 5500; f += 500) {
          const output = tone(offset + f);
          const gain = power(output);
          assert.ok(Math.abs(gain) <= 0.1, `ripple ${gain.toFixed(3)} dB at ${f} Hz`);
          const spurious = residue(output, f / shape.rate);
          assert.ok(spurious <= -75, `spurious ${spurious.toFixed(1)} dB beside a tone at ${f} Hz`);
        }
        const apart: number[] = [];
        // The adjacent channels closely, the rest of the band coarsely, and every place that folds onto the channel.
        for (let f = 7500; f <= 40000; f += 1250) apart.push(f);
        for (let f = 41000; f <= rate; f *= 1.09) apart.push(f);
        for (let k = 2; k * shape.rate < rate; k = Math.ceil(k * 1.3))
          apart.push(k * shape.rate, k * shape.rate + 4999);
        let tried = 0;
        for (const f of apart.flatMap((x) => [x, -x])) {
          if (Math.abs(offset + f) > rate / 2) continue;
          tried++;
          const leak = power(tone(offset + f));
          assert.ok(leak <= -75, `only ${(-leak).toFixed(1)} dB rejection ${f} Hz away`);
        }
        assert.ok(tried > 15);
        close();
      });

  it('the two methods agree sample by sample', () => {
    for (const [rate, offset] of [
      [2.4e6, 675000],
      [2.048e6, -312345.6],
      [48e3, 1234.5],
    ]) {
      const [a, b] = Object.values(methods).map((method) => {
        const channel = probe(method, rate, offset, 100e3);
        const samples = channel.tone(offset + 2345);
        channel.close();
        return samples;
      });
      const length = Math.min(a.length, b.length);
      assert.ok(length >= 96);
      const error = Float32Array.from({ length }, (_, i) => a[i] - b[i]);
      assert.ok(power(error) < -75, `differ by ${power(error)} dB`);
    }
  });
});
