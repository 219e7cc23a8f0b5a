import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wav } from '../support/wav-bytes';
import { CLI, jsonLines, type Line, parseLines, start, testFolder, trunkflow } from './cli';

const SITE = ['--rate', '240k', '--center', '851.5M'];
/** The generator's control channel and its first voice channel. */
const CONTROL = 851_437_500;
const VOICE = 851_525_000;

describe('command line: decode', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const path = (name: string) => join(folder, name);
  const site = path('site.cu8');
  const control = path('control_48k.cu8');
  let followed: Line[];

  before(() => {
    assert.equal(trunkflow(['generate', site, '--seconds', '24', '--encrypted', '1003']).code, 0);
    const single = ['--seconds', '2', '--signal', 'p25-control', '--rate', '48k', '--esn0', '30'];
    assert.equal(trunkflow(['generate', control, ...single]).code, 0);
    followed = jsonLines(['decode', site, ...SITE, '--follow', '--audio', path('calls'), '--json']);
  });

  describe('JSON', () => {
    it('finds the control channel, follows its calls and ends with the summary', () => {
      const [strongest] = followed;
      assert.deepEqual([strongest.type, strongest.frequency, strongest.nac], ['carrier', CONTROL, '3A1']);
      const summary = followed.at(-1)!;
      assert.equal(summary.type, 'summary');
      assert.deepEqual(
        [summary.protocol, summary.polarity, summary.nac, summary.wacn, summary.system, summary.rfss, summary.site],
        ['p25', 'normal', '3A1', 'BEE00', '3A1', 1, 1],
      );
      assert.deepEqual(summary.talkgroups, [1001, 1002, 1003]);
      assert.ok((summary.tsbk as number) > 900 && (summary.grants as number) > 100, JSON.stringify(summary));
      assert.equal(summary.seconds, 24);
      assert.deepEqual([summary.calls, summary.not_followed, summary.recordings], [2, { encrypted: 1 }, 2]);
      assert.equal(summary.voice_clean, summary.voice_frames);
    });

    it('says of every event when and on which stream, and of every stream its frequency', () => {
      const frequencies = new Map(
        followed
          .filter(({ type, state }) => type === 'channel' && state === 'opened')
          .map(({ stream, frequency }) => [stream, frequency]),
      );
      assert.deepEqual([...frequencies.values()], [CONTROL, VOICE, 851_575_000]);
      for (const event of followed.filter(({ type }) =>
        ['grant', 'talker', 'stats', 'system'].includes(type as string),
      )) {
        assert.ok(frequencies.has(event.stream), JSON.stringify(event));
        assert.ok(Number.isFinite(event.time), JSON.stringify(event));
      }
    });

    it('tells each call from begin to end and where it was recorded', () => {
      const calls = followed.filter(({ type }) => type === 'call');
      const told = (talkgroup: number) =>
        calls.filter((call) => call.talkgroup === talkgroup).map((call) => call.happened);
      for (const talkgroup of [1001, 1002]) assert.deepEqual(told(talkgroup), ['start', 'update', 'end']);
      assert.deepEqual(told(1003), ['not_followed']);
      const recordings = followed.filter(({ type }) => type === 'recording');
      assert.equal(recordings.length, 2);
      for (const { filename, json, length } of recordings) {
        // 44 bytes of header, 8000 samples/s of 16 bits.
        const bytes = readFileSync(filename as string).length - 44;
        assert.equal(bytes / 16_000, length);
        assert.ok((length as number) > 6.8, `${length}`);
        assert.ok([1001, 1002].includes(JSON.parse(readFileSync(json as string, 'utf8')).talkgroup));
      }
      const wavs = readdirSync(path('calls'), { recursive: true }).filter((name) => String(name).endsWith('.wav'));
      assert.equal(wavs.length, 2);
    });
  });

  it('text for people: short lines, MHz, nothing repeated, no noise of programming', () => {
    const { code, out, err } = trunkflow(['decode', site, ...SITE, '--follow']);
    assert.deepEqual([code, err], [0, '']);
    assert.doesNotMatch(out, /null|undefined|NaN|[{}"]|\btrue\b|\bfalse\b/);
    const lines = out.split('\n');
    assert.ok(
      lines.every((line) => line.length <= 220 && line === line.trimEnd()),
      'short, without trailing blanks',
    );
    assert.match(out, /talkgroup 1001 begins, unit 100101, 851\.5250 MHz/);
    assert.match(out, /talkgroup 1003, unit 100301 is not followed: encrypted/);
    const grants = lines.filter((line) => / grant +talkgroup 1001, /.test(line));
    assert.equal(grants.length, 2, 'a grant for each talker, not for each of its repetitions');
    assert.match(lines.find((line) => line.startsWith('system'))!, /NAC 3A1, WACN BEE00, system 3A1, RFSS 1, site 1/);
    assert.match(lines.find((line) => line.startsWith('calls'))!, /2 followed, 1 not \(encrypted\)/);
  });

  it('recordings in another format', () => {
    const args = ['decode', site, ...SITE, '--follow', '--audio', path('opus'), '--audio-format', 'opus', '--json'];
    const written = jsonLines(args).filter(({ type }) => type === 'recording');
    assert.equal(written.length, 2);
    for (const { filename } of written)
      assert.equal(readFileSync(String(filename)).toString('latin1', 28, 36), 'OpusHead');
  });

  it('several channels at once, for so many seconds', () => {
    const channels = ['--channel', '851437.5k', '--channel', '851.525'];
    const lines = jsonLines(['decode', site, ...SITE, ...channels, '--seconds', '4', '--json']);
    const summary = lines.at(-1)!;
    assert.ok(Math.abs((summary.seconds as number) - 4) < 0.03, `${summary.seconds}`);
    const types = (frequency: number) =>
      new Set(lines.filter(({ stream }) => stream === `file/${frequency}`).map(({ type }) => type));
    assert.ok(types(CONTROL).has('grant') && !types(CONTROL).has('talker'));
    assert.ok(types(VOICE).has('talker') && !types(VOICE).has('grant'));
    assert.ok((summary.voice_frames as number) > 100);
    assert.ok(!lines.some(({ type }) => type === 'carrier' || type === 'call'));
  });

  it('what comes on standard input decodes like the file', () => {
    const arrival = { realtime_factor: 0, recordings: 2 };
    const args = ['decode', '-', '--format', 'cu8', ...SITE, '--follow', '--audio', path('piped'), '--json'];
    const lines = jsonLines(args, { input: readFileSync(site) });
    assert.deepEqual({ ...lines.at(-1), ...arrival }, { ...followed.at(-1), ...arrival });
    // A sample cut in two at the end does no harm.
    const cut = ['decode', '-', '--format', 'cu8', '--rate', '48k', '--json'];
    const [whole, part] = [192_000, 191_999].map((bytes) =>
      jsonLines(cut, { input: readFileSync(control).subarray(0, bytes) }).at(-1),
    );
    assert.deepEqual({ ...part, realtime_factor: 0, seconds: 2 }, { ...whole, realtime_factor: 0 });
  });

  it('reads the same from every container, and from discriminator audio of either polarity', () => {
    const iq = readFileSync(control);
    const words = Buffer.alloc(2 * iq.length);
    for (const [i, byte] of iq.entries()) words.writeInt16LE(Math.round((byte - 127.5) * 256), 2 * i);
    writeFileSync(path('control.wav'), wav({ rate: 48_000, channels: 2 }, words));
    writeFileSync(path('control.sigmf-data'), iq);
    const meta = {
      global: { 'core:datatype': 'cu8', 'core:sample_rate': 48_000, 'core:version': '1.0.0' },
      captures: [],
    };
    writeFileSync(path('control.sigmf-meta'), JSON.stringify(meta));
    const audio = discriminate(iq);
    writeFileSync(path('disc_48k.s16'), audio);
    writeFileSync(path('inverted.wav'), wav({ rate: 48_000, channels: 1 }, invert(audio)));
    const { tsbk } = jsonLines(['decode', control, '--json']).at(-1)!;
    assert.ok((tsbk as number) > 75, `${tsbk}`);
    const files = ['control.wav', 'control.sigmf-meta', 'control.sigmf-data', 'disc_48k.s16', 'inverted.wav'];
    for (const name of [...files, ...compressed()]) {
      const summary = jsonLines(['decode', path(name), '--json']).at(-1)!;
      assert.ok((summary.tsbk as number) >= (tsbk as number) - 3, `${name}: ${summary.tsbk} of ${tsbk}`);
      assert.equal(summary.polarity, /inverted|flac/.test(name) ? 'inverted' : 'normal', name);
    }
    const wrong = jsonLines(['decode', path('inverted.wav'), '--polarity', 'normal', '--json']).at(-1)!;
    assert.equal(wrong.tsbk, 0);
    assert.equal(wrong.protocol, 'none');
  });

  it('tells symbol files from recordings by name or contents', () => {
    // Sync, NID of NAC 293 and TDU as hexadecimal digits, as test generators print them.
    const tdu = '5575f5ff77ff 2931 a0b5 5e1b 70ef c0 0000000000'.replaceAll(' ', '');
    writeFileSync(path('tdu.hex'), tdu);
    writeFileSync(path('tdu.txt'), `${tdu}\n`);
    for (const name of ['tdu.hex', 'tdu.txt']) {
      const summary = jsonLines(['decode', path(name), '--json']).at(-1)!;
      assert.equal(summary.frames, 1, name);
    }
  });

  it('nothing there: says why, once', () => {
    const noise = path('noise_48k.cu8');
    trunkflow(['generate', noise, '--seconds', '3', '--signal', 'noise', '--rate', '48k']);
    const { code, out } = trunkflow(['decode', noise, '--audio', path('none')]);
    assert.equal(code, 0);
    assert.match(out, /protocol +nothing was decoded: (no carrier|too weak|no sync)/);
    assert.match(out, /calls +0 followed\nrecordings +0\n/);
    assert.equal(out.match(/reception/g)?.length, 1);
    assert.ok(!existsSync(path('none/p25')));
  });

  it('a reader that has seen enough is no error', function () {
    if (process.platform === 'win32') this.skip();
    const line = `"${process.execPath}" "${CLI}" decode "${site}" ${SITE.join(' ')} --json | head -n 2`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(parseLines(stdout).length, 2);
    assert.equal(status, 0);
  });

  it('Ctrl-C ends what is under way in good order', async function () {
    if (process.platform === 'win32') this.skip();
    const args = ['decode', '-', '--format', 'cu8', ...SITE, '--follow', '--audio', path('stopped'), '--json'];
    const { child, printed, ended } = start(args);
    // Until the middle of the first call, and no end.
    child.stdin.write(readFileSync(site).subarray(0, 5 * 480_000));
    await printed('"happened":"start"');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
    const lines = parseLines(out);
    assert.equal(lines.at(-1)!.type, 'summary');
    assert.equal(lines.at(-1)!.recordings, 1);
    const end = lines.find(({ happened }) => happened === 'end')!;
    assert.equal(end.reason, 'stream_end');
  });

  /** The control channel as FLAC, where there is a program that makes it. */
  function compressed(): string[] {
    try {
      execFileSync('ffmpeg', ['-v', 'error', '-i', path('inverted.wav'), path('control.flac')]);
      return ['control.flac'];
    } catch {
      return [];
    }
  }
});

/** What an FM discriminator makes of cu8 samples, 16 bits. */
function discriminate(iq: Buffer): Buffer {
  const audio = Buffer.alloc(iq.length);
  for (let n = 1; n < iq.length / 2; n++) {
    const [re, im, re0, im0] = [2 * n, 2 * n + 1, 2 * n - 2, 2 * n - 1].map((at) => iq[at] - 127.5);
    audio.writeInt16LE(Math.round(8000 * Math.atan2(im * re0 - re * im0, re * re0 + im * im0)), 2 * n);
  }
  return audio;
}

function invert(audio: Buffer): Buffer {
  const inverted = Buffer.alloc(audio.length);
  for (let at = 0; at < audio.length; at += 2) inverted.writeInt16LE(-audio.readInt16LE(at), at);
  return inverted;
}
