import { IQ_BYTES, type IqFormat } from '../src/core/messages';
import { ChannelBank } from '../src/dsp/channelizer/bank';
import { bankPlan, channelShape } from '../src/dsp/channelizer/plan';
import { ChannelizerStage } from '../src/dsp/channelizer/stage';
import { SampleWindow } from '../src/dsp/channelizer/window';
import { Fft, freePlanar, planar } from '../src/dsp/fft';
import { lowpass } from '../src/dsp/filter-design';
import { fftRadices, fft as plainFft } from '../src/dsp/kernels/fft';
import { fir as plainFir } from '../src/dsp/kernels/fir';
import { translate as plainTranslate } from '../src/dsp/kernels/translate';
import { kernelBytes, kernelFloats, kernels } from '../src/dsp/kernels/wasm';
import { Resampler } from '../src/dsp/resample';
import { Random } from '../src/sources/generator/noise';
import { type Benchmark, runsPerSecond } from './benchmark';

const RATE = 2.4e6;
const CENTER = 852.3e6;

const random = new Random(1);
const noise = (length: number) => Float32Array.from({ length }, () => random.next() - 0.5);

/** Throughput of work on so many samples, in millions of samples a second. */
function throughput(name: string, samples: number, work: () => void, note?: string): Benchmark {
  return { name, value: (runsPerSecond(work) * samples) / 1e6, unit: 'MS/s', note };
}

/** What the kernels, the channelizer and the resampler do on one core. */
export async function benchmarks(): Promise<Benchmark[]> {
  return [
    ...conversions(),
    ...filters(),
    ...transforms(),
    ...[8, 32, 96].map(bank),
    overlappingBank(),
    ...[1, 2, 3, 8, 32, 96].map(stage),
    resampler(48000, 8000),
    resampler(24000, 8000),
  ];
}

function conversions(): Benchmark[] {
  const count = 8192;
  const bytes = kernelBytes(8 * count);
  const [re, im, sums] = [kernelFloats(count), kernelFloats(count), kernelFloats(2)];
  const rest = [re.pointer, im.pointer, 1, 0, 0, sums.pointer];
  const k = kernels();
  const rows = [
    throughput('convert cu8', count, () => k.convert8(bytes.pointer, count, 0, ...rest)),
    throughput('convert cs16', count, () => k.convert16(bytes.pointer, count, ...rest)),
    throughput('convert cf32', count, () => k.convertFloat(bytes.pointer, count, ...rest)),
  ];
  for (const array of [bytes, re, im, sums]) array.free();
  return rows;
}

function filters(): Benchmark[] {
  const count = 50000;
  const [x, y] = [noise(count + 1000), noise(count + 1000)];
  const samples = planar(count + 1000);
  samples.re.view.set(x);
  samples.im.view.set(y);
  const out = planar(count);
  const taps = kernelFloats(1000);
  const k = kernels();
  const place = 4 * 400;
  const [re, im] = [samples.re.pointer + place, samples.im.pointer + place];
  const rows = [
    throughput('translating FIR, 400 taps, /50', count, () => {
      k.translate(re, im, taps.pointer, 200, 50, count / 50, out.re.pointer, out.im.pointer);
    }),
    throughput('real FIR, 80 taps', count, () => k.fir(re, taps.pointer, 40, 1, count, out.re.pointer)),
    throughput('real FIR, 240 taps, /4', count, () => k.fir(re, taps.pointer, 120, 4, count / 4, out.re.pointer)),
  ];
  const plain = lowpass({ pass: 0.002, stop: 0.0136, attenuation: 80 });
  const [a, b] = [new Float32Array(count / 50), new Float32Array(count / 50)];
  rows.push(
    throughput(
      'the same in plain TypeScript: translating FIR',
      count,
      () => plainTranslate(x, y, 400, plain, 0.1, 50, a, b),
      `${plain.length} taps, /50`,
    ),
    throughput(
      'the same in plain TypeScript: real FIR',
      a.length,
      () => plainFir(x, 400, plain, 1, a),
      `${plain.length} taps`,
    ),
  );
  for (const array of [samples, out]) freePlanar(array);
  taps.free();
  return rows;
}

