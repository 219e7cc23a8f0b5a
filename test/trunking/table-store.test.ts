import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrunkflowError } from '../../src/core/errors';
import { parseCsv } from '../../src/trunking/csv';
import { atOnce } from '../../src/trunking/slices';
import { TableStore } from '../../src/trunking/store/table-store';
import { cleanText } from '../../src/trunking/tables/cells';
import { guessTable } from '../../src/trunking/tables/guess-table';
import { type ImportReport, reportLines, reportWords } from '../../src/trunking/tables/report';
import { TALKGROUPS } from '../../src/trunking/tables/talkgroup-kind';
import { writeTable } from '../../src/trunking/tables/write-table';
import { until } from '../e2e/until';
import { uniform } from '../support/random';

const TIMES = { poll: 40, settle: 60, patience: 600 };
const HEADER = 'Decimal,Alpha Tag,Description,Priority,Listen\n';
const list = (...ids: number[]) => HEADER + ids.map((id) => `${id},Name ${id},Text ${id},2,no\n`).join('');
const MESSAGE = { origin: 'message', keep: false } as const;

describe('import into a table', () => {
  const store = (talkgroups: string) =>
    new TableStore({ system: 'county', places: { talkgroups: { input: talkgroups } } });

  it('adds, changes and leaves alone, and tells what it did by line', async () => {
    const tables = store(list(1, 2));
    const report = await tables.import(
      'talkgroups',
      'Decimal,Hex,Alpha Tag,Mode,Description,Tag,Category\n2,002,New,D,Text 2,,\n3,003,Three,D,,,\nx,,,,,,\n',
      { mode: 'merge', ...MESSAGE },
    );
    assert.deepEqual(
      [report.layout, report.accepted, report.added, report.changed, report.unchanged, report.removed, report.rejected],
      ["RadioReference's talkgroup list", 2, 1, 1, 0, 0, 1],
    );
    assert.deepEqual(report.details.changed, [
      {
        line: 2,
        key: '2',
        name: 'New',
        changes: [
          { field: 'alphaTag', from: 'Name 2', to: 'New' },
          { field: 'mode', from: '', to: 'D' },
        ],
      },
    ]);
    assert.deepEqual(report.details.added, [{ line: 3, key: '3', name: 'Three' }]);
    assert.match(report.details.rejected[0].text, /"x" is no talkgroup number/);
    assert.equal(
      reportWords(report),
      "county, talkgroups: RadioReference's talkgroup list; 1 added, 1 changed, 1 rejected",
    );
    assert.match(reportLines(report)[0], /^line 4: "x"/);
    const { talkgroups } = tables.tables;
    assert.equal(talkgroups.size, 3);
    assert.equal(talkgroups.get(2)!.listen, false, 'a list without flags wipes none');
    assert.equal(talkgroups.get(2)!.priority, 2);
    assert.equal(talkgroups.get(1)!.alphaTag, 'Name 1');
  });

  it('replaces: rows that are gone are removed, columns the new list lacks are kept', async () => {
    const tables = store(list(1, 2));
    const report = await tables.import('talkgroups', 'Decimal,Alpha Tag\n2,Two\n', { mode: 'replace', ...MESSAGE });
    assert.deepEqual([report.changed, report.removed, report.rows], [1, 1, 1]);
    assert.deepEqual(report.details.removed, [{ key: '1', name: 'Name 1' }]);
    assert.equal(tables.tables.talkgroups.get(2)!.listen, false);
  });

  it('takes objects: of one talkgroup only what they name changes, null takes a flag back', async () => {
    const tables = store(list(1, 2));
    const edit = (payload: object) => tables.import('talkgroups', payload, { mode: 'merge', ...MESSAGE });
    await edit({ talkgroup: 1, record: false, alert: true, listen: null });
    const one = tables.tables.talkgroups.get(1)!;
    assert.deepEqual(
      [one.listen, one.record, one.alert, one.alphaTag, one.priority],
      [undefined, false, true, 'Name 1', 2],
    );
    await edit({ talkgroup: 1, lockout: true });
    assert.equal(tables.tables.talkgroups.get(1)!.priority, -1);
    await edit([{ talkgroup: 1, lockout: false }]);
    assert.equal(tables.tables.talkgroups.get(1)!.priority, 1);
    await edit({ talkgroup: 99, lockout: true });
    assert.equal(tables.tables.talkgroups.get(99)!.priority, -1);
    const json = await tables.import('talkgroups', '[{"Decimal": 5, "Alpha Tag": "Five"}]', {
      mode: 'merge',
      ...MESSAGE,
    });
    assert.equal(json.added, 1);
  });

  it('keeps the table when nothing of the new one can be used', async () => {
    const tables = store(list(1, 2));
    const wrong: unknown[] = ['', 'Decimal\nx\n', 'nonsense', Buffer.from([0, 1, 2]), 7, null, [], [1, 2], '{}', {}];
    for (const input of wrong)
      await assert.rejects(
        tables.import('talkgroups', input, { mode: 'replace', ...MESSAGE }),
        (error: TrunkflowError) => {
          assert.ok(error.status.length < 20 && error.message.length > 20, error.message);
          return true;
        },
      );
    assert.equal(tables.tables.talkgroups.size, 2);
  });

  it('does one import after the other, and refuses too many at once', async () => {
    const tables = store('');
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        tables.import('talkgroups', `Decimal\n${i}\n`, { mode: 'merge', ...MESSAGE }),
      ),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 24);
    assert.equal(tables.tables.talkgroups.size, 16);
  });

  it('lets others have the event loop while it works on a long list', async function () {
    this.timeout(60_000);
    const long = `Decimal,Hex,Alpha Tag,Mode,Description,Tag,Category\n${Array.from(
      { length: 50_000 },
      (_, i) => `${i},${i.toString(16)},"Name ${i}",D,"Description of ${i}","Tag","Category"`,
    ).join('\n')}`;
    const tables = store('');
    assert.equal(tables.tables.talkgroups.size, 0);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const report = await tables.import('talkgroups', Buffer.from(long), { mode: 'replace', ...MESSAGE });
    clearInterval(timer);
    assert.equal(report.added, 50_000);
    assert.equal(report.details.added.length, 100);
    assert.ok(turns > 5, `${turns} turns of others`);
  });

  it('tells every change to those who listen, and a call that runs keeps its tables', async () => {
    const tables = store(list(1));
    const before = tables.tables;
    const heard: number[] = [];
    const forget = tables.onChange(({ talkgroups }) => heard.push(talkgroups.size));
    await tables.import('talkgroups', 'Decimal\n2\n', { mode: 'merge', ...MESSAGE });
    await tables.import('talkgroups', 'Decimal\n2\n', { mode: 'merge', ...MESSAGE });
    forget();
    await tables.import('talkgroups', 'Decimal\n3\n', { mode: 'merge', ...MESSAGE });
    assert.deepEqual(heard, [2], 'once: nothing changed the second time');
    assert.equal(before.talkgroups.size, 1);
  });

  it('finds the table by its columns', () => {
    for (const [input, table] of [
      ['Decimal,Hex,Alpha Tag\n', 'talkgroups'],
      ['TG Number,Frequency,Tone\n', 'channels'],
      ['TABLEID,TYPE,BASE,SPACING,OFFSET\n', 'bandplan'],
      ['unitID,alias,source\n', 'units'],
      [{ talkgroup: 1, listen: false }, 'talkgroups'],
      [[{ frequency: 1 }], 'channels'],
      ['[{"unit": 5, "name": "x"}]', 'units'],
      [Buffer.from('\ufeffDecimal;Hex'), 'talkgroups'],
    ] as const)
      assert.equal(guessTable(input), table);
    assert.throws(() => guessTable('4021,Engine 21'), { status: 'which table?' });
    assert.throws(() => guessTable(undefined), { status: 'which table?' });
  });
});

