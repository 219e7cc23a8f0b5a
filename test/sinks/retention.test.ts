import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { CallArchive } from '../../src/sinks/archive/call-archive';
import { Retention, type RetentionLimits } from '../../src/sinks/retention';
import { callInfo, T0 } from './audio';

const DAY = 86_400_000;

describe('retention', () => {
  let dir: string;
  let now = T0;
  let archive: CallArchive;
  const failures: unknown[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'retention-'));
    now = T0;
    failures.length = 0;
    open();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  function open(limits = {}): void {
    archive = new CallArchive(dir, limits, undefined, () => now);
  }

  /** A recording of 1000 bytes with a sidecar of 100, made `day` days after T0. */
  async function record(n: number, day: number): Promise<string> {
    now = T0 + day * DAY;
    const file = `county/${day}/${n}.wav`;
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), Buffer.alloc(1000));
    const sidecar = file.replace('.wav', '.json');
    await writeFile(join(dir, sidecar), Buffer.alloc(100));
    const id = `county_9101_${now / 1000 + n}_${n}`;
    const call = callInfo({ id, call_num: n, start_time_ms: now + n * 1000 });
    await archive.add({ id, call, file, sidecar, format: 'wav', length: 1, bytes: 1100, recorded: true });
    return id;
  }

  async function run(limits: RetentionLimits): Promise<Retention> {
    const retention = new Retention(
      archive,
      limits,
      (error) => failures.push(error),
      () => now,
    );
    await retention.run();
    await retention.close();
    return retention;
  }

  async function files(): Promise<string[]> {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.parentPath.includes('.calls') && !entry.isDirectory())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort();
  }

  const folders = async () => (await readdir(join(dir, 'county'))).sort();

  it('deletes what is too old, with sidecars and empty folders, and keeps the calls', async () => {
    const ids = [];
    for (let day = 0; day < 5; day++) ids.push(await record(day, day));
    const { deleted } = await run({ keepDays: 2 });
    assert.equal(deleted, 2);
    assert.deepEqual(await folders(), ['2', '3', '4']);
    assert.equal((await files()).length, 6);
    for (const one of [archive, new CallArchive(dir)]) {
      const { calls } = await one.search({});
      assert.deepEqual(
        calls.map(({ file, recorded, reason }) => [file, recorded, reason]),
        [4, 3, 2, 1, 0].map((n) => (n < 2 ? [null, true, 'expired'] : [`county/${n}/${n}.wav`, true, undefined])),
      );
      assert.equal(await one.audio(ids[0]), undefined);
      assert.ok(await one.audio(ids[4]));
      assert.equal(one.counters().bytes, 3300);
    }
    assert.equal((await run({ keepDays: 2 })).deleted, 0);
    assert.deepEqual(failures, []);
  });

  it('deletes the oldest until the rest is small enough', async () => {
    for (let n = 0; n < 10; n++) await record(n, Math.floor(n / 4));
    assert.equal((await run({ keepBytes: 5500 })).deleted, 5);
    assert.deepEqual(
      (await files()).filter((name) => name.endsWith('.wav')),
      ['county/1/5.wav', 'county/1/6.wav', 'county/1/7.wav', 'county/2/8.wav', 'county/2/9.wav'],
    );
    assert.equal((await run({ keepBytes: 5500 })).deleted, 0);
    assert.equal((await run({ keepBytes: 0 })).deleted, 5);
    assert.deepEqual(await files(), []);
    assert.ok(await stat(dir), 'the folder itself stays');
  });

  it('touches no file that is not of the archive', async () => {
    await record(1, 0);
    await writeFile(join(dir, 'county', '0', 'mine.wav'), 'x');
    await writeFile(join(dir, 'other.wav'), 'x');
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'secret.wav'), 'x');
    for (const [n, file] of ['../secret.wav', join(outside, 'secret.wav'), '..', '.', ''].entries()) {
      const call = callInfo({ id: `evil${n}`, start_time_ms: T0 });
      const bytes = 10;
      await archive.add({ id: call.id, call, file, sidecar: file, format: 'wav', length: 1, bytes, recorded: true });
    }
    await symlink(outside, join(dir, 'county', 'link'));
    now += 10 * DAY;
    await run({ keepDays: 1 });
    assert.deepEqual(await files(), ['county/0/mine.wav', 'county/link', 'other.wav']);
    assert.deepEqual(await readdir(outside), ['secret.wav']);
    await rm(outside, { recursive: true });
  });

  it('reaches days that are not in memory', async () => {
    for (let day = 0; day < 6; day++) for (let n = 0; n < 4; n++) await record(n, day);
    for (const reopened of [false, true]) {
      open({ indexed: 8 });
      await archive.ready;
      if (!reopened) {
        assert.equal((await run({ keepDays: 4 })).deleted, 4);
        assert.deepEqual(await folders(), ['1', '2', '3', '4', '5']);
      } else {
        assert.equal((await run({ keepBytes: 9900 })).deleted, 11);
        assert.equal((await run({ keepBytes: 9900 })).deleted, 0);
        assert.equal((await files()).length, 18);
      }
    }
    assert.equal(await archive.totalBytes(), 9900);
    const { calls } = await archive.search({ limit: 200 });
    assert.equal(calls.length, 24);
    assert.equal(calls.filter(({ file }) => file !== null).length, 9);
  });

  it('forgets old days of the log when nothing is left of them', async () => {
    for (let day = 0; day < 5; day++) await record(day, day);
    await run({ keepDays: 1, keepLogDays: 3 });
    assert.deepEqual(await readdir(join(dir, '.calls')), [
      '2024-03-06.jsonl',
      '2024-03-07.jsonl',
      '2024-03-08.jsonl',
      '2024-03-09.jsonl',
    ]);
    assert.equal((await archive.search({})).calls.length, 4);
    now += 30 * DAY;
    await run({ keepLogDays: 3 });
    // Recordings that stay keep their days.
    assert.deepEqual(await readdir(join(dir, '.calls')), ['2024-03-08.jsonl', '2024-03-09.jsonl']);
  });

  it('says what cannot be deleted, and goes on with the rest', async () => {
    const id = await record(0, 0);
    await record(1, 0);
    await rm(join(dir, 'county/0/0.wav'));
    await mkdir(join(dir, 'county/0/0.wav'));
    now += 10 * DAY;
    assert.equal((await run({ keepDays: 1 })).deleted, 1);
    assert.equal(failures.length, 1);
    assert.deepEqual(await files(), ['county/0/0.json']);
    assert.ok((await archive.get(id))!.file);
  });

  it('ages recordings from when they were made, not from the time of an old signal', async () => {
    const id = await record(1, -300);
    now = T0;
    await archive.add({ ...(await entryOf(id)), id: 'again' });
    now = T0 + DAY / 2;
    await run({ keepDays: 1 });
    assert.equal((await archive.get('again'))!.reason, undefined);
    assert.equal((await archive.get(id))!.reason, 'expired');
  });

  async function entryOf(id: string) {
    const { call } = (await archive.get(id))!;
    const path = 'county/again.wav';
    await writeFile(join(dir, path), 'x');
    return { id, call, file: path, sidecar: null, format: 'wav' as const, length: 1, bytes: 1, recorded: true };
  }
});
