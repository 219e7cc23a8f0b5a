import assert from 'node:assert/strict';
import * as nodeFiles from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { TrunkflowError } from '../../src/core/errors';
import { CallRecorder } from '../../src/sinks/call-recorder';
import type { Files } from '../../src/sinks/files';
import { FORMATS } from '../../src/sinks/formats';
import type { RecorderOptions } from '../../src/sinks/recorder-options';
import type { FinishedRecording } from '../../src/sinks/shelf';
import { decode, hasFfmpeg, loudness, probe } from '../support/ffmpeg';
import { type AudioMessage, audio, callAudio, callInfo, T0 } from './audio';

const NAME = `county/2024/3/5/9101-${((T0 + 123) / 1000).toFixed(3)}_852500000-call_1`;

describe('call recorder, files', () => {
  let dir: string;
  const recorded: FinishedRecording[] = [];
  const errors: TrunkflowError[] = [];
  const recorders: CallRecorder[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'recorder-'));
    recorded.length = errors.length = recorders.length = 0;
  });
  afterEach(async () => {
    await Promise.all(recorders.map((one) => one.close()));
    await rm(dir, { recursive: true, force: true });
  });

  function recorder(options: Partial<RecorderOptions> = {}, files?: Files): CallRecorder {
    const sink = {
      recorded: (one: FinishedRecording) => void recorded.push(one),
      error: (one: TrunkflowError) => void errors.push(one),
    };
    const made = new CallRecorder({ dir, ...options }, sink, files);
    recorders.push(made);
    return made;
  }

  async function play(target: CallRecorder, messages: AudioMessage[]): Promise<void> {
    for (const message of messages) await target.write(message);
  }

  async function all(): Promise<string[]> {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.calls'))
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort();
  }

  /** A call of tones: `seconds` at a level, as one stream. */
  function tones(stream: string, seconds: number, level: number, call: object = {}): AudioMessage[] {
    const messages = callAudio(stream, seconds * 10, call);
    for (const [n, { payload }] of messages.entries())
      for (let i = 0; i < payload.length / 2; i++)
        payload.writeInt16LE(Math.round(level * Math.sin((2 * Math.PI * 700 * (i + 800 * n)) / 8000)), 2 * i);
    return messages;
  }

  for (const format of ['mp3', 'opus', 'm4a'] as const) {
    it(`writes ${format} files with sidecar and tags`, async function () {
      this.timeout(10_000);
      await play(recorder({ format }), tones('a', 3, 8000));
      const { extension } = FORMATS[format];
      assert.deepEqual(await all(), [`${NAME}.json`, NAME + extension].sort());
      const [{ filename, metadata, json, length }] = recorded;
      assert.equal(recorded[0].format, format);
      assert.equal(length, 3);
      assert.deepEqual(metadata, JSON.parse(await readFile(json!, 'utf8')));
      assert.equal(metadata.call_length_ms, 3000);
      if (!hasFfmpeg) return;
      assert.equal(probe(filename).tags.title, 'FIRE 1');
      const sound = decode(filename, 8000);
      assert.ok(sound.length >= 24_000 && sound.length < 25_030, `${sound.length}`);
    });
  }

  it('evens out the loudness when asked, of WAV too', async function () {
    if (!hasFfmpeg) this.skip();
    this.timeout(10_000);
    const target = recorder({ loudness: -20 });
    await play(target, tones('a', 3, 8000));
    await play(target, tones('b', 3, 800, { id: 'b', call_num: 2 }));
    for (const { filename, format } of recorded) {
      assert.equal(format, 'wav');
      const { integrated } = loudness(filename);
      assert.ok(Math.abs(integrated + 20) < 0.5, `${integrated}`);
    }
    assert.equal((await all()).length, 4);
  });

  it('keeps a recording as WAV when its encoder fails, and says so', async () => {
    const target = recorder({ format: 'mp3' });
    const inside = target as unknown as { shelf: { tools: { encoder: { run(): Promise<never> } } } };
    inside.shelf.tools.encoder = { run: () => Promise.reject(new TrunkflowError('missing-program', 'No encoder')) };
    await play(target, callAudio('a', 5));
    assert.deepEqual(await all(), [`${NAME}.json`, `${NAME}.wav`]);
    assert.equal(recorded[0].format, 'wav');
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['missing-program'],
    );
    assert.equal(target.counters().not_encoded, 1);
  });

  describe('one file for each transmission', () => {
    const first = callInfo().sources[0];
    const second = { ...first, src: 700002, tag: 'Engine 5', pos: 0.5 };
    const block = (at: number, ms: number, more: object = {}, info: object = {}) =>
      audio('s', at, ms, { call: callInfo(more), ...info });
    /** Unit 1 talks, then unit 2 at once, then unit 2 again after a pause. */
    const CALL = [
      block(200, 600, { error_count: 3 }),
      block(800, 400, { sources: [first, second], error_count: 5 }),
      block(3000, 300, { sources: [first, second], error_count: 6 }),
      block(
        3300,
        200,
        { sources: [first, second], error_count: 6, state: 'ended', reason: 'terminator' },
        { end: true },
      ),
    ];

    it('with names, sidecars and ids of their own', async () => {
      const target = recorder({ split: 'transmission', log: true });
      await play(target, CALL);
      assert.deepEqual(
        recorded.map(({ id, length, transmission, call }) => [id, length, transmission, call.reason]),
        [
          ['county_9101_1_1', 0.6, 1, 'transmission'],
          ['county_9101_1_1_2', 0.4, 2, 'transmission'],
          ['county_9101_1_1_3', 0.5, 3, 'terminator'],
        ],
      );
      assert.equal(new Set(recorded.map(({ filename }) => filename)).size, 3);
      assert.equal((await all()).length, 6);
      const sidecars = recorded.map(({ metadata }) => metadata as Record<string, never>);
      assert.deepEqual(
        sidecars.map((one) => [one.start_time_ms, one.stop_time_ms, one.call_length_ms]),
        [
          [T0 + 123, T0 + 800, 600],
          [T0 + 800, T0 + 1200, 400],
          [T0 + 3000, T0 + 3500, 500],
        ],
      );
      assert.deepEqual(
        sidecars.map((one) => (one.srcList as { src: number; pos: number }[]).map(({ src, pos }) => [src, pos])),
        [[[700001, 0]], [[700002, 0]], [[700002, 0]]],
      );
      assert.equal((await target.archive!.search({})).calls.length, 3);
    });

    it('joined into one file otherwise, without the pause or with it', async () => {
      await play(recorder(), CALL);
      await play(recorder({ pauses: true, pattern: 'with{call}' }), CALL);
      const [without, kept] = recorded;
      assert.equal(without.length, 1.5);
      assert.equal(kept.length, 3.3);
      const wav = await readFile(kept.filename);
      const samples = Array.from({ length: (wav.length - 44) / 2 }, (_, i) => wav.readInt16LE(44 + 2 * i));
      assert.ok(samples.slice(8000, 8000 + 14_400).every((one) => one === 0));
      assert.equal(samples[8000 + 14_401], 1);
      assert.deepEqual(
        (kept.metadata.freqList as { pos: number; len: number }[]).map(({ pos, len }) => [pos, len]),
        [
          [0, 0.6],
          [0.6, 0.4],
          [2.8, 0.5],
        ],
      );
    });

    it('numbers them without a log as well', async () => {
      await play(recorder({ split: 'transmission' }), CALL);
      assert.deepEqual(
        recorded.map(({ id }) => id),
        ['county_9101_1_1', 'county_9101_1_1_2', 'county_9101_1_1_3'],
      );
    });
  });

  describe('names', () => {
    it('follow the pattern', async () => {
      await play(recorder({ pattern: '{system}/{alpha_tag}/{yyyy}-{mm}-{dd} {hh}{mi}{ss} {call}' }), callAudio('a', 5));
      assert.deepEqual(await all(), [
        'county/FIRE_1/2024-03-05 120000 1.json',
        'county/FIRE_1/2024-03-05 120000 1.wav',
      ]);
    });

    it('never collide, also not between recorders and with files that were there', async () => {
      await mkdir(join(dir, 'county'), { recursive: true });
      await writeFile(join(dir, 'county', 'x-1.mp3'), 'not ours');
      const pattern = '{system}/x-{call}';
      const [one, two] = [recorder({ pattern }), recorder({ pattern })];
      await Promise.all([
        play(one, callAudio('a', 5)),
        play(two, callAudio('b', 5)),
        play(one, callAudio('c', 5)),
        play(two, callAudio('d', 5)),
      ]);
      assert.deepEqual(
        recorded.map(({ filename }) => relative(dir, filename)).sort(),
        [2, 3, 4, 5].map((n) => `county/x-1-${n}.wav`),
      );
      assert.equal(await readFile(join(dir, 'county', 'x-1.mp3'), 'utf8'), 'not ours');
      assert.deepEqual(
        recorded.map(({ filename, json }) => filename.replace('.wav', '.json') === json),
        [true, true, true, true],
      );
    });

    it('are checked before anything is recorded', () => {
      for (const bad of [
        { pattern: '{nothing}' },
        { format: 'flac' as never },
        { loudness: 3 },
        { bitrate: 5 },
        { keepDays: -1, log: true },
        { keepBytes: Number.NaN, log: true },
        { keepDays: 3 },
      ])
        assert.throws(() => new CallRecorder({ dir, ...bad }), { code: 'bad-setting' }, JSON.stringify(bad));
    });
  });

  describe('log', () => {
    const logged = async (target: CallRecorder) =>
      (await target.archive!.search({})).calls.map(({ call, recorded: kept, reason }) => [call.call_num, kept, reason]);

    it('has both recordings of two recorders that finish the same call at once', async () => {
      const both = [recorder({ log: true }), recorder({ log: true, format: 'mp3' })];
      await Promise.all(both.map((one) => play(one, callAudio('a', 5))));
      const { archive } = both[0];
      const { calls } = await archive!.search({});
      assert.deepEqual(
        calls.map(({ file }) => join(dir, file!)).sort(),
        recorded.map(({ filename }) => filename).sort(),
      );
      assert.equal(new Set(recorded.map(({ id }) => id)).size, 2);
    });

    it('has each recording when it is told of, and where it is', async () => {
      const seen: unknown[] = [];
      const target: CallRecorder = new CallRecorder(
        { dir, log: true },
        { recorded: ({ id }) => void seen.push(target.archive!.get(id)) },
      );
      recorders.push(target);
      await play(target, callAudio('a', 12));
      const call = (await seen[0]) as { file: string; length: number };
      assert.deepEqual([call.file, call.length], [`${NAME}.wav`, 1.2]);
      assert.deepEqual(await logged(target), [[1, true, undefined]]);
    });

    it('says why calls were not recorded', async () => {
      const target = recorder({ log: true, minLength: 1 });
      const number = (call_num: number, more: object = {}) => ({
        id: `id${call_num}`,
        call_num,
        start_time_ms: T0 + call_num,
        ...more,
      });
      await play(target, callAudio('a', 3, number(1)));
      await play(target, callAudio('b', 30, number(2, { encrypted: true })));
      await play(target, callAudio('c', 30, number(3, { record: false })));
      const clear = callAudio('d', 30, number(4)).slice(0, -1);
      const end = audio('d', 4000, 0, { call: callInfo(number(4, { encrypted: true, state: 'ended' })), end: true });
      await play(target, [...clear, end]);
      target.told('not_followed', callInfo(number(5, { state: 'not_followed', reason: 'no_channel' })));
      target.told('start', callInfo(number(6)));
      target.told('end', callInfo(number(6, { state: 'ended' })));
      await play(target, callAudio('g', 20, number(7)));
      target.told('end', callInfo(number(7, { state: 'ended' })));
      await target.close();
      assert.deepEqual(await logged(target), [
        [7, true, undefined],
        [6, false, 'no_audio'],
        [5, false, 'no_channel'],
        [4, false, 'encrypted'],
        [3, false, 'not_wanted'],
        [2, false, 'encrypted'],
        [1, false, 'too_short'],
      ]);
      assert.equal((await all()).length, 2);
      const { too_short, encrypted, not_wanted } = target.counters();
      assert.deepEqual([too_short, encrypted, not_wanted], [1, 1, 1]);
    });

    it('takes a recording that came late for the call that had none', async () => {
      const target = recorder({ log: true });
      target.told('not_followed', callInfo({ state: 'not_followed', reason: 'no_channel' }));
      await play(target, callAudio('a', 12));
      assert.deepEqual(await logged(target), [[1, true, undefined]]);
    });

    it('has recordings that a crash left unfinished', async () => {
      const target = recorder({ log: true });
      await play(target, callAudio('a', 7).slice(0, -1));
      await copyPartial('4194305');
      await target.close();
      recorded.length = 0;
      const next = recorder({ log: true });
      await next.close();
      assert.equal(recorded[0].recovered, true);
      assert.deepEqual(await logged(next), [
        [1, true, undefined],
        [1, true, undefined],
      ]);
      assert.equal((await next.archive!.audio(recorded[0].id))!.path, recorded[0].filename);
    });

    it('that cannot be written is told once, and made up for', async () => {
      const state = { broken: true };
      const files: Files = {
        ...nodeFiles,
        open: (async (path: string, ...rest: never[]) => {
          if (state.broken && String(path).includes('.calls') && String(path).endsWith('.jsonl'))
            throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
          return nodeFiles.open(path, ...rest);
        }) as Files['open'],
      };
      const target = recorder({ log: true }, files);
      for (let n = 1; n <= 3; n++) await play(target, callAudio(`s${n}`, 5, { id: `id${n}`, call_num: n }));
      assert.deepEqual(
        errors.map(({ status }) => status),
        ['no permission'],
      );
      state.broken = false;
      await play(target, callAudio('s4', 5, { id: 'id4', call_num: 4 }));
      assert.deepEqual(recorded.map(({ call }) => call.call_num).sort(), [1, 2, 3, 4]);
      assert.equal((await target.archive!.search({})).calls.length, 4);
      assert.equal((await all()).length, 8);
    });
  });

  /** Leaves what is unfinished now as if process `pid` had died. */
  async function copyPartial(pid: string): Promise<void> {
    for (const name of await readdir(join(dir, '.partial')))
      await nodeFiles.copyFile(join(dir, '.partial', name), join(dir, '.partial', name.replace(/^\d+/, pid)));
  }

  for (const format of ['wav', 'mp3'] as const) {
    it(`finishes ${format} recordings to the same end, wherever the power was cut`, async function () {
      this.timeout(60_000);
      // Every change of the disk is a place where it can stop.
      let steps = 0;
      let stopAt = Number.POSITIVE_INFINITY;
      const stop = () => {
        if (++steps > stopAt) throw Object.assign(new Error('power cut'), { code: 'EIO' });
      };
      const cut =
        <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          stop();
          return work(...args);
        };
      const files = {
        ...nodeFiles,
        writeFile: cut(nodeFiles.writeFile as never),
        rename: cut(nodeFiles.rename),
        unlink: cut(nodeFiles.unlink),
        mkdir: cut(nodeFiles.mkdir as never),
        open: cut(nodeFiles.open),
      } as unknown as Files;
      const target = recorder({ format, log: true }, files);
      await target.archive!.ready;
      await play(target, callAudio('a', 5).slice(0, -1));
      const before = steps;
      await play(target, callAudio('a', 5).slice(-1));
      const needed = steps - before;
      const wanted = await all();
      const [expected] = recorded;
      assert.ok(needed > 6, `${needed}`);
      await target.close();
      for (let at = 0; at < needed; at++) {
        await rm(dir, { recursive: true });
        recorded.length = 0;
        stopAt = Number.POSITIVE_INFINITY;
        const dying = recorder({ format, log: true }, files);
        await dying.archive!.ready;
        await play(dying, callAudio('a', 5).slice(0, -1));
        stopAt = steps + at;
        await play(dying, callAudio('a', 5).slice(-1));
        await dying.close();
        assert.equal(recorded.length, 0, `stopped at step ${at}`);
        stopAt = Number.POSITIVE_INFINITY;
        const next = recorder({ format, log: true }, files);
        await next.close();
        assert.deepEqual(await all(), wanted, `stopped at step ${at}`);
        const figures = ({ id, filename, length, metadata }: FinishedRecording) => {
          // Until the last draft has its name, only what was known at the beginning is there.
          return at < 2 ? [id, filename, length] : [id, filename, length, metadata];
        };
        assert.deepEqual(recorded.map(figures), [figures(expected)], `stopped at step ${at}`);
        assert.equal((await next.archive!.search({})).calls.length, 1);
        assert.ok((await readFile(recorded[0].filename)).length > 44);
        assert.ok(dirname(recorded[0].filename).startsWith(dir));
      }
    });
  }
});
