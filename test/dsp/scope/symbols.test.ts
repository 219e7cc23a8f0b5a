import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AudioInfo, IqFormat, IqInfo, PortMessage, StreamMessage } from '../../../src/core/messages';
import { sharedBuffer } from '../../../src/core/shared-buffer';
import { ChannelizerStage } from '../../../src/dsp/channelizer/stage';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { writeMetrics } from '../../../src/dsp/demod/metrics';
import { fitLevels, nearestLevel, symbolValue } from '../../../src/dsp/scope/levels';
import { ScopeStage } from '../../../src/dsp/scope/stage';
import { C4FM } from '../../../src/protocols/p25/air-interface';
import { capture, needsCaptures } from '../../support/captures';
import { modulateFsk4 } from '../../support/fsk4-modulator';
import { gaussian, uniform } from '../../support/random';
import { asCf32, block, START } from '../channelizer-support';
import { type Frame, feedIq, framesOf } from './support';

const LEVELS = [-3, -1, 1, 3];

/** Random C4FM at 24 kS/s, `offset` Hz off, with noise of this power. */
function c4fm(symbols: number, offset: number, noise: number, deviation = 600): Buffer {
  const random = uniform(4);
  const levels = Array.from({ length: symbols }, () => LEVELS[Math.floor(4 * random())]);
  const signal = modulateFsk4(C4FM, levels, 24000, { start: 3.3, deviation });
  const next = gaussian(uniform(5));
  for (let n = 0; n < signal.length / 2; n++) {
    const turn = (2 * Math.PI * offset * n) / 24000;
    const [re, im] = [signal[2 * n], signal[2 * n + 1]];
    signal[2 * n] = 0.2 * (re * Math.cos(turn) - im * Math.sin(turn)) + Math.sqrt(noise / 2) * next();
    signal[2 * n + 1] = 0.2 * (re * Math.sin(turn) + im * Math.cos(turn)) + Math.sqrt(noise / 2) * next();
  }
  return asCf32(signal);
}

/** Mean and spread of the values near each level. */
function clusters(values: ArrayLike<number>): { level: number; count: number; mean: number; spread: number }[] {
  return LEVELS.map((level) => {
    const near = Array.from(values).filter((value) => nearestLevel(value) === level);
    const mean = near.reduce((sum, value) => sum + value, 0) / near.length;
    const spread = Math.sqrt(near.reduce((sum, value) => sum + (value - mean) ** 2, 0) / near.length);
    return { level, count: near.length, mean, spread };
  });
}

function assertFourClusters(frames: readonly Frame[], most: { shift: number; spread: number }): void {
  const values = frames.flatMap(({ arrays }) => [...(arrays.values ?? [])]);
  const found = clusters(values);
  for (const { level, count, mean, spread } of found) {
    assert.ok(count > values.length / 20, `${count} of ${values.length} at ${level}`);
    assert.ok(Math.abs(mean - level) < most.shift, `cluster ${level} lies at ${mean}`);
    assert.ok(spread < most.spread, `cluster ${level} is ${spread} wide`);
  }
}

describe('scope: levels', () => {
  it('gives back what metrics were made of: values within the levels exactly, and the weights', () => {
    const random = uniform(1);
    const count = 400;
    const values = Float32Array.from({ length: count }, () => 9 * random() - 4.5);
    const powers = Float32Array.from({ length: count }, () => 0.2 + random());
    const metrics = new Float32Array(4 * count);
    writeMetrics(values, 0, 1, powers, count, metrics);
    const typical = [...powers].sort((a, b) => a - b)[count / 2];
    for (let i = 0; i < count; i++) {
      const { value, weight } = symbolValue(metrics, 4 * i);
      assert.ok(Math.abs(value - values[i]) < 1e-3, `${value} for ${values[i]}`);
      assert.ok(Math.abs(weight - powers[i] / typical) < 1e-3);
    }
  });

  it('finds zero and gain of four levels, and how far off values are', () => {
    const random = uniform(2);
    const next = gaussian(random);
    const values = Array.from({ length: 300 }, () => 40 + 7 * (LEVELS[Math.floor(4 * random())] + 0.2 * next()));
    const { zero, gain, error } = fitLevels(values)!;
    assert.ok(Math.abs(zero - 40) < 0.5 && Math.abs(gain - 7) < 0.2, `${zero} ${gain}`);
    assert.ok(Math.abs(error - 0.04) < 0.01, `${error}`);
    assert.equal(fitLevels(new Float32Array(100)), null);
  });

  it('survives metrics that tell nothing', () => {
    assert.deepEqual(symbolValue(new Float32Array(4), 0), { value: 0, weight: 0 });
  });
});

