import assert from 'node:assert/strict';
import { pageModule as page } from './page-module';

interface Player {
  underruns: number;
  buffered: number;
  start(rate: number): void;
  push(samples: Float32Array): void;
  finish(): void;
  stop(): void;
  render(output: Float32Array): boolean;
}

function sine(samples: number, frequency: number, rate: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / rate));
}

function play(player: Player, blocks: number): { sound: Float32Array; drainedAt: number } {
  const sound = new Float32Array(blocks * 128);
  let drainedAt = -1;
  for (let i = 0; i < blocks; i++) if (player.render(sound.subarray(i * 128, i * 128 + 128))) drainedAt = i;
  return { sound, drainedAt };
}

/** Power of `sound` near and away from a frequency, by correlation with a windowed tone. */
function tone(sound: Float32Array, frequency: number, rate: number): { tone: number; rest: number } {
  let re = 0;
  let im = 0;
  let weight = 0;
  let total = 0;
  sound.forEach((sample, i) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / sound.length);
    re += window * sample * Math.cos((2 * Math.PI * frequency * i) / rate);
    im += window * sample * Math.sin((2 * Math.PI * frequency * i) / rate);
    weight += window;
    total += sample * sample;
  });
  const amplitude = (2 * Math.hypot(re, im)) / weight;
  return { tone: amplitude, rest: total / sound.length - (amplitude * amplitude) / 2 };
}

describe('player of the listening page', () => {
  let make: new (rate: number) => Player;
  before(async () => {
    make = (await page<{ Player: new (rate: number) => Player }>('player.js')).Player;
  });

  for (const [from, to] of [
    [8000, 48000],
    [8000, 44100],
    [16000, 48000],
    [24000, 22050],
    [48000, 48000],
  ]) {
    it(`resamples from ${from} to ${to} cleanly`, () => {
      const player = new make(to);
      player.start(from);
      player.push(sine(from, 1000, from));
      player.finish();
      const { sound } = play(player, Math.ceil(to / 128));
      const part = sound.subarray(to / 10, (to * 9) / 10);
      const result = tone(part, 1000, to);
      assert.ok(Math.abs(result.tone - 0.5) < 0.01, `amplitude ${result.tone}`);
      const snr = 10 * Math.log10(result.tone ** 2 / 2 / Math.max(result.rest, 1e-12));
      assert.ok(snr > 40, `${snr.toFixed(1)} dB`);
    });
  }

  it('gives the same sound whatever the sizes of the pieces', () => {
    const samples = sine(4000, 700, 8000);
    const sizes = [1, 7, 160, 1600, 4000];
    const sounds = sizes.map((size) => {
      const player = new make(48000);
      player.start(8000);
      for (let i = 0; i < samples.length; i += size) player.push(samples.slice(i, i + size));
      player.finish();
      return play(player, 400).sound;
    });
    for (const sound of sounds) assert.deepEqual(sound, sounds[0]);
  });

  it('waits for a quarter of a second of sound before a call begins, unless it is shorter', () => {
    const player = new make(48000);
    player.start(8000);
    player.push(sine(1900, 700, 8000));
    assert.ok(play(player, 20).sound.every((sample) => sample === 0));
    player.push(sine(200, 700, 8000));
    assert.ok(play(player, 20).sound.some((sample) => sample !== 0));
    const short = new make(48000);
    short.start(8000);
    short.push(sine(400, 700, 8000));
    short.finish();
    assert.ok(play(short, 10).sound.some((sample) => sample !== 0));
  });

  it('says once when a call has been played to its end', () => {
    const player = new make(48000);
    player.start(8000);
    player.push(sine(4000, 700, 8000));
    player.finish();
    const { drainedAt, sound } = play(player, 600);
    const end = (drainedAt + 1) * 128;
    assert.ok(Math.abs(end - 24000) < 300, `drained after ${end} samples`);
    assert.ok(sound.subarray(end).every((sample) => sample === 0));
    assert.equal(play(player, 50).drainedAt, -1);
    const empty = new make(48000);
    empty.start(8000);
    empty.finish();
    assert.equal(play(empty, 3).drainedAt, 0);
  });

  it('goes on after it ran dry, and loses nothing', () => {
    const player = new make(48000);
    player.start(8000);
    player.push(sine(4000, 700, 8000));
    play(player, 300);
    assert.equal(player.underruns, 1);
    player.push(sine(4000, 700, 8000));
    player.finish();
    const { drainedAt } = play(player, 400);
    assert.ok(Math.abs((drainedAt + 1) * 128 - 24000) < 400, `${drainedAt}`);
  });

  it('begins and stops without clicks', () => {
    const player = new make(48000);
    player.start(8000);
    player.push(new Float32Array(4000).fill(0.5));
    player.finish();
    const { sound } = play(player, 400);
    for (let i = 1; i < sound.length; i++) assert.ok(Math.abs(sound[i] - sound[i - 1]) < 0.02, `step at ${i}`);
  });

  it('starts a new call without anything of the last', () => {
    const player = new make(48000);
    player.start(8000);
    player.push(sine(8000, 700, 8000));
    play(player, 10);
    player.start(16000);
    assert.equal(player.buffered, 0);
    player.push(new Float32Array(8000));
    assert.ok(play(player, 100).sound.every((sample) => sample === 0));
  });
});
