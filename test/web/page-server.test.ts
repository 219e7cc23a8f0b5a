import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket from 'ws';
import { sendJson } from '../../src/web/http';
import { notAllowed, PageServer } from '../../src/web/page-server';
import { RateLimit } from '../../src/web/rate-limit';
import { until } from '../e2e/until';
import { FakeClock } from '../support/fake-clock';

describe('page server', () => {
  let page: PageServer;
  let server: Server;
  let base: string;

  beforeEach(async () => {
    page = new PageServer({
      path: '/radio/page',
      folder: 'listen',
      files: ['index.html', 'icon.svg'],
      rate: { burst: 5, perSecond: 0.001, all: 2 },
      routes(request, response, name, search) {
        if (name !== 'things/all') return false;
        if (request.method === 'DELETE') notAllowed(request, response);
        else sendJson(request, response, 200, { method: request.method, wanted: search.get('wanted') });
        return true;
      },
    });
    server = createServer((request, response) => {
      if (!page.handle(request, response)) response.writeHead(418).end();
    });
    server.on('upgrade', (request, socket, head) => {
      if (!page.handleUpgrade(request, socket, head)) socket.end('HTTP/1.1 418 no\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/radio/page`;
  });
  afterEach(async () => {
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('serves its own files, its texts and what all pages share', async () => {
    for (const [name, type] of [
      ['', 'text/html; charset=utf-8'],
      ['icon.svg', 'image/svg+xml'],
      ['locales/de.json', 'application/json; charset=utf-8'],
      ['web/i18n.js', 'text/javascript; charset=utf-8'],
    ]) {
      const response = await fetch(`${base}/${name}`);
      assert.equal(response.status, 200, name);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      const policy = response.headers.get('content-security-policy')!;
      assert.match(policy, /^default-src 'none'; script-src 'self';/);
      assert.match(policy, /frame-ancestors 'self'/);
      assert.doesNotMatch(policy, /unsafe|\*/);
    }
    for (const name of ['listen.js', 'locales/fr.json', 'locales', 'web/', 'web/..%2flisten/listen.js'])
      assert.equal((await fetch(`${base}/${name}`)).status, 404, name);
    assert.equal((await fetch(`${base}/icon.svg`, { method: 'POST' })).status, 405);
  });

  it('leaves other names, and their methods, to its routes', async () => {
    const response = await fetch(`${base}/things/all?wanted=a%20b`, { method: 'POST' });
    assert.deepEqual(await response.json(), { method: 'POST', wanted: 'a b' });
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal((await fetch(`${base}/things/all`, { method: 'DELETE' })).status, 405);
    assert.equal((await fetch(`${base}/things`)).status, 404);
  });

  it('bounds how often a client asks its routes, but not how often it loads the page', async () => {
    const ask = async (client: string, name = 'things/all') =>
      (await fetch(`${base}/${name}`, { headers: { 'x-forwarded-for': `1.2.3.4, ${client}` } })).status;
    for (let i = 0; i < 5; i++) assert.equal(await ask('a'), 200);
    assert.equal(await ask('a'), 429);
    for (let i = 0; i < 4; i++) assert.equal(await ask('b'), 200);
    assert.equal(await ask('b', 'nothing'), 404);
    assert.equal(await ask('c'), 429, 'all together are bounded too');
    assert.equal(await ask('a', ''), 200);
  });

  it('takes no WebSocket where nobody would answer it', async () => {
    const { token } = (await (await fetch(`${base}/session`)).json()) as { token: string };
    const response = await new Promise<string>((resolve, reject) => {
      const url = new URL(`${base}/live?token=${token}`);
      const request = require('node:http').get(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
      request.on('response', ({ statusCode }: { statusCode: number }) => resolve(String(statusCode)));
      request.on('error', reject);
    });
    assert.equal(response, '418');
  });
});

describe('WebSockets of a page', () => {
  let page: PageServer;
  let server: Server;
  let base: string;
  let heard = 0;

  beforeEach(async () => {
    heard = 0;
    page = new PageServer({
      path: '/page',
      folder: 'listen',
      files: ['index.html'],
      maxSockets: 3,
      maxMessage: 100,
      connect: (socket) => socket.on('message', () => heard++),
    });
    server = createServer((request, response) => void page.handle(request, response));
    server.on('upgrade', (request, socket, head) => page.handleUpgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
  });
  afterEach(async () => {
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function token(): Promise<string> {
    return ((await (await fetch(`${base}/session`)).json()) as { token: string }).token;
  }

  /** An open socket, or the status of the answer. */
  function connect(proof: string): Promise<WebSocket | number> {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/live?token=${proof}`);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (request, { statusCode }) => {
        request.destroy();
        resolve(statusCode!);
      });
      socket.on('error', reject);
    });
  }

  async function opened(): Promise<WebSocket> {
    const socket = await connect(await token());
    assert.ok(socket instanceof WebSocket);
    return socket;
  }

  const closed = (socket: WebSocket) => until(() => socket.readyState === WebSocket.CLOSED, 'the end of the socket');

  it('need a token of this page, and each opens one', async () => {
    const good = await token();
    for (const bad of ['', '0'.repeat(32), `${good}0`, good.toUpperCase() === good ? 'x' : good.toUpperCase()])
      assert.equal(await connect(bad), 403, bad);
    assert.ok((await connect(good)) instanceof WebSocket);
    assert.equal(await connect(good), 403);
  });

  it('are as many as may be', async () => {
    const open = [await opened(), await opened(), await opened()];
    assert.equal(await connect(await token()), 503);
    open[0].close();
    await closed(open[0]);
    await opened();
  });

  it('are let go when they say too much, at once or over time', async () => {
    const long = await opened();
    long.on('error', () => {});
    long.send('x'.repeat(101));
    await closed(long);
    assert.equal(heard, 0);
    const flood = await opened();
    flood.on('error', () => {});
    for (let i = 0; i < 20_000; i++) flood.send('x');
    await closed(flood);
    assert.ok(heard < 10_000, `${heard} messages`);
  });

  it('get no more answers to their pings than they take', async () => {
    const polite = await opened();
    let pongs = 0;
    polite.on('pong', () => pongs++);
    polite.ping();
    await until(() => pongs === 1, 'a pong');
    const flood = await opened();
    flood.on('error', () => {});
    for (let i = 0; i < 20_000; i++) flood.ping('x'.repeat(100));
    await closed(flood);
    await opened();
  });
});

describe('signs of life of a page', () => {
  it('are given to each WebSocket every 20 s; one that does not answer is let go', async () => {
    const clock = new FakeClock();
    const page = new PageServer({ path: '/page', folder: 'listen', files: [], connect: () => {} });
    clock.restore();
    const server = createServer((request, response) => void page.handle(request, response));
    server.on('upgrade', (request, socket, head) => page.handleUpgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `127.0.0.1:${(server.address() as AddressInfo).port}/page`;
    const connect = async (options: WebSocket.ClientOptions = {}) => {
      const { token } = (await (await fetch(`http://${base}/session`)).json()) as { token: string };
      const socket = new WebSocket(`ws://${base}/live?token=${token}`, options);
      const texts: string[] = [];
      let pings = 0;
      socket.on('message', (data) => texts.push(String(data)));
      socket.on('ping', () => pings++);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      return { socket, texts, pings: () => pings };
    };
    try {
      const good = await connect();
      const asleep = await connect({ autoPong: false });
      for (let n = 1; n <= 3; n++) {
        clock.pass(20_000);
        await until(() => good.texts.length === n && good.pings() === n, 'a sign of life');
        // Its answer has to reach the server.
        await new Promise<void>((resolve) => {
          good.socket.once('pong', () => resolve());
          good.socket.ping();
        });
      }
      assert.deepEqual(good.texts, Array(3).fill('{"type":"beat"}'));
      await until(() => asleep.socket.readyState === WebSocket.CLOSED, 'the end of the one that sleeps');
      assert.equal(good.socket.readyState, WebSocket.OPEN);
    } finally {
      page.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('rate limit', () => {
  it('gives a burst, then a steady rate, to each client', () => {
    let now = 0;
    const limit = new RateLimit({ burst: 3, perSecond: 2, all: 100 }, () => now);
    const count = (client: string) => {
      let taken = 0;
      while (limit.take(client)) taken++;
      return taken;
    };
    assert.equal(count('a'), 3);
    assert.equal(count('b'), 3);
    now += 1000;
    assert.equal(count('a'), 2);
    now += 60_000;
    assert.equal(count('a'), 3);
  });

  it('bounds all clients together, also when each comes with a name of its own', () => {
    const limit = new RateLimit({ burst: 2, perSecond: 1, all: 10 }, () => 0);
    let taken = 0;
    for (let i = 0; i < 5000; i++) if (limit.take(`client ${i}`)) taken++;
    assert.equal(taken, 20);
  });
});
