import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import WebSocket from 'ws';
import { browserOrSkip } from './editor';
import { NodeRedProcess } from './node-red-process';
import { PrefixProxy } from './prefix-proxy';
import { until } from './until';

const ROOT = join(__dirname, '..', '..');
const USER = 'listener';
const PASSWORD = 'squelch';
/** The password's hash as `node-red admin hash-pw` gives it. */
const HASH = require('bcryptjs').hashSync(PASSWORD, 8) as string;
const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

/** The demo as it is, with three kinds of talkgroups, and a way to send commands. */
function flow(): { id: string; type: string; [field: string]: unknown }[] {
  const nodes = JSON.parse(readFileSync(join(ROOT, 'examples', 'Demo without a radio.json'), 'utf8'));
  for (const [id, control] of [
    ['hold', { hold: { system: 'demo', talkgroup: 1001 } }],
    ['release', { hold: null }],
  ])
    nodes.push({
      id: `say-${id}`,
      z: 'demo-tab',
      type: 'inject',
      props: [{ p: 'control', v: JSON.stringify(control), vt: 'json' }],
      repeat: '',
      once: false,
      x: 0,
      y: 0,
      wires: [['demo-audio']],
    });
  return nodes;
}

/** Notes what the page tells its player, which runs in the audio thread: where calls begin and end. */
const WATCH_PLAYER = `
  window.told = [];
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message, ...more) {
    for (const word of ['start', 'finish', 'stop']) if (message?.[word]) window.told.push(word);
    return post.call(this, message, ...more);
  };
`;