describe('a table that another radio system has read', () => {
  const store = (system: string, input: string | object[]) =>
    new TableStore({ system, places: { talkgroups: { input } } });

  it('is not read again, and changes for neither by what becomes of the other', async () => {
    const text = `${list(1, 2)}x,,,,\n`;
    const [one, two] = [store('one', text), store('two', text)];
    for (const each of [one, two]) each.load('talkgroups');
    assert.equal(one.rows('talkgroups'), two.rows('talkgroups'), 'the same rows');
    assert.deepEqual(two.report('talkgroups'), { ...one.report('talkgroups'), system: 'two' });
    assert.equal(two.report('talkgroups')!.rejected, 1);
    await two.import('talkgroups', 'Decimal,Alpha Tag\n2,Two\n', { mode: 'merge', ...MESSAGE });
    assert.equal(two.tables.talkgroups.get(2)!.alphaTag, 'Two');
    assert.equal(one.tables.talkgroups.get(2)!.alphaTag, 'Name 2');
    assert.equal(store('three', text).tables.talkgroups.get(2)!.alphaTag, 'Name 2');
  });

  it('is read when anything of it differs', () => {
    const rows = (input: string | object[]) => store('one', input).tables.talkgroups.size;
    assert.deepEqual([rows(list(1)), rows(list(1, 2)), rows([{ id: 1 }]), rows([{ id: 1 }, { id: 2 }])], [1, 2, 1, 2]);
  });
});

