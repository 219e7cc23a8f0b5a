import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TrunkflowError } from '../../../src/core/errors';
import { C4fmCarrier } from '../../../src/sources/generator/c4fm-carrier';
import type { SignalOptions } from '../../../src/sources/generator/options';
import { DibitStream } from '../../../src/sources/generator/p25/dibit-stream';
import { Signal } from '../../../src/sources/generator/signal';
import { capture, needsCaptures } from '../../support/captures';

/** A signal's samples as numbers, I and Q in turn. */
function samples(options: SignalOptions, count: number, skip = 0): Float32Array {
  const signal = new Signal({ ...options, format: 'cf32' });
  signal.read(skip);
  const payload = signal.read(count);
  return new Float32Array(payload.buffer, payload.byteOffset, payload.length / 4);
}

const power = (iq: Float32Array) => iq.reduce((sum, value) => sum + value * value, 0) / (iq.length / 2);

/** Turn of the phase from one sample to the next, radians. */
function discriminate(i0: number, q0: number, i1: number, q1: number): number {
  return Math.atan2(q1 * i0 - i1 * q0, i1 * i0 + q1 * q0);
}

const frequencies = (iq: Float32Array, rate: number) =>
  Float64Array.from(
    { length: iq.length / 2 - 1 },
    (_, n) => (discriminate(iq[2 * n], iq[2 * n + 1], iq[2 * n + 2], iq[2 * n + 3]) * rate) / (2 * Math.PI),
  );

/** Power within `width` Hz around `offset`, with a smooth window: relative to full scale. */
function bandPower(iq: Float32Array, rate: number, offset: number, width: number): number {
  const size = 4096;
  const step = rate / size;
  let sum = 0;
  let blocks = 0;
  for (let start = 0; start + size <= iq.length / 2; start += size, blocks++) {
    for (let f = offset - width / 2; f < offset + width / 2; f += step) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        const window = 1 - Math.cos((2 * Math.PI * (n + 0.5)) / size);
        const angle = (-2 * Math.PI * f * n) / rate;
        const i = iq[2 * (start + n)];
        const q = iq[2 * (start + n) + 1];
        re += window * (i * Math.cos(angle) - q * Math.sin(angle));
        im += window * (i * Math.sin(angle) + q * Math.cos(angle));
      }
      sum += (re * re + im * im) / size / size / 1.5;
    }
  }
  return sum / blocks;
}

const decibels = (ratio: number) => 10 * Math.log10(ratio);

