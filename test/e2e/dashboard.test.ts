import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import WebSocket from 'ws';
import { Comms } from './comms';
import { browserOrSkip, pictureFolder } from './editor';
import { changed, example, wire } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

/** The example Dashboard in a Node-RED that has the dashboard's nodes installed, in a browser. */
describe('dashboard', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let comms: Comms;
  let pictures: string;
  const errors: string[] = [];

  before(async function () {
    browser = await browserOrSkip(this);
    pictures = pictureFolder();
    nodeRed = await NodeRedProcess.start({ modules: ['@flowfuse/node-red-dashboard'] });
    comms = await Comms.open(nodeRed.url);
    await nodeRed.deploy(flow());
  });
  after(async () => {
    comms?.close();
    await browser?.close();
    await nodeRed?.stop();
    if (pictures && !process.env.SCREENSHOTS) rmSync(pictures, { recursive: true, force: true });
  });

  /** The example, and a debug node that sees what the audio sink is told. */
  function flow(changes: Record<string, object> = {}) {
    const seen = { id: 'told', type: 'debug', z: 'dash-tab', name: 'told', active: true, tosidebar: true };
    const nodes = [
      ...changed(example('Dashboard'), changes),
      { ...seen, complete: 'control', targetType: 'msg', x: 100, y: 900, wires: [] },
    ];
    wire(nodes, 'dash-now-calls', 1, 'told');
    return nodes;
  }

  async function open(width: number, height: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on(
      'response',
      (response) => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`),
    );
    await page.goto(`${nodeRed.url}/dashboard`);
    return page;
  }

  const rowsOf = (page: Page) =>
    page
      .locator('#nrdb-ui-widget-dash-table tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent!.trim())),
      );

  it('shows calls as they come, the latest first, and who is on the air', async () => {
    const page = await open(1400, 1000);
    await page.locator('.radio-name', { hasText: 'Fire Disp' }).waitFor({ timeout: 60_000 });
    const call = page.locator('.radio-call', { hasText: /Unit 100[12]0\d\s*851\.5[27]50 MHz · since \d\d:/ });
    await call.first().waitFor({ timeout: 60_000 });
    await page
      .locator('#nrdb-ui-widget-dash-table tbody tr', { hasText: 'on the air' })
      .first()
      .waitFor({ timeout: 60_000 });
    await page.locator('.radio-name', { hasText: 'PW Ops' }).waitFor({ timeout: 60_000 });
    await page.locator('#nrdb-ui-widget-dash-table tbody tr', { hasText: 'PW Ops' }).first().waitFor();
    const rows = await rowsOf(page);
    const times = rows.map(([time]) => time);
    assert.deepEqual(times, [...times].sort().reverse());
    assert.ok(rows.length >= 2);
    for (const [time, talkgroup, , seconds] of rows) {
      assert.match(time, /^\d\d:\d\d:\d\d$/);
      assert.match(talkgroup, /^(Fire Disp|PW Ops)$/);
      assert.match(seconds, /^\d+$/);
    }
    await page.screenshot({ path: join(pictures, 'dashboard-light.png'), fullPage: true });
    await page.close();
  });

  it('draws the decode rate and the signal to noise ratio', async () => {
    const page = await open(1400, 1000);
    for (const chart of ['rate', 'snr']) {
      const canvas = page.locator(`#nrdb-ui-widget-dash-${chart} canvas`).first();
      await canvas.waitFor();
      const points = await datastore(`dash-${chart}`);
      assert.ok(points.length >= 5, `${points.length} points of ${chart}`);
      const [low, high] = chart === 'rate' ? [1, 60] : [10, 40];
      assert.ok(
        points.some((y) => y > low && y < high),
        JSON.stringify(points),
      );
      assert.ok(await isDrawn(canvas), `${chart} is drawn`);
    }
    await page.close();
  });

  it('tells the audio sink what to hold and to avoid, and it does so', async () => {
    const { token } = (await nodeRed.get('/radio/listen/session')) as { token: string };
    const socket = new WebSocket(`${nodeRed.url.replace('http', 'ws')}/radio/listen/live?token=${token}`);
    const states: { hold: object | null; avoided: { talkgroup: number }[] }[] = [];
    socket.on('message', (data, binary) => {
      const message = binary ? {} : JSON.parse(String(data));
      if (message.type === 'control') states.push(message.state);
    });
    await once(socket, 'open');
    const page = await open(1400, 1000);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const rule = page.locator('.radio-rule');
    await page.locator('.radio-name').first().waitFor({ timeout: 60_000 });
    await press('Hold');
    await rule.filter({ hasText: /^Held: (Fire Disp|PW Ops)$/ }).waitFor();
    await press('Avoid');
    await rule.filter({ hasText: /^Avoided for 30 minutes: (Fire Disp|PW Ops)$/ }).waitFor();
    await press('Hear all');
    await rule.waitFor({ state: 'detached' });
    await until(() => comms.at('told').length >= 3, 'three commands');
    const [hold, avoid, all] = comms.at('told') as Record<string, Record<string, unknown>>[];
    assert.equal(hold.hold.system, 'county');
    assert.ok([1001, 1002].includes(hold.hold.talkgroup as number));
    assert.equal(avoid.avoid.minutes, 30);
    assert.deepEqual(all, { hold: null, avoid: null });
    await until(() => states.length >= 3, 'the audio sink to tell its listeners');
    assert.deepEqual(states[0].hold, hold.hold);
    assert.equal(states[1].avoided[0].talkgroup, avoid.avoid.talkgroup);
    assert.deepEqual([states[2].hold, states[2].avoided], [null, []]);
    socket.close();
    await page.close();
  });

  it('plays recordings, and shows the band', async () => {
    const page = await open(1400, 1000);
    const audio = page.locator('#nrdb-ui-widget-dash-last audio').first();
    await audio.waitFor({ timeout: 60_000 });
    const loaded = await audio.evaluate(async (element: HTMLAudioElement) => {
      element.load();
      element.preload = 'auto';
      await new Promise((resolve, reject) => {
        element.addEventListener('loadedmetadata', resolve, { once: true });
        element.addEventListener('error', () => reject(new Error(`${element.src}: ${element.error?.message}`)));
      });
      return element.duration;
    });
    assert.ok(loaded > 1 && loaded < 10, `${loaded} s`);
    const band = page.frameLocator('.radio-band');
    await band.getByText('851.4').first().waitFor({ timeout: 60_000 });
    await page.close();
  });

  it('fits on a phone', async () => {
    const page = await open(360, 780);
    await page.locator('#nrdb-ui-widget-dash-table tbody tr').first().waitFor({ timeout: 60_000 });
    // Frames that are not in sight do not draw.
    await page.locator('.radio-band').scrollIntoViewIfNeeded();
    await page.frameLocator('.radio-band').getByText('dB').first().waitFor({ timeout: 60_000 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'no wider');
    await page.screenshot({ path: join(pictures, 'dashboard-phone.png'), fullPage: true });
    await page.close();
  });

  it('has a dark theme', async () => {
    const band = example('Dashboard').find(({ id }) => id === 'dash-band')!;
    await nodeRed.deploy(
      flow({
        'dash-page': { theme: 'dash-dark' },
        'dash-band': { format: (band.format as string).replace('theme=light', 'theme=dark') },
      }),
    );
    const page = await open(1400, 1000);
    await page.locator('.radio-name').first().waitFor({ timeout: 60_000 });
    // The theme comes with the flows, after what the page shows at first.
    await page.waitForFunction(
      "getComputedStyle(document.querySelector('.v-card')).backgroundColor === 'rgb(29, 37, 40)'",
    );
    await page.screenshot({ path: join(pictures, 'dashboard-dark.png'), fullPage: true });
    await page.close();
  });

  it('makes no errors, in the browser or in Node-RED', () => {
    assert.deepEqual(errors, []);
    assert.deepEqual(
      nodeRed.log.split('\n').filter((line) => /\[(error|warn)\] \[/.test(line)),
      [],
    );
  });

  /** What a chart has been given, as the dashboard keeps it for pages that come later. */
  async function datastore(id: string): Promise<number[]> {
    const points = (await nodeRed.get(`/dashboard/_debug/datastore/${id}`)) as { _datapoint: { y: number } }[];
    return points.map(({ _datapoint }) => _datapoint.y);
  }
});

/** True when a canvas holds more than one colour. */
function isDrawn(canvas: ReturnType<Page['locator']>): Promise<boolean> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    return new Set(new Uint32Array(data.buffer)).size > 1;
  });
}
