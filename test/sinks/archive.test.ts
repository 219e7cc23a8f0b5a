import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInfo } from '../../src/core/messages';
import type { ArchiveQuery } from '../../src/sinks/archive/archive';
import { CallArchive, type NewCall, openArchive } from '../../src/sinks/archive/call-archive';
import { toLine } from '../../src/sinks/archive/log-record';
import { callInfo, T0 } from './audio';

const HOUR = 3_600_000;

/** Call number n, n minutes after T0. */
function entry(n: number, call: Partial<CallInfo> = {}, more: Partial<NewCall> = {}): NewCall {
  const start = T0 + n * 60_000;
  const id = `county_9101_${start / 1000}_${n}`;
  const info = callInfo({ id, call_num: n, start_time_ms: start, start_time: start / 1000, state: 'ended', ...call });
  const file = `county/${n}.wav`;
  return { id, call: info, file, sidecar: null, format: 'wav', length: 3, bytes: 1000, recorded: true, ...more };
}

describe('call archive', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function filled(calls: NewCall[], limits = {}): Promise<CallArchive> {
    const archive = new CallArchive(dir, limits);
    await Promise.all(calls.map((call) => archive.add(call)));
    return archive;
  }

  async function numbers(archive: CallArchive, query: ArchiveQuery = {}): Promise<number[]> {
    return (await archive.search(query)).calls.map(({ call }) => call.call_num);
  }

  it('gives calls newest first, also after a restart', async () => {
    const archive = await filled([entry(2), entry(1), entry(3)]);
    assert.deepEqual(await numbers(archive), [3, 2, 1]);
    const again = new CallArchive(dir);
    assert.deepEqual(await again.search({}), await archive.search({}));
    const [newest] = (await again.search({ limit: 1 })).calls;
    const { sidecar, bytes, ...known } = entry(3);
    assert.deepEqual(newest, known);
    assert.deepEqual(await again.get(newest.id), known);
    assert.equal(await again.get('unknown_1_1_1'), undefined);
  });

  it('finds by each field, alone and together', async () => {
    const unit = (src: number, tag: string) => ({ ...callInfo().sources[0], src, tag });
    const archive = await filled([
      entry(1, { sys_name: 'city', talkgroup: 5, talkgroup_alpha_tag: 'Überfall' }),
      entry(2, { talkgroup: 5, talkgroup_group: 'Police', talkgroup_tag: 'Law Dispatch' }),
      entry(3, { sources: [unit(7, 'Truck 1'), unit(8, '')] }),
      entry(4, {}, { recorded: false, file: null, format: null, reason: 'encrypted' }),
    ]);
    for (const [query, expected] of [
      [{ system: 'city' }, [1]],
      [{ talkgroup: 5 }, [2, 1]],
      [{ talkgroup: 5, system: 'county' }, [2]],
      [{ unit: 8 }, [3]],
      [{ unit: 7 }, [3]],
      [{ unit: 9 }, []],
      [{ group: 'Police' }, [2]],
      [{ tag: 'Law Dispatch' }, [2]],
      [{ from: T0 + 3 * 60_000 }, [4, 3]],
      [{ to: T0 + 2 * 60_000 }, [2, 1]],
      [{ from: T0 + 2 * 60_000, to: T0 + 3 * 60_000 }, [3, 2]],
      [{ text: 'TRUCK' }, [3]],
      [{ text: 'überFALL' }, [1]],
      [{ text: ' law ' }, [2]],
      [{ text: 'nothing' }, []],
      [{ recorded: false }, [4]],
      [{ recorded: true, text: 'county' }, [3, 2]],
    ] as const)
      assert.deepEqual(await numbers(archive, query), expected, JSON.stringify(query));
  });

  it('goes on from the last call of the page before', async () => {
    const calls = Array.from({ length: 25 }, (_, n) => entry(n));
    // Several begin at the same moment.
    for (const call of calls.slice(5, 15)) call.call.start_time_ms = T0 + 5 * 60_000;
    const archive = await filled(calls);
    const seen: number[] = [];
    let before: string | undefined;
    for (let more = true; more; ) {
      const page = await archive.search({ limit: 4, before });
      seen.push(...page.calls.map(({ call }) => call.call_num));
      assert.equal(page.calls.length, page.more ? 4 : 1);
      before = page.calls.at(-1)!.id;
      more = page.more;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, n) => 24 - n),
    );
    assert.deepEqual(await archive.search({ before: 'unknown_1_1_1' }), { calls: [], more: false });
  });

  it('never gives more than 200', async () => {
    const archive = await filled(Array.from({ length: 210 }, (_, n) => entry(n)));
    assert.equal((await archive.search({ limit: 1000 })).calls.length, 200);
    assert.equal((await archive.search({ limit: 0 })).calls.length, 1);
  });

  it('puts texts to calls, and finds them', async () => {
    const archive = await filled([entry(1), entry(2)]);
    assert.equal(await archive.annotate(entry(1).id, { transcript: 'Engine Four RESPONDING' }), true);
    assert.equal(await archive.annotate('unknown', { transcript: 'x' }), false);
    for (const one of [archive, new CallArchive(dir)]) {
      assert.deepEqual(await numbers(one, { text: 'four resp' }), [1]);
      assert.equal((await one.get(entry(1).id))!.transcript, 'Engine Four RESPONDING');
      assert.ok(!('transcript' in (await one.get(entry(2).id))!));
    }
    await archive.annotate(entry(1).id, { transcript: 'second thoughts' });
    assert.equal((await new CallArchive(dir).get(entry(1).id))!.transcript, 'second thoughts');
    assert.deepEqual(await numbers(archive, { text: 'four resp' }), []);
  });

  it('replaces a call of the same id, and makes free ids', async () => {
    const archive = await filled([entry(1, {}, { recorded: false, file: null, format: null, reason: 'no_audio' })]);
    await archive.add(entry(1));
    assert.equal((await archive.search({})).calls.length, 1);
    assert.equal((await archive.get(entry(1).id))!.recorded, true);
    assert.equal(await archive.freeId(entry(1).id), `${entry(1).id}_2`);
    assert.equal(await archive.freeId('other'), 'other');
    assert.deepEqual(await new CallArchive(dir).search({}), await archive.search({}));
  });

  it('gives an id to one recording only, also before that is in the log', async () => {
    const archive = await filled([]);
    const { id } = entry(1);
    assert.deepEqual(await Promise.all([archive.freeId(id), archive.freeId(id)]), [id, `${id}_2`]);
    await Promise.all([archive.add(entry(1)), archive.add({ ...entry(1), id: `${id}_2` })]);
    assert.equal(await archive.freeId(id), `${id}_3`);
    archive.release(`${id}_3`);
    assert.equal(await archive.freeId(id), `${id}_3`);
  });

  it('says where a recording lies, only within its folder and only when it is there', async () => {
    await mkdir(join(dir, 'county'));
    await writeFile(join(dir, 'county', '1.wav'), 'sound');
    await writeFile(join(dir, '..', 'outside.wav'), 'secret');
    const archive = await filled([
      entry(1),
      entry(2),
      entry(3, {}, { file: '../outside.wav' }),
      entry(4, {}, { file: join(dir, '..', 'outside.wav') }),
      entry(5, {}, { file: '.' }),
    ]);
    assert.deepEqual(await archive.audio(entry(1).id), {
      path: join(dir, 'county', '1.wav'),
      mime: 'audio/wav',
      bytes: 5,
    });
    for (const n of [2, 3, 4, 5, 6]) assert.equal(await archive.audio(entry(n).id), undefined, String(n));
    await rm(join(dir, '..', 'outside.wav'));
  });

  it('reads days that are not in memory when a search gets there', async () => {
    const calls = Array.from({ length: 40 }, (_, n) => entry(n));
    for (const [n, { call }] of calls.entries()) {
      call.start_time_ms = T0 + n * 5 * HOUR;
      call.start_time = call.start_time_ms / 1000;
      call.id = calls[n].id = `county_9101_${call.start_time}_${n}`;
    }
    const all = Array.from({ length: 40 }, (_, n) => 39 - n);
    const archive = await filled(calls, { indexed: 10 });
    await archive.annotate(calls[3].id, { transcript: 'hello world' });
    for (const one of [archive, new CallArchive(dir, { indexed: 10 })]) {
      await one.ready;
      assert.ok(one.counters().calls <= 16, String(one.counters().calls));
      assert.deepEqual(await numbers(one), all);
      assert.deepEqual(await numbers(one, { text: 'world' }), [3]);
      assert.equal((await one.get(calls[3].id))!.transcript, 'hello world');
      assert.deepEqual(await numbers(one, { to: calls[12].call.start_time_ms, limit: 3 }), [12, 11, 10]);
      const seen: number[] = [];
      let before: string | undefined;
      for (let more = true; more; ) {
        const page = await one.search({ limit: 7, before });
        seen.push(...page.calls.map(({ call }) => call.call_num));
        before = page.calls.at(-1)!.id;
        more = page.more;
      }
      assert.deepEqual(seen, all);
    }
  });

  it('lets everything else go on while it reads and searches', async function () {
    this.timeout(30_000);
    const log = join(dir, '.calls');
    await mkdir(log);
    const lines = Array.from({ length: 30_000 }, (_, n) => toLine({ type: 'call', at: 0, ...entry(n / 60) }));
    await writeFile(join(log, '2024-03-05.jsonl'), Buffer.concat(lines));
    const archive = new CallArchive(dir);
    let turns = 0;
    let going = true;
    const turn = () => {
      turns++;
      if (going) setImmediate(turn);
    };
    turn();
    await archive.ready;
    assert.equal(archive.counters().calls, 30_000);
    // One for each 64 kB at least.
    assert.ok(turns > (30_000 * lines[0].length) / 65_536, `${turns}`);
    const before = turns;
    assert.deepEqual(await numbers(archive, { text: 'in none of them' }), []);
    assert.equal((await archive.search({ limit: 200 })).calls.length, 200);
    going = false;
    assert.ok(turns > before);
  });

  it('searches for one after the other, with room for other work between them', async () => {
    const archive = await filled([entry(1), entry(2)]);
    let turns = 0;
    let going = true;
    const turn = () => {
      turns++;
      if (going) setImmediate(turn);
    };
    turn();
    const found = await Promise.all(Array.from({ length: 50 }, () => archive.search({})));
    going = false;
    assert.ok(found.every(({ calls }) => calls.length === 2));
    // Two steps each: looking for them, and reading them.
    assert.ok(turns >= 100, `${turns}`);
    const many = Array.from({ length: 300 }, () => archive.search({}));
    const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected').length;
    assert.ok(refused > 0 && refused < 300, `${refused}`);
    assert.equal((await archive.search({})).calls.length, 2);
  });

  it('leaves out what is on a day whose file was deleted meanwhile', async () => {
    const archive = await filled([entry(1), entry(3000)]);
    const [first] = (await readdir(join(dir, '.calls'))).sort();
    await rm(join(dir, '.calls', first));
    assert.deepEqual(await numbers(archive), [3000]);
    assert.equal(await archive.get(entry(1).id), undefined);
    await archive.forgetDay(first.slice(0, 10));
    assert.equal(archive.counters().calls, 1);
  });

  it('is one for all recorders of a folder', async () => {
    const first = openArchive(dir);
    const second = openArchive(join(dir, 'x', '..'));
    assert.equal(first.archive, second.archive);
    await first.archive.add(entry(1));
    await first.close();
    assert.equal(openArchive(dir).archive, second.archive);
    await second.close();
  });

  it('writes one line of JSON for each call', async () => {
    await filled([entry(1), entry(2, { talkgroup_alpha_tag: 'two\nlines' })]);
    const [name] = await readdir(join(dir, '.calls'));
    assert.equal(name, '2024-03-05.jsonl');
    const lines = (await readFile(join(dir, '.calls', name), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).call.talkgroup_alpha_tag),
      ['FIRE 1', 'two\nlines'],
    );
  });
});