describe('scope: eye and constellation of a channel', () => {
  const input = { rate: 24000, center: 851e6, format: 'cf32' as IqFormat };
  const show = (signal: Buffer, size = 1200) => feedIq(new ScopeStage({ air: C4FM }), input, signal, size);

  for (const offset of [0, 350, -800])
    it(`has four clusters at the levels, ${offset} Hz off the middle`, () => {
      const frames = show(c4fm(4800, offset, 1e-5)).slice(1);
      assertFourClusters(frames, { shift: 0.15, spread: 0.25 });
      for (const { head } of frames) assert.ok(Math.abs(head.figures.deviation! - 600) < 30, 'deviation');
      for (const { head } of frames) assert.ok(head.figures.mer! > 18, `MER ${head.figures.mer} dB`);
    });

  it('opens the eye in the middle of the symbols only', () => {
    const [, { arrays, head }] = show(c4fm(2400, 0, 1e-5));
    assert.equal(head.perSymbol, 8);
    const distance = (phase: number) => {
      let sum = 0;
      for (let i = phase; i < arrays.trace.length; i += 8)
        sum += (arrays.trace[i] - nearestLevel(arrays.trace[i])) ** 2;
      return sum;
    };
    const middle = distance(0);
    for (const phase of [2, 3, 4, 5, 6]) assert.ok(distance(phase) > 4 * middle, `phase ${phase}`);
  });

  it('puts the constellation where the phase steps of C4FM are: ±45° and ±135°', () => {
    const [, { arrays }] = show(c4fm(2400, 200, 1e-5));
    let power = 0;
    for (let k = 0; k < arrays.values.length; k++) {
      const [re, im] = [arrays.points[2 * k], arrays.points[2 * k + 1]];
      const turned = Math.atan2(im, re) / (Math.PI / 4);
      const level = nearestLevel(arrays.values[k]);
      const off = Math.abs(turned - level) > 4 ? 8 - Math.abs(turned - level) : Math.abs(turned - level);
      assert.ok(off < 0.4, `${turned} for ${level}`);
      power += Math.hypot(re, im) / arrays.values.length;
    }
    assert.ok(Math.abs(power - 1) < 0.1);
  });

  it('reads less of the eye in more noise', () => {
    const mer = [1e-5, 3e-3, 2e-2].map((noise) => show(c4fm(2400, 0, noise))[2].head.figures.mer!);
    assert.ok(mer[0] > mer[1] + 3 && mer[1] > mer[2] + 2, `${mer}`);
  });

  it('is the same to the byte whatever the block sizes', () => {
    const signal = c4fm(2400, 100, 1e-4);
    const [one, ...others] = [1200, 12000, 777].map((size) => show(signal, size));
    for (const other of others) assert.deepEqual(other, one);
    assert.ok(one[2].arrays.trace.length > 1000);
  });

  it('is left out for streams that are no channel, and without a signal type', () => {
    const wide = feedIq(new ScopeStage({ air: C4FM }), { ...input, rate: 240_000 }, c4fm(9600, 0, 1e-5), 4800);
    const none = feedIq(new ScopeStage(), input, c4fm(2400, 0, 1e-5), 4800);
    for (const { arrays } of [...wide, ...none]) assert.equal(arrays.trace, undefined);
  });
});

