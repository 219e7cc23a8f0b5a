import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { Editor, openBrowser } from './editor';
import { example, wire } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

const RUN = 'window.__xss=1';
/** Texts that run where they are taken for markup, for an attribute's end, or for an address. */
const IMAGE = `<img src=x onerror=${RUN}>`;
const SCRIPT = `"'><script>${RUN}</script><svg onload=${RUN}>`;
const LINK = `javascript:${RUN}`;
const TURNED = `\u202e\u200b\u2066${IMAGE}`;
const LONG = `${IMAGE}${'x'.repeat(440)}`;
const MUSTACHE = `{{constructor.constructor('${RUN}')()}}`;
const TRANSCRIPT = `${SCRIPT} ${MUSTACHE}`;

const csv = (...cells: string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

/** All that shows names in a browser, with names that would run if any of it took them for markup. */
describe('names that are scripts', function () {
  this.timeout(240_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  before(async function () {
    const opened = await openBrowser();
    if (typeof opened === 'string') {
      this.test!.parent!.title += ` (skipped: ${opened})`;
      this.skip();
    }
    browser = opened;
    nodeRed = await NodeRedProcess.start({ modules: ['@flowfuse/node-red-dashboard'] });
    await nodeRed.deploy(flow());
    await until(async () => (await fetch(`${nodeRed.url}/radio/listen/`)).ok, 'the pages');
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });
  afterEach(async () => {
    await page?.close();
    assert.deepEqual(errors.splice(0), [], 'no errors in the browser');
  });

  /** The dashboard's example with hostile names for everything that has one, and a transcript for each recording. */
  function flow(): object[] {
    const header = 'Decimal,Alpha Tag,Description,Tag,Category,Priority';
    const names: Record<string, object> = {
      'dash-sys': {
        talkgroups: [
          header,
          csv('1001', IMAGE, LINK, SCRIPT, TURNED, '1'),
          csv('1002', SCRIPT, LONG, MUSTACHE, LINK, '2'),
          csv(IMAGE, 'in no row', '', '', '', ''),
          '',
        ].join('\n'),
        unitTags: `${csv('100\\d+', SCRIPT)}\n${csv(`(${IMAGE}`, IMAGE)}\n`,
      },
      'dash-channelizer': { name: IMAGE, channels: [{ id: IMAGE, frequency: 851_437_500 }] },
      'dash-scope': { name: SCRIPT },
      'dash-audio': { name: LINK },
    };
    const nodes = example('Dashboard').map((node) => ({ ...node, ...names[node.id] }));
    const annotate = `return { control: { annotate: { id: msg.recording.id, transcript: ${JSON.stringify(TRANSCRIPT)} } } };`;
    nodes.push({
      ...{ id: 'say', type: 'function', z: 'dash-tab', name: '', func: annotate, outputs: 1, x: 0, y: 0 },
      wires: [['dash-recorder']],
    });
    wire(nodes, 'dash-recorder', 0, 'say');
    return nodes;
  }

  async function open(path: string): Promise<void> {
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    watch();
    await page.goto(nodeRed.url + path);
  }

  function watch(): void {
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('dialog', (dialog) => errors.push(`dialog ${dialog.message()}`));
  }

  /** Nothing has run, and nothing of the names has become an element, in any frame. */
  async function checkHarmless(): Promise<void> {
    for (const frame of page.frames()) {
      const found = await frame.evaluate(() => ({
        ran: (window as unknown as { __xss?: unknown }).__xss !== undefined,
        made: [
          ...document.querySelectorAll(
            'img[src="x"], [onerror], svg[onload], [href^="javascript:"], [src^="javascript:"]',
          ),
        ].map((element) => element.outerHTML),
      }));
      assert.deepEqual(found, { ran: false, made: [] }, frame.url());
    }
  }

  const shows = (text: string, inside = 'body') =>
    page.locator(inside).getByText(text, { exact: false }).first().waitFor({ timeout: 45_000 });

  it('are text on the listening page: now playing, the air, talkgroups, history', async () => {
    await open('/radio/listen/');
    await page.waitForSelector('#connection[data-state=open]');
    await page.click('#listen');
    await page.waitForSelector('#now[data-state=playing]', { timeout: 45_000 });
    const name = await page.textContent('#talkgroup');
    assert.ok(name === IMAGE || name === SCRIPT, String(name));
    await shows(SCRIPT, '#now');
    await page.waitForSelector('#history-list li', { timeout: 45_000 });
    await shows(IMAGE, '#history-list');
    await page.click('#tab-talkgroups');
    await shows(IMAGE);
    await checkHarmless();
  });

  it('are text in the archive, transcripts too', async () => {
    const found = () => fetch(`${nodeRed.url}/radio/listen/calls?recorded=true`).then((response) => response.text());
    await until(async () => (await found()).includes('"transcript"'), 'a transcript', 45_000);
    await open('/radio/listen/');
    await page.click('#tab-archive');
    await shows(TRANSCRIPT, '.found .transcript');
    await page.locator('.found .call-button').first().click();
    await page.waitForSelector('#tape:not([hidden])');
    const saving = page.waitForEvent('download');
    await page.locator('.found a[download]').first().click();
    assert.doesNotMatch((await saving).suggestedFilename(), /[<>"/\\:\u202e]/);
    await page.fill('#search-text', SCRIPT.slice(0, 60));
    await page.press('#search-text', 'Enter');
    await shows(TRANSCRIPT, '.found .transcript');
    await checkHarmless();
  });

  it('are text on the scope page', async () => {
    await open('/radio/scope/');
    await page.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
    await page.locator('.scope-channel').filter({ hasText: IMAGE }).first().waitFor({ timeout: 60_000 });
    assert.equal(await page.title(), SCRIPT);
    await checkHarmless();
  });

  it('are text in the dashboard', async () => {
    await open('/dashboard');
    const cell = page.locator('#nrdb-ui-widget-dash-table tbody td');
    await cell.filter({ hasText: IMAGE }).first().waitFor({ timeout: 45_000 });
    await cell.filter({ hasText: SCRIPT }).first().waitFor({ timeout: 45_000 });
    await page.locator('.radio-name').filter({ hasText: RUN }).first().waitFor({ timeout: 45_000 });
    await page.locator('.radio-line strong').filter({ hasText: RUN }).first().waitFor({ timeout: 45_000 });
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.locator('.radio-rule').filter({ hasText: RUN }).waitFor();
    await page.getByRole('button', { name: 'Hear all', exact: true }).click();
    await checkHarmless();
  });

  it('are text in the editor: workspace and statuses, table of a radio system and its report, scope', async () => {
    const editor = await Editor.open(browser, nodeRed.url);
    page = editor.page;
    watch();
    await editor.reveal('dash-channelizer');
    await editor.waitForStatus('dash-channelizer', /./);
    await editor.waitForStatus('dash-audio', /./);
    await editor.editConfig('radio-system', 'dash-sys');
    for (const name of ['talkgroups', 'units']) {
      await page.locator(`.trunkflow-tabs [data-tab="${name}"]`).click();
      await page.locator(`[data-table="${name}"] [role="gridcell"]`).filter({ hasText: RUN }).first().waitFor();
      await page.locator(`[data-table="${name}"] .trunkflow-report`).filter({ hasText: IMAGE }).waitFor();
    }
    await page.locator('#node-config-dialog-cancel').click();
    await editor.edit('dash-channelizer');
    await page.locator('#node-dialog-cancel').click();
    await editor.invoke('trunkflow:show-scope');
    const tab = page.locator('.trunkflow-scope-tab');
    await tab.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
    await tab.locator('.scope-channel').filter({ hasText: IMAGE }).first().waitFor({ timeout: 60_000 });
    await checkHarmless();
    errors.push(...editor.errors);
  });
});
