import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, normalize, relative } from 'node:path';
import type { CallInfo } from '../../src/core/messages';
import { CallArchive, type NewCall } from '../../src/sinks/archive/call-archive';
import { namePattern } from '../../src/sinks/name-pattern';
import { recordingPath } from '../../src/sinks/recording-names';
import { sendFile } from '../../src/web/send-file';
import { callInfo, T0 } from './audio';

/** Names that people who mean harm, or only spreadsheets, give talkgroups, systems and units. */
const HOSTILE = [
  '../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/etc/cron.d/x',
  'C:\\boot.ini',
  '..',
  '.',
  '....//....//x',
  '%2e%2e%2fx',
  'a/../../../../b',
  'nul',
  'CON.wav',
  'com1',
  'a\0b',
  'line\nbreak\r\n',
  '\u202egpj.exe',
  '\u2066x\u2069',
  '\ud800',
  '🚒'.repeat(300),
  '.'.repeat(200_000),
  `${'. '.repeat(100_000)}x`,
  'x'.repeat(2_000_000),
  '~root/.ssh',
  '$(reboot)',
  '',
  ' ',
];

const PATTERNS = [
  '{alpha_tag}',
  '{system}/{group}/{tag}/{description}/{unit_tag}/{alpha_tag}',
  '{alpha_tag}/../{alpha_tag}',
  '../{system}',
  '{audio_type}{alpha_tag}{alpha_tag}{alpha_tag}{alpha_tag}{alpha_tag}{alpha_tag}{alpha_tag}',
];

function named(name: string): CallInfo {
  return callInfo({
    sys_name: name,
    talkgroup_alpha_tag: name,
    talkgroup_description: name,
    talkgroup_group: name,
    talkgroup_tag: name,
    unit_alpha_tag: name,
    sources: [{ ...callInfo().sources[0], tag: name }],
  });
}

function checkPath(path: string, from: string): void {
  const about = `${JSON.stringify(path.slice(0, 200))} from ${JSON.stringify(from.slice(0, 40))}`;
  assert.ok(!isAbsolute(path) && !normalize(path).startsWith('..'), about);
  for (const part of path.split('/')) {
    assert.ok(part !== '' && part !== '.' && part !== '..', about);
    assert.ok(Buffer.byteLength(part) <= 240, `${Buffer.byteLength(part)} bytes: ${about}`);
    assert.doesNotMatch(part, /[\\:*?"<>|\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u, about);
    assert.doesNotMatch(part, /^(con|nul|com1)(\.|$)/i, about);
  }
}

describe('hostile names', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'trunkflow-names-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('make paths of recordings below the folder that any system takes, and in no time', () => {
    const started = performance.now();
    for (const name of HOSTILE) {
      checkPath(recordingPath(named(name)), name);
      for (const pattern of PATTERNS) checkPath(namePattern(pattern)(named(name)), name);
    }
    assert.ok(performance.now() - started < 5000, 'a long name holds nobody up');
  });

  it('where numbers should be do not leave the folder either', () => {
    for (const name of HOSTILE.slice(0, 12)) {
      const call = named(name);
      Object.assign(call, { talkgroup: name, call_num: name, tdma_slot: name, phase2_tdma: true });
      checkPath(recordingPath(call), name);
      for (const pattern of ['{talkgroup}', '{talkgroup}/{call}/{tdma_slot}', '{color_code}/x'])
        checkPath(namePattern(pattern)(call), name);
    }
  });

  it('of files in the log, and links, do not lead out of the folder of the recordings', async () => {
    const recordings = join(dir, 'recordings');
    await mkdir(join(recordings, 'sub'), { recursive: true });
    await writeFile(join(dir, 'secret.wav'), 'secret');
    await mkdir(join(dir, 'elsewhere'));
    await writeFile(join(dir, 'elsewhere', 'a.wav'), 'secret');
    await writeFile(join(recordings, 'good.wav'), 'sound');
    await symlink(join(dir, 'secret.wav'), join(recordings, 'link.wav'));
    await symlink(join(dir, 'elsewhere'), join(recordings, 'sub', 'out'), 'junction');
    await symlink(join(recordings, 'good.wav'), join(recordings, 'inside.wav'));
    const archive = new CallArchive(recordings);
    const files = {
      'good.wav': true,
      'inside.wav': true,
      'link.wav': false,
      'sub/out/a.wav': false,
      '../secret.wav': false,
      [join(dir, 'secret.wav')]: false,
      'sub/../../secret.wav': false,
      'good.wav/../../secret.wav': false,
      'a\0b.wav': false,
      '.': false,
      '': false,
    };
    let n = 0;
    for (const file of Object.keys(files)) {
      const start = T0 + ++n * 1000;
      const id = `county_1_${start / 1000}_${n}`;
      const call = callInfo({ id, start_time_ms: start, start_time: start / 1000 });
      const entry: NewCall = { id, call, file, sidecar: null, format: 'wav', length: 1, bytes: 5, recorded: true };
      await archive.add(entry);
      const audio = await archive.audio(id);
      assert.equal(audio !== undefined, files[file], file);
      if (audio) assert.equal(relative(recordings, audio.path).startsWith('..'), false);
    }
    // The oldest are deleted to keep the limits: nothing outside goes.
    for (const day of await archive.days())
      for (const entry of await archive.recordings(day)) await archive.expire(entry).catch(() => undefined);
    assert.ok(existsSync(join(dir, 'secret.wav')) && existsSync(join(dir, 'elsewhere', 'a.wav')));
    assert.equal(existsSync(join(recordings, 'good.wav')), false);
    assert.deepEqual((await readdir(dir)).sort(), ['elsewhere', 'recordings', 'secret.wav']);
    await archive.close();
  });

  it('of saved files are told in a header that holds', async () => {
    await writeFile(join(dir, 'a.wav'), '');
    for (const name of HOSTILE) {
      const headers = new Map<string, string | number>();
      const response = {
        setHeader: (header: string, value: string | number) => headers.set(header, value),
        setTimeout: () => undefined,
        end: () => undefined,
      };
      const file = { path: join(dir, 'a.wav'), mime: 'audio/wav', bytes: 0, saveAs: `${name}.wav` };
      sendFile({ headers: {}, method: 'HEAD' } as never, response as never, file);
      const told = String(headers.get('Content-Disposition'));
      assert.match(told, /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.%!~*'()-]*$/);
      assert.doesNotMatch(decodeURIComponent(told.split("''")[1]), /[/\\"\p{Cc}\u202e]/u);
    }
  });
});
