import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import type { IqInfo } from '../../src/core/messages';
import { type CommandOptions, CommandSource } from '../../src/sources/command/command-source';
import { fillCommand, splitCommand } from '../../src/sources/command/split-command';
import { checkStream, RecordingSink } from '../support/source-sink';

const QUICK = { retryFirst: 5, retryMost: 20, settle: 0 };
const NODE = `'${process.execPath}'`;

describe('command line splitting', () => {
  const cases: [string, string[]][] = [
    ['rtl_sdr -f 851000000 -', ['rtl_sdr', '-f', '851000000', '-']],
    [`  a\t"b c"  'd "e"' `, ['a', 'b c', 'd "e"']],
    [String.raw`a\ b "c\"d\\e\n" '\x'`, ['a b', String.raw`c"d\e\n`, String.raw`\x`]],
    [`a"b"'c'd '' ""`, ['abcd', '', '']],
    [`sh -c 'a | b > c; d &'`, ['sh', '-c', 'a | b > c; d &']],
    ['echo $HOME *.c ~', ['echo', '$HOME', '*.c', '~']],
  ];
  for (const [line, words] of cases) it(`splits ${line}`, () => deepEqual(splitCommand(line), words));

  it('refuses what only a shell understands, and tells how', () => {
    for (const line of ['a | b', 'a > b', 'a; b', 'a && b']) throws(() => splitCommand(line), /sh -c/);
    throws(() => splitCommand("a 'b"), /open quote '/);
    throws(() => splitCommand('  '), /empty/);
  });

  it('fills in values after splitting, so that they stay one word', () => {
    const values = { frequency: 851e6, rate: 2_400_000, gain: 'auto', ppm: -1.5 } as const;
    deepEqual(fillCommand(splitCommand('x -f {frequency} {rate}:{gain} -p{ppm}'), values), [
      'x',
      '-f',
      '851000000',
      '2400000:0',
      '-p-1.5',
    ]);
    throws(() => fillCommand(['{freq}'], values), /unknown placeholder \{freq\}/);
  });

  it('never fails otherwise on random lines', () => {
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
    const alphabet = ' \t\'"\\{}|az$;';
    for (let i = 0; i < 2000; i++) {
      const line = Array.from({ length: random(20) }, () => alphabet[random(alphabet.length)]).join('');
      try {
        ok(splitCommand(line).length > 0);
      } catch (error) {
        equal((error as { code: string }).code, 'bad-setting');
      }
    }
  });
});

describe('command source', () => {
  let sink: RecordingSink;
  let source: CommandSource | undefined;

  beforeEach(() => {
    sink = new RecordingSink();
  });
  afterEach(async () => {
    await source?.stop();
    source = undefined;
  });

  function make(command: string, more: Partial<CommandOptions> = {}, timing = {}): CommandSource {
    const options = { stream: 'radio', command, format: 'cu8', rate: 48_000, center: 851e6, ...more } as const;
    return (source = new CommandSource({ driver: 'command', ...options }, sink, { ...QUICK, ...timing }));
  }

  /** A program that writes its arguments over and over, in portions of odd length, as live as a test needs. */
  const chatter = (args: string, every = 1) =>
    `${NODE} -e 'const t = process.argv.slice(1).join(" ") + ";"; setInterval(() => process.stdout.write(t.repeat(37)), ${every})' -- ${args}`;

  it('passes on what the program writes, whole samples in blocks', async () => {
    await make(chatter('x{frequency} {rate}')).start();
    await sink.untilBytes(10_000);
    match(sink.bytes().toString('latin1'), /^(x851000000 48000;)+/);
    checkStream(sink.messages);
    equal(sink.statuses.at(-1)!.text, '851 MHz');
    await source!.stop();
    equal(sink.messages.at(-1)!.info.end, true);
  });

  it('starts the program anew with other values when it is tuned', async () => {
    await make(chatter('{frequency},{gain},{ppm}')).start();
    await sink.untilBytes(5000);
    await source!.control({ tune: 460e6, gain: 20, ppm: 2 });
    await sink.until(() => sink.bytes().includes('460000000,20,2;'));
    const tuned = sink.messages.filter(({ info }) => (info as IqInfo).center === 460e6);
    const text = Buffer.concat(tuned.map(({ payload }) => payload)).toString('latin1');
    match(text, /^(460000000,20,2;)+/);
    checkStream(sink.messages);
    equal(sink.errors.length, 0);
    equal(source!.counters().reconnects, 0);
  });

  it('refuses to change what the command has no place for', async () => {
    await make(chatter('{frequency}')).start();
    await rejects(source!.control({ gain: 20 }), /\{gain\}/);
    throws(() => make('rtl_sdr -f {frequency} -', { center: undefined }), /needs a frequency/);
  });

  it('starts a program that ended again, and tells its last words', async () => {
    await make(
      `${NODE} -e 'process.stdout.write("abcd"); console.error("one\\ntwo\\nno device found"); process.exitCode = 3'`,
    ).start();
    await sink.until(() => source!.counters().reconnects >= 2);
    match(sink.errors[0].message, /exit code 3.*no device found/);
    equal(sink.errors[0].status, 'program ended');
    ok(sink.statuses.some(({ state, text }) => state === 'reconnecting' && text === 'program ended'));
  });

  it('cannot start without the program', async () => {
    await rejects(make('no-such-program-here -f 1').start(), { code: 'missing-program', status: 'program missing' });
    equal(sink.statuses.at(-1)!.state, 'failed');
    await source!.stop();
  });

  it('kills a program that does not want to end, and what it started', async function () {
    if (process.platform === 'win32') this.skip();
    await make(`sh -c "trap '' TERM; ${NODE} -e 'setInterval(() => console.log(process.pid), 5)'"`).start();
    await sink.untilBytes(1);
    const pid = Number(sink.bytes().toString('latin1').split('\n')[0]);
    await source!.stop();
    throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('starts a silent program again', async () => {
    await make(`${NODE} -e 'setInterval(() => {}, 1000)'`, {}, { stallAfter: 100 }).start();
    await sink.until(() => source!.counters().reconnects >= 1);
    equal(sink.errors[0].status, 'stalled');
  });

  it('takes live discriminator audio', async () => {
    await make(chatter('ab'), { format: 's16', center: undefined }).start();
    await sink.untilBytes(3000);
    equal(sink.messages[0].port, 'audio');
    match(sink.bytes().toString('latin1'), /^(ab;)+/);
  });
});