describe('a table written as CSV', () => {
  it('reads as it was: names with commas, quotes, blanks, formulas, columns of others', async () => {
    const next = uniform(3);
    const alphabet = ['a', 'Ü', ',', '"', ';', '\t', ' ', '=', "'", '#', '-', '1', '.', '$1'];
    const word = () => Array.from({ length: 6 }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
    const rows = Array.from({ length: 500 }, (_, id) =>
      TALKGROUPS.complete({
        id,
        listen: id % 3 ? undefined : false,
        ...{ alphaTag: word(), description: word(), tag: word(), category: word() },
        extra: { 'Other, "column"': `${id}` },
      }),
    );
    const cleaned = rows.map((row) => ({
      ...row,
      ...{ alphaTag: cleanText(row.alphaTag), description: cleanText(row.description) },
      ...{ tag: cleanText(row.tag), category: cleanText(row.category) },
    }));
    for (const forSpreadsheet of [false, true]) {
      const text = atOnce(writeTable(TALKGROUPS, rows, { forSpreadsheet }));
      const store = new TableStore({ system: 's', places: { talkgroups: { input: text } } });
      store.load('talkgroups');
      assert.equal(store.report('talkgroups')!.rejected, 0);
      assert.deepEqual(JSON.parse(JSON.stringify(store.rows('talkgroups'))), JSON.parse(JSON.stringify(cleaned)));
      const cells = parseCsv(text).flatMap(({ fields }) => fields);
      const dangerous = cells.filter((cell) => /^[=+\-@]/.test(cell) && Number.isNaN(Number(cell)));
      assert.equal(dangerous.length > 0, !forSpreadsheet, 'only a download is made harmless');
    }
  });
});

describe('a table in a file', function () {
  this.timeout(30_000);
  let folder: string;
  let path: string;
  let tables: TableStore;
  let reports: ImportReport[];
  let problems: TrunkflowError[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-tables-'));
    path = join(folder, 'talkgroups.csv');
    reports = [];
    problems = [];
  });
  afterEach(() => {
    tables.close();
    rmSync(folder, { recursive: true });
  });

  const open = (text = list(1, 2, 3, 4, 5, 6)) => {
    writeFileSync(path, text);
    tables = new TableStore({ system: 'county', places: { talkgroups: { path } }, times: TIMES });
    tables.load('talkgroups');
    tables.watch({ report: (report) => reports.push(report), problem: (error) => problems.push(error) });
  };
  const size = () => tables.tables.talkgroups.size;
  /** Long enough for several looks. */
  const looks = () => sleep(8 * TIMES.settle);

  it('is read anew when it is overwritten, appended to, or replaced by another', async () => {
    open();
    writeFileSync(path, list(1, 2, 3, 4, 5, 6, 7));
    await until(() => size() === 7, 'the overwritten file');
    assert.deepEqual([reports[0].origin, reports[0].added, reports[0].unchanged], ['file', 1, 6]);
    appendFileSync(path, '8,Eight,,,\n');
    await until(() => size() === 8, 'the longer file');
    writeFileSync(join(folder, 'new'), list(1, 2, 3, 4, 5, 6, 7, 8, 9));
    renameSync(join(folder, 'new'), path);
    await until(() => size() === 9, 'the file put in its place');
    writeFileSync(path, readFileSync(path));
    await looks();
    assert.equal(reports.length, 3, 'the same contents are no news');
    assert.deepEqual(problems, []);
  });

  it('is kept while its file is gone, and read when that is back', async () => {
    open();
    unlinkSync(path);
    const problem = await until(() => problems[0], 'a word about the missing file');
    assert.match(problem.message, /cannot be read.*ENOENT/);
    assert.equal(size(), 6);
    await looks();
    assert.equal(problems.length, 1, 'told once');
    writeFileSync(path, list(1, 2, 3));
    await until(() => size() === 3, 'the file that came back');
  });

  it('is not wiped by an empty or unusable file', async () => {
    open();
    for (const [index, text] of ['', '\n\n', 'Decimal,Alpha Tag\n', HEADER.slice(0, 5), '\u0000\u0001'].entries()) {
      writeFileSync(path, text);
      await until(() => problems.length > index, `a word about ${JSON.stringify(text)}`);
      assert.match(problems.at(-1)!.message, /The table before is kept/);
      assert.equal(size(), 6);
    }
    truncateSync(path, 0);
    await looks();
    assert.equal(size(), 6);
    writeFileSync(path, list(1, 2, 3, 4, 5));
    await until(() => size() === 5, 'the good file');
  });

  it('is not taken half-written: neither cut within a line nor with most rows missing, until it stands', async () => {
    open(list(...Array.from({ length: 100 }, (_, i) => i)));
    const whole = list(...Array.from({ length: 120 }, (_, i) => i));
    // As a slow writer does: in pieces, with pauses longer than the file must stand.
    writeFileSync(path, whole.slice(0, 900));
    await until(() => problems.length > 0, 'a word about the half-written file');
    assert.match(problems[0].message, /may be half-written.*last line that is not complete/);
    assert.equal(size(), 100);
    appendFileSync(path, whole.slice(900));
    await until(() => size() === 120, 'the whole file');
    // Cut at the end of a line: with less than half of the rows it must stand for a while.
    writeFileSync(path, list(1, 2, 3));
    await until(() => problems.some(({ message }) => /less than half of the rows/.test(message)), 'a doubt');
    assert.equal(size(), 120);
    await until(() => size() === 3, 'the short file, which stands');
  });

  it('never takes what is both cut and mostly gone', async () => {
    open(list(...Array.from({ length: 100 }, (_, i) => i)));
    writeFileSync(path, `${list(1, 2, 3)}4,Na`);
    await until(() => problems.length > 0, 'a doubt');
    await sleep(TIMES.patience * 2);
    assert.equal(size(), 100);
  });

  it('follows a link, and writes what a link points to', async () => {
    const real = join(folder, 'real.csv');
    writeFileSync(real, list(1));
    symlinkSync(real, path);
    tables = new TableStore({ system: 'county', places: { talkgroups: { path } }, times: TIMES });
    assert.equal(size(), 1);
    const report = await tables.import('talkgroups', 'Decimal,Alpha Tag\n2,Two\n', {
      mode: 'merge',
      origin: 'message',
      keep: true,
    });
    assert.equal(report.kept, true);
    assert.match(readFileSync(real, 'utf8'), /^Decimal,Hex,[\s\S]*\n2,2,,Two,/);
    assert.equal(readFileSync(`${real}.bak`, 'utf8'), list(1));
    assert.deepEqual(readdirSync(folder).sort(), ['real.csv', 'real.csv.bak', 'talkgroups.csv'], 'no leftovers');
  });

  it('is written by an import that is to be kept, which is no news then; otherwise only held', async () => {
    open();
    const kept = await tables.import('talkgroups', 'Decimal\n9\n', { mode: 'merge', origin: 'message', keep: true });
    assert.deepEqual([kept.kept, size()], [true, 7]);
    await looks();
    assert.deepEqual(
      reports.filter(({ changed, added, removed }) => changed + added + removed > 0),
      [],
    );
    const held = await tables.import('talkgroups', 'Decimal\n10\n', { mode: 'merge', origin: 'message', keep: false });
    assert.deepEqual([held.kept, size()], [false, 8]);
    assert.doesNotMatch(readFileSync(path, 'utf8'), /^10,/m);
  });

  it('stays as it is when it cannot be written', async () => {
    open();
    rmSync(path);
    mkdirSync(path);
    await assert.rejects(
      tables.import('talkgroups', 'Decimal\n9\n', { mode: 'merge', origin: 'message', keep: true }),
      { code: 'storage', status: 'cannot write' },
    );
    assert.equal(size(), 6);
  });

  it('costs only what it is needed for when it cannot be read: names, the band plan, or following', async () => {
    writeFileSync(path, list(1, 2));
    const bad = { path: join(folder, 'missing.csv') };
    tables = new TableStore({ system: 'county', places: { talkgroups: { path }, units: bad, bandplan: bad } });
    assert.deepEqual(Object.keys(tables.problems()), ['units', 'bandplan']);
    assert.equal(tables.tables.talkgroups.size, 2);
    assert.equal(tables.tables.units.name(4021), '');
    assert.throws(() => tables.bandPlan, { status: 'table unreadable' });
    await tables.import('talkgroups', 'Decimal\n3\n', { mode: 'merge', origin: 'message', keep: false });
    assert.equal(tables.tables.talkgroups.size, 3);
    tables = new TableStore({ system: 'county', places: { talkgroups: bad } });
    assert.deepEqual(tables.bandPlan, {});
    assert.throws(() => tables.tables, { status: 'table unreadable' });
    writeFileSync(bad.path, list(1));
    assert.equal(tables.tables.talkgroups.size, 1, 'it is tried again');
  });

  it('cannot be a folder or a device, nor bigger than 20 MB', () => {
    for (const bad of [folder, '/dev/zero', '/dev/null']) {
      tables = new TableStore({ system: 'county', places: { talkgroups: { path: bad } } });
      assert.throws(() => tables.load('talkgroups'), { code: 'bad-file' });
    }
    writeFileSync(path, '');
    truncateSync(path, 21 * 1024 * 1024);
    tables = new TableStore({ system: 'county', places: { talkgroups: { path } } });
    assert.throws(() => tables.load('talkgroups'), { status: 'table too big' });
  });
});