describe('scope: real recordings', () => {
  const RATE = 48000;

  /** The last second of a recording as the scope sees it behind a channelizer, and the channelizer's own figures. */
  function channelize(signal: Buffer): { iq: StreamMessage[]; infos: IqInfo[] } {
    const stage = new ChannelizerStage({ channels: [{ id: 'c', frequency: 0 }], rate: 24000, bandwidth: 12500 });
    const out: PortMessage[] = [];
    for (let at = 0; at < signal.length; at += 9600)
      out.push(
        ...stage.process(block({ rate: RATE, center: 0, format: 'cu8' }, at / 2, signal.subarray(at, at + 9600))),
      );
    out.push(...stage.flush());
    stage.close();
    const iq = out.filter((message): message is Extract<PortMessage, { port: 'iq' }> => message.port === 'iq');
    return { iq, infos: iq.map(({ info }) => info) };
  }
  /** Offsets of the frames the demodulator finds. */
  function offsetsOf(signal: Buffer): number[] {
    const demod = new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
    const out = channelize(signal).iq.flatMap((message) => demod.process(message));
    demod.close();
    return out.flatMap((message) =>
      message.port === 'symbols' ? message.info.frames.map(({ offset }) => offset) : [],
    );
  }
  const mean = (values: (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };

  it('a control channel: level and SNR agree with the channelizer within 0.5 and 1.5 dB, the offset with the demodulator within 25 Hz', function () {
    const name = 'p25/c4fm_control_48k.cu8';
    needsCaptures(this, name);
    const signal = readFileSync(capture(name));
    const frames = feedIq(new ScopeStage({ air: C4FM }), { rate: RATE, center: 0, format: 'cu8' }, signal, 4096);
    const { infos } = channelize(signal);
    const later = infos.slice(10);
    const seen = frames.slice(5).map(({ head }) => head.figures);
    const level = mean(seen.map(({ carrier }) => carrier!.level)) - mean(later.map((info) => info.level));
    const snr = mean(seen.map((figures) => figures.snr)) - mean(later.map((info) => info.snr));
    const offset = mean(seen.map((figures) => figures.offset)) - mean(offsetsOf(signal));
    assert.ok(Math.abs(level) < 0.5, `level ${level} dB off`);
    assert.ok(Math.abs(snr) < 1.5, `SNR ${snr} dB off`);
    assert.ok(Math.abs(offset) < 25, `offset ${offset} Hz off`);
  });

  for (const name of ['p25/c4fm_control_48k.cu8', 'p25/c4fm_voice_48k.cu8'])
    it(`${name}: four clusters, at the levels`, function () {
      needsCaptures(this, name);
      const input = { rate: RATE, center: 0, format: 'cu8' as const };
      const frames = feedIq(new ScopeStage({ air: C4FM }), input, readFileSync(capture(name)), 4096);
      const good = frames.filter(({ head }) => (head.figures.mer ?? 0) > 12);
      assert.ok(good.length > frames.length / 2, `${good.length} of ${frames.length} frames with a clear eye`);
      assertFourClusters(good, { shift: 0.25, spread: 0.45 });
    });

  it('soft symbols of the demodulator: clusters at the levels, SNR and offset as the demodulator says', function () {
    const name = 'p25/c4fm_control_48k.cu8';
    needsCaptures(this, name);
    const demod = new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
    const scope = new ScopeStage();
    const out: PortMessage[] = [];
    const snrs: number[] = [];
    const offsets: number[] = [];
    for (const message of [...channelize(readFileSync(capture(name))).iq.flatMap((one) => demod.process(one))]) {
      if (message.port !== 'symbols') continue;
      for (const { snr, offset } of message.info.frames) {
        snrs.push(snr);
        offsets.push(offset);
      }
      out.push(...scope.process(message));
    }
    const frames = framesOf(out);
    assert.ok(frames.length >= 15, `${frames.length}`);
    assertFourClusters(frames, { shift: 0.25, spread: 0.45 });
    const seen = frames.map(({ head }) => head.figures).filter(({ frames: found }) => found! > 0);
    assert.ok(Math.abs(mean(seen.map(({ snr }) => snr)) - mean(snrs)) < 1);
    assert.ok(Math.abs(mean(seen.map(({ offset }) => offset)) - mean(offsets)) < 20);
    assert.ok(frames.every(({ head }) => head.kind === 'symbols' && head.perSymbol === 1));
  });

  it('discriminator audio: four clusters', function () {
    const name = 'p25/voice_disc_48k.s16';
    needsCaptures(this, name);
    const stage = new ScopeStage({ air: C4FM });
    const signal = readFileSync(capture(name)).subarray(2 * 5 * RATE, 2 * 9 * RATE);
    const out: PortMessage[] = [];
    for (let at = 0, seq = 0; at < signal.length; at += 4800, seq++) {
      const payload = sharedBuffer(Math.min(4800, signal.length - at));
      signal.copy(payload, 0, at);
      const info: AudioInfo = { stream: 'f', seq, time: START + at / 96, rate: RATE, kind: 'discriminator' };
      out.push(...stage.process({ port: 'audio', payload, info }));
    }
    const good = framesOf(out).filter(({ head }) => (head.figures.mer ?? 0) > 12);
    assert.ok(good.length > 20, `${good.length} of ${out.length}`);
    assertFourClusters(good, { shift: 0.25, spread: 0.45 });
  });
});
