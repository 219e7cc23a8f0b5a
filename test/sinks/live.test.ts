import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { LiveHub, type Packet } from '../../src/sinks/live/live-hub';
import { liveServer } from '../../src/sinks/live/live-server';
import type { PageServer } from '../../src/web/page-server';
import { audio, callAudio, callInfo } from './audio';

/** A listener that takes packets only when told to. */
function slowListener() {
  const taken: Packet[] = [];
  const gates: (() => void)[] = [];
  const deliver = (packet: Packet) => {
    taken.push(packet);
    return new Promise<void>((resolve) => gates.push(resolve));
  };
  const next = async () => {
    gates.shift()?.();
    await new Promise(setImmediate);
  };
  return { taken, deliver, next };
}

function fastListener() {
  const taken: Packet[] = [];
  return { taken, deliver: async (packet: Packet) => void taken.push(packet) };
}

const texts = (packets: Packet[]) =>
  packets.filter((packet) => typeof packet === 'string').map((text) => JSON.parse(text as string));
const sounds = (packets: Packet[]) => packets.filter((packet): packet is Buffer => typeof packet !== 'string');
const settle = async () => {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
};

describe('live hub', () => {
  it('gives every listener the call and its sound', async () => {
    const hub = new LiveHub({ title: 'County' });
    const [a, b] = [fastListener(), fastListener()];
    hub.join(a);
    hub.join(b);
    for (const message of callAudio('site/call-1', 3)) hub.publish(message);
    await settle();
    assert.deepEqual(a.taken, b.taken);
    const [hello, call, end] = texts(a.taken);
    assert.deepEqual(hello, { type: 'hello', title: 'County', recent: [] });
    assert.equal(call.type, 'call');
    assert.equal(call.rate, 8000);
    assert.equal(call.frequency, 852_500_000);
    assert.equal(call.call.talkgroup_alpha_tag, 'FIRE 1');
    assert.deepEqual(end, { type: 'end', n: call.n, call: { ...call.call, length: 0.3 } });
    const sound = sounds(a.taken);
    assert.equal(sound.length, 3);
    assert.equal(sound[1].readUInt32LE(0), call.n);
    assert.equal(sound[1].readInt16LE(4), 800);
    assert.equal(sound[1].length, 4 + 1600);
  });

  it('tells a call anew only when something of it changes', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener);
    hub.publish(audio('s', 0, 100, { call: callInfo({ length: 0.1 }) }));
    hub.publish(audio('s', 100, 100, { call: callInfo({ length: 0.2 }) }));
    hub.publish(audio('s', 200, 100, { call: callInfo({ length: 0.3, unit: 9, unit_alpha_tag: '' }) }));
    await settle();
    assert.deepEqual(
      texts(listener.taken)
        .slice(1)
        .map(({ call }) => call.unit),
      [700001, 9],
    );
  });

  it('lets late joiners hear the running call, and shows them the last ones', async () => {
    const hub = new LiveHub();
    for (const message of callAudio('old', 3)) hub.publish(message);
    const running = callAudio('new', 3, { talkgroup: 5 });
    hub.publish(running[0]);
    const listener = fastListener();
    hub.join(listener);
    hub.publish(running[1]);
    await settle();
    const [hello, call] = texts(listener.taken);
    assert.deepEqual(
      hello.recent.map(({ talkgroup }: { talkgroup: number }) => talkgroup),
      [9101],
    );
    assert.equal(call.call.talkgroup, 5);
    assert.deepEqual(
      sounds(listener.taken).map((packet) => packet.readUInt32LE(0)),
      [call.n],
    );
  });

  it('drops the oldest sound of a slow listener, counts and tells it, and holds up nobody else', async () => {
    const hub = new LiveHub({ maxWaiting: 1 });
    const slow = slowListener();
    const fast = fastListener();
    hub.join(slow);
    hub.join(fast);
    for (let i = 0; i < 50; i++) {
      hub.publish(audio('s', i * 100, 100, { call: callInfo() }, i));
      await settle();
    }
    assert.equal(sounds(fast.taken).length, 50);
    assert.equal(hub.counters().dropped_packets, 40);
    for (let i = 0; i < 20; i++) await slow.next();
    assert.deepEqual(
      sounds(slow.taken).map((packet) => packet.readInt16LE(4)),
      [40, 41, 42, 43, 44, 45, 46, 47, 48, 49],
    );
    const lost = texts(slow.taken).find(({ type }) => type === 'lost');
    assert.ok(Math.abs(lost.seconds - 4) < 1e-9);
  });

  it('lets a listener go that takes nothing at all, or whose connection fails', async () => {
    const hub = new LiveHub();
    let gone = 0;
    hub.join(slowListener(), () => gone++);
    hub.join({ deliver: () => Promise.reject(new Error('closed')) }, () => gone++);
    for (let i = 0; i < 2500; i++) hub.publish(audio('s', i, 0, { call: callInfo({ unit: i }) }));
    await settle();
    assert.equal(gone, 2);
    assert.equal(hub.listeners, 0);
  });

  it('forgets streams that never end when there are many', () => {
    const hub = new LiveHub();
    for (let i = 0; i < 2000; i++) hub.publish(audio(`s${i}`, 0, 10));
    assert.equal(hub.counters().streams, 256);
  });

  it('carries channels without calls', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener);
    hub.publish(audio('fm/146520000', 0, 20, { frequency: 146_520_000, rate: 16000 }));
    await settle();
    // The squelch closes; then time passes.
    hub.publish(audio('fm/146520000', 20, 0, { frequency: 146_520_000, rate: 16000 }));
    hub.publish(audio('fm/146520000', 1020, 0, { frequency: 146_520_000, rate: 16000 }));
    await settle();
    assert.deepEqual(
      texts(listener.taken).map(({ type }) => type),
      ['hello', 'call', 'end'],
    );
    const { call, label, frequency, rate } = texts(listener.taken)[1];
    assert.deepEqual(
      { call, label, frequency, rate },
      { call: null, label: 'fm/146520000', frequency: 146_520_000, rate: 16000 },
    );
  });

  it('refuses what is not speech', () => {
    assert.throws(() => new LiveHub().publish(audio('s', 0, 20, { kind: 'discriminator' })), { code: 'wrong-port' });
  });
});

