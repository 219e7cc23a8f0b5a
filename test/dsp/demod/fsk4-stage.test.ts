import assert from 'node:assert/strict';
import { TrunkflowError } from '../../../src/core/errors';
import type { IqFormat, PortMessage } from '../../../src/core/messages';
import { Fsk4Stage } from '../../../src/dsp/demod/fsk4-stage';
import { kernels } from '../../../src/dsp/kernels/wasm';
import { C4FM, SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { DUID } from '../../../src/protocols/p25/data-units';
import { impair, noise, toCs16 } from '../../support/channel-simulator';
import { modulateFsk4, p25Frames } from '../../support/fsk4-modulator';
import { uniform } from '../../support/random';
import { errors, feedIq, framesOf, iqMessage, START, transcript } from './support';

const RATE = 24000;
const UNITS = [
  { duid: DUID.HDU, symbols: 396 },
  { duid: DUID.LDU1, symbols: 864 },
  { duid: DUID.LDU2, symbols: 864 },
  { duid: DUID.TDULC, symbols: 216 },
  { duid: DUID.TDU, symbols: 72 },
];
const LEVELS = p25Frames(SYNC_LEVELS, UNITS);
const SYMBOLS = UNITS.map(({ symbols }) => symbols);

type Polarity = ConstructorParameters<typeof Fsk4Stage>[1]['polarity'];
const stage = (polarity: Polarity = 'auto') => new Fsk4Stage(C4FM, { protocol: 'p25', polarity });
const cf32 = (iq: Float32Array) => Buffer.from(iq.buffer, iq.byteOffset, iq.byteLength);
const mirrored = (iq: Float32Array) => iq.map((value, i) => (i & 1 ? -value : value));

/** The test frames after some noise, the first symbol's centre at sample 1000.3. */
function signal(rate = RATE, deviation = C4FM.deviation): Float32Array {
  const iq = modulateFsk4(C4FM, LEVELS, rate, { start: 1000.3, deviation });
  iq.set(
    noise(980, 4).map((value) => 0.1 * value),
    0,
  );
  return iq;
}

describe('Fsk4Stage on complex samples', () => {
  const clean = signal();

  it('gives every frame, whole and without a wrong symbol', () => {
    const frames = framesOf(feedIq(stage(), cf32(clean), 'cf32', RATE));
    assert.deepEqual(
      frames.map(({ symbols }) => symbols),
      SYMBOLS,
    );
    assert.equal(errors(frames, LEVELS), 0);
    for (const { sync, polarity, quality, offset, snr } of frames) {
      assert.equal(sync, C4FM.syncs[0].name);
      assert.equal(polarity, 1);
      assert.ok(quality > 0.98 && snr > 18 && Math.abs(offset) < 3);
    }
  });

  it('tells the time of the first symbol to a twentieth of a sample', () => {
    const frames = framesOf(feedIq(stage(), cf32(clean), 'cf32', RATE));
    let symbol = 0;
    for (const { time, symbols } of frames) {
      const expected = START + (1000 * (1000.3 + (symbol * RATE) / 4800)) / RATE;
      assert.ok(Math.abs(time - expected) < 0.05 * (1000 / RATE), `${time - expected} ms`);
      symbol += symbols;
    }
  });

  it('says the same whatever the block size', () => {
    const noisy = cf32(impair(clean, RATE, 4800, { esn0: 10, offset: 700 }));
    const whole = transcript(feedIq(stage(), noisy, 'cf32', RATE, 1e9));
    for (const block of [1, 7, 240, 4801]) assert.equal(transcript(feedIq(stage(), noisy, 'cf32', RATE, block)), whole);
  });

  for (const offset of [-2500, -2400, -1000, 500, 2000, 2500])
    it(`follows a carrier ${offset} Hz off`, () => {
      const frames = framesOf(feedIq(stage(), cf32(impair(clean, RATE, 4800, { esn0: 20, offset })), 'cf32', RATE));
      assert.equal(errors(frames, LEVELS), 0);
      for (const frame of frames) assert.ok(Math.abs(frame.offset - offset) < 15);
    });

  for (const ppm of [-50, 50])
    it(`follows a clock ${ppm} ppm off`, () => {
      const frames = framesOf(feedIq(stage(), cf32(impair(clean, RATE, 4800, { esn0: 20, ppm })), 'cf32', RATE));
      assert.equal(errors(frames, LEVELS), 0);
    });

  for (const ratio of [0.85, 1.15])
    it(`follows a deviation of ${ratio} times the nominal one`, () => {
      const iq = impair(signal(RATE, ratio * C4FM.deviation), RATE, 4800, { esn0: 18 });
      assert.ok(errors(framesOf(feedIq(stage(), cf32(iq), 'cf32', RATE)), LEVELS) <= 2);
    });

  for (const rate of [12500, 16000, 25600, 32000, 37500, 48000, 50000])
    it(`takes ${rate} samples/s`, () => {
      const frames = framesOf(feedIq(stage(), cf32(signal(rate)), 'cf32', rate));
      assert.equal(errors(frames, LEVELS), 0);
      assert.ok(Math.abs(frames[0].time - START - (1000 * 1000.3) / rate) < 0.005);
    });

  for (const format of ['cu8', 'cs8', 'cs16', 'cf32'] as IqFormat[])
    it(`takes ${format}`, () => {
      const bytes = {
        cu8: () => Buffer.from(Uint8Array.from(clean, (v) => Math.round(127.5 + 100 * v))),
        cs8: () => Buffer.from(Int8Array.from(clean, (v) => Math.round(100 * v)).buffer),
        cs16: () => Buffer.from(Int16Array.from(clean, (v) => Math.round(300 * v)).buffer),
        cf32: () => cf32(clean.map((v) => v * 1e-6)),
      }[format]();
      assert.equal(errors(framesOf(feedIq(stage(), bytes, format, RATE)), LEVELS), 0);
    });

  it('finds an inverted spectrum by the headers and says so', () => {
    const iq = mirrored(impair(clean, RATE, 4800, { esn0: 14, offset: 800 }));
    const frames = framesOf(feedIq(stage(), cf32(iq), 'cf32', RATE));
    assert.ok(errors(frames, LEVELS) < 20);
    for (const { polarity, offset } of frames) {
      assert.equal(polarity, -1);
      assert.ok(Math.abs(offset + 800) < 20);
    }
    assert.equal(framesOf(feedIq(stage('inverted'), cf32(iq), 'cf32', RATE)).length, SYMBOLS.length);
    assert.equal(framesOf(feedIq(stage('normal'), cf32(iq), 'cf32', RATE)).length, 0);
  });

  it('is not disturbed by a neighbour 12.5 kHz away and 30 dB stronger', () => {
    const wanted = impair(signal(48000), 48000, 4800, { esn0: 20 });
    const other = modulateFsk4(C4FM, p25Frames(SYNC_LEVELS, UNITS, 9), 48000, { samples: wanted.length / 2 });
    const strong = impair(other, 48000, 4800, { offset: 12500 }).map((value) => 31.6 * value);
    const frames = framesOf(feedIq(stage(), cf32(wanted.map((value, i) => value + strong[i])), 'cf32', 48000));
    assert.ok(errors(frames, LEVELS) <= 2);
  });

  it('finds nothing in noise, and says that there is no carrier', () => {
    const demodulator = stage();
    const messages = feedIq(demodulator, toCs16(noise(RATE * 30, 5)), 'cs16', RATE);
    assert.equal(framesOf(messages).length, 0);
    assert.ok(demodulator.counters().no_carrier_ms > 29000);
  });

  it('finds nothing in random bytes of any format', () => {
    const random = uniform(6);
    const bytes = Buffer.from(Uint8Array.from({ length: 400_000 }, () => Math.floor(256 * random())));
    for (const format of ['cu8', 'cs8', 'cs16', 'cf32'] as IqFormat[])
      assert.equal(framesOf(feedIq(stage(), bytes, format, RATE)).length, 0);
  });

  it('goes on after values that are no samples', () => {
    const bad = clean.slice();
    for (let i = 0; i < 2000; i++) bad[4000 + i] = [NaN, Infinity, -1e38, NaN][i & 3];
    const demodulator = stage();
    const frames = framesOf(feedIq(demodulator, cf32(bad), 'cf32', RATE));
    assert.equal(demodulator.counters().invalid, 1000);
    assert.deepEqual(
      frames.slice(-3).map(({ symbols }) => symbols),
      SYMBOLS.slice(-3),
    );
    for (const { metrics } of frames) assert.ok(metrics.every(Number.isFinite));
  });

  it('counts samples at the limit', () => {
    const demodulator = stage();
    feedIq(demodulator, Buffer.from(Uint8ClampedArray.from(clean, (v) => 127.5 + 250 * v)), 'cu8', RATE);
    assert.ok(demodulator.counters().clipped > clean.length / 4);
  });

  it('covers stream time without holes, at least each 100 ms where no frame is open', () => {
    const quiet = new Float32Array(2 * RATE);
    const messages = feedIq(stage(), cf32(Float32Array.from([...quiet, ...clean, ...quiet])), 'cf32', RATE);
    let time = START;
    for (const { info } of messages) {
      assert.ok(Math.abs(info.time - time) < 1e-3);
      for (const frame of info.frames)
        assert.ok(frame.time > info.time - 1e-3 && frame.time < info.time + info.duration + 1e-3);
      assert.ok(info.duration <= 111 || info.frames.length > 0);
      time = info.time + info.duration;
    }
    assert.ok(Math.abs(time - START - 1000 * (2 + clean.length / 2 / RATE)) < 1e-3);
    assert.deepEqual(
      messages.map(({ info }) => info.seq),
      messages.map((_, i) => i),
    );
    assert.equal(messages.filter(({ info }) => info.end).length, 1);
    assert.equal(messages.at(-1)!.info.end, true);
  });

  it('fills a frame that the end of the stream cuts with symbols that say nothing', () => {
    const cut = clean.subarray(0, 2 * (1000 + 5 * (396 + 600)));
    const frames = framesOf(feedIq(stage(), cf32(cut), 'cf32', RATE));
    assert.deepEqual(
      frames.map(({ symbols }) => symbols),
      [396, 864],
    );
    assert.equal(errors(frames, LEVELS.slice(0, 396 + 595)), 0);
    assert.ok(frames[1].metrics.subarray(4 * 605).every((value) => value === 0));
  });

  it('starts anew after a gap, with the right time', () => {
    const demodulator = stage();
    const lost = 12000;
    const block = 1200;
    const out: PortMessage[] = [];
    for (let at = 0, seq = 0; at < clean.length / 2; at += block, seq++) {
      const sample = at < 6000 ? at : at + lost;
      const part = cf32(clean.slice(2 * at, 2 * (at + block)));
      out.push(...demodulator.process(iqMessage(part, 'cf32', RATE, at < 6000 ? seq : seq + 3, sample)));
    }
    out.push(...demodulator.flush());
    const frames = framesOf(out as never);
    assert.equal(demodulator.counters().gaps, 1);
    const last = frames[frames.length - 1];
    const symbol = LEVELS.length - 72;
    assert.ok(Math.abs(last.time - START - (1000 * (1000.3 + symbol * 5 + lost)) / RATE) < 0.005);
    demodulator.close();
  });

  it('refuses what it cannot use with a typed error and stays usable', () => {
    const demodulator = stage();
    const good = iqMessage(Buffer.alloc(800), 'cf32', RATE, 0, 0);
    const bad = (change: object) => ({ ...good, info: { ...good.info, ...change } }) as never;
    assert.throws(() => demodulator.process({ ...good, port: 'voice' } as never), { code: 'wrong-port' });
    assert.throws(() => demodulator.process({ ...good, port: 'audio' } as never), /speech audio/);
    assert.throws(() => demodulator.process({ ...good, payload: Buffer.alloc(9) }), { code: 'bad-message' });
    assert.throws(() => demodulator.process(bad({ format: 'mp3' })), TrunkflowError);
    for (const rate of [0, NaN, 8000, 2.4e6, undefined])
      assert.throws(() => demodulator.process(bad({ rate })), TrunkflowError);
    assert.doesNotThrow(() => demodulator.process(good));
    demodulator.close();
  });

  it('takes kernel memory only while it works', () => {
    const bytes = () => kernels().memory.buffer.byteLength;
    feedIq(stage(), cf32(clean), 'cf32', RATE);
    const before = bytes();
    const idle = Array.from({ length: 2000 }, () => stage());
    for (let i = 0; i < 20; i++) feedIq(stage(), cf32(clean.subarray(0, 4000)), 'cf32', RATE);
    assert.equal(bytes(), before);
    for (const each of idle) each.close();
  });
});
