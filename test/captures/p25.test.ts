import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, expectedResults, needsCaptures } from '../support/captures';

const CLI = join(__dirname, '..', '..', 'dist', 'bin', 'trunkflow.js');

type Line = Record<string, unknown>;

/** Runs `trunkflow decode --json` and gives what it printed, the summary last. */
function decode(file: string, ...options: string[]): { events: Line[]; summary: Line } {
  const text = execFileSync(process.execPath, [CLI, 'decode', capture(file), '--json', ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { events, summary: events.pop()! };
}

/** Checks a summary against the least to reach: counts at least, lists at least these, the rest equal. */
function reaches(summary: Line, floor: Line): void {
  for (const [key, least] of Object.entries(floor)) {
    const got = summary[key];
    if (Array.isArray(least))
      for (const value of least) assert.ok((got as unknown[]).includes(value), `${key}: ${got}`);
    else if (COUNTS.includes(key)) assert.ok((got as number) >= (least as number), `${key}: ${got} < ${least}`);
    else assert.equal(got, least, key);
  }
}

const COUNTS = ['tsdu', 'tsbk', 'grants', 'voice_frames', 'voice_clean'];

describe('P25 recordings, from the command line', function () {
  this.timeout(120_000);
  const SINGLE = [
    'c4fm_control_48k.cu8',
    'cqpsk_control_48k.cu8',
    'c4fm_voice_48k.cu8',
    'voice_disc_48k.s16',
    'voice_inverted_disc_48k.flac',
  ];
  for (const name of SINGLE) {
    it(`${name} reaches its floor`, function () {
      const file = `p25/${name}`;
      needsCaptures(this, file);
      const { input, format, rate, inverted, ...floor } = expectedResults()[file];
      const { summary } = decode(file, '--input', String(input), '--format', String(format), '--rate', String(rate));
      assert.equal(summary.polarity, inverted ? 'inverted' : 'normal');
      reaches(summary, floor);
    });
  }

  it('c4fm_control tells its time, identifiers and neighbours', function () {
    needsCaptures(this, 'p25/c4fm_control_48k.cu8');
    const { events } = decode('p25/c4fm_control_48k.cu8', '--rate', '48000');
    const types = new Set(events.map(({ type }) => type));
    for (const type of ['iden_update', 'adjacent_site', 'system'])
      assert.ok(types.has(type), `${type} in ${[...types]}`);
    assert.ok(JSON.stringify(events).includes('2004-06-06T07:39:33'));
  });

  it('voice_inverted_disc: 39 LDU1, 37 LDU2, 170 TDULC, 4 HDU', function () {
    needsCaptures(this, 'p25/voice_inverted_disc_48k.flac');
    const { summary } = decode('p25/voice_inverted_disc_48k.flac', '--input', 'discriminator');
    reaches({ ...summary, tsdu: 0 }, { nac: '104' });
    const { ldu1, ldu2, tdulc, hdu } = summary as Record<string, number>;
    assert.ok(ldu1 >= 39 && ldu2 >= 37 && tdulc >= 170 && hdu >= 4, `${ldu1} ${ldu2} ${tdulc} ${hdu}`);
  });

  it('the wideband recording finds its channel', function () {
    const file = 'p25/wideband_2400k_0.1s.cf32';
    needsCaptures(this, file);
    const { summary, events } = decode(file, '--rate', '2400000');
    assert.equal(summary.nac, '164');
    assert.ok((summary.nid_ok as number) >= 1);
    assert.ok(Math.abs((events[0].frequency as number) - 37_600) < 500, `${events[0].frequency}`);
  });

  for (const pattern of ['1011', 'busy', 'idle', 'silence']) {
    it(`test pattern ${pattern}: two LDUs, every voice frame`, function () {
      const file = `p25/testpattern_${pattern}.hex`;
      needsCaptures(this, file);
      const { summary } = decode(file, '--input', 'symbols');
      assert.equal(summary.voice_frames, 18);
      assert.equal(summary.voice_clean, 18);
      assert.deepEqual([summary.ldu1, summary.ldu2, summary.rs_ok, summary.rs_corrected], [1, 1, 2, 0]);
      // The files of the idle and silence patterns have one wrong bit in one of their repeated frames.
      const wrong = { idle: 1, silence: 1 }[pattern] ?? 0;
      assert.equal(summary.voice_errors, wrong);
    });
  }

  it('ldu_bits: 56 LDUs, all nine codewords each', function () {
    needsCaptures(this, 'p25/ldu_bits.txt');
    const { summary } = decode('p25/ldu_bits.txt', '--input', 'symbols');
    assert.equal(summary.nac, '293');
    assert.equal((summary.ldu1 as number) + (summary.ldu2 as number), 56);
    assert.equal(summary.voice_frames, 504);
  });

  it('the symbols of the independent encoders give every message and voice frame', function () {
    needsCaptures(this, 'synth/p25_control_c4fm.symbols.bin', 'synth/p25_voice_c4fm.symbols.bin');
    const control = decode('synth/p25_control_c4fm.symbols.bin', '--input', 'symbols').summary;
    // The recording ends within the last TSBK.
    assert.ok((control.tsbk as number) >= 463);
    const voice = decode('synth/p25_voice_c4fm.symbols.bin', '--input', 'symbols').summary;
    assert.equal(voice.voice_frames, 1260);
    reaches(voice, { talkgroups: [1234, 5678], sources: [567_890, 123_456], nac: '293' });
  });

  it('nothing is reported of a burst of something else', function () {
    needsCaptures(this, 'other/unidentified_burst.wav');
    const { summary, events } = decode('other/unidentified_burst.wav', '--input', 'discriminator');
    assert.equal(summary.protocol, 'none');
    assert.deepEqual(
      events.filter(({ type }) => type !== 'stats' && type !== 'diagnosis'),
      [],
    );
  });

  it('records the two calls of the wideband site with their metadata', function () {
    needsCaptures(this, 'wideband/site_2400k.cu8');
    const dir = mkdtempSync(join(tmpdir(), 'trunkflow-test-'));
    try {
      const options = ['--rate', '2400000', '--center', '852300000', '--follow', '--audio', dir];
      const { summary, events } = decode('wideband/site_2400k.cu8', ...options);
      assert.ok((summary.realtime_factor as number) > 0);
      const ended = events.filter(({ type, happened }) => type === 'call' && happened === 'end');
      assert.deepEqual(ended.map(({ talkgroup }) => talkgroup).sort(), [9101, 9102]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
