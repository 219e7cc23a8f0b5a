import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TalkgroupTable } from '../../src/trunking/talkgroups';
import type { Editor } from './editor';
import { EditorSuite } from './editor-suite';
import { until } from './until';

const ROWS = 10_000;

/** A long list in RadioReference's layout. */
function longList(count = ROWS): string {
  const agencies = ['Fire', 'Police', 'Works', 'Schools', 'Hospital'];
  const lines = Array.from({ length: count }, (_, i) => {
    const agency = agencies[i % agencies.length];
    return `${1000 + i},${(1000 + i).toString(16)},"${agency} ${i}","${i % 7 === 0 ? 'DE' : 'D'}","${agency}, channel ${i}","${agency} Dispatch","County ${i % 40}"`;
  });
  return `Decimal,Hex,Alpha Tag,Mode,Description,Tag,Category\n${lines.join('\n')}\n`;
}

const NASTY = '<script>alert(1)</script>';

const SYSTEM = {
  id: 'sys',
  type: 'radio-system',
  name: '',
  shortName: 'county',
  nac: '',
  talkgroups: `Decimal,Alpha Tag,Description,Tag,Category,Priority\n9101,Fire Disp,County fire,Fire Dispatch,Fire,1\n9102,"${NASTY}",=cmd(),,,3\nbad,,,,,\n`,
  talkgroupsIn: 'text',
  unitTags: '4021,Engine 21\n"70\\d\\d",Fire unit\n',
  unitTagsIn: 'text',
  channels: '',
  channelsIn: 'text',
  followUnknown: true,
  unknownPriority: 1,
  unknownListen: true,
  unknownRecord: true,
  unknownUpload: true,
  unknownAlert: false,
  bandPlan: [{ identifier: 1, base: 851_006_250, spacing: 6250, offset: -45e6 }],
  bandPlanFile: '',
  bandPlanIn: 'text',
};
const TAB = { id: 'tab', type: 'tab', label: 'Test' };
const follower = (system: string) => ({
  id: `follower-${system}`,
  type: 'radio-follower',
  z: 'tab',
  name: '',
  system,
  maxCalls: 8,
  hangTime: 2,
  unitCalls: false,
  conventional: true,
  x: 200,
  y: 100,
  wires: [[], [], []],
});