describe('test signals', () => {
  it('are the same however they are read, and other with another seed', () => {
    for (const signal of ['p25-site', 'nfm'] as const) {
      const whole = new Signal({ signal, seconds: 0.2 }).read(1_000_000);
      assert.equal(whole.length, 0.2 * 240_000 * 2);
      for (const size of [1, 7, 6600]) {
        const parts: Buffer[] = [];
        const other = new Signal({ signal, seconds: 0.2 });
        for (let part = other.read(size); part.length > 0; part = other.read(size)) parts.push(part);
        assert.ok(Buffer.concat(parts).equals(whole), `${signal} by ${size}`);
      }
      assert.ok(!new Signal({ signal, seconds: 0.2, seed: 2 }).read(1_000_000).equals(whole));
    }
  });

  it('have the level and the noise asked for', () => {
    const clean = samples({ signal: 'carrier', level: -20, noise: Number.POSITIVE_INFINITY }, 20_000);
    assert.ok(Math.abs(decibels(power(clean)) + 20) < 0.05);
    const noise = samples({ signal: 'noise', level: -20, noise: 10 }, 100_000);
    // Es/N0 10 dB at -20 dB: noise of -30 dB in 4800 Hz.
    assert.ok(Math.abs(decibels((power(noise) * 4800) / 240_000) + 30) < 0.1);
    for (const sign of [0, 1]) {
      const mean = noise.reduce((sum, value, i) => (i % 2 === sign ? sum + value : sum), 0) / 100_000;
      assert.ok(Math.abs(mean) < 0.005);
    }
  });

  it('come in every format, and clip', () => {
    const reference = samples({ signal: 'nfm' }, 1000);
    const read = (format: 'cu8' | 'cs8' | 'cs16', level = -14) =>
      new Signal({ signal: 'nfm', format, level }).read(1000);
    const [cu8, cs8, cs16] = [read('cu8'), read('cs8'), read('cs16')];
    assert.equal(cs16.length, 4000);
    for (let i = 0; i < 2000; i++) {
      assert.ok(Math.abs((cu8[i] - 127.5) / 127.5 - reference[i]) < 0.005);
      assert.ok(Math.abs(cs8.readInt8(i) / 128 - reference[i]) < 0.005);
      assert.ok(Math.abs(cs16.readInt16LE(2 * i) / 32768 - reference[i]) < 2e-5);
    }
    const loud = new Signal({ signal: 'noise', level: 0, noise: -20 }).read(1000);
    assert.ok(loud.includes(0) && loud.includes(255));
  });

  it('put the FM tones where they belong', () => {
    const rate = 48_000;
    const iq = samples({ signal: 'nfm', rate, noise: Number.POSITIVE_INFINITY, tone: 800, ctcss: 123 }, rate);
    const audio = frequencies(iq, rate);
    const amplitude = (frequency: number) => {
      let re = 0;
      let im = 0;
      audio.forEach((value, n) => {
        re += value * Math.cos((2 * Math.PI * frequency * n) / rate);
        im += value * Math.sin((2 * Math.PI * frequency * n) / rate);
      });
      return (2 * Math.hypot(re, im)) / audio.length;
    };
    assert.ok(Math.abs(amplitude(800) - 2000) < 20);
    assert.ok(Math.abs(amplitude(123) - 500) < 10);
    assert.ok(amplitude(1000) < 10);
    const mean = audio.reduce((sum, value) => sum + value, 0) / audio.length;
    assert.ok(Math.abs(mean - 120) < 1, `${mean}`);
  });

  it('spread a P25 site over the band: the control channel always, a voice channel when it is granted', () => {
    const clean = { noise: Number.POSITIVE_INFINITY, offset: 0 };
    const early = samples(clean, 8192);
    const later = samples(clean, 8192, 2 * 240_000);
    const level = (iq: Float32Array, offset: number) => decibels(bandPower(iq, 240_000, offset, 10_000));
    assert.ok(Math.abs(level(early, -62_500) + 14) < 0.5);
    assert.ok(level(early, 25_000) < -70);
    assert.ok(Math.abs(level(later, 25_000) + 14) < 0.5);
    // Nothing on the other voice channel, between the channels, and next to the control channel.
    for (const offset of [75_000, 0, -100_000, -50_000])
      assert.ok(level(later, offset) < -64, `${offset} ${level(later, offset)}`);
  });

  it('send silence as no signal at all', () => {
    const voice = samples({ signal: 'p25-voice', rate: 48_000, noise: Number.POSITIVE_INFINITY }, 48_000);
    assert.equal(power(voice), 0);
    const speaking = samples(
      { signal: 'p25-voice', rate: 48_000, noise: Number.POSITIVE_INFINITY },
      48_000,
      2 * 48_000,
    );
    assert.ok(Math.abs(decibels(power(speaking)) + 14) < 0.1);
    const nobody = samples({ signal: 'p25-voice', rate: 48_000, noise: Infinity, talkgroups: [] }, 48_000, 2 * 48_000);
    assert.equal(power(nobody), 0);
  });

  it('refuse settings that cannot be, saying why', () => {
    const wrong: SignalOptions[] = [
      { signal: 'p26' as never },
      { format: 'cu9' as never },
      { format: 'toString' as never },
      { rate: 48_000 },
      { signal: 'noise', rate: 0 },
      { center: -1 },
      { signal: 'nfm', frequency: 1e6 },
      { noise: Number.NaN },
      { level: 3 },
      { nac: 4096 },
      { talkgroups: [1.5] },
      { encryptedTalkgroup: 70_000 },
      { seconds: 0 },
      { seconds: Number.NaN },
      { offset: 1e5 },
    ];
    for (const options of wrong) {
      assert.throws(
        () => new Signal(options),
        (error: unknown) => {
          assert.ok(error instanceof TrunkflowError, String(error));
          return error.code === 'bad-setting' && error.status.length < 20;
        },
        JSON.stringify(options),
      );
    }
  });
});

