import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as nodeFiles from 'node:fs/promises';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallArchive, type NewCall } from '../../src/sinks/archive/call-archive';
import type { Files } from '../../src/sinks/files';
import { until } from '../e2e/until';
import { uniform } from '../support/random';
import { callInfo, T0 } from './audio';

const WRITER = join(__dirname, '..', 'support', 'archive-writer.cjs');
const START = T0 / 1000;

function entry(n: number): NewCall {
  const id = `county_1_${START}_${n}`;
  const call = callInfo({ id, call_num: n, start_time_ms: T0 + n, talkgroup_alpha_tag: `Call ${n} – Zürich` });
  return { id, call, file: `${n}.wav`, sidecar: null, format: 'wav', length: 1, bytes: 1, recorded: true };
}

describe('call archive, crashes', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'crash-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const logFile = async () => join(dir, '.calls', (await readdir(join(dir, '.calls')))[0]);

  /** Starts the program; what it says is safe goes to `safe`. */
  function start(name: string, safe: Set<string>): ChildProcess {
    const child = spawn(process.execPath, [WRITER, dir, name, String(START)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout!.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) safe.add(line);
    });
    return child;
  }

  async function check(safe: Set<string>): Promise<CallArchive> {
    const archive = new CallArchive(dir);
    await archive.ready;
    for (const line of safe) {
      const [id, noted] = line.split(' ');
      const call = await archive.get(id);
      assert.equal(call?.call.id, id, `${id} is in the log`);
      if (noted) assert.equal(call?.transcript, `text of ${id}`);
    }
    return archive;
  }

  it('keeps every call it said was safe, wherever its program is killed', async function () {
    this.timeout(120_000);
    const random = uniform(5);
    const safe = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const before = safe.size;
      const child = start(`round${round}`, safe);
      const enough = before + 1 + Math.floor(60 * random());
      await until(() => safe.size >= enough, 'calls that are safe');
      await new Promise((resolve) => setTimeout(resolve, 3 * random()));
      child.kill('SIGKILL');
      await once(child, 'close');
      await check(safe);
    }
    assert.ok(safe.size > 50);
    // What is there is sound, and goes on being written to.
    const archive = await check(safe);
    await archive.add(entry(1));
    const again = new CallArchive(dir);
    assert.ok(await again.get(entry(1).id));
    assert.ok(again.counters().damaged <= 8);
  });

  it('is shared by programs that write at once', async function () {
    this.timeout(60_000);
    const safe = new Set<string>();
    const children = ['one', 'two', 'three'].map((name) => start(name, safe));
    const many = (name: string) => [...safe].filter((line) => line.startsWith(name)).length > 30;
    await until(() => ['one', 'two', 'three'].every(many), 'calls of all three');
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => once(child, 'close')));
    const archive = await check(safe);
    for (const system of ['one', 'two', 'three'])
      assert.ok((await archive.search({ system })).calls.length > 5, system);
    assert.ok(archive.counters().damaged <= 3);
  });

  it('finds calls where another program moved them to', async () => {
    const [mine, other] = [new CallArchive(dir), new CallArchive(dir)];
    await mine.add(entry(1));
    await other.add(entry(2));
    await mine.add(entry(3));
    // As if both had written at the same moment: what was thought of the place is wrong.
    const path = await logFile();
    await writeFile(path, `${(await readFile(path, 'utf8')).split('\n').reverse().join('\n')}\n`);
    assert.deepEqual(
      (await mine.search({})).calls.map(({ call }) => call.call_num),
      [3, 1],
    );
  });

  it('reads all but the torn record, at whatever byte the power was cut', async function () {
    this.timeout(60_000);
    const archive = new CallArchive(dir);
    for (let n = 0; n < 4; n++) await archive.add(entry(n));
    const path = await logFile();
    const whole = await readFile(path);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
    for (let length = ends[1] + 1; length <= whole.length; length++) {
      await writeFile(path, whole.subarray(0, length));
      // A line whose last byte, the line break, is missing is complete.
      const complete = ends.filter((end) => end <= length).length;
      const reopened = new CallArchive(dir);
      await reopened.add(entry(9));
      for (const one of [reopened, new CallArchive(dir)]) {
        const { calls } = await one.search({});
        assert.deepEqual(
          calls.map(({ call }) => call.call_num),
          [9, ...Array.from({ length: complete }, (_, i) => complete - 1 - i)],
          `cut at ${length}`,
        );
      }
    }
  });

  it('notices every changed byte', async () => {
    const archive = new CallArchive(dir);
    for (let n = 0; n < 3; n++) await archive.add(entry(n));
    const path = await logFile();
    const whole = await readFile(path);
    const [first, second] = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
    for (let at = first + 1; at < second; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x04;
      await writeFile(path, changed);
      const reopened = new CallArchive(dir);
      const { calls } = await reopened.search({});
      assert.deepEqual(
        calls.map(({ call }) => call.call_num),
        [2, 0],
        `byte ${at}`,
      );
      assert.equal(reopened.counters().damaged, 1);
    }
  });

  it('rejects what the disk did not take, and goes on behind it', async () => {
    const state = { full: false };
    const files = {
      ...nodeFiles,
      open: async (...args: Parameters<Files['open']>) => {
        const handle = await nodeFiles.open(...args);
        const write = handle.write.bind(handle) as (...all: unknown[]) => Promise<{ bytesWritten: number }>;
        return Object.assign(handle, state.full ? { write: tornWrite(write) } : {});
      },
    } as unknown as Files;
    const archive = new CallArchive(dir, {}, files);
    await archive.add(entry(1));
    state.full = true;
    await assert.rejects(archive.add(entry(2)), { code: 'ENOSPC' });
    assert.equal(await archive.get(entry(2).id), undefined);
    state.full = false;
    await archive.add(entry(3));
    for (const one of [archive, new CallArchive(dir)])
      assert.deepEqual(
        (await one.search({})).calls.map(({ call }) => call.call_num),
        [3, 1],
      );
  });

  it('brings each record onto the disk before it says so, several with one flush', async () => {
    const happened: string[] = [];
    const files = {
      ...nodeFiles,
      open: async (...args: Parameters<Files['open']>) => {
        const handle = await nodeFiles.open(...args);
        const datasync = handle.datasync.bind(handle);
        return Object.assign(handle, {
          datasync: async () => {
            await datasync();
            happened.push('flushed');
          },
        });
      },
    } as unknown as Files;
    const archive = new CallArchive(dir, {}, files);
    await archive.ready;
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => archive.add(entry(n)).then(() => happened.push(`safe ${n}`))),
    );
    assert.equal(happened[0], 'flushed');
    assert.equal(happened.filter((one) => one === 'flushed').length, 2);
    assert.equal(happened.length, 52);
  });

  it('reads a log in which something else stands', async () => {
    const archive = new CallArchive(dir);
    await archive.add(entry(1));
    const path = await logFile();
    await copyFile(path, join(dir, '.calls', 'notes.txt'));
    await mkdir(join(dir, '.calls', 'folder'));
    const log = await readFile(path, 'utf8');
    await writeFile(path, `hello\n{}\n\n{"crc":"00000000"}\n${log}${'x'.repeat(5_000_000)}\n${log.replace('"n', '"')}`);
    const reopened = new CallArchive(dir);
    assert.equal((await reopened.search({})).calls.length, 1);
  });

  it('says when the log cannot be read', async () => {
    await writeFile(join(dir, '.calls'), 'a file');
    const archive = new CallArchive(dir);
    await assert.rejects(archive.search({}), { code: 'ENOTDIR' });
    await assert.rejects(archive.add(entry(1)), { code: 'ENOTDIR' });
  });
});

/** Takes 100 bytes, then nothing. */
function tornWrite(write: (...all: unknown[]) => Promise<{ bytesWritten: number }>) {
  let taken = false;
  return (data: Buffer, offset: number) => {
    if (taken) return Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    taken = true;
    return write(data, offset, 100);
  };
}
