import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioInfo, IqInfo, StreamMessage } from '../../src/core/messages';
import { type AudioFileOptions, FileSource, type IqFileOptions } from '../../src/sources/file/file-source';
import { capture, needsCaptures } from '../support/captures';
import { checkStream, RecordingSink } from '../support/source-sink';
import { wav } from '../support/wav-bytes';

describe('file source', () => {
  let folder: string;
  let sink: RecordingSink;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-play-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    sink = new RecordingSink();
  });

  function put(name: string, bytes: Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  function iq(path: string, more: Partial<IqFileOptions> = {}): FileSource {
    return new FileSource({ driver: 'iq-file', stream: 'file', path, mode: 'fast', ...more }, sink);
  }

  function audio(path: string, more: Partial<AudioFileOptions> = {}): FileSource {
    return new FileSource({ driver: 'audio-file', stream: 'file', path, mode: 'fast', ...more }, sink);
  }

  async function play(source: FileSource): Promise<Buffer> {
    await source.start();
    await sink.untilState('ended');
    checkStream(sink.messages);
    equal(sink.messages.at(-1)!.info.end, true);
    equal(sink.messages.filter(({ info }) => info.end).length, 1);
    return sink.bytes();
  }

  const noise = (bytes: number) => Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i * i + 13 * i) >> 3));

  for (const [format, bytes] of [
    ['cu8', 2],
    ['cs8', 2],
    ['cs16', 4],
    ['cf32', 8],
  ] as const)
    it(`plays raw ${format} byte for byte, in whole samples`, async () => {
      const signal = noise(10_001 * bytes);
      const given = await play(iq(put(`r_851M_48k.${format}`, Buffer.concat([signal, Buffer.alloc(1)]))));
      ok(given.equals(signal));
      const { info } = sink.messages[0];
      deepEqual([(info as IqInfo).format, (info as IqInfo).rate, (info as IqInfo).center], [format, 48_000, 851e6]);
    });

  it('tells the times of the samples exactly', async () => {
    await play(iq(put('t_48k.cu8', noise(96_000)), { startTime: 1_600_000_000_123.9 }));
    for (const { info } of sink.messages)
      equal(info.time, 1_600_000_000_123 + (1000 * (info as IqInfo).sample) / 48_000);
    equal((sink.messages.at(-1)!.info as IqInfo).sample, 48_000);
  });

  it('plays only the samples of a WAV file, not what follows them', async () => {
    const signal = noise(40_000);
    const trailer = Buffer.from('LIST\x04\0\0\0abcd', 'latin1');
    ok((await play(iq(put('x.wav', Buffer.concat([wav({}, signal), trailer]))))).equals(signal));
    equal((sink.messages[0].info as IqInfo).format, 'cs16');
  });

  it('converts the encodings that have no format of their own', async () => {
    const values = [0, 0.5, -0.25, -1, 0.999, 0.125];
    const s24 = Buffer.alloc(18);
    const f64 = Buffer.alloc(48);
    values.forEach((value, i) => {
      s24.writeIntLE(Math.round(value * 0x7f_ffff), 3 * i, 3);
      f64.writeDoubleLE(value, 8 * i);
    });
    for (const [bits, tag, data] of [
      [24, 1, s24],
      [64, 3, f64],
    ] as const) {
      sink = new RecordingSink();
      const given = await play(iq(put('x.wav', wav({ bits, tag }, data))));
      for (const [i, value] of values.entries()) ok(Math.abs(given.readFloatLE(4 * i) - value) < 1e-6);
    }
  });

  it('makes 16-bit discriminator audio of any WAV, from the channel asked for', async () => {
    const f32 = Buffer.alloc(32);
    for (const [i, value] of [0.5, -0.5, 2, -2, Number.NaN, 0, 1 / 32768, -1].entries()) f32.writeFloatLE(value, 4 * i);
    const path = put('a.wav', wav({ bits: 32, tag: 3 }, f32));
    const left = await play(audio(path, { center: 851e6 }));
    deepEqual(
      [0, 1, 2, 3].map((i) => left.readInt16LE(2 * i)),
      [16_384, 32_767, 0, 1],
    );
    const info = sink.messages[0].info as AudioInfo;
    deepEqual([sink.messages[0].port, info.kind, info.frequency, info.rate], ['audio', 'discriminator', 851e6, 48_000]);
    sink = new RecordingSink();
    const right = await play(audio(path, { channel: 'right' }));
    deepEqual(
      [0, 1, 2, 3].map((i) => right.readInt16LE(2 * i)),
      [-16_384, -32_768, 0, -32_768],
    );
    sink = new RecordingSink();
    const u8 = await play(audio(put('u8.wav', wav({ bits: 8, channels: 1 }, Buffer.from([0, 255])))));
    deepEqual([u8.readInt16LE(0), u8.readInt16LE(2)], [-32_768, 32_767]);
  });

  it('plays raw discriminator audio', async () => {
    const signal = noise(50_000);
    ok((await play(audio(put('d_48k.s16', signal)))).equals(signal));
    equal(sink.messages[0].port, 'audio');
  });

  it('waits for each block to be taken', async () => {
    let waiting = 0;
    let most = 0;
    const slow = Object.assign(sink, {
      block: async (message: StreamMessage) => {
        most = Math.max(most, ++waiting);
        await new Promise(setImmediate);
        waiting--;
        RecordingSink.prototype.block.call(sink, message);
      },
    });
    const signal = noise(200_000);
    ok(
      (
        await play(
          new FileSource({ driver: 'iq-file', stream: 'f', path: put('s_48k.cu8', signal), mode: 'fast' }, slow),
        )
      ).equals(signal),
    );
    equal(most, 1);
  });

  it('stops although a consumer never takes its block', async () => {
    const stuck = Object.assign(sink, {
      block: (message: StreamMessage) => {
        RecordingSink.prototype.block.call(sink, message);
        return new Promise<void>(() => {});
      },
    });
    const source = new FileSource(
      { driver: 'iq-file', stream: 'f', path: put('s_48k.cu8', noise(90_000)), mode: 'fast' },
      stuck,
    );
    await source.start();
    await sink.until(() => sink.messages.length === 1);
    await source.stop();
    equal(sink.messages.at(-1)!.info.end, true);
    equal(sink.statuses.at(-1)!.state, 'stopped');
  });

  it('keeps to real time, and catches up only a little', async () => {
    let now = 0;
    const path = put('p_1k.cu8', noise(20_000));
    const source = new FileSource(
      { driver: 'iq-file', stream: 'f', path, mode: 'realtime', rate: 1000 },
      sink,
      () => now,
    );
    await source.start();
    // The first block is due at once, the second 27 ms of clock later: the clock stands still.
    await sink.until(() => sink.messages.length === 1);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    equal(sink.messages.length, 1);
    now = 500;
    await sink.until(() => (sink.messages.at(-1)!.info as IqInfo).sample >= 480);
    ok((sink.messages.at(-1)!.info as IqInfo).sample < 560);
    await source.stop();
  });

  it('loops as one endless stream', async () => {
    const signal = noise(2 * 3000);
    let now = 0;
    const path = put('l_48k.cu8', signal);
    const source = new FileSource({ driver: 'iq-file', stream: 'f', path, mode: 'loop' }, sink, () => (now += 1000));
    await source.start();
    await sink.untilBytes(3.5 * signal.length);
    await source.stop();
    checkStream(sink.messages);
    ok(
      sink
        .bytes()
        .subarray(0, 3 * signal.length)
        .equals(Buffer.concat([signal, signal, signal])),
    );
    ok(source.counters().loops >= 3);
    deepEqual(sink.messages.filter(({ info }) => info.seq === 0).length, 1);
  });

  it('starts again from the beginning, and cannot be tuned', async () => {
    const source = iq(put('c_48k.cu8', noise(8000)));
    await play(source);
    await source.control({ start: true });
    await sink.until(() => sink.messages.filter(({ info }) => info.end).length === 2);
    ok(sink.bytes().equals(Buffer.concat([noise(8000), noise(8000)])));
    for (const command of [{ tune: 1e8 }, { gain: 3 }, { ppm: 1 }]) await rejects(source.control(command), /recording/);
    await source.stop();
  });

  it('fails to start with what is wrong, and starts when that is cured', async () => {
    const source = iq(join(folder, 'later_48k.cu8'));
    await rejects(source.start(), { code: 'bad-file', status: 'file not found' });
    equal(sink.statuses.at(-1)!.state, 'failed');
    put('later_48k.cu8', noise(100));
    await play(source);
  });

  it('can be stopped while it starts', async () => {
    const source = iq(put('q_48k.cu8', noise(100_000)));
    const starting = source.start();
    await source.stop();
    await starting;
    equal(sink.statuses.at(-1)!.state, 'stopped');
  });

  it('starts again though its stop is still under way', async () => {
    const source = iq(put('s_48k.cu8', noise(100_000)), { mode: 'realtime' });
    await source.start();
    await sink.until(() => sink.messages.length > 0);
    const stopping = source.stop();
    await source.start();
    await stopping;
    equal(sink.statuses.at(-1)!.state, 'running');
    await sink.until(() => sink.messages.some(({ info }, at) => at > 0 && info.seq === 0));
    await source.stop();
    checkStream(sink.messages);
  });

  it('says so when a file it loops over is emptied, and does not spin', async () => {
    const path = put('t_48k.cu8', noise(9600));
    const source = iq(path, { mode: 'loop' });
    await source.start();
    await sink.until(() => source.counters().loops > 0);
    writeFileSync(path, '');
    await sink.untilState('failed');
    equal(sink.errors[0].status, 'empty file');
    equal(sink.messages.at(-1)!.info.end, true);
  });

  it('ends its stream only when all it sent is dealt with', async () => {
    let dealtWith = () => {};
    const drained = new Promise<void>((resolve) => {
      dealtWith = resolve;
    });
    sink.drained = () => drained;
    const source = iq(put('u_48k.cu8', noise(9600)));
    await source.start();
    await sink.untilBytes(9600);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    ok(!sink.messages.some(({ info }) => info.end));
    dealtWith();
    await sink.untilState('ended');
    equal(sink.messages.at(-1)!.info.end, true);
  });

  describe('compressed', () => {
    const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
    const signal = Buffer.from(Int16Array.from({ length: 30_000 }, (_, i) => 9000 * Math.sin(i / 7)).buffer);

    function needs(test: Mocha.Context, ...programs: string[]): void {
      if (!programs.every(has)) test.skip();
    }

    /** Has sox, which this project did not make, write a file of the signal. */
    function convert(name: string, ...options: string[]): string {
      const path = join(folder, name);
      const raw = put('raw.s16', signal);
      execFileSync('sox', ['-t', 's16', '-r', '48000', '-c', '1', raw, ...options, path]);
      return path;
    }

    it('plays FLAC', async function () {
      needs(this, 'sox');
      ok((await play(audio(convert('a.flac')))).equals(signal));
      equal((sink.messages[0].info as AudioInfo).rate, 48_000);
    });

    it('plays FLAC with sox when there is no ffmpeg', async function () {
      needs(this, 'sox');
      const path = convert('b.flac');
      const bin = join(folder, 'bin');
      execFileSync('sh', ['-c', `mkdir -p '${bin}' && ln -sf "$(command -v sox)" '${bin}/sox'`]);
      await withPath(bin, async () => ok((await play(audio(path))).equals(signal)));
    });

    it('plays what sox writes as WAV, AIFF and stereo', async function () {
      needs(this, 'sox');
      for (const name of ['a.wav', 'b.rf64.wav', 'c.aiff'] as const) {
        sink = new RecordingSink();
        ok((await play(audio(convert(name)))).equals(signal), name);
      }
    });

    it('names the programs to install when there are none', async () => {
      const path = put('none.mp3', Buffer.alloc(100));
      await withPath(join(folder, 'nothing'), () =>
        rejects(audio(path).start(), (error: { code: string; message: string }) => {
          equal(error.code, 'missing-program');
          match(error.message, /ffmpeg or sox.*apt install ffmpeg/);
          return true;
        }),
      );
    });

    it('tells that a file is damaged', async function () {
      needs(this, 'ffmpeg');
      await rejects(audio(put('bad.flac', noise(5000))).start(), (error: { code: string; message: string }) => {
        equal(error.code, 'bad-file');
        match(error.message, /could not be decoded by ffmpeg/);
        return true;
      });
    });

    it('stops the program with the source', async function () {
      needs(this, 'sox');
      const source = audio(convert('long.flac'), { mode: 'loop' });
      await source.start();
      await sink.until(() => sink.messages.length > 0);
      await source.stop();
      equal(sink.messages.at(-1)!.info.end, true);
    });

    async function withPath(path: string, action: () => Promise<unknown>): Promise<void> {
      const before = process.env.PATH;
      process.env.PATH = path;
      try {
        await action();
      } finally {
        process.env.PATH = before;
      }
    }
  });

  describe('recordings', () => {
    it('plays IQ of other makers byte for byte', async function () {
      needsCaptures(this, 'p25/c4fm_control_48k.cu8', 'p25/wideband_2400k_0.1s.cf32', 'nxdn/nxdn48_voice_iq_48k.wav');
      for (const [name, format, rate, skip] of [
        ['p25/c4fm_control_48k.cu8', 'cu8', 48_000, 0],
        ['p25/wideband_2400k_0.1s.cf32', 'cf32', 2_400_000, 0],
        ['nxdn/nxdn48_voice_iq_48k.wav', 'cs16', 48_000, 44],
      ] as const) {
        sink = new RecordingSink();
        const given = await play(iq(capture(name)));
        ok(given.equals(readFileSync(capture(name)).subarray(skip)), name);
        const info = sink.messages[0].info as IqInfo;
        deepEqual([info.format, info.rate], [format, rate]);
      }
    });

    it('plays discriminator audio in FLAC and MP3', async function () {
      needsCaptures(this, 'p25/voice_inverted_disc_48k.flac', 'nxdn/nxdn48_control_disc.mp3');
      if (spawnSync('ffmpeg', ['-version']).error) this.skip();
      equal((await play(audio(capture('p25/voice_inverted_disc_48k.flac')))).length, 2 * 1_058_360);
      sink = new RecordingSink();
      const seconds =
        (await play(audio(capture('nxdn/nxdn48_control_disc.mp3')))).length /
        2 /
        (sink.messages[0].info as AudioInfo).rate;
      ok(seconds > 18 && seconds < 19, `${seconds} s`);
    });
  });
});
