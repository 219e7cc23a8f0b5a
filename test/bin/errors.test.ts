import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI, testFolder, trunkflow } from './cli';

describe('command line: what it says when something is wrong', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const path = (name: string) => join(folder, name);
  before(() => {
    writeFileSync(path('empty.cu8'), '');
    writeFileSync(path('noise.cu8'), Buffer.alloc(20_000, 127));
    writeFileSync(path('slow.s16'), Buffer.alloc(20_000));
    writeFileSync(path('hello.txt'), 'hello, this is no recording\n');
    writeFileSync(path('not-a.wav'), 'RIFF of another kind, not a wave file at all');
    writeFileSync(path('object.json'), '{}');
    writeFileSync(path('broken.json'), '[{');
    writeFileSync(
      path('unknown.json'),
      JSON.stringify([
        { id: 'a', type: 'tab' },
        { id: 'b', type: 'nonsuch', z: 'a' },
      ]),
    );
  });

  /** Arguments (files in the test's folder begin with @), exit code, and what the one line must tell. */
  const CASES: [string[], number, RegExp][] = [
    [['bogus'], 2, /no command 'bogus'.*decode, run, devices, generate/],
    [['constructor'], 2, /no command/],
    [['decode'], 2, /Name the file/],
    [['decode', '@a', '@b'], 2, /too many: .*b'/],
    [['decode', '--bogus', '@noise.cu8'], 2, /'--bogus'/],
    [['decode', '@noise.cu8', '--rate'], 2, /--rate/],
    [['decode', '@noise.cu8', '--rate', 'fast'], 2, /--rate wants .*48000.*'fast'/],
    [['decode', '@noise.cu8', '--rate', '0'], 2, /0\.001 to 100 MS\/s.*got 0/],
    [['decode', '@noise.cu8', '--rate', '-1'], 2, /got -0\.000001 MS/],
    [['decode', '@noise.cu8', '--rate', '1e12'], 2, /got 1000000 MS/],
    [['decode', '@noise.cu8', '--rate', 'NaN'], 2, /--rate/],
    [['decode', '@noise.cu8', '--rate', '48k', '--seconds', '0'], 2, /--seconds wants/],
    [['decode', '@noise.cu8', '--rate', '48k', '--center', 'there'], 2, /--center wants/],
    [['decode', '@noise.cu8', '--rate', '48k', '--protocol', 'tetrapol'], 2, /--protocol is one of auto, p25/],
    [['decode', '@noise.cu8', '--rate', '48k', '--polarity', 'up'], 2, /--polarity is one of/],
    [['decode', '@noise.cu8', '--rate', '48k', '--input', 'video'], 2, /--input is one of iq, discriminator, symbols/],
    [['decode', '@noise.cu8', '--rate', '48k', '--format', 'cu9'], 2, /--format is one of cu8/],
    [['decode', '@noise.cu8', '--rate', '48k', '--input', 'symbols', '--format', 'cu8'], 2, /one of hex, marks/],
    [['decode', '@noise.cu8', '--rate', '48k', '--input', 'discriminator'], 1, /not an audio recording/],
    [['decode', '@slow.s16', '--rate', '48k', '--input', 'iq'], 1, /not an IQ recording/],
    [['decode', '@slow.s16', '--rate', '8k'], 1, /expected 14\.4 to/],
    [['decode', '@slow.s16', '--rate', '48k', '--channel', '851M'], 2, /--channel .* discriminator audio/],
    [['decode', '@noise.cu8', '--rate', '48k', '--input', 'symbols', '--channel', '851M'], 2, /--channel .* symbols/],
    [['decode', '@noise.cu8', '--rate', '48k', '--center', '851M', '--channel', '900M'], 2, /900\.0000 MHz is not in/],
    [['decode', '@noise.cu8', '--rate', '48k', '--channel', '900M'], 2, /--center/],
    [['decode', '@noise.cu8'], 2, /rate of .* is not known/],
    [['decode', '@missing.cu8'], 1, /no such file/],
    [['decode', `@${'long'.repeat(100)}.cu8`], 1, /name too long/],
    [['decode', '@.', '--rate', '48k'], 1, /is a folder/],
    [['decode', '@empty.cu8', '--rate', '48k'], 1, /no samples/],
    [['decode', '@empty.cu8', '--input', 'symbols'], 1, /empty file/],
    [['decode', '@hello.txt'], 2, /format of .* is not known.*cu8, cs8/],
    [['decode', '@not-a.wav'], 1, /does not begin like a WAV/],
    [['decode', '@noise.cu8', '--format', 'sigmf'], 1, /metadata/],
    [['decode', '@noise.cu8', '--rate', '48k', '--audio', '@noise.cu8/calls'], 1, /part of the path is a file/],
    [['decode', '@noise.cu8', '--rate', '48k', '--audio', ''], 2, /--audio wants/],
    [['decode', '-', '--rate', '48k'], 2, /--format, one of/],
    [['decode', '-', '--format', 'cu8'], 2, /--rate/],
    [['decode', '-', '--format', 'cu8', '--rate', '48k'], 1, /No samples came on standard input/],
    [['generate'], 2, /Name the file/],
    [['generate', '@x.cu8'], 2, /--seconds/],
    [['generate', '@x.cu8', '--seconds', '-3'], 2, /--seconds wants/],
    [['generate', '@x.wav', '--seconds', '1'], 2, /\.cu8/],
    [['generate', '@x.cu8', '--seconds', '1', '--signal', 'music'], 2, /p25-site, .*got music/],
    [['generate', '@x.cu8', '--seconds', '1', '--rate', '48k'], 2, /at least 192000/],
    [['generate', '@missing/x.cu8', '--seconds', '1'], 1, /Could not write/],
    [['devices', 'all'], 2, /too many: 'all'/],
    [['run'], 2, /Name the flow/],
    [['run', '@missing.json'], 1, /Cannot read the flow .*no such file/],
    [['run', '@broken.json'], 1, /expected a flow exported.*JSON/],
    [['run', '@object.json'], 1, /a JSON list/],
    [['run', '@unknown.json', '--seconds', '20'], 1, /not installed: nonsuch/],
    [['run', '@unknown.json', '--seconds', '1e99'], 2, /--seconds wants/],
  ];
  for (const [args, expected, line] of CASES) {
    it(`trunkflow ${args.join(' ').slice(0, 90)}`, () => {
      const { code, out, err } = trunkflow(args.map((arg) => (arg.startsWith('@') ? path(arg.slice(1)) : arg)));
      assert.equal(out, '');
      assert.match(err, /^trunkflow: [^\n]*\n$/, 'one line');
      assert.match(err, line);
      assert.equal(code, expected);
      assert.equal(/Try: trunkflow [a-z-]*.*--help/.test(err), expected === 2);
    });
  }

  it('names every command and option in its help', () => {
    const help = trunkflow(['--help']);
    assert.equal(help.code, 0);
    for (const command of ['decode', 'run', 'devices', 'generate']) {
      assert.match(help.out, new RegExp(`trunkflow ${command}`));
      const { code, out, err } = trunkflow([command, '--help']);
      assert.equal(code, 0);
      assert.equal(err, '');
      assert.ok(out.startsWith(`trunkflow ${command}`), out);
      assert.ok(
        out.split('\n').every((text) => text.length <= 120),
        'lines fit a terminal',
      );
    }
    const none = trunkflow([]);
    assert.equal(none.code, 2);
    assert.equal(none.out, help.out);
    assert.match(trunkflow(['--version']).out, /^\d+\.\d+\.\d+\n$/);
  });

  it('lists devices, or says that USB needs its packages', () => {
    const here = trunkflow(['devices', '--json']);
    if (here.code === 0) for (const text of here.out.split('\n').filter(Boolean)) JSON.parse(text);
    else assert.match(here.err, /^trunkflow: [^\n]*\n$/);

    // A copy of the program where no package is installed.
    const dist = dirname(dirname(CLI));
    mkdirSync(path('bare/dist'), { recursive: true });
    for (const name of ['bin', 'src']) cpSync(join(dist, name), path(`bare/dist/${name}`), { recursive: true });
    const bare = trunkflow(['devices'], { cli: path('bare/dist/bin/trunkflow.js') });
    assert.equal(bare.code, 1);
    assert.match(bare.err, /^trunkflow: The package usb [^\n]*npm install usb[^\n]*\n$/);
    assert.equal(bare.out, '');
  });
});
