import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer } from '../../src/sinks/live/live-server';
import type { PageServer } from '../../src/web/page-server';
import { audio, callInfo } from './audio';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PATH = '/behind/proxy/listen';

/** Speech-like audio of a call: a tone of 500 ms. */
function tone(stream: string, at: number, more: object) {
  const message = audio(stream, at, 500, { call: callInfo(more) });
  const samples = new Int16Array(message.payload.buffer);
  for (let i = 0; i < samples.length; i++) samples[i] = 12000 * Math.sin((2 * Math.PI * 440 * i) / 8000);
  return message;
}

describe('listening page', function () {
  this.timeout(60_000);
  let hub: LiveHub;
  let live: PageServer;
  let server: Server;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  async function listen(port: number): Promise<number> {
    live = liveServer(hub, { path: PATH });
    server = createServer((request, response) => {
      if (!live.handle(request, response)) response.writeHead(404).end();
    });
    server.on('upgrade', (request, socket, head) => {
      if (!live.handleUpgrade(request, socket, head)) socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  async function stop(): Promise<void> {
    live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  before(async function () {
    if (!existsSync(CHROMIUM)) this.skip();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'],
    });
  });
  after(() => browser?.close());

  beforeEach(async () => {
    errors.length = 0;
    hub = new LiveHub({ title: 'County radio' });
    const port = await listen(0);
    page = await browser.newPage({ viewport: { width: 760, height: 900 } });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${port}${PATH}`);
    await page.waitForSelector('#connection[data-state=open]');
  });
  afterEach(async () => {
    await page.close();
    await stop();
  });

  const text = (id: string) => page.textContent(`#${id}`);
  const start = async () => {
    await page.click('#listen');
    await page.waitForSelector('#listen:text-is("Stop listening")');
  };

  /** The meter shows sound. */
  const loud = async () => {
    while (Number(await page.getAttribute('#meter', 'aria-valuenow')) <= 50) await page.waitForTimeout(10);
  };

  it('plays calls one after the other and shows who talks', async () => {
    await start();
    for (let i = 0; i < 3; i++) hub.publish(tone('site/call-1', i * 500, {}));
    hub.publish(
      tone('site/call-2', 0, {
        id: 'x',
        talkgroup: 9102,
        talkgroup_alpha_tag: '',
        emergency: true,
        unit: 5,
        unit_alpha_tag: '',
      }),
    );
    await page.waitForSelector('#now[data-state=playing]');
    assert.equal(await text('talkgroup'), 'FIRE 1');
    assert.equal(await text('unit'), 'Engine 4');
    assert.equal(await text('frequency'), '852.5000 MHz');
    await loud();
    assert.equal(await text('skip'), 'Skip (1 waiting)');
    hub.publish(audio('site/call-1', 1500, 0, { end: true, call: callInfo({ length: 1.5, state: 'ended' }) }));
    await page.waitForSelector('#now[data-state=emergency]');
    assert.equal(await text('talkgroup'), 'Talkgroup 9102');
    assert.equal(await text('unit'), '5');
    assert.ok(await page.isVisible('#emergency'));
    hub.publish(
      audio('site/call-2', 500, 0, { end: true, call: callInfo({ talkgroup: 9102, emergency: true, length: 0.5 }) }),
    );
    await page.waitForSelector('#now[data-state=idle]');
    assert.equal(await page.locator('#calls tr').count(), 2);
    assert.deepEqual(errors, []);
  });

  it('shows names from the air as text only', async () => {
    await start();
    const name = '<img src=x onerror="document.title=1">';
    hub.publish(
      tone('a', 0, { talkgroup_alpha_tag: name, unit_alpha_tag: name, talkgroup_description: name, sys_name: name }),
    );
    hub.publish(audio('b', 0, 0, { end: true, call: callInfo({ talkgroup_alpha_tag: name }) }));
    await page.waitForSelector('#now[data-state=playing]');
    assert.equal(await text('talkgroup'), name);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.title(), 'County radio');
    assert.deepEqual(errors, []);
  });

  it('mutes, holds and skips', async () => {
    await start();
    for (const talkgroup of [1, 2, 3]) {
      for (let i = 0; i < 8; i++)
        hub.publish(tone(`c${talkgroup}`, i * 500, { talkgroup, talkgroup_alpha_tag: `TG ${talkgroup}` }));
    }
    const playing = (name: string) => page.waitForSelector(`#talkgroup:text-is("${name}")`);
    await playing('TG 1');
    await page.click('#mute');
    await playing('TG 2');
    await page.click('#hold');
    assert.equal(await page.getAttribute('#hold', 'aria-pressed'), 'true');
    await page.click('#skip');
    await playing('Nobody is talking');
    hub.publish(tone('c3', 4000, { talkgroup: 3, talkgroup_alpha_tag: 'TG 3' }));
    for (const stream of ['c2', 'c2 again'])
      hub.publish(tone(stream, 4000, { talkgroup: 2, talkgroup_alpha_tag: `TG 2 on ${stream}` }));
    await playing('TG 2 on c2 again');
    await page.click('#all');
    assert.equal(await page.isVisible('#all'), false);
    assert.deepEqual(errors, []);
  });

  it('plays without an AudioWorklet, as browsers are on plain http in a local network', async () => {
    await page.addInitScript(
      'delete BaseAudioContext.prototype.audioWorklet; delete AudioContext.prototype.audioWorklet',
    );
    await page.reload();
    await page.waitForSelector('#connection[data-state=open]');
    assert.equal(await page.evaluate("'audioWorklet' in AudioContext.prototype"), false);
    await start();
    hub.publish(tone('a', 0, {}));
    await loud();
    hub.publish(audio('a', 500, 0, { end: true, call: callInfo() }));
    await page.waitForSelector('#now[data-state=idle]');
    assert.deepEqual(errors, []);
  });

  it('connects again by itself', async () => {
    await start();
    const { port } = server.address() as AddressInfo;
    await stop();
    await page.waitForSelector('#connection[data-state=lost]');
    await listen(port);
    await page.waitForSelector('#connection[data-state=open]', { timeout: 20_000 });
    hub.publish(tone('a', 0, {}));
    await page.waitForSelector('#now[data-state=playing]');
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`fits small screens and can be read: ${scheme}`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width: 360, height: 800 });
      await start();
      hub.publish(
        audio('old', 0, 0, {
          end: true,
          call: callInfo({ talkgroup_alpha_tag: 'A very long name of a talkgroup that goes on', length: 3 }),
        }),
      );
      hub.publish(tone('a', 0, { emergency: true }));
      await page.waitForSelector('#now[data-state=emergency]');
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
      if (process.env.SCREENSHOTS)
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/listen-${scheme}.png`, fullPage: true });
    });
  }
});
