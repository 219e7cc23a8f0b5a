import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NODES } from '../package/package-files';
import type { Editor } from './editor';
import { EditorSuite } from './editor-suite';

const DEMO = join(__dirname, '..', '..', 'examples', 'Demo without a radio.json');
const EMPTY = [{ id: 'empty', type: 'tab', label: 'Empty' }];
const TYPES = NODES.filter(({ definition }) => definition.category === 'radio').map(({ type }) => type);

describe('editor', function () {
  this.timeout(120_000);
  const suite = new EditorSuite();
  let editor: Editor;

  const open = async (flow: object[], viewport?: { width: number; height: number }) => {
    editor = await suite.open(flow, viewport);
  };
  const demo = () => JSON.parse(readFileSync(DEMO, 'utf8')) as object[];
  const picture = (name: string) => suite.picture(name);

  it('imports the demo, deploys it, and shows statuses and calls', async () => {
    await open(EMPTY);
    await editor.import(demo());
    await editor.reveal('demo-decoder');
    await editor.deploy();
    await editor.waitForStatus('demo-decoder', /^\d+ msg\/s$/);
    await editor.waitForStatus('demo-demod', /^sync \d+ dB$/);
    await editor.invoke('core:show-debug-tab');
    await editor.page.locator('.red-ui-debug-msg-topic', { hasText: 'demo/100' }).first().waitFor({ timeout: 30_000 });
    await picture('demo-light');
    await editor.dark(true);
    await picture('demo-dark');
  });

  it('shows every node in the palette, with its icon and help', async () => {
    await open(EMPTY);
    for (const type of TYPES) {
      const entry = editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
      await entry.scrollIntoViewIfNeeded();
      const icon = await entry.locator('.red-ui-palette-icon').evaluate((element) => element.style.backgroundImage);
      const url = /url\("?([^")]+)"?\)/.exec(icon)![1];
      assert.match(url, new RegExp(`${type}\\.svg$`));
      const response = await fetch(new URL(url, suite.nodeRed.url));
      assert.match(response.headers.get('content-type')!, /svg/);
    }
    await editor.invoke('core:show-help-tab');
    for (const { type } of NODES) {
      const help = await editor.help(type);
      assert.match(help, /<h3 id="details">/, type);
      assert.doesNotMatch(help, /###|\(string\)\s*:/, `${type}: no markdown is left over`);
    }
    const category = editor.page.locator('#red-ui-palette-header-radio');
    assert.equal((await category.textContent())!.trim(), 'radio');
    await category.scrollIntoViewIfNeeded();
    await category.hover();
    await editor.page.locator('.red-ui-popover', { hasText: 'Software-defined radio' }).waitFor();
  });

  for (const [locale, language, details, label] of [
    ['de-DE', 'de', 'Details', 'Abtastrate'],
    ['es-ES', 'es', 'Detalles', 'Muestreo'],
  ] as const)
    it(`speaks the language of the browser: ${locale}`, async () => {
      editor = await suite.open(demo(), undefined, locale);
      await editor.invoke('core:show-help-tab');
      for (const { type, name } of NODES) {
        const path = join(__dirname, '..', '..', 'nodes', name, 'locales', language, `${name}.html`);
        const [, first] = readFileSync(path, 'utf8').split('\n');
        const help = await editor.help(type);
        const shown = help
          .replace(/<[^>]+>/g, '')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>');
        assert.ok(shown.trim().startsWith(first.replaceAll('`', '')), `${type}: ${shown.slice(0, 100)}`);
        assert.match(help, new RegExp(`<h3[^>]*>(<[^>]+>)*${details}`), type);
      }
      await editor.edit('demo-source');
      await editor.page.locator('#dialog-form', { hasText: label }).waitFor();
      await editor.page.locator('#node-dialog-cancel').click();
    });

  for (const locale of ['de-DE', 'es-ES'])
    it(`has room for the longer words of ${locale}`, async () => {
      editor = await suite.open(EMPTY, { width: 1000, height: 760 }, locale);
      for (const type of TYPES) {
        const id = await editor.drag(type, 420, 300);
        await editor.edit(id);
        assert.ok(await editor.formFits(), `${type} is not cut off`);
        await picture(`${type}-${locale}`);
        await editor.page.locator('#node-dialog-cancel').click();
        await editor.page.locator('#node-dialog-cancel').waitFor({ state: 'hidden' });
      }
    });

  it('drags every node onto the workspace, edits and saves it', async () => {
    await open(EMPTY);
    for (const [index, type] of TYPES.entries()) {
      const id = await editor.drag(type, 300 + 200 * (index % 3), 160 + 100 * Math.floor(index / 3));
      await editor.edit(id);
      await editor.page.locator('#node-input-name').fill(`renamed ${type}`);
      await picture(`${type}-light`);
      await editor.ok();
      assert.equal(await editor.property(id, 'name'), `renamed ${type}`);
    }
  });

  it('keeps frequencies in Hz, whatever the unit they were written in', async () => {
    await open(demo());
    await editor.edit('demo-source');
    const frequency = editor.page.locator('#node-input-frequency');
    await frequency.fill('851012.5 kHz');
    await editor.page.locator('#node-input-rate').fill('0.24');
    await editor.ok();
    assert.equal(Number(await editor.property('demo-source', 'frequency')), 851_012_500);
    assert.equal(Number(await editor.property('demo-source', 'rate')), 240_000);
    await editor.edit('demo-source');
    assert.equal(await frequency.inputValue(), '851.0125');
    await frequency.fill('somewhere');
    await frequency.press('Tab');
    await editor.page.locator('#node-input-frequency.input-error').waitFor();
    await editor.page.locator('#node-dialog-cancel').click();
  });

  it('edits the list of channels: adds a channel and a raster, removes one', async () => {
    await open(demo());
    await editor.edit('demo-channelizer');
    const row = (n: number) => editor.page.locator('.trunkflow-line').nth(n);
    const add = editor.page.locator('.red-ui-editableList-addButton');
    assert.equal(await row(0).locator('.trunkflow-frequency').inputValue(), '851.4375');
    await add.click();
    assert.ok(await row(1).locator('.trunkflow-frequency.input-error').count(), 'an empty frequency is marked');
    await row(1).locator('.trunkflow-frequency').fill('852,25');
    await add.click();
    await row(2).locator('select').selectOption('raster');
    await row(2).locator('.trunkflow-frequency').fill('853');
    await row(2).locator('.trunkflow-end').fill('853.1');
    await row(2).locator('.trunkflow-step').fill('25');
    await picture('channels-light');
    await editor.dark(true);
    await picture('channels-dark');
    await editor.page.locator('.red-ui-editableList-item-remove').first().click();
    await editor.page.waitForFunction(() => document.querySelectorAll('.trunkflow-line').length === 2);
    await editor.ok();
    assert.deepEqual(await editor.property('demo-channelizer', 'channels'), [
      { frequency: 852_250_000 },
      { frequency: 853_000_000, end: 853_100_000, step: 25_000 },
    ]);
  });

  it('shows of a device only what its driver needs, and keeps the rest', async () => {
    await open(demo());
    await editor.editConfig('radio-device', 'demo-device');
    const visible = async () => {
      const inputs = editor.page.locator('.red-ui-tray-body [id^="node-config-input-"]:visible');
      return (
        await inputs.evaluateAll((elements) => elements.map(({ id }) => id.slice('node-config-input-'.length)))
      ).sort();
    };
    const driver = editor.page.locator('#node-config-input-driver');
    assert.deepEqual(await visible(), ['driver', 'name', 'signal', 'snr']);
    for (const [value, fields] of [
      ['rtl-sdr', ['biasTee', 'directSampling', 'driver', 'name', 'ppm', 'serial']],
      ['rtl-tcp', ['biasTee', 'directSampling', 'driver', 'host', 'name', 'port', 'ppm']],
      ['command', ['command', 'commandFormat', 'driver', 'name']],
      ['iq-file', ['driver', 'iqFile', 'iqFormat', 'name', 'replay']],
      ['audio-file', ['audioFile', 'audioFormat', 'driver', 'name', 'replay']],
    ] as const) {
      await driver.selectOption(value);
      assert.deepEqual(await visible(), fields);
      await picture(`device-${value}-light`);
    }
    await driver.selectOption('rtl-tcp');
    await editor.page.locator('#node-config-input-host').fill('attic');
    await editor.ok('#node-config-dialog-ok');
    assert.equal(await editor.property('demo-device', 'host'), 'attic');
    assert.equal(await editor.property('demo-device', 'signal'), 'p25-site');
  });

  it('has room for every form in a narrow window', async () => {
    await open(demo(), { width: 820, height: 700 });
    for (const id of [
      'demo-source',
      'demo-channelizer',
      'demo-demod',
      'demo-follower',
      'demo-audio',
      'demo-recorder',
    ]) {
      await editor.edit(id);
      assert.ok(await editor.formFits(), `${id} is not cut off`);
      await picture(`${id}-narrow`);
      await editor.page.locator('#node-dialog-cancel').click();
      await editor.page.locator('#node-dialog-cancel').waitFor({ state: 'hidden' });
    }
  });

  it('offers the examples', async () => {
    await open(EMPTY);
    await editor.invoke('core:show-examples-import-dialog');
    const list = editor.page.locator('#red-ui-clipboard-dialog .red-ui-treeList-label');
    await list.filter({ hasText: '@trunkflow/node-red' }).click();
    await list.filter({ hasText: 'P25 site from one dongle with recordings' }).waitFor();
    await picture('examples-light');
    await editor.page.keyboard.press('Escape');
  });

  it('puts a recipe in its frame on the open tab', async () => {
    await open(EMPTY);
    const { page } = editor;
    await editor.invoke('core:show-examples-import-dialog');
    const list = page.locator('#red-ui-clipboard-dialog .red-ui-treeList-label');
    for (const entry of ['@trunkflow/node-red', 'Recipes', 'Calls to a phone with ntfy'])
      await list.filter({ hasText: entry }).click();
    await page.locator('#red-ui-clipboard-dialog-ok').click();
    await page.locator('[id="rcp-ntfy-send"]').waitFor();
    await page.mouse.move(600, 300, { steps: 5 });
    await page.mouse.click(600, 300);
    const tab = (EMPTY as { id: string }[])[0].id;
    assert.equal(await editor.property('rcp-ntfy-send', 'z'), tab);
    assert.equal(await editor.property('rcp-ntfy-send', 'g'), 'rcp-ntfy-frame');
    await picture('recipe-light');
    await editor.deploy();
  });

  it('marks a source without frequency, and says why', async () => {
    const broken = demo().map((node) => ({
      ...node,
      ...((node as { id: string }).id === 'demo-device' ? { driver: 'rtl-sdr' } : {}),
    }));
    await open(broken);
    await editor.reveal('demo-source');
    assert.equal(await editor.property('demo-source', 'valid'), false);
    assert.match(String(await editor.property('demo-source', 'validationErrors')), /Centre: a frequency in MHz/);
  });

  it('has the picture of the README', () => {
    const path = join(__dirname, '..', '..', 'docs', 'images', 'editor.png');
    assert.ok(existsSync(path) && statSync(path).size < 300_000);
  });
});
