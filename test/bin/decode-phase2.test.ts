import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture, needsCaptures } from '../support/captures';
import { jsonLines, testFolder, trunkflow } from './cli';

const FILE = 'synth/p25p2_two_calls_48k.cu8';
const KEY = ['--wacn', '92F70', '--system', '3C5', '--nac', '3c1'];

describe('command line: decode a phase 2 channel', function () {
  this.timeout(120_000);
  const folder = testFolder();

  it('records the calls of both slots', function () {
    needsCaptures(this, FILE);
    const calls = join(folder, 'calls');
    const args = ['decode', capture(FILE), '--protocol', 'p25-phase2', ...KEY, '--audio', calls, '--json'];
    const lines = jsonLines(args);
    const summary = lines.at(-1)!;
    assert.deepEqual([summary.protocol, summary.nac, summary.wacn], ['p25-phase2', '3C1', '92F70']);
    assert.deepEqual(
      [summary.talkgroups, summary.sources],
      [
        [9101, 9102],
        [700001, 700010],
      ],
    );
    assert.deepEqual([summary.voice_frames, summary.voice_clean, summary.calls], [1260, 1260, 2]);
    const slots = lines
      .filter(({ type, happened }) => type === 'call' && happened === 'end')
      .map(({ talkgroup, phase2_tdma, tdma_slot }) => [talkgroup, phase2_tdma, tdma_slot]);
    assert.deepEqual(slots.sort(), [
      [9101, true, 0],
      [9102, true, 1],
    ]);
    assert.equal(readdirSync(calls, { recursive: true }).filter((name) => String(name).endsWith('.wav')).length, 2);
  });

  it('reads symbols that were decided elsewhere', function () {
    const name = 'synth/p25p2_two_calls.symbols.bin';
    needsCaptures(this, name);
    const summary = jsonLines(['decode', capture(name), '--protocol', 'p25-phase2', ...KEY, '--json']).at(-1)!;
    assert.deepEqual([summary.voice_frames, summary.mac_bad, summary.seconds], [1260, 0, 15.12]);
  });

  it('takes one slot, and says what it lacks', function () {
    needsCaptures(this, FILE);
    const args = ['decode', capture(FILE), '--protocol', 'p25-phase2', '--seconds', '4', '--json'];
    const [one, none] = [jsonLines([...args, ...KEY, '--slot', '1']), jsonLines([...args, ...KEY.slice(2)])];
    assert.deepEqual(one.at(-1)!.talkgroups, [9102]);
    assert.equal(none.at(-1)!.voice_frames, 0);
    assert.ok(none.some(({ type, reason }) => type === 'stats' && reason === 'WACN unknown'));
  });

  it('is meant where its scrambling or slot is told, and named where nothing is', function () {
    needsCaptures(this, FILE);
    const args = ['decode', capture(FILE), '--seconds', '4'];
    const summary = (more: string[]) => jsonLines([...args, '--json', ...more]).at(-1)!;
    assert.deepEqual([summary(KEY).protocol, Number(summary(KEY).voice_frames) > 0], ['p25-phase2', true]);
    assert.equal(summary(['--slot', '1']).reason, 'WACN unknown');
    const { out, err } = trunkflow(args);
    assert.match(out, /nothing was decoded: looks like P25 TDMA/);
    assert.match(err, /This is P25 phase 2: give --protocol p25-phase2/);
  });

  it('refuses identities that are none', () => {
    const { code, err } = trunkflow(['decode', 'x.cu8', '--wacn', '92G70']);
    assert.equal(code, 2);
    assert.match(err, /--wacn wants up to 5 hexadecimal digits, not '92G70'/);
    assert.match(trunkflow(['decode', 'x.cu8', '--slot', '2']).err, /--slot is one of 0, 1/);
  });
});