/** The listening page of a real Node-RED, behind its password and a proxy that puts a path before it. */
describe('listening page in Node-RED', function () {
  this.timeout(180_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  let proxy: PrefixProxy;
  let browser: Browser;
  let page: Page;
  let base: string;
  const errors: string[] = [];
  const settings = { httpNodeAuth: { user: USER, pass: HASH }, httpNodeRoot: '/pages' };

  before(async function () {
    browser = await browserOrSkip(this);
    userDir = mkdtempSync(join(tmpdir(), 'trunkflow-listen-'));
    const link = join(userDir, 'node_modules', '@trunkflow', 'node-red');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(ROOT, link, 'junction');
    nodeRed = await NodeRedProcess.start({ userDir, settings });
    await nodeRed.deploy(flow());
    proxy = await PrefixProxy.start('/some/prefix', nodeRed.url);
    base = `${proxy.url}pages/radio/listen`;
    await until(async () => (await status('/')) === 200, 'the page');
  });
  after(async () => {
    await browser?.close();
    await proxy?.stop();
    await nodeRed?.stop();
    if (userDir) rmSync(userDir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await page?.context().close();
    assert.deepEqual(errors.splice(0), []);
  });

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      httpCredentials: { username: USER, password: PASSWORD },
      ...options,
    });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.addInitScript(WATCH_PLAYER);
    await page.goto(base);
    await page.waitForSelector('#connection[data-state=open]');
  }
  async function status(path: string, headers: Record<string, string> = { authorization: AUTHORIZATION }) {
    const response = await fetch(base + path, { headers });
    await response.arrayBuffer();
    return response.status;
  }
  const get = async (path: string) => {
    const response = await fetch(base + path, { headers: { authorization: AUTHORIZATION } });
    assert.equal(response.status, 200, path);
    return response.json() as Promise<Record<string, never>>;
  };
  const start = () => page.click('#listen');
  const playing = () => page.waitForSelector('#now[data-state=playing]', { timeout: 60_000 });
  /** The meter, which measures what the AudioContext puts out, shows sound. */
  const loud = () =>
    page.waitForFunction(
      () => Number(document.querySelector('#meter')!.getAttribute('aria-valuenow')) > 40,
      undefined,
      { timeout: 60_000 },
    );

  it('asks for the password before anything', async () => {
    for (const path of [
      '',
      '/',
      '/listen.js',
      '/session',
      '/calls',
      '/talkgroups',
      '/audio/x',
      '/manifest.webmanifest',
    ])
      assert.equal(await status(path, {}), 401, path);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/live?token=guessed`, {
      headers: { authorization: AUTHORIZATION },
    });
    await assert.rejects(new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)), /403/);
  });

  it('plays real calls, one at a time, and lists them', async () => {
    await open();
    await start();
    await playing();
    await loud();
    assert.match((await page.textContent('#talkgroup'))!, /^(Fire Disp|PW Ops)$/);
    assert.match((await page.textContent('#system'))!, /^demo · /);
    assert.match((await page.textContent('#frequency'))!, /^85\d\.\d{4} MHz$/);
    await page.waitForSelector('#history-list li', { timeout: 60_000 });
    const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
    await until(async () => (await told()).filter((word) => word === 'start').length >= 3, 'three calls', 60_000);
    assert.match(
      (await told()).join(' '),
      /^(start finish )+start( finish)?$/,
      'a call begins when the one before is over',
    );
    await page.waitForSelector('#listeners-count:text-is("1")');
  });

  it('does what a flow says by msg.control', async () => {
    await open();
    await start();
    await nodeRed.post('/inject/say-hold');
    await page.waitForSelector('#chips >> text=Only Fire Disp');
    // The other talkgroup comes on the air, and is not heard.
    await page.waitForSelector('#air-list >> text=/another is held/', { timeout: 60_000 });
    assert.notEqual(await page.textContent('#talkgroup'), 'PW Ops');
    await nodeRed.post('/inject/say-release');
    await page.waitForSelector('#chips:not(:has(li))', { state: 'attached' });
  });

  it('finds recorded calls by each criterion, plays and saves them', async () => {
    type Found = {
      id: string;
      playable: boolean;
      length: number;
      call: { talkgroup: number; unit: number; start_time: number };
    };
    const find = async (query: string) => (await get(`/calls?recorded=true&${query}`)).calls as unknown as Found[];
    await until(
      async () => {
        // As often as a page may ask.
        await sleep(500);
        const all = await find('');
        return (
          all.some(({ call }) => call.talkgroup === 1001) &&
          all.some(({ call }) => call.talkgroup === 1002) &&
          all.length >= 4
        );
      },
      'recordings of both talkgroups',
      120_000,
    );
    const all = await find('');
    const [{ call: last }] = all;
    const expect = async (query: string, wanted: (found: Found) => boolean) => {
      const found = await find(query);
      assert.ok(found.length > 0, query);
      assert.ok(found.every(wanted), query);
    };
    await expect('talkgroup=1001', ({ call }) => call.talkgroup === 1001);
    await expect('system=demo', () => true);
    await expect(`unit=${last.unit}`, () => true);
    await expect('text=works%20oper', ({ call }) => call.talkgroup === 1002);
    await expect('group=Fire', ({ call }) => call.talkgroup === 1001);
    await expect('tag=Public%20Works', ({ call }) => call.talkgroup === 1002);
    await expect(`from=${last.start_time * 1000}`, ({ call }) => call.start_time >= last.start_time);
    assert.deepEqual(await find('system=other'), []);
    assert.deepEqual(await find('to=1000'), []);

    await open();
    await page.click('#tab-archive');
    await page.waitForSelector('.found');
    await page.fill('[name=talkgroup]', '1002');
    await page.press('[name=talkgroup]', 'Enter');
    await page.waitForFunction(() => {
      const names = [...document.querySelectorAll('.found strong')].map(({ textContent }) => textContent);
      return names.length > 0 && names.every((name) => name === 'PW Ops');
    });
    await page.locator('.found .call-button').last().click();
    await page.waitForSelector('#tape:not([hidden])');
    await loud();
    assert.equal(await page.textContent('#talkgroup'), 'PW Ops');
    assert.equal(await page.textContent('#mode'), 'Recording');
    const saving = page.waitForEvent('download');
    await page.locator('.found a[download]').last().click();
    const saved = await saving;
    assert.match(saved.suggestedFilename(), /^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_demo_1002_PW Ops\.\w+$/);
    const bytes = readFileSync((await saved.path())!);
    const oldest = (await find('talkgroup=1002')).at(-1)!;
    const played = await fetch(`${base}/audio/${encodeURIComponent(oldest.id)}`, {
      headers: { authorization: AUTHORIZATION },
    });
    assert.ok(bytes.length > 1000);
    assert.deepEqual(Buffer.from(await played.arrayBuffer()), bytes);
    await page.keyboard.press('Escape');
    await page.click('#tape-close');
    await page.waitForSelector('#tape', { state: 'hidden' });
  });

  it('plays recordings through, one after the other', async () => {
    await open();
    await page.click('#tab-archive');
    await page.waitForSelector('.found:nth-child(3)');
    await page.locator('.found .call-button').nth(2).click();
    await page.waitForSelector('.found:nth-child(3) .playing');
    // To the end of it.
    await page.waitForFunction(() => !document.querySelector<HTMLInputElement>('#tape-position')!.disabled);
    await page.click('#tape-next');
    await page.waitForSelector('.found:nth-child(2) .playing');
    await page.waitForSelector('.found:nth-child(1) .playing', { timeout: 60_000 });
  });

  it('gives each of 50 listeners every packet of a call', async () => {
    const heard = Array.from({ length: 50 }, () => new Map<number, number[]>());
    const ended = new Set<number>();
    const begun = new Set<number>();
    const sockets = await Promise.all(
      heard.map(async (calls, index) => {
        const { token } = await get('/session');
        const socket = new WebSocket(`${base.replace('http', 'ws')}/live?token=${token}`, {
          headers: { authorization: AUTHORIZATION },
        });
        socket.on('message', (data, binary) => {
          if (binary) {
            const bytes = data as Buffer;
            const list = calls.get(bytes.readUInt32LE(0)) ?? [];
            // Its length and some of its samples tell a packet from another.
            list.push(bytes.length, bytes.readInt32LE((bytes.length >> 1) & ~1));
            calls.set(bytes.readUInt32LE(0), list);
            return;
          }
          const message = JSON.parse(String(data));
          if (index > 0) return;
          // Those that run already may reach listeners at different places.
          if (message.type === 'call' && message.at === undefined) begun.add(message.n);
          if (message.type === 'end' && begun.has(message.n)) ended.add(message.n);
        });
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        socket.send(JSON.stringify({ listen: true }));
        return socket;
      }),
    );
    begun.clear();
    const n = await until(() => [...ended][1], 'two whole calls', 90_000);
    const sizes = () => heard.map((calls) => calls.get(n)?.length ?? 0);
    await until(() => sizes().every((size) => size === sizes()[0] && size > 20), 'all packets at all listeners');
    for (const calls of heard) assert.deepEqual(calls.get(n), heard[0].get(n));
    for (const socket of sockets) socket.terminate();
  });

  it('comes back by itself when Node-RED was restarted', async () => {
    await open();
    await start();
    await playing();
    await nodeRed.stop();
    await page.waitForSelector('#connection[data-state=lost]');
    assert.match((await page.textContent('#connection'))!, /next try in \d+ s/);
    nodeRed = await NodeRedProcess.start({ userDir, settings });
    proxy.target = nodeRed.url;
    await page.waitForSelector('#connection[data-state=open]', { timeout: 60_000 });
    await playing();
    await loud();
    // That the server was away is said in the console, too.
    errors.length = 0;
  });

  it('shows calls that are not for listening, but does not send them', async () => {
    const table =
      'Decimal,Alpha Tag,Description,Tag,Category,Priority,Listen\n1001,Fire Disp,,,Fire,1,no\n1002,PW Ops,,,Works,-1,\n';
    await nodeRed.deploy(flow().map((node) => (node.type === 'radio-system' ? { ...node, talkgroups: table } : node)));
    await until(async () => (await status('/')) === 200, 'the page');
    await open();
    await start();
    await page.waitForSelector('#history-list >> text=/not for listening/', { timeout: 60_000 });
    await page.waitForSelector('#history-list >> text=/locked out/', { timeout: 60_000 });
    assert.equal(await page.getAttribute('#now', 'data-state'), 'idle');
    // The recorder keeps why, for the archive.
    await page.click('#tab-archive');
    await page.uncheck('[name=recorded]');
    await page.waitForSelector('.found >> text=/locked out/', { timeout: 60_000 });
    await nodeRed.deploy(flow());
  });

  it('plays on a phone', async () => {
    await until(async () => (await status('/')) === 200, 'the page');
    await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' });
    await page.tap('#listen');
    await playing();
    await loud();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, 'listen-phone.png') });
  });
});