describe('dialog of a radio system', function () {
  this.timeout(120_000);
  const suite = new EditorSuite();
  let editor: Editor;

  const open = async (system: object, viewport?: { width: number; height: number }) => {
    editor = await suite.open([TAB, system, follower('sys')], viewport);
    await editor.editConfig('radio-system', 'sys');
  };
  const tab = (name: string) => editor.page.locator(`.trunkflow-tabs [data-tab="${name}"]`).click();
  const panel = (name: string) => editor.page.locator(`[data-table="${name}"]`);
  const grid = (name = 'talkgroups') => panel(name).locator('[role="grid"]');
  /** Texts of a row in sight. */
  const row = (index: number, name = 'talkgroups') =>
    grid(name).locator(`[data-row="${index}"] [role="gridcell"]`).allTextContents();
  const count = (name = 'talkgroups') => panel(name).locator('.trunkflow-count').textContent();
  const shows = async (text: string, name = 'talkgroups') => {
    await editor.page.waitForFunction(
      ([table, wanted]) => document.querySelector(`[data-table="${table}"] .trunkflow-count`)?.textContent === wanted,
      [name, text],
    );
  };
  const upload = (name: string, text: string | Buffer, table = 'talkgroups') =>
    panel(table)
      .locator('input[type="file"]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const picture = (name: string) => suite.picture(name);
  const ok = () => editor.ok('#node-config-dialog-ok');

  it('shows the tables as they are in the flow, names nothing can escape from, and the lines that are bad', async () => {
    await open(SYSTEM);
    await picture('system-general-light');
    await tab('talkgroups');
    await shows('2');
    const texts = (await row(0)).filter(Boolean);
    assert.deepEqual(texts, ['9101', '238d', 'Fire Disp', '1', 'County fire', 'Fire Dispatch', 'Fire']);
    assert.equal((await row(1))[2], NASTY);
    const report = panel('talkgroups').locator('.trunkflow-report');
    assert.match((await report.textContent())!, /1 rejected[\s\S]*line 4: "bad" is no talkgroup number/);
    await picture('system-talkgroups-light');
    await editor.dark(true);
    await picture('system-talkgroups-dark');
    await tab('units');
    await shows('2', 'units');
    assert.deepEqual((await row(1, 'units')).slice(0, 2), ['70\\d\\d', 'Fire unit']);
    await picture('system-units-dark');
    await tab('bandplan');
    assert.deepEqual(await row(0, 'bandplan'), ['1', '851.00625', '6.25', '-45', '']);
    await picture('system-bandplan-dark');
    await tab('channels');
    await picture('system-channels-dark');
    await ok();
    assert.equal(await editor.property('sys', 'talkgroups'), SYSTEM.talkgroups, 'what was not edited stays as it was');
    assert.deepEqual(await editor.property('sys', 'bandPlan'), SYSTEM.bandPlan);
  });

  it('imports ten thousand rows, scrolls and filters them at once, and keeps only those in sight in the page', async () => {
    await open({ ...SYSTEM, talkgroups: '' });
    await tab('talkgroups');
    await shows('0');
    await upload('trs_tg_1234.csv', longList());
    await shows('10,000 *');
    const report = panel('talkgroups').locator('.trunkflow-report summary');
    assert.match((await report.textContent())!, /RadioReference's talkgroup list \(UTF-8\): 10,000 added/);
    await picture('system-long-light');
    const { scrolling, filtering, drawn } = await editor.page.evaluate(async () => {
      const body = document.querySelector('[data-table="talkgroups"] .trunkflow-grid-body')!;
      const search = document.querySelector<HTMLInputElement>('[data-table="talkgroups"] .trunkflow-search')!;
      const counter = document.querySelector('[data-table="talkgroups"] .trunkflow-count')!;
      const gaps: number[] = [];
      for (let i = 0; i < 60; i++) {
        const start = performance.now();
        body.scrollTop = i * 4500;
        body.dispatchEvent(new Event('scroll'));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        gaps.push(performance.now() - start);
      }
      const most = body.querySelectorAll('.trunkflow-grid-row').length;
      const before = performance.now();
      search.value = 'police county 7';
      search.dispatchEvent(new Event('input'));
      while (!counter.textContent!.includes('of')) await new Promise((resolve) => requestAnimationFrame(resolve));
      gaps.sort((a, b) => a - b);
      return { scrolling: gaps[30], filtering: performance.now() - before, drawn: most };
    });
    assert.ok(drawn < 60, `${drawn} rows in the page`);
    // Two frames take 33 ms; a table that draws all its rows takes seconds.
    assert.ok(scrolling < 250, `${scrolling} ms for two frames while scrolling`);
    assert.ok(filtering < 1500, `${filtering} ms to filter`);
    console.log(`      two frames while scrolling ${scrolling.toFixed(0)} ms, filtering ${filtering.toFixed(0)} ms`);
    assert.match((await count())!, /^\d+ of 10,000 \*$/);
    await ok();
    const text = (await editor.property('sys', 'talkgroups')) as string;
    assert.equal(TalkgroupTable.parse(text).size, ROWS);
  });

  it('edits by keyboard: moves, types, refuses what does not fit, switches flags, adds and removes rows', async () => {
    await open(SYSTEM);
    await tab('talkgroups');
    await shows('2');
    await grid().focus();
    const { page } = editor;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.locator('.trunkflow-grid-focus').textContent();
    assert.equal(await focused(), '9101');
    await press('ArrowRight', 'ArrowRight', 'F2');
    await page.keyboard.type('Fire Alarm');
    await press('Enter');
    assert.equal((await row(0))[2], 'Fire Alarm');
    // A number that is there already.
    await press('Home');
    await page.keyboard.type('9101');
    await press('Enter');
    await page.locator('.trunkflow-grid-input.input-error').waitFor();
    await press('Escape');
    assert.equal((await row(1))[0], '9102');
    assert.ok(await page.locator('#node-config-dialog-ok').isVisible(), 'Escape ends the edit, not the dialog');
    const flags = page.locator('[data-row="1"] [role="switch"]');
    assert.equal(await flags.first().getAttribute('aria-checked'), 'true');
    await press('Home', ...Array(8).fill('ArrowRight'), ' ');
    assert.equal(await flags.last().getAttribute('aria-checked'), 'true');
    assert.equal((await row(1))[3], '-1');
    await press(' ');
    assert.equal((await row(1))[3], '3', 'the priority before comes back');
    await flags.first().click();
    assert.equal(await flags.first().getAttribute('aria-checked'), 'false');
    await panel('talkgroups').getByRole('button', { name: 'Add a row' }).click();
    await page.keyboard.type('77');
    await press('Enter');
    await shows('3 *');
    await press('Delete');
    await shows('2 *');
    await ok();
    const table = TalkgroupTable.parse((await editor.property('sys', 'talkgroups')) as string);
    assert.equal(table.size, 2);
    assert.ok(table.get(9101) || table.get(77));
    assert.equal(table.get(9102)!.listen, false);
    assert.equal(table.get(9102)!.priority, 3);
    assert.equal(table.get(9102)!.alphaTag, NASTY);
  });

  it('sorts by a column, searches, and sets a flag of all rows that are shown', async () => {
    await open({ ...SYSTEM, talkgroups: longList(500) });
    await tab('talkgroups');
    await shows('500');
    const heading = grid().getByRole('columnheader', { name: 'Alpha tag' });
    await heading.click();
    assert.equal((await row(0))[2], 'Fire 0');
    assert.equal((await row(1))[2], 'Fire 5', 'numbers in names count as numbers');
    await grid().focus();
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'Enter']) await editor.page.keyboard.press(key);
    assert.equal((await row(0))[2], 'Works 497');
    assert.equal(await heading.getAttribute('aria-sort'), 'descending');
    await panel('talkgroups').locator('.trunkflow-search').fill('police');
    await shows('100 of 500');
    await panel('talkgroups').locator('.trunkflow-flag').selectOption('record');
    await panel('talkgroups').getByRole('button', { name: 'off' }).click();
    await panel('talkgroups').locator('.trunkflow-search').fill('');
    await shows('500 *');
    await picture('system-flags-light');
    await ok();
    const table = TalkgroupTable.parse((await editor.property('sys', 'talkgroups')) as string);
    for (const { alphaTag, record } of table) assert.equal(record, alphaTag.startsWith('Police') ? false : undefined);
  });

  it('takes what is pasted or dropped, adds to the table or replaces it, and says what changed by line', async () => {
    await open(SYSTEM);
    await tab('talkgroups');
    await shows('2');
    const talkgroups = panel('talkgroups');
    await talkgroups.getByRole('button', { name: 'Paste' }).click();
    await talkgroups.locator('.trunkflow-pasted').fill('9101\tFire Two\n9103\tWorks\nx\ty');
    await talkgroups.locator('.trunkflow-paste button').click();
    await shows('3 *');
    const report = talkgroups.locator('.trunkflow-report');
    assert.match((await report.textContent())!, /OP25's tags.*1 added, 1 changed, 1 rejected/);
    assert.match((await report.textContent())!, /line 1: 9101 Fire Two: Alpha tag Fire Disp → Fire Two/);
    await picture('system-report-light');
    await upload('priorities.csv', 'Decimal,Priority,Record\n9101,2,no\n9102,-1,\n');
    // The number of rows stays: only the report tells that the table has been read.
    await report.filter({ hasText: '9101 Fire Two: Priority 1 → 2, Record on → off' }).waitFor();
    await shows('3 *');
    assert.match((await report.textContent())!, /Priority 3 → locked out/);
    await talkgroups.locator('.trunkflow-mode').selectOption('replace');
    await upload('excel.csv', Buffer.from('Decimal;Alpha Tag\r\n9103;Straßenbau\r\n', 'latin1'));
    await shows('1 *');
    assert.match((await report.textContent())!, /Windows-1252.*1 changed, 2 removed/);
    assert.equal((await row(0))[2], 'Straßenbau');
    await upload('nothing.csv', 'Decimal,Alpha Tag\nx,y\n');
    await talkgroups.locator('.trunkflow-message', { hasText: 'the table is as before' }).waitFor();
    await shows('1 *');
    await upload('photo.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]));
    await talkgroups.locator('.trunkflow-message', { hasText: 'no table of talkgroups that is known' }).waitFor();
  });

  it('shows what messages have changed while the flow runs, and lifts it', async () => {
    const control = {
      avoid: { talkgroup: 9102, minutes: 30 },
      priority: { talkgroup: 9101, priority: 7 },
    };
    const inject = (id: string, command: object) => ({
      ...{ id, type: 'inject', z: 'tab', name: '', once: false, topic: '', x: 100, y: 200 },
      props: [{ p: 'control', v: JSON.stringify(command), vt: 'json' }],
      wires: [['follower-sys']],
    });
    await suite.nodeRed.deploy([
      TAB,
      SYSTEM,
      follower('sys'),
      inject('first', control),
      inject('second', { hold: { talkgroup: 9999 } }),
    ]);
    await suite.nodeRed.inject('first');
    editor = await suite.again();
    await editor.editConfig('radio-system', 'sys');
    await tab('talkgroups');
    await shows('2');
    const running = panel('talkgroups').locator('.trunkflow-running');
    await running.waitFor();
    const lines = () => running.locator('li span').allTextContents();
    assert.deepEqual(await lines(), ['9101 Fire Disp: priority 1 → 7', `9102 ${NASTY}: avoided for 30 min`]);
    assert.deepEqual(await grid().locator('.trunkflow-grid-note').allTextContents(), ['Prio 7', 'avoided']);
    // While the dialog is open, too; also of a talkgroup that is in no table.
    await suite.nodeRed.inject('second');
    await running.locator('li', { hasText: '9999: held' }).waitFor();
    await picture('system-running-light');
    await editor.dark(true);
    await picture('system-running-dark');
    const lift = running.locator('li', { hasText: '9101' }).getByRole('button');
    assert.equal(
      await lift.getAttribute('title'),
      'msg.control = {"priority":{"system":"county","talkgroup":9101,"priority":null}}',
    );
    await lift.click();
    await running.locator('li', { hasText: '9101' }).waitFor({ state: 'detached' });
    assert.deepEqual(await lines(), [`9102 ${NASTY}: avoided for 30 min`, '9999: held']);
    await panel('talkgroups').locator('.trunkflow-search').fill('avoided');
    await shows('1 of 2');
    await panel('talkgroups').locator('.trunkflow-search').fill('');
    await running.getByRole('button', { name: 'Lift all' }).click();
    await running.waitFor({ state: 'hidden' });
    assert.equal(await grid().locator('.trunkflow-grid-note').count(), 0);
    assert.equal(await count(), '2', 'nothing of it is a change of the table');
    await ok();
  });

  it('downloads what other programs read, with nothing a spreadsheet would run', async () => {
    await open(SYSTEM);
    await tab('talkgroups');
    await shows('2');
    const waiting = editor.page.waitForEvent('download');
    await panel('talkgroups').getByRole('button', { name: 'Download' }).click();
    const download = await waiting;
    assert.equal(download.suggestedFilename(), 'county-talkgroups.csv');
    const text = readFileSync(await download.path(), 'utf8');
    const lines = text.trimEnd().split('\n');
    assert.match(lines[0], /^Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority,/);
    assert.match(lines[2], /,'=cmd\(\),/);
    assert.equal(TalkgroupTable.parse(text).get(9102)!.description, '=cmd()');
  });

  it('edits a table in a file, writes it when the dialog is done, and refuses to overwrite what changed meanwhile', async () => {
    const path = join(suite.nodeRed.userDir, 'talkgroups.csv');
    writeFileSync(path, 'Decimal,Alpha Tag,Region\n1,One,North\n2,Two,South\n');
    await open({ ...SYSTEM, talkgroups: 'talkgroups.csv', talkgroupsIn: 'file' });
    await tab('talkgroups');
    await shows('2');
    await grid().focus();
    for (let i = 0; i < 8; i++) await editor.page.keyboard.press('ArrowRight');
    await editor.page.keyboard.press(' ');
    await shows('2 *');
    await picture('system-file-light');
    await ok();
    await until(
      () => readFileSync(path, 'utf8').includes('Priority') && readFileSync(path, 'utf8'),
      'the file to be written',
    );
    const table = TalkgroupTable.parse(readFileSync(path, 'utf8'));
    assert.equal(table.get(1)!.priority, -1);
    assert.deepEqual(table.get(2)!.extra, { Region: 'South' });
    assert.match(readFileSync(`${path}.bak`, 'utf8'), /^Decimal,Alpha Tag,Region\n/);
    await editor.editConfig('radio-system', 'sys');
    await tab('talkgroups');
    await shows('2');
    writeFileSync(path, 'Decimal,Alpha Tag\n1,One\n2,Two\n3,Three\n');
    await until(() => suite.nodeRed.log.includes('1 added'), 'the file to be read');
    await grid().focus();
    await editor.page.keyboard.press('Delete');
    await shows('1 *');
    await ok();
    await editor.page
      .locator('.red-ui-notification', { hasText: 'changed since the table was opened' })
      .waitFor({ state: 'attached' });
    assert.match(readFileSync(path, 'utf8'), /3,Three/);
  });

  it('edits the band plan as people write frequencies, and imports one', async () => {
    await open({ ...SYSTEM, bandPlan: [] });
    await tab('bandplan');
    await panel('bandplan').getByRole('button', { name: 'Add a row' }).click();
    for (const text of ['2', '851,00625', '6250', '-45 MHz']) {
      await editor.page.keyboard.type(text);
      await editor.page.keyboard.press('Tab');
    }
    assert.deepEqual(await row(0, 'bandplan'), ['2', '851.00625', '6.25', '-45', '']);
    await upload(
      'table.csv',
      'TABLEID,TYPE,BASE,SPACING,OFFSET\n1,TDMA,762.00625,12.5,30\n99,FDMA,1,1,1\n',
      'bandplan',
    );
    await shows('2 *', 'bandplan');
    assert.match((await panel('bandplan').locator('.trunkflow-report').textContent())!, /"99" is no table \(1-16/);
    await ok();
    assert.deepEqual(await editor.property('sys', 'bandPlan'), [
      { identifier: 2, base: 851_006_250, spacing: 6250, offset: -45e6 },
      { identifier: 0, base: 762_006_250, spacing: 12_500, offset: 30e6, slots: 2 },
    ]);
  });

  it('has room in a narrow window, and fills the whole one', async () => {
    await open(SYSTEM, { width: 820, height: 700 });
    await tab('talkgroups');
    await shows('2');
    await picture('system-narrow');
    await panel('talkgroups').getByRole('button', { name: 'Whole window' }).click();
    const box = (await panel('talkgroups').boundingBox())!;
    assert.ok(box.width > 800 && box.height > 680, JSON.stringify(box));
    await picture('system-large');
    await grid().focus();
    await editor.page.keyboard.press('Escape');
    assert.ok((await panel('talkgroups').boundingBox())!.width < 800);
  });

  it('gives the channelizer its channels that are to be received, once', async () => {
    const channels =
      'Frequency,Alpha Tag,Enable,Use\n154.43,County Fire!,,\n155.37,Off,no,\n851.0125,1-1 Site,yes,control\n851.5,1-1 Site,yes,voice\n';
    const channelizer = {
      ...{ id: 'cut', type: 'radio-channelizer', z: 'tab', name: '', channels: [{ frequency: 851_012_500 }] },
      ...{
        rate: 24000,
        bandwidth: 12500,
        maxChannels: 128,
        history: 2,
        removeDc: true,
        x: 200,
        y: 200,
        wires: [[], []],
      },
    };
    editor = await suite.open([TAB, { ...SYSTEM, channels }, follower('sys'), channelizer]);
    await editor.edit('cut');
    const add = editor.page.getByRole('button', { name: 'Channels of' });
    await add.click();
    await editor.page.getByText('1 added').waitFor();
    await add.click();
    await editor.page.getByText('0 added').waitFor();
    await picture('channelizer-system-light');
    assert.ok(await editor.formFits());
    await editor.ok();
    assert.deepEqual(await editor.property('cut', 'channels'), [
      { frequency: 851_012_500 },
      { id: 'County-Fire', frequency: 154_430_000 },
    ]);
  });

  it('works for systems of earlier versions', async () => {
    const { id, type, name, shortName, nac, talkgroups, talkgroupsIn, unitTags, unitTagsIn, followUnknown, bandPlan } =
      SYSTEM;
    await open({
      id,
      type,
      name,
      shortName,
      nac,
      talkgroups,
      talkgroupsIn,
      unitTags,
      unitTagsIn,
      followUnknown,
      bandPlan,
    });
    await tab('channels');
    await tab('talkgroups');
    await shows('2');
    await ok();
    assert.equal(await editor.property('sys', 'unknownRecord'), true);
    assert.equal(await editor.property('sys', 'channelsIn'), 'text');
    assert.ok(existsSync(suite.pictures));
  });
});
