import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioTags } from '../../src/sinks/encode/encoder';
import { encodeFile } from '../../src/sinks/encode/job';
import { countFrames, MpegFrame } from '../../src/sinks/encode/mpeg-frame';
import { tagsOf } from '../../src/sinks/encode/tags';
import { EncoderThread } from '../../src/sinks/encode/thread';
import { encodeWav } from '../../src/sinks/encode/wav';
import { FORMATS, type RecordingFormat } from '../../src/sinks/formats';
import { decode, hasFfmpeg, probe } from '../support/ffmpeg';
import { callInfo, T0 } from './audio';

const TAGS: AudioTags = {
  title: 'FIRE 1 – Zürich',
  artist: 'county / Engine 4',
  album: 'county',
  genre: 'Fire Dispatch',
  time: Date.UTC(2024, 2, 5, 12, 30, 15),
  comment: 'talkgroup 9101 (Fire dispatch); units 700001 Engine 4; 852.5000 MHz',
};
/** A bit rate at which all of them keep the waveform of tones that no voice makes. */
const GOOD = 48_000;
/** By how much ffprobe finds a file longer than its sound: it counts the samples that players leave out, seconds. */
const LEFT_OUT: Record<RecordingFormat, number> = { wav: 0, mp3: 3 * 0.072, opus: 0.0065, m4a: 0 };
/** Longest time by which a frame of each format may make a file longer, samples at 8 kHz. */
const FRAME: Record<RecordingFormat, number> = { wav: 0, mp3: 0, opus: 0, m4a: 1024 };

/** Tones that come and go, loud from the first sample to the last. */
function speechLike(count: number, rate: number): Int16Array {
  return Int16Array.from({ length: count }, (_, i) => {
    const t = i / rate;
    const swell = 0.6 + 0.4 * Math.cos(2 * Math.PI * 3 * t);
    const tones = [300, 710, 1330, 2110, 2890].reduce(
      (sum, f, k) => sum + Math.cos(2 * Math.PI * f * t + k) / (k + 1),
      0,
    );
    return Math.round(7000 * swell * tones);
  });
}