function transforms(): Benchmark[] {
  const rows = [1024, 4096, 16384, 51200].map((size) => {
    const fft = new Fft(size);
    const [source, target] = [planar(size), planar(size)];
    source.re.view.set(noise(size));
    source.im.view.set(noise(size));
    const runs = runsPerSecond(() => fft.forward(source, 0, target));
    fft.close();
    freePlanar(source);
    freePlanar(target);
    return { name: `FFT, ${size} samples`, value: 1e6 / runs, unit: 'us' };
  });
  const [re, im] = [noise(1024), noise(1024)];
  const plain = runsPerSecond(() => plainFft(re, im, fftRadices(1024)!));
  return [...rows, { name: 'FFT, 1024 samples, plain TypeScript', value: 1e6 / plain, unit: 'us' }];
}

/** Fast-convolution bank at 2.4 MS/s: channels of 12.5 kHz at 24 kS/s, adjacent channels 75 dB down. */
function bank(channels: number): Benchmark {
  const shape = channelShape(RATE, 24000, 12500);
  return runBank(`bank, ${channels} channels of 12.5 kHz at 24 kS/s`, shape, channels);
}

/** The whole band twice oversampled, each channel passing its spacing less the transition, as a 12-tap polyphase bank would. */
function overlappingBank(): Benchmark {
  const spacing = RATE / 96;
  const shape = { decimation: 48, rate: RATE / 48, pass: 0.3 * spacing, stop: 0.7 * spacing };
  return runBank('bank, all 96 channels of 25 kHz at 50 kS/s', shape, 96);
}

function runBank(name: string, shape: ReturnType<typeof channelShape>, channels: number): Benchmark {
  const plan = bankPlan(RATE, shape, channels);
  const filters = new ChannelBank(plan, shape.decimation);
  for (let i = 0; i < channels; i++) filters.add(-0.45 + (0.9 * i) / channels, () => {});
  const chunk = 8192;
  const window = new SampleWindow(filters.keep, chunk);
  window.restart(0);
  filters.restart(0);
  const { re, im } = window.samples;
  re.view.set(noise(re.length));
  im.view.set(noise(im.length));
  const row = throughput(
    name,
    64 * chunk,
    () => {
      for (let i = 0; i < 64; i++) {
        window.extend(chunk);
        filters.advance(window);
      }
    },
    `blocks of ${plan.outputs * shape.decimation}`,
  );
  filters.close();
  window.close();
  return row;
}

/** The whole stage: cu8 buffers in, measured messages out. */
function stage(channels: number): Benchmark {
  const list = Array.from({ length: channels }, (_, i) => ({ frequency: CENTER + (i - channels / 2 + 0.5) * 22500 }));
  const channelizer = new ChannelizerStage({ channels: list });
  const count = 96000;
  const format: IqFormat = 'cu8';
  const payload = Buffer.from(noise(count * IQ_BYTES[format]).map((x) => 127.4 + 200 * x));
  let sample = 0;
  const row = throughput(
    `channelizer stage, cu8, ${channels} channel${channels > 1 ? 's' : ''}`,
    count,
    () => {
      const time = (1000 * sample) / RATE;
      const info = { stream: 'bench', seq: 0, format, rate: RATE, center: CENTER, sample, time, dropped: 0 };
      channelizer.process({ port: 'iq', payload, info });
      sample += count;
    },
    'at 2.4 MS/s, 24 kS/s out',
  );
  channelizer.close();
  return row;
}

function resampler(from: number, to: number): Benchmark {
  const resample = new Resampler(from, to);
  const input = noise(4800);
  return throughput(`resampler ${from} to ${to}`, input.length, () => resample.process(input));
}