describe('live server', () => {
  let hub: LiveHub;
  let live: PageServer;
  let server: Server;
  let base: string;

  beforeEach(async () => {
    hub = new LiveHub();
    live = liveServer(hub, { path: '/radio/listen', maxSockets: 2 });
    server = createServer((request, response) => {
      if (!live.handle(request, response)) response.writeHead(418).end();
    });
    server.on('upgrade', (request, socket, head) => {
      if (!live.handleUpgrade(request, socket, head)) socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    live.close();
    hub.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const get = (path: string, init: RequestInit = {}) => fetch(base + path, { redirect: 'manual', ...init });
  const token = async () => ((await (await get('/radio/listen/session')).json()) as { token: string }).token;
  const open = (query: string) =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(`${base.replace('http', 'ws')}/radio/listen/live${query}`);
      socket.once('open', () => resolve(socket));
      socket.once('error', reject);
    });

  it('serves the page and its files, and nothing else', async () => {
    for (const [name, type] of [
      ['', 'text/html'],
      ['listen.js', 'text/javascript'],
      ['worklet.js', 'text/javascript'],
      ['listen.css', 'text/css'],
      ['icon.svg', 'image/svg'],
    ]) {
      const response = await get(`/radio/listen/${name}`);
      assert.equal(response.status, 200, name);
      assert.ok(response.headers.get('content-type')!.startsWith(type));
      assert.match(response.headers.get('content-security-policy')!, /default-src 'none'/);
      assert.ok((await response.text()).length > 100);
    }
    for (const path of [
      '/radio/listen/../../package.json',
      '/radio/listen/..%2f..%2fpackage.json',
      '/radio/listen/constructor',
      '/radio/listen/live',
    ]) {
      assert.ok([404, 418].includes((await get(path)).status), path);
    }
    assert.equal((await get('/radio/listening')).status, 418);
    assert.equal((await get('/other')).status, 418);
    assert.equal((await get('/radio/listen/', { method: 'POST' })).status, 405);
    const head = await get('/radio/listen/', { method: 'HEAD' });
    assert.equal(head.status, 200);
  });

  it('adds the slash that relative addresses need, also behind a proxy', async () => {
    const response = await get('/radio/listen');
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('location'), 'listen/');
  });

  it('connects who has a token, once', async () => {
    const one = await token();
    const socket = await open(`?token=${one}`);
    await assert.rejects(open(`?token=${one}`), /403/);
    await assert.rejects(open('?token=constructor'), /403/);
    await assert.rejects(open(''), /403/);
    assert.equal(hub.listeners, 1);
    const packets: Packet[] = [];
    socket.on('message', (data, binary) => packets.push(binary ? (data as Buffer) : String(data)));
    for (const message of callAudio('s', 2)) hub.publish(message);
    while (packets.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(sounds(packets).length, 2);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close();
    await closed;
    while (hub.listeners > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('refuses more listeners than it may have', async () => {
    const sockets = [await open(`?token=${await token()}`), await open(`?token=${await token()}`)];
    await assert.rejects(open(`?token=${await token()}`), /503/);
    for (const socket of sockets) socket.terminate();
  });

  it('ends its connections when it closes', async () => {
    const socket = await open(`?token=${await token()}`);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    live.close();
    assert.equal(await closed, 1001);
    while (hub.listeners > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('checks its path', () => {
    for (const path of ['', 'radio', '/a b', '/a/'])
      assert.throws(() => liveServer(hub, { path }), { code: 'bad-setting' });
  });
});
