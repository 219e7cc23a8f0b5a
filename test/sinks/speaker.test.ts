import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrunkflowError } from '../../src/core/errors';
import { type PlayerProgram, Speaker } from '../../src/sinks/speaker';
import { audio, callInfo } from './audio';

/** Real programs stand in for the players: what they are fed is what would be heard. */
describe('speaker', () => {
  let dir: string;
  const errors: TrunkflowError[] = [];
  const sink = { error: (error: TrunkflowError) => errors.push(error) };
  const shell = (script: string): PlayerProgram => ({
    command: 'sh',
    args: (rate) => ['-c', script, 'player', dir, String(rate)],
  });
  const missing: PlayerProgram = { command: 'trunkflow-no-such-player', args: () => [] };
  const refuses = shell('echo "no such device" >&2; exit 1');
  const recorder = shell('cat >> "$1/$2"');

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'speaker-'));
    errors.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  /** Samples that are not silence, as the program got them. */
  async function heard(rate: number): Promise<number[]> {
    const data = await readFile(join(dir, String(rate))).catch(() => Buffer.alloc(0));
    const samples = new Int16Array(data.buffer, data.byteOffset, data.length >> 1);
    return [...samples].filter((sample) => sample !== 0);
  }
  function call(stream: string, mark: number, ms: number, more = {}) {
    const message = audio(stream, 0, ms, { call: callInfo(), end: true, ...more });
    new Int16Array(message.payload.buffer).fill(mark);
    return message;
  }

  it('plays one call after the other through the first program that is there', async () => {
    const speaker = new Speaker({ players: [missing, recorder] }, sink);
    speaker.write(call('a', 1, 200));
    speaker.write(call('b', 2, 200));
    await until(async () => (await heard(8000)).length === 3200);
    assert.deepEqual(await heard(8000), [...Array(1600).fill(1), ...Array(1600).fill(2)]);
    assert.equal(speaker.program, 'sh');
    await speaker.close();
    assert.equal(speaker.program, undefined);
    assert.deepEqual(errors, []);
  });

  it('holds, avoids and leaves out what is not for listening', async () => {
    const speaker = new Speaker({ players: [recorder] }, sink);
    const of = (talkgroup: number, more = {}) => ({ call: callInfo({ id: `${talkgroup}`, talkgroup, ...more }) });
    speaker.control({ avoid: { system: 'county', talkgroup: 1, minutes: null } });
    speaker.write(call('a', 1, 200, of(1)));
    speaker.write(call('b', 2, 200, of(2, { listen: false })));
    speaker.write(call('c', 3, 200, of(3)));
    await until(async () => (await heard(8000)).length === 1600);
    speaker.control({ hold: { system: 'county', talkgroup: 1 } });
    speaker.write(call('d', 4, 200, of(4)));
    speaker.write(call('e', 5, 200, of(1)));
    await until(async () => (await heard(8000)).length === 3200);
    speaker.control({ hold: null });
    speaker.write(call('f', 6, 200, of(1)));
    speaker.control({ lift: 'all' });
    speaker.write(call('g', 7, 200, of(1)));
    await until(async () => (await heard(8000)).length === 4800);
    assert.deepEqual([...new Set(await heard(8000))], [3, 5, 7]);
    await speaker.close();
  });

  it('pauses and skips', async () => {
    const speaker = new Speaker({ players: [recorder] }, sink);
    const of = (talkgroup: number) => ({ call: callInfo({ id: `${talkgroup}`, talkgroup }) });
    speaker.control({ pause: true });
    speaker.write(call('a', 1, 20_000, of(1)));
    for (const mark of [2, 3]) speaker.write(call(`s${mark}`, mark, 200, of(mark)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await heard(8000), []);
    speaker.control({ pause: false });
    await until(async () => (await heard(8000)).length > 0);
    speaker.control({ skip: 'call' });
    await until(async () => (await heard(8000)).includes(3));
    speaker.write(call('b', 4, 20_000, of(4)));
    speaker.write(call('c', 5, 200, of(5)));
    await until(async () => (await heard(8000)).includes(4));
    speaker.control({ skip: 'all' });
    speaker.write(call('d', 6, 200, of(6)));
    await until(async () => (await heard(8000)).includes(6));
    assert.deepEqual([...new Set(await heard(8000))], [1, 2, 3, 4, 6]);
    speaker.write(call('e', 7, 20_000, of(7)));
    await until(async () => (await heard(8000)).includes(7));
    speaker.control({ avoid: { system: 'county', talkgroup: 7, minutes: 30 } });
    speaker.write(call('f', 8, 200, of(8)));
    await until(async () => (await heard(8000)).includes(8));
    await speaker.close();
  });

  it('starts a program anew for another sample rate', async () => {
    const speaker = new Speaker({ players: [recorder] }, sink);
    speaker.write(call('a', 1, 100));
    speaker.write(call('b', 2, 100, { rate: 16000 }));
    await until(async () => (await heard(16000)).length === 800);
    assert.equal((await heard(8000)).length, 800);
    await speaker.close();
  });

  it('says once what to install when there is no program, and lets calls pass', async () => {
    const speaker = new Speaker({ players: [missing, missing] }, sink);
    speaker.write(call('a', 1, 100));
    await until(() => errors.length > 0);
    speaker.write(call('b', 1, 100));
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(errors.length, 1);
    assert.equal(errors[0].code, 'missing-program');
    assert.match(errors[0].message, /pw-play, aplay or sox.*Install/s);
    assert.equal(errors[0].status, 'no player');
    await speaker.close();
  });

  it('tries the next program when one does not work', async () => {
    const speaker = new Speaker({ players: [refuses, recorder] }, sink);
    speaker.write(call('a', 7, 300));
    await until(async () => (await heard(8000)).length > 0);
    await speaker.close();
    assert.deepEqual(errors, []);
  });

  it('says what the programs complain of when none works', async () => {
    const speaker = new Speaker({ players: [refuses] }, sink);
    speaker.write(call('a', 7, 300));
    await until(() => errors.length > 0);
    assert.equal(errors[0].code, 'device');
    assert.match(errors[0].message, /no such device/);
    await speaker.close();
  });

  it('starts a program again that died', async () => {
    const dies = shell('head -c 12800 >> "$1/$2"; echo run >> "$1/runs"; sleep 0.6; exit 3');
    const speaker = new Speaker({ players: [dies] }, sink);
    const feed = setInterval(() => speaker.write(call('a', 5, 100, { end: false })), 100);
    await until(async () => (await readFile(join(dir, 'runs'), 'utf8').catch(() => '')).split('run').length > 2);
    clearInterval(feed);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].status, 'player stopped');
    assert.ok(speaker.counters().restarts >= 1);
    await speaker.close();
  });

  it('ends a program that takes nothing any more, or does not end when it should, and says so', async () => {
    const stuck = shell('echo $$ >> "$1/pids"; while :; do sleep 0.1; done');
    const speaker = new Speaker({ players: [stuck], stuck: 0.2, maxWaiting: 600 }, sink);
    const long = call('a', 1, 120_000);
    speaker.write(long);
    await until(() => errors.length > 0);
    assert.equal(errors[0].status, 'player stopped');
    const [pid] = (await readFile(join(dir, 'pids'), 'utf8')).split('\n').map(Number);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await speaker.close();
  });

  it('ends the program when it closes, also one that ignores it', async () => {
    const stubborn = shell('trap "" TERM; echo $$ > "$1/pid"; while :; do sleep 0.1; done');
    const speaker = new Speaker({ players: [stubborn] }, sink);
    speaker.write(call('a', 1, 500));
    await until(async () => (await readFile(join(dir, 'pid'), 'utf8').catch(() => '')).trim() !== '');
    const pid = Number(await readFile(join(dir, 'pid'), 'utf8'));
    await speaker.close();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    speaker.write(call('a', 1, 500));
    assert.equal(speaker.program, undefined);
  });

  it('refuses what is not speech', () => {
    const speaker = new Speaker({}, sink);
    assert.throws(() => speaker.write(audio('a', 0, 20, { kind: 'discriminator' })), { code: 'wrong-port' });
  });
});