/** How much of `b` is in `a`, 1 = they are the same but for their level. */
function likeness(a: Int16Array, b: Int16Array, lag = 0): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = Math.max(0, -lag); i < Math.min(a.length - lag, b.length); i++) {
    ab += a[i + lag] * b[i];
    aa += a[i + lag] ** 2;
    bb += b[i] ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The same, at most one sample apart: Opus is late by one at this rate. */
function aligned(a: Int16Array, b: Int16Array): number {
  return Math.max(...[-1, 0, 1].map((lag) => likeness(a, b, lag)));
}

/** Level of one frequency, dB. */
function level(samples: Int16Array, frequency: number, rate: number): number {
  let re = 0;
  let im = 0;
  for (let i = 0; i < samples.length; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
    re += window * samples[i] * Math.cos((2 * Math.PI * frequency * i) / rate);
    im += window * samples[i] * Math.sin((2 * Math.PI * frequency * i) / rate);
  }
  return 10 * Math.log10((re * re + im * im) / samples.length ** 2);
}

describe('encoders', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'encode-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function encoded(samples: Int16Array, rate: number, format: RecordingFormat, bitrate?: number) {
    const source = join(dir, 'source.wav');
    await writeFile(source, await encodeWav({ samples, rate }, 0, TAGS));
    const target = join(dir, `target${FORMATS[format].extension}`);
    await encodeFile({ source, target, format, bitrate, tags: TAGS });
    return target;
  }

  for (const format of ['wav', 'mp3', 'opus', 'm4a'] as const) {
    describe(format, () => {
      it('gives the same sound, sample by sample where it was', async function () {
        if (!hasFfmpeg) this.skip();
        this.timeout(20_000);
        for (const count of [24_123, 8000, 1601, 160]) {
          const samples = speechLike(count, 8000);
          const path = await encoded(samples, 8000, format, GOOD);
          const { duration, channels } = probe(path);
          assert.equal(channels, 1);
          const excess = duration - count / 8000;
          assert.ok(excess > -0.001 && excess < LEFT_OUT[format] + 0.001, `${count / 8000} s, not ${duration}`);
          const sound = decode(path, 8000);
          assert.ok(sound.length >= count && sound.length - count <= FRAME[format], `${sound.length} for ${count}`);
          if (count < 8000) continue;
          assert.ok(aligned(sound, samples) > 0.97, `${aligned(sound, samples)}`);
          for (const lag of [-3, 3]) assert.ok(likeness(sound, samples, lag) < 0.9, `lag ${lag}`);
        }
      });

      it('keeps the spectrum', async function () {
        if (!hasFfmpeg) this.skip();
        const samples = speechLike(32_000, 8000);
        const sound = decode(await encoded(samples, 8000, format), 8000).subarray(0, samples.length);
        for (const frequency of [300, 710, 1330, 2110, 2890]) {
          const change = level(sound, frequency, 8000) - level(samples, frequency, 8000);
          assert.ok(Math.abs(change) < 2, `${frequency} Hz: ${change.toFixed(2)} dB`);
        }
      });

      it('begins and ends without a click', async function () {
        if (!hasFfmpeg) this.skip();
        // Speech between silences: a click would stand out of them.
        const samples = new Int16Array(16_000);
        samples.set(speechLike(8000, 8000), 4000);
        const sound = decode(await encoded(samples, 8000, format), 8000);
        for (const part of [sound.subarray(0, 3000), sound.subarray(13_000)])
          assert.ok(Math.max(...part.map(Math.abs)) < 60, `${Math.max(...part.map(Math.abs))}`);
      });

      it('takes every rate', async function () {
        if (!hasFfmpeg) this.skip();
        this.timeout(20_000);
        for (const rate of [7200, 8000, 12_500, 16_000, 22_050, 48_000, 96_000]) {
          const samples = speechLike(rate, rate);
          const sound = decode(await encoded(samples, rate, format, GOOD), 8000);
          assert.ok(Math.abs(sound.length - 8000) <= FRAME[format] + 2, `${rate}: ${sound.length}`);
          const same = aligned(sound, speechLike(8000, 8000));
          assert.ok(same > 0.95, `${rate}: ${same}`);
        }
      });
    });
  }

  for (const format of ['mp3', 'opus', 'm4a'] as const) {
    it(`writes tags into ${format}`, async function () {
      if (!hasFfmpeg) this.skip();
      const { tags } = probe(await encoded(speechLike(8000, 8000), 8000, format));
      const { title, artist, album, genre, comment, date } = tags;
      assert.deepEqual(
        { title, artist, album, genre, comment },
        { title: TAGS.title, artist: TAGS.artist, album: TAGS.album, genre: TAGS.genre, comment: TAGS.comment },
      );
      assert.match(date, /^2024-03-05/);
    });

    it(`keeps the bit rate of ${format} that was asked for`, async function () {
      if (!hasFfmpeg) this.skip();
      const samples = speechLike(80_000, 8000);
      for (const bitrate of [16_000, 32_000, 48_000]) {
        const bytes = (await readFile(await encoded(samples, 8000, format, bitrate))).length;
        const share = (bytes * 8) / 10 / bitrate;
        assert.ok(share > 0.6 && share < 1.25, `${bitrate}: ${share}`);
      }
    });
  }

  it('tells players of an MP3 file its length and what to leave out', async () => {
    const file = await readFile(await encoded(speechLike(24_123, 8000), 8000, 'mp3'));
    const tagBytes = (file[6] << 21) | (file[7] << 14) | (file[8] << 7) | file[9];
    const stream = file.subarray(10 + tagBytes);
    const first = new MpegFrame(stream);
    assert.equal(first.rate, 8000);
    const info = stream.subarray(4 + first.sideInfo);
    assert.equal(info.toString('latin1', 0, 4), 'Info');
    const frames = info.readUInt32BE(8);
    assert.equal(countFrames(stream), frames + 1);
    assert.equal(info.readUInt32BE(12), stream.length);
    assert.equal(info.toString('latin1', 120, 124), 'LAME');
    const delays = info.readUIntBE(141, 3);
    assert.equal(frames * 576 - (delays >> 12) - (delays & 4095), 24_123);
  });

  it('divides Opus into sound Ogg pages', async () => {
    const file = await readFile(await encoded(speechLike(80_123, 8000), 8000, 'opus'));
    const pages: { flags: number; position: bigint; packets: number; serial: number; number: number }[] = [];
    for (let at = 0; at < file.length; ) {
      assert.equal(file.toString('latin1', at, at + 4), 'OggS');
      const segments = file[at + 26];
      const lacing = [...file.subarray(at + 27, at + 27 + segments)];
      const length = 27 + segments + lacing.reduce((sum, one) => sum + one, 0);
      const page = Buffer.from(file.subarray(at, at + length));
      const crc = page.readUInt32LE(22);
      page.writeUInt32LE(0, 22);
      assert.equal(oggCrc(page), crc);
      pages.push({
        flags: page[5],
        position: page.readBigInt64LE(6),
        packets: lacing.filter((one) => one < 255).length,
        serial: page.readUInt32LE(14),
        number: page.readUInt32LE(18),
      });
      at += length;
    }
    assert.deepEqual(
      pages.map(({ flags }) => flags),
      pages.map((_, i) => (i === 0 ? 2 : i === pages.length - 1 ? 4 : 0)),
    );
    assert.deepEqual(
      pages.map(({ number }) => number),
      pages.map((_, i) => i),
    );
    assert.equal(new Set(pages.map(({ serial }) => serial)).size, 1);
    assert.deepEqual(
      pages.slice(0, 2).map(({ packets, position }) => [packets, position]),
      [
        [1, 0n],
        [1, 0n],
      ],
    );
    let packets = 0n;
    for (const page of pages.slice(2)) {
      packets += BigInt(page.packets);
      assert.ok(page.packets > 0);
      if (page.flags !== 4) assert.equal(page.position, packets * 960n);
    }
    const preSkip = BigInt(file.readUInt16LE(28 + 10));
    assert.equal(pages.at(-1)!.position, preSkip + 80_123n * 6n);
    assert.ok(packets * 960n >= pages.at(-1)!.position && packets * 960n - pages.at(-1)!.position < 960n);
  });

  it('keeps WAV as it is, to the bit', async () => {
    const samples = speechLike(5000, 8000);
    const path = await encoded(samples, 8000, 'wav');
    assert.deepEqual(await readFile(path), await readFile(join(dir, 'source.wav')));
  });

  it('names talkgroup, units and frequency', () => {
    const source = callInfo().sources[0];
    const tags = tagsOf(
      callInfo({ sources: [source, { ...source, src: 5, tag: '' }, { ...source, src: -1, tag: '' }] }),
    );
    assert.deepEqual(tags, {
      title: 'FIRE 1',
      artist: 'county / Engine 4, 5',
      album: 'county',
      genre: 'Fire Dispatch',
      time: T0 + 123,
      comment: 'talkgroup 9101 (Fire dispatch); units 700001 Engine 4, 5; 852.5000 MHz',
    });
    const bare = tagsOf(callInfo({ talkgroup: 0, talkgroup_alpha_tag: '', talkgroup_description: '', sources: [] }));
    assert.deepEqual([bare.title, bare.artist, bare.comment], ['852.5000 MHz', 'county', '852.5000 MHz']);
    assert.equal(tagsOf(callInfo({ talkgroup_alpha_tag: '' })).title, 'talkgroup 9101');
  });

  describe('thread', () => {
    let thread: EncoderThread;
    beforeEach(() => {
      thread = new EncoderThread();
    });
    afterEach(() => thread.close());

    async function source(): Promise<string> {
      const path = join(dir, 'source.wav');
      await writeFile(path, await encodeWav({ samples: speechLike(16_000, 8000), rate: 8000 }, 0, TAGS));
      return path;
    }

    it('does jobs of all formats while this thread goes on', async function () {
      this.timeout(20_000);
      const from = await source();
      const targets = (['mp3', 'opus', 'm4a', 'wav'] as const).map((format) => ({
        source: from,
        format,
        target: join(dir, `x${FORMATS[format].extension}`),
        tags: TAGS,
      }));
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      const jobs = targets.map((job) => thread.run(job));
      assert.equal(thread.pending, 4);
      await Promise.all(jobs);
      clearInterval(timer);
      assert.ok(turns > 5, `${turns}`);
      assert.equal(thread.pending, 0);
      for (const { target } of targets) assert.ok(existsSync(target), target);
    });

    it('tells what the system refused', async () => {
      const from = await source();
      const job = { source: from, target: join(dir, 'no', 'x.mp3'), format: 'mp3' as const, tags: TAGS };
      await assert.rejects(thread.run(job), { code: 'ENOENT' });
      await assert.rejects(thread.run({ ...job, source: __filename }), { code: 'bad-file', name: 'TrunkflowError' });
      await thread.run({ ...job, target: join(dir, 'x.mp3') });
    });

    it('gives up what waits when its thread dies, and begins anew', async () => {
      const broken = join(dir, 'broken.js');
      await writeFile(broken, "require('node:worker_threads').parentPort.on('message', () => process.exit(3));");
      const dying = new EncoderThread(broken);
      const job = { source: await source(), target: join(dir, 'x.wav'), format: 'wav' as const, tags: TAGS };
      for (let i = 0; i < 2; i++)
        await assert.rejects(dying.run(job), { code: 'worker', message: /ended with code 3/ });
      assert.equal(dying.pending, 0);
    });

    it('lets no more than a bounded number of jobs wait', async () => {
      const silent = join(dir, 'silent.js');
      await writeFile(silent, "require('node:worker_threads').parentPort.on('message', () => {});");
      const stuck = new EncoderThread(silent);
      const job = { source: '', target: '', format: 'wav' as const, tags: TAGS };
      const jobs = Array.from({ length: 1000 }, () => stuck.run(job).catch((error) => error.status));
      await assert.rejects(stuck.run(job), { status: 'encoder too slow' });
      await stuck.close();
      assert.deepEqual(new Set(await Promise.all(jobs)), new Set(['encoder stopped']));
    });
  });
});

/** The page checksum by its definition, bit by bit. */
function oggCrc(page: Buffer): number {
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
