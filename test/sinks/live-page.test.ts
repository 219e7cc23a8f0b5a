import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer } from '../../src/sinks/live/live-server';
import { talkgroupRoutes } from '../../src/sinks/live/talkgroup-routes';
import type { PageServer } from '../../src/web/page-server';
import { browserOrSkip } from '../e2e/editor';
import { audio, callInfo } from './audio';

const PATH = '/behind/proxy/listen';
const EVIL = '<img src=x onerror="document.title=1">"\'</script><script>document.title=2</script>';

/** Speech-like audio of a call: a tone of 500 ms. */
function tone(stream: string, at: number, more: object) {
  const message = audio(stream, at, 500, { call: callInfo(more) });
  const samples = new Int16Array(message.payload.buffer);
  for (let i = 0; i < samples.length; i++) samples[i] = 12000 * Math.sin((2 * Math.PI * 440 * i) / 8000);
  return message;
}

const tg = (talkgroup: number, more: object = {}) => ({
  id: `call ${talkgroup}`,
  talkgroup,
  talkgroup_alpha_tag: `TG ${talkgroup}`,
  ...more,
});

describe('listening page', function () {
  this.timeout(90_000);
  let hub: LiveHub;
  let live: PageServer;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let url: string;
  const errors: string[] = [];

  async function listen(port: number): Promise<number> {
    const row = { system: 'county', description: EVIL, group: 'Works', tag: EVIL, name: EVIL, talkgroup: 77 };
    live = liveServer(hub, { path: PATH, routes: [talkgroupRoutes(() => [hub.talkgroups(), [row]])] });
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
  async function open(options: BrowserContextOptions = {}): Promise<void> {
    await page?.context().close();
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(url);
    await page.waitForSelector('#connection[data-state=open]');
  }

  before(async function () {
    browser = await browserOrSkip(this);
  });
  after(() => browser?.close());

  beforeEach(async () => {
    errors.length = 0;
    hub = new LiveHub({ title: 'County radio', maxWaiting: 60 });
    url = `http://127.0.0.1:${await listen(0)}${PATH}`;
    await open();
  });
  afterEach(async () => {
    await page.context().close();
    await stop();
    hub.close();
    assert.deepEqual(errors, []);
  });

  const text = (id: string) => page.textContent(`#${id}`);
  const start = async () => {
    await page.click('#listen');
    await page.waitForSelector('#listen[aria-pressed=true]');
    while (hub.listeners === 0) await page.waitForTimeout(10);
  };
  const playing = (name: string) => page.waitForSelector(`#now:not([data-state=idle]) #talkgroup:text-is("${name}")`);
  const idle = () => page.waitForSelector('#now[data-state=idle]');
  const send = (talkgroup: number, halves: number, more: object = {}, stream = `c${talkgroup}`) => {
    for (let i = 0; i < halves; i++) hub.publish(tone(stream, i * 500, tg(talkgroup, more)));
  };
  const end = (talkgroup: number, more: object = {}, stream = `c${talkgroup}`) =>
    hub.publish(
      audio(stream, 0, 0, { end: true, call: callInfo(tg(talkgroup, { state: 'ended', length: 2, ...more })) }),
    );
  /** The meter shows sound. */
  const loud = async () => {
    while (Number(await page.getAttribute('#meter', 'aria-valuenow')) <= 50) await page.waitForTimeout(10);
  };

  it('plays calls one after the other and shows all that is known of them', async () => {
    await start();
    send(1, 3, {
      talkgroup_description: 'Dispatch',
      signal: -31.4,
      noise: -52,
      unit_alpha_tag: 'Engine 4',
      error_count: 3,
    });
    const more = { emergency: true, unit: 5, unit_alpha_tag: '', patched_talkgroups: [2, 1], talkgroup_tag: 'EMS Tac' };
    send(2, 3, more);
    await playing('TG 1');
    assert.equal(await text('description'), 'Dispatch');
    assert.equal(await text('unit'), 'Engine 4 (700001)');
    assert.equal(await text('frequency'), '852.5000 MHz');
    assert.equal(await text('number'), '1');
    assert.equal(await text('system'), 'county · Fire');
    assert.match((await text('waiting'))!, /^1 \(0:0[12]\)$/);
    await page.waitForSelector('#signal:text-is("-31 / 21 dB")');
    await page.waitForSelector('#errors:text-is("3 / 0")');
    await page.waitForSelector('#elapsed:text-is("0:01")');
    await page.waitForSelector('#listeners-count:text-is("1")');
    await loud();
    end(1);
    end(2, more);
    await page.waitForSelector('#now[data-state=emergency]');
    assert.equal(await text('talkgroup'), 'TG 2');
    assert.equal(await text('unit'), '5');
    assert.deepEqual(await page.locator('#marks .mark').allTextContents(), [
      'Emergency',
      'EMS Tac',
      'Patched with TG 1',
    ]);
    await idle();
    assert.equal(await text('talkgroup'), 'TG 2', 'the last call stays in sight');
    assert.equal(await page.locator('#history-list li').count(), 2);
  });

  it('shows names from the air and from files as text only, everywhere', async () => {
    const names = { talkgroup_alpha_tag: EVIL, unit_alpha_tag: EVIL, talkgroup_description: EVIL, sys_name: EVIL };
    const evil = tg(3, { ...names, talkgroup_tag: EVIL, talkgroup_group: EVIL, id: EVIL, reason: EVIL, alert: true });
    hub.tell({ port: 'call', event: 'not_followed', payload: callInfo({ ...evil, id: 'x', state: 'not_followed' }) });
    await start();
    for (let i = 0; i < 4; i++) hub.publish(tone('c3', i * 500, evil));
    await page.waitForSelector('#now[data-state=alert]');
    hub.publish(tone('other', 0, { ...evil, id: 'other' }));
    assert.equal(await text('talkgroup'), EVIL);
    for (const key of ['t', 'a']) await page.keyboard.press(key);
    await page.waitForSelector('#chips li:nth-child(2)');
    await page.fill('#talkgroups-filter', 'img');
    await page.waitForSelector('.talkgroup');
    await page.click('#tab-talkgroups');
    for (const opener of await page.locator('.opener[aria-expanded=false]').all()) await opener.click();
    await page.evaluate("document.querySelector('#search-more').click()");
    assert.equal(await page.locator('main img, #notes img, main script, #notes script').count(), 0);
    assert.equal(await page.title(), 'County radio');
    assert.ok((await page.locator('.talkgroup').count()) >= 1);
  });

  it('does what its keys say, and nothing while something is written', async () => {
    await page.keyboard.press('l');
    await page.waitForSelector('#listen[aria-pressed=true]');
    while (hub.listeners === 0) await page.waitForTimeout(10);
    for (const talkgroup of [1, 2, 3, 4, 5]) send(talkgroup, 8);
    await playing('TG 1');
    await page.keyboard.press('n');
    await playing('TG 2');
    await page.keyboard.press('t');
    await page.waitForSelector('#hold-talkgroup[aria-pressed=true]');
    assert.equal(await text('waiting'), '0');
    await page.keyboard.press('s');
    await page.waitForSelector('#hold-system[aria-pressed=true]');
    await page.keyboard.press('s');
    await page.waitForSelector('#hold-system[aria-pressed=false]');
    await page.keyboard.press('p');
    await page.waitForSelector('#pause[aria-pressed=true]');
    const [position, waiting] = [await text('elapsed'), await text('waiting')];
    // Long enough to be playing still when it is come back to, on however slow a machine.
    send(6, 60);
    await page.waitForTimeout(1300);
    assert.equal(await text('elapsed'), position, 'nothing plays');
    assert.notEqual(await text('waiting'), waiting, 'calls wait');
    await page.keyboard.press('p');
    await page.waitForSelector('#pause[aria-pressed=false]');
    await page.keyboard.press('a');
    await playing('TG 6');
    await page.keyboard.press('r');
    await page.keyboard.press('r');
    await playing('TG 2');
    assert.equal(await text('mode'), 'Again');
    await page.keyboard.press('r');
    await playing('TG 1');
    await page.keyboard.press('n');
    await playing('TG 6');
    for (const talkgroup of [7, 8]) send(talkgroup, 8);
    await page.keyboard.press('Shift+N');
    await idle();
    await page.keyboard.press('?');
    await page.waitForSelector('#help[open]');
    await page.keyboard.press('p');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#help:not([open])', { state: 'attached' });
    await page.click('#talkgroups-filter');
    await page.keyboard.type('lstrnpa?');
    await page.keyboard.press('Control+p');
    assert.equal(await page.inputValue('#talkgroups-filter'), 'lstrnpa?');
    for (const id of ['hold-talkgroup', 'hold-system', 'pause'])
      assert.equal(await page.getAttribute(`#${id}`, 'aria-pressed'), 'false', id);
    await page.keyboard.press('Tab');
    await page.keyboard.press('l');
    await page.waitForSelector('#listen[aria-pressed=false]');
    while (hub.listeners > 0) await page.waitForTimeout(10);
  });

  it('avoids for a time and says how long it still does', async () => {
    await page.clock.install();
    await page.reload();
    await page.waitForSelector('#connection[data-state=open]');
    // From here time only passes when it is told to.
    await start();
    send(1, 2);
    await playing('TG 1');
    const chip = () => page.locator('#chips').textContent();
    await page.click('#avoid');
    assert.equal(await chip(), 'TG 1 avoided');
    for (const time of ['30:00', '1:00:00', '2:00:00']) {
      await page.click('#avoid');
      assert.match((await chip())!, new RegExp(`^TG 1 avoided, ${time}|(29|59):59$`));
    }
    await page.click('#avoid');
    assert.equal(await chip(), '');
    assert.match((await text('notes'))!, /TG 1 is heard again/);
    await page.clock.fastForward(6000);
    await page.click('#avoid-more');
    await page.click('#avoid-menu >> text=30 minutes');
    await page.clock.fastForward('29:00');
    await page.waitForSelector('#chips >> text=/avoided, (1:00|0:5\\d)$/');
    // A reload does not forget it.
    await page.reload();
    await page.waitForSelector('#chips >> text=/avoided, (1:00|0:5\\d)$/');
    await page.waitForSelector('#connection[data-state=open]');
    await start();
    send(1, 2, { id: 'again' }, 'again');
    send(2, 2);
    await playing('TG 2');
    await page.waitForSelector('#air-list >> text=avoided');
    await page.clock.fastForward('01:01');
    await page.waitForSelector('#chips:not(:has(li))', { state: 'attached' });
    await page.keyboard.press('Shift+N');
    send(1, 2, { id: 'third' }, 'third');
    await playing('TG 1');
    await page.click('#avoid-more');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#notes >> text=The rest of this call of TG 1 is left out');
    send(1, 2, { id: 'third' }, 'third');
    send(1, 2, { id: 'fourth' }, 'fourth');
    await playing('TG 1');
  });

  it('hears only what is chosen, and keeps the choice', async () => {
    send(1, 1, { talkgroup_group: 'Fire', talkgroup_tag: 'Fire Dispatch' });
    send(2, 1, { talkgroup_group: 'Police', talkgroup_tag: 'Law Tac' });
    send(3, 1, { talkgroup_group: 'Police', talkgroup_tag: 'Law Dispatch' });
    for (const talkgroup of [1, 2, 3]) end(talkgroup, { talkgroup_group: talkgroup === 1 ? 'Fire' : 'Police' });
    await page.reload();
    await page.waitForSelector('.tri:has-text("Police")');
    const tri = (name: string) => page.locator('#talkgroups-groups .tri', { hasText: name }).first();
    await tri('Police').click();
    assert.equal(await tri('Police').getAttribute('aria-checked'), 'false');
    assert.match((await text('talkgroups-count'))!, /^2 of 4 on$/);
    const system = page.locator('.system .tri.title');
    assert.equal(await system.getAttribute('aria-checked'), 'mixed');
    await page.locator('.group:has-text("Police") .opener').click();
    const three = page.locator('.talkgroup[data-key="county/3"]');
    assert.equal(await three.getAttribute('aria-checked'), 'false');
    await three.click();
    assert.equal(await tri('Police').getAttribute('aria-checked'), 'mixed');
    await page.reload();
    await page.waitForSelector('.tri:has-text("Police")');
    assert.equal(await tri('Police').getAttribute('aria-checked'), 'mixed');
    await page.waitForSelector('#connection[data-state=open]');
    await start();
    for (const talkgroup of [2, 3]) send(talkgroup, 2, { id: `new ${talkgroup}` }, `new ${talkgroup}`);
    await playing('TG 3');
    await page.waitForSelector('#air-list >> text=switched off');
    await page.click('#talkgroups-off');
    await idle();
    send(9, 2);
    await page.waitForSelector('#air-list >> text=TG 9');
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute('#now', 'data-state'), 'idle');
    await page.click('#talkgroups-on');
    send(9, 2);
    await playing('TG 9');
    await page.fill('#talkgroups-filter', 'TG 2');
    assert.equal(await page.locator('.talkgroup').count(), 1);
  });

  it('lets who comes late hear the call from its beginning', async () => {
    send(1, 6);
    await page.waitForSelector('#air-list >> text=TG 1');
    await start();
    await playing('TG 1');
    assert.match((await text('elapsed'))!, /^0:0[01]$/);
    await page.waitForSelector('#elapsed:text-is("0:02")');
  });

  it('does what the flow says, once, and lets people choose otherwise', async () => {
    await start();
    hub.control({ hold: { system: 'county', talkgroup: 2 }, avoided: [], paused: false });
    await page.waitForSelector('#hold-talkgroup[aria-pressed=true]');
    send(1, 2);
    send(2, 2);
    await playing('TG 2');
    const until = Date.now() + 600_000;
    const avoided = [{ system: 'county', talkgroup: 1, minutes: 10, until }];
    hub.control({ hold: null, avoided, paused: false }, { skip: 'call' });
    await idle();
    await page.waitForSelector('#chips >> text=/^TG 1 avoided, (10:00|9:5\\d)$/');
    await page.click('#chips button');
    await page.waitForSelector('#chips:not(:has(li))', { state: 'attached' });
    const { port } = server.address() as AddressInfo;
    await stop();
    await page.waitForSelector('#connection[data-state=lost]');
    await listen(port);
    await page.waitForSelector('#connection[data-state=open]', { timeout: 20_000 });
    assert.equal(await page.locator('#chips li').count(), 0, 'what was set before is not set again');
    hub.control({ hold: null, avoided: [], paused: true }, { replay: true });
    await page.waitForSelector('#pause[aria-pressed=true]');
    errors.length = 0;
  });

  it('shows with a lock and the reason what is not followed', async () => {
    const encrypted = tg(4, { state: 'not_followed', reason: 'encrypted', encrypted: true });
    hub.tell({ port: 'call', event: 'not_followed', payload: callInfo(encrypted) });
    const row = page.locator('#history-list li', { hasText: 'TG 4' });
    await row.waitFor();
    assert.match((await row.textContent())!, /encrypted/);
    assert.equal(await row.locator('[role=img][aria-label=Encrypted]').count(), 1);
    assert.equal(await row.locator('button').count(), 0, 'there is nothing to play');
  });

  it('plays past calls again from memory', async () => {
    await start();
    for (const talkgroup of [1, 2]) {
      send(talkgroup, 1);
      end(talkgroup);
    }
    await playing('TG 2');
    await idle();
    await page.locator('#history-list button', { hasText: 'TG 1' }).click();
    await playing('TG 1');
    assert.equal(await text('mode'), 'Again');
    await idle();
  });

  it('plays without an AudioWorklet, as browsers are on plain http in a local network', async () => {
    await page.addInitScript(
      'delete BaseAudioContext.prototype.audioWorklet; delete AudioContext.prototype.audioWorklet',
    );
    await page.reload();
    await page.waitForSelector('#connection[data-state=open]');
    assert.equal(await page.evaluate("'audioWorklet' in AudioContext.prototype"), false);
    await start();
    send(1, 2);
    await loud();
    end(1);
    await idle();
  });

  it('connects again by itself, says so, and does not repeat what was heard', async () => {
    await start();
    send(1, 4);
    await playing('TG 1');
    const { port } = server.address() as AddressInfo;
    await stop();
    await page.waitForSelector('#connection[data-state=lost]');
    assert.match((await text('connection'))!, /^Connection lost, next try in \d+ s$/);
    await listen(port);
    await page.waitForSelector('#connection[data-state=open]', { timeout: 20_000 });
    while (hub.listeners === 0) await page.waitForTimeout(10);
    for (let i = 4; i < 8; i++) hub.publish(tone('c1', i * 500, tg(1)));
    end(1);
    await page.waitForSelector('#elapsed:text-matches("^0:0[23]$")');
    await idle();
    const heard = await page.evaluate('performance.now()');
    assert.ok(heard);
    assert.equal(await page.locator('#history-list li').count(), 1);
    errors.length = 0;
  });

  it('speaks the languages of its readers', async () => {
    for (const [locale, button, lang] of [
      ['de-AT', 'Zuhören', 'de'],
      ['es-MX', 'Escuchar', 'es'],
      ['fr-FR', 'Start listening', 'en-US'],
    ]) {
      await open({ locale });
      assert.equal((await text('listen'))!.trim(), button);
      assert.equal(await page.getAttribute('html', 'lang'), lang);
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`fits a phone: ${colorScheme}`, async () => {
      await open({ colorScheme, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
      const fits = async (name: string) => {
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), name);
        if (process.env.SCREENSHOTS)
          await page.screenshot({ path: `${process.env.SCREENSHOTS}/listen-${name}-${colorScheme}.png` });
      };
      end(9, { talkgroup_alpha_tag: 'A very long name of a talkgroup that goes on and on' });
      await page.tap('#listen');
      await page.waitForSelector('#listen[aria-pressed=true]');
      send(1, 4, { emergency: true });
      await page.waitForSelector('#now[data-state=emergency]');
      await loud();
      await fits('emergency');
      for (const button of await page.locator('#controls button:visible').all()) {
        const box = (await button.boundingBox())!;
        assert.ok(box.height >= 44 && box.y + box.height <= 740 - 50, 'big enough, and in sight without scrolling');
      }
      await page.tap('#tab-talkgroups');
      await page.waitForSelector('#mini:not([hidden])');
      await fits('talkgroups');
      await page.tap('#mini');
      await page.waitForSelector('#now', { state: 'visible' });
      await page.tap('#open-settings');
      await fits('settings');
    });
  }

  it('can be installed as an app', async () => {
    const { manifest, icons } = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!;
      const found = await (await fetch(link.href)).json();
      const loaded = [];
      for (const { src } of found.icons) loaded.push((await fetch(new URL(src, link.href))).status);
      return { manifest: found, icons: loaded };
    });
    assert.equal(manifest.display, 'standalone');
    assert.equal(manifest.start_url, './');
    assert.deepEqual(icons, [200, 200, 200, 200]);
  });
});
