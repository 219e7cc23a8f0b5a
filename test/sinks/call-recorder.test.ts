import assert from 'node:assert/strict';
import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TrunkflowError } from '../../src/core/errors';
import { CallRecorder } from '../../src/sinks/call-recorder';
import type { Files } from '../../src/sinks/files';
import type { RecorderOptions } from '../../src/sinks/recorder-options';
import type { FinishedRecording } from '../../src/sinks/shelf';
import { WavWriter } from '../../src/sinks/wav-writer';
import { type AudioMessage, audio, callAudio, callInfo, T0 } from './audio';

const PATH = `county/2024/3/5/9101-${((T0 + 123) / 1000).toFixed(3)}_852500000-call_1`;

describe('call recorder', () => {
  let dir: string;
  const recorded: FinishedRecording[] = [];
  const errors: TrunkflowError[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'recorder-'));
    recorded.length = 0;
    errors.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  function recorder(options: Partial<RecorderOptions> = {}, files?: Files): CallRecorder {
    const sink = {
      recorded: (one: FinishedRecording) => recorded.push(one),
      error: (one: TrunkflowError) => errors.push(one),
    };
    return new CallRecorder({ dir, ...options }, sink, files);
  }

  async function play(target: CallRecorder, messages: AudioMessage[]): Promise<void> {
    for (const message of messages) await target.write(message);
  }

  async function all(): Promise<string[]> {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort();
  }

  it('writes one WAV file for a call, with its name, samples and sidecar', async () => {
    const target = recorder();
    await play(target, callAudio('site/call-1', 12));
    assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
    const [{ filename, json, call, length }] = recorded;
    assert.equal(filename, join(dir, `${PATH}.wav`));
    assert.equal(json, join(dir, `${PATH}.json`));
    assert.equal(call.state, 'ended');
    assert.equal(length, 1.2);
    const wav = await readFile(filename);
    assert.equal(wav.length, 44 + 2 * 9600);
    assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
    assert.equal(wav.readUInt32LE(4), wav.length - 8);
    assert.equal(wav.readUInt32LE(24), 8000);
    assert.equal(wav.readUInt32LE(40), 19200);
    for (let i = 0; i < 9600; i++) assert.equal(wav.readInt16LE(44 + 2 * i), i);
    assert.deepEqual(target.counters(), {
      recorded: 1,
      recovered: 0,
      too_short: 0,
      encrypted: 0,
      not_wanted: 0,
      no_audio: 0,
      not_encoded: 0,
      lost_blocks: 0,
      errors: 0,
      recording: 0,
    });
  });

  it("keeps the keys, order and types of trunk-recorder's sidecar", async () => {
    await play(recorder(), callAudio('site/call-1', 12, { emergency: true }));
    const text = await readFile(join(dir, `${PATH}.json`), 'utf8');
    const value = JSON.parse(text);
    assert.deepEqual(
      Object.entries(value),
      Object.entries({
        call_num: 1,
        freq: 852_500_000,
        freq_error: -12,
        signal: -31,
        noise: 999,
        source_num: 0,
        recorder_num: 0,
        tdma_slot: 0,
        phase2_tdma: 0,
        start_time: T0 / 1000,
        stop_time: T0 / 1000,
        start_time_ms: T0 + 123,
        stop_time_ms: T0 + 1400,
        emergency: 1,
        priority: 4,
        mode: 0,
        duplex: 0,
        encrypted: 0,
        call_length: 1,
        call_length_ms: 1200,
        talkgroup: 9101,
        talkgroup_tag: 'FIRE 1',
        talkgroup_description: 'Fire dispatch',
        talkgroup_group_tag: 'Fire Dispatch',
        talkgroup_group: 'Fire',
        color_code: -1,
        audio_type: 'digital',
        short_name: 'county',
        freqList: [{ freq: 852_500_000, time: T0 / 1000, pos: 0, len: 1.2, error_count: 0, spike_count: 0 }],
        srcList: [
          { src: 700001, time: T0 / 1000, pos: 0, emergency: 0, signal_system: '', tag: 'Engine 4', tag_ota: '' },
        ],
      }),
    );
    assert.ok(text.startsWith('{\n  "call_num": 1,\n  "freq": 852500000,'));
  });

  it('lists transmissions and frequencies where they stand in the file', async () => {
    const target = recorder();
    const first = callInfo().sources[0];
    const second = { ...first, src: 700002, pos: 0.5, tag: '' };
    const message = (at: number, ms: number, more: object) => audio('site/call-1', at, ms, { call: callInfo(more) });
    await play(target, [
      message(200, 600, { error_count: 5, spike_count: 1 }),
      message(3000, 400, { sources: [first, second], error_count: 7, spike_count: 1 }),
      message(5000, 300, { sources: [first, second], freq: 853_000_000, error_count: 10, spike_count: 3 }),
    ]);
    await target.close();
    const { srcList, freqList } = JSON.parse(await readFile(recorded[0].json!, 'utf8'));
    assert.deepEqual(
      srcList.map(({ src, pos }: { src: number; pos: number }) => [src, pos]),
      [
        [700001, 0],
        [700002, 0.6],
      ],
    );
    assert.deepEqual(
      freqList.map((part: Record<string, number>) => [
        part.freq,
        part.pos,
        part.len,
        part.error_count,
        part.spike_count,
      ]),
      [
        [852_500_000, 0, 0.6, 5, 1],
        [852_500_000, 0.6, 0.4, 2, 0],
        [853_000_000, 1, 0.3, 3, 2],
      ],
    );
  });

  it('records several calls at once', async () => {
    const target = recorder();
    const calls = [1, 2, 3, 4].map((n) => callAudio(`site/call-${n}`, 10, { id: `id${n}`, call_num: n, talkgroup: n }));
    for (let i = 0; i <= 10; i++) await Promise.all(calls.map((messages) => target.write(messages[i])));
    assert.equal((await all()).length, 8);
    for (const { filename } of recorded) assert.equal((await readFile(filename)).length, 44 + 16000);
  });

  it('finishes a call whose end never comes when it closes', async () => {
    const target = recorder();
    await play(target, callAudio('site/call-1', 5).slice(0, -1));
    assert.equal(target.recording, 1);
    await target.close();
    assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
    assert.equal(recorded[0].call.reason, 'stream_end');
  });

  it('closes a call when its stream goes on with another', async () => {
    const target = recorder();
    await play(target, callAudio('s', 5).slice(0, -1));
    await play(target, callAudio('s', 5, { id: 'other', call_num: 2 }));
    assert.deepEqual(
      recorded.map(({ call }) => call.call_num),
      [1, 2],
    );
  });

  it('deletes what is shorter than asked', async () => {
    const target = recorder({ minLength: 1 });
    await play(target, callAudio('a', 9));
    await play(target, callAudio('b', 10, { call_num: 2, id: 'b' }));
    assert.deepEqual(
      recorded.map(({ call }) => call.call_num),
      [2],
    );
    assert.equal((await all()).length, 2);
    assert.equal(target.counters().too_short, 1);
  });

  it('can do without the sidecar', async () => {
    await play(recorder({ sidecar: false }), callAudio('a', 5));
    assert.deepEqual(await all(), [`${PATH}.wav`]);
    assert.equal(recorded[0].json, null);
  });

  it('goes on in another file when a call is very long', async () => {
    await play(recorder({ maxLength: 1 }), callAudio('a', 25));
    assert.deepEqual(
      recorded.map(({ length }) => length),
      [1, 1, 0.5],
    );
    assert.equal(new Set(recorded.map(({ filename }) => filename)).size, 3);
    assert.equal((await all()).length, 6);
  });

  it('never records encrypted calls', async () => {
    const target = recorder();
    await play(target, callAudio('a', 5, { encrypted: true }));
    assert.deepEqual(await all(), []);
    const clear = callAudio('b', 5).slice(0, -1);
    await play(target, [...clear, audio('b', 700, 100, { call: callInfo({ encrypted: true }) })]);
    assert.deepEqual(await all(), []);
    assert.equal(target.counters().encrypted, 1);
  });

  it('keeps every name below its folder', async () => {
    const target = recorder();
    await play(target, callAudio('a', 5, { sys_name: '../../etc' }));
    assert.ok(
      (await all()).every((name) => name.startsWith('_._.._etc/') || name.startsWith('_')),
      (await all()).join(),
    );
    assert.ok(!relative(dir, recorded[0].filename).startsWith('..'));
  });

  it('records each opening of a squelch when asked', async () => {
    const idle = recorder();
    await idle.write(audio('fm/146520000', 0, 500, { frequency: 146_520_000 }));
    await idle.close();
    assert.deepEqual(await all(), []);
    const target = recorder({ conventional: true });
    for (const start of [0, 5000]) {
      for (let i = 0; i < 5; i++) {
        await target.write(audio('fm/146520000', start + i * 100, 100, { frequency: 146_520_000 }));
      }
    }
    assert.equal(target.recording, 1);
    await target.write(audio('fm/146520000', 5500, 0, { frequency: 146_520_000 }));
    assert.equal(target.recording, 0);
    assert.deepEqual(
      recorded.map(({ length, call }) => [length, call.freq, call.audio_type]),
      [
        [0.5, 146_520_000, 'analog'],
        [0.5, 146_520_000, 'analog'],
      ],
    );
    assert.ok(
      (await all()).every((name) => /^conventional\/2024\/3\/5\/0-\d+\.000_146520000-call_\d\.(wav|json)$/.test(name)),
    );
  });

  it('resolves a write only when it is on the disk', async () => {
    let free = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const slow: Files = {
      ...nodeFiles,
      writeFile: async (...args: Parameters<Files['writeFile']>) => {
        await held;
        return nodeFiles.writeFile(...args);
      },
    };
    const target = recorder({}, slow);
    let done = false;
    const writing = target.write(callAudio('a', 1)[0]).then(() => {
      done = true;
    });
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    assert.equal(done, false);
    free();
    await writing;
    assert.equal(done, true);
    await target.close();
  });

  it('lets no more than a bounded number of blocks wait for a disk that hangs, and says so', async () => {
    let free = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const hangs: Files = {
      ...nodeFiles,
      mkdir: (async (...args: Parameters<Files['mkdir']>) => {
        await held;
        return nodeFiles.mkdir(...args);
      }) as Files['mkdir'],
    };
    const target = recorder({}, hangs);
    const blocks = callAudio('a', 1).slice(0, 1);
    const last = callAudio('a', 1)[1];
    const writes = Array.from({ length: 5000 }, () => target.write(blocks[0]));
    writes.push(target.write(last));
    await Promise.all(writes.slice(4000, 5000));
    assert.equal(target.counters().lost_blocks, 1000);
    assert.deepEqual(
      errors.map(({ code, status }) => [code, status]),
      [['storage', 'disk too slow']],
    );
    free();
    await Promise.all(writes);
    assert.equal(target.trouble, undefined);
    assert.equal(recorded[0].length, 400);
  });

  it('refuses what is not speech', async () => {
    const target = recorder();
    await assert.rejects(target.write(audio('a', 0, 20, { kind: 'discriminator' })), { code: 'wrong-port' });
    await assert.rejects(target.write(audio('a', 0, 20, { rate: Number.NaN })), { code: 'bad-message' });
    await assert.rejects(target.write({ ...audio('a', 0, 20), payload: Buffer.alloc(3) }), { code: 'bad-message' });
    assert.throws(() => new CallRecorder({ dir: '' }), { code: 'bad-setting' });
    assert.throws(() => new CallRecorder({ dir, minLength: 5, maxLength: 1 }), { code: 'bad-setting' });
  });

  describe('when the disk fails', () => {
    function fault(code: string): NodeJS.ErrnoException {
      return Object.assign(new Error(`${code}: simulated`), { code });
    }
    /** A disk that is full while `state.full`: new files cannot be made, open ones take only a part of what is written. */
    function fullDisk(state: { full: boolean }): Files {
      const check = () => {
        if (state.full) throw fault('ENOSPC');
      };
      return {
        ...nodeFiles,
        writeFile: async (...args: Parameters<Files['writeFile']>) => {
          check();
          return nodeFiles.writeFile(...args);
        },
        open: async (...args: Parameters<Files['open']>) => {
          const handle = await nodeFiles.open(...args);
          const write = handle.write.bind(handle) as (...all: unknown[]) => Promise<{ bytesWritten: number }>;
          const faulty = async (data: Buffer, offset: number, length: number, position: number) => {
            if (!state.full || length <= 44) return write(data, offset, length, position);
            if (length > 200) return write(data, offset, 200, position);
            throw fault('ENOSPC');
          };
          return Object.assign(handle, { write: faulty });
        },
      };
    }

    it('tells once that it is full in the middle of a call, keeps what it has and goes on when there is room', async () => {
      const state = { full: false };
      const target = recorder({}, fullDisk(state));
      const messages = callAudio('a', 60);
      await play(target, messages.slice(0, 10));
      state.full = true;
      await play(target, messages.slice(10, 30));
      assert.equal(errors.length, 1);
      assert.equal(errors[0].code, 'storage');
      assert.equal(errors[0].status, 'disk full');
      assert.match(errors[0].message, /full.*Free some space/s);
      assert.equal(target.trouble?.status, 'disk full');
      state.full = false;
      await play(target, messages.slice(30));
      assert.equal(target.trouble, undefined);
      assert.equal(errors.length, 1);
      const wav = await readFile(recorded[0].filename);
      assert.equal(wav.length, 44 + wav.readUInt32LE(40));
      assert.equal(wav.readUInt32LE(40), 2 * 800 * (60 - 20));
      // The samples after the gap follow those before it.
      assert.equal(wav.readInt16LE(44 + 2 * 7999), 7999);
      assert.equal(wav.readInt16LE(44 + 2 * 8000), 24000);
      assert.equal(target.counters().lost_blocks, 20);
    });

    it('tells once for many calls while it stays full, and records the next when there is room', async () => {
      const state = { full: true };
      const target = recorder({}, fullDisk(state));
      for (let n = 1; n <= 5; n++) await play(target, callAudio(`c${n}`, 30, { id: `${n}`, call_num: n }));
      assert.equal(errors.length, 1);
      assert.equal(recorded.length, 0);
      state.full = false;
      await play(target, callAudio('c6', 5, { id: '6', call_num: 6 }));
      assert.equal(recorded.length, 1);
      assert.equal(target.recording, 0);
    });

    it('finishes at the next start what could not be finished', async () => {
      const state = { full: false };
      const target = recorder({}, fullDisk(state));
      const messages = callAudio('a', 5);
      await play(target, messages.slice(0, -1));
      state.full = true;
      await play(target, messages.slice(-1));
      assert.equal(errors.length, 1);
      assert.equal(recorded.length, 0);
      state.full = false;
      await recorder({}, fullDisk(state)).close();
      assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
      assert.equal(recorded[0].recovered, true);
    });

    it('finishes it itself when the next call could be written', async () => {
      const state = { full: false };
      const target = recorder({}, fullDisk(state));
      const messages = callAudio('a', 5);
      await play(target, messages.slice(0, -1));
      state.full = true;
      await play(target, messages.slice(-1));
      assert.equal(recorded.length, 0);
      state.full = false;
      await play(target, callAudio('b', 5, { id: 'b', call_num: 2 }));
      assert.deepEqual(
        recorded.map(({ call, recovered, length }) => [call.call_num, recovered, length]),
        [
          [2, false, 0.5],
          [1, true, 0.5],
        ],
      );
      assert.deepEqual(
        (await all()).filter((name) => name.startsWith('.partial')),
        [],
      );
    });

    for (const [code, status] of [
      ['EACCES', 'no permission'],
      ['EROFS', 'read-only disk'],
      ['ENOTDIR', 'bad folder'],
      ['EIO', 'cannot write'],
    ]) {
      it(`says what ${code} means`, async () => {
        const files: Files = { ...nodeFiles, mkdir: (() => Promise.reject(fault(code))) as unknown as Files['mkdir'] };
        const target = recorder({}, files);
        await play(target, callAudio('a', 20));
        await target.close();
        assert.deepEqual(
          errors.map((error) => [error.code, error.status]),
          [['storage', status]],
        );
      });
    }

    it('says when the folder is a file', async () => {
      const path = join(dir, 'file');
      await writeFile(path, '');
      const target = recorder({ dir: path });
      await play(target, callAudio('a', 3));
      assert.equal(errors.length, 1);
      assert.equal(errors[0].status, 'bad folder');
    });
  });

  describe('after a crash', () => {
    /** What a recorder that died leaves behind: the state of its folder in the middle of a call. */
    async function crash(pid: number, blocks: number): Promise<void> {
      const target = recorder();
      await play(target, callAudio('a', blocks).slice(0, -1));
      for (const name of await readdir(join(dir, '.partial'))) {
        const copy = name.replace(/^\d+/, String(pid));
        await nodeFiles.copyFile(join(dir, '.partial', name), join(dir, '.partial', copy));
      }
      const { filename } = await finishAndForget(target);
      await rm(filename.replace(/county.*/, 'county'), { recursive: true });
    }
    async function finishAndForget(target: CallRecorder): Promise<FinishedRecording> {
      await target.close();
      return recorded.pop()!;
    }
    const DEAD = 4_194_305;

    it('the file can be played at any moment', async () => {
      const target = recorder();
      for (const message of callAudio('a', 5).slice(0, -1)) {
        await target.write(message);
        const [name] = (await readdir(join(dir, '.partial'))).filter((file) => file.endsWith('.wav'));
        const wav = await readFile(join(dir, '.partial', name));
        assert.equal(wav.readUInt32LE(40), wav.length - 44);
      }
      await target.close();
    });

    it('the recording is finished at the next start, even when the header did not keep up', async () => {
      await crash(DEAD, 7);
      const [wavName] = (await readdir(join(dir, '.partial'))).filter((file) => file.endsWith('.wav'));
      const path = join(dir, '.partial', wavName);
      await nodeFiles.appendFile(path, Buffer.alloc(1601));
      await recorder().close();
      assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
      assert.equal(recorded[0].recovered, true);
      assert.equal(recorded[0].length, 0.8);
      const wav = await readFile(recorded[0].filename);
      assert.equal(wav.readUInt32LE(40), wav.length - 44);
      const { talkgroup, call_length_ms, srcList } = JSON.parse(await readFile(recorded[0].json!, 'utf8'));
      assert.deepEqual([talkgroup, call_length_ms, srcList.length], [9101, 800, 1]);
    });

    it('a missing sidecar is written for a file that had its place already', async () => {
      await crash(DEAD, 7);
      const names = await readdir(join(dir, '.partial'));
      await nodeFiles.mkdir(join(dir, PATH, '..'), { recursive: true });
      await nodeFiles.rename(
        join(dir, '.partial', names.find((name) => name.endsWith('.wav'))!),
        join(dir, `${PATH}.wav`),
      );
      await recorder().close();
      assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
    });

    it('leftovers without sound go, unreadable ones are named, those of a running program stay', async () => {
      await nodeFiles.mkdir(join(dir, '.partial'));
      await writeFile(join(dir, '.partial', `${DEAD}-1-x.json`), JSON.stringify({ call: callInfo(), sidecar: true }));
      await writeFile(join(dir, '.partial', `${DEAD}-2-y.json`), '{"targ');
      await writeFile(join(dir, '.partial', '1-3-z.json'), '{}');
      await recorder().close();
      assert.deepEqual(await all(), ['.partial/1-3-z.json', `.partial/${DEAD}-2-y.json`]);
      assert.equal(errors.length, 1);
      assert.match(errors[0].message, /-2-y\.json/);
    });

    it('a process number given to another program after a reboot keeps nothing back', async function () {
      // Process 1 always runs, and is no recorder.
      await crash(1, 7);
      await recorder().close();
      assert.deepEqual(recorded, [], 'written in this run of the computer: it may be');
      const names = await readdir(join(dir, '.partial'));
      const path = join(dir, '.partial', names.find((name) => name.endsWith('.json'))!);
      const draft = JSON.parse(await readFile(path, 'utf8'));
      if (draft.boot === undefined) this.skip();
      await writeFile(path, JSON.stringify({ ...draft, boot: 'another' }));
      await recorder().close();
      assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
    });

    it('two recorders of one folder finish each leftover once', async () => {
      await crash(DEAD, 7);
      await Promise.all([recorder().close(), recorder().close(), recorder().close()]);
      assert.equal(recorded.length, 1);
      assert.deepEqual(errors, []);
      assert.deepEqual(await all(), [`${PATH}.json`, `${PATH}.wav`]);
    });

    it('a second recorder in the same folder leaves the first alone', async () => {
      const first = recorder();
      await play(first, callAudio('a', 5).slice(0, -1));
      const second = recorder();
      await play(second, callAudio('b', 5, { id: 'b', call_num: 2 }));
      await play(first, callAudio('a', 5).slice(-1));
      assert.deepEqual(
        recorded.map(({ call, recovered }) => [call.call_num, recovered]),
        [
          [2, false],
          [1, false],
        ],
      );
      await first.close();
      await second.close();
    });
  });

  it('writes to a device that is full without losing its head', async function () {
    const full = await nodeFiles.stat('/dev/full').catch(() => undefined);
    if (!full) this.skip();
    await assert.rejects(WavWriter.create('/dev/full', 8000), { code: 'ENOSPC' });
  });
});