describe('any bytes as a table', () => {
  it('are read or refused with words, in bounded time, and never throw anything else', async function () {
    this.timeout(60_000);
    const next = uniform(11);
    const pieces = [
      'Decimal',
      'TABLEID',
      'Frequency',
      'RFSS',
      'unitID',
      ',',
      ';',
      '\t',
      '\n',
      '\r\n',
      '"',
      '1',
      '9101',
      '851.5',
      '-',
      'é',
      '\u0000',
      '\ufeff',
      '#',
      '(\\d+)*',
      '/x/',
      'true',
      '[',
      '{',
      '}',
    ];
    for (const name of ['talkgroups', 'units', 'channels', 'bandplan'] as const) {
      const tables = new TableStore({ system: 's', places: {} });
      for (let i = 0; i < 1500; i++) {
        const text = Array.from(
          { length: 1 + Math.floor(next() * 60) },
          () => pieces[Math.floor(next() * pieces.length)],
        ).join('');
        const input = i % 3 === 0 ? Buffer.from(text, 'latin1') : i % 3 === 1 ? Buffer.from(text, 'utf16le') : text;
        try {
          const report = await tables.import(name, input, { mode: i % 2 ? 'merge' : 'replace', ...MESSAGE });
          assert.equal(report.added + report.changed + report.unchanged, report.accepted);
          assert.equal(report.rows, tables.rows(name).length);
        } catch (error) {
          assert.equal((error as Error).name, 'TrunkflowError', `${JSON.stringify(text)}: ${error}`);
        }
      }
      assert.ok(tables.tables);
    }
  });
});