describe('C4FM transmitter', () => {
  it('makes the waveform of an independent modulator', function () {
    const name = 'synth/p25_control_c4fm';
    needsCaptures(this, `${name}.symbols.bin`, `${name}_48k.cu8`);
    const dibits = readFileSync(capture(`${name}.symbols.bin`));
    const recorded = readFileSync(capture(`${name}_48k.cu8`));
    const count = 19_000;
    const stream = new DibitStream([new Uint8Array(dibits)].values());
    const carrier = new C4fmCarrier({ rate: 48_000, offset: 0, amplitude: 1, next: () => stream.next() });
    const iq = new Float32Array(2 * count);
    carrier.add(iq, count);
    const mine = frequencies(iq, 48_000);
    const at = (i: number) => recorded[i] - 127.5;
    const theirs = Float64Array.from(
      { length: count + 10_000 },
      (_, n) => (discriminate(at(2 * n), at(2 * n + 1), at(2 * n + 2), at(2 * n + 3)) * 48_000) / (2 * Math.PI),
    );
    // The recording begins with 0.2 s of idle carrier and lies half a sample off.
    let best = { error: Number.POSITIVE_INFINITY, lag: 0 };
    for (let lag = 9400; lag < 9900; lag++) {
      let error = 0;
      for (let n = 500; n < 1500; n++) error += (mine[n] - theirs[n + lag]) ** 2;
      if (error < best.error) best = { error, lag };
    }
    const slope = (n: number) => (theirs[n + best.lag + 1] - theirs[n + best.lag - 1]) / 2;
    let numerator = 0;
    let denominator = 0;
    for (let n = 500; n < count - 10; n++) {
      numerator += (mine[n] - theirs[n + best.lag]) * slope(n);
      denominator += slope(n) ** 2;
    }
    const fraction = numerator / denominator;
    let error = 0;
    let signal = 0;
    for (let n = 500; n < count - 10; n++) {
      error += (mine[n] - theirs[n + best.lag] - fraction * slope(n)) ** 2;
      signal += theirs[n + best.lag] ** 2;
    }
    // 8-bit quantisation of the recording alone makes 1.9 %.
    assert.ok(Math.sqrt(error / signal) < 0.025, `${Math.sqrt(error / signal)}`);
  });

  it('has the deviation of TIA-102.BAAA-B 8.4.1: the test pattern is a 1.2 kHz sine of 2827 Hz', () => {
    for (const rate of [48_000, 240_000, 250_000]) {
      const pattern = [1, 1, 3, 3];
      let k = 0;
      const carrier = new C4fmCarrier({ rate, offset: 0, amplitude: 1, next: () => pattern[k++ % 4] });
      const iq = new Float32Array(rate / 2);
      carrier.add(iq, iq.length / 2);
      const audio = frequencies(iq, rate).slice(1000);
      const peak = audio.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(Math.abs(peak - 2827) < 30, `${rate}: ${peak}`);
      const rms = Math.sqrt(audio.reduce((sum, value) => sum + value * value, 0) / audio.length);
      assert.ok(Math.abs(rms * Math.SQRT2 - 2827) < 30, `${rate}: ${rms}`);
    }
  });
});
