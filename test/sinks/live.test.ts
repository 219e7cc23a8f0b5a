import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import type { Packet } from '../../src/sinks/live/listener-queue';
import { LiveHub } from '../../src/sinks/live/live-hub';
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
    hub.join(a).listen(true);
    hub.join(b).listen(true);
    for (const message of callAudio('site/call-1', 3)) hub.publish(message);
    await settle();
    assert.deepEqual(a.taken.slice(1), b.taken.slice(1));
    const [hello, call, end, past] = texts(a.taken);
    const control = { state: { hold: null, avoided: [], paused: false }, revision: 0 };
    assert.deepEqual(hello, { type: 'hello', title: 'County', history: [], listeners: 0, control });
    assert.equal(call.type, 'call');
    assert.equal(call.rate, 8000);
    assert.equal(call.frequency, 852_500_000);
    assert.equal(call.call.talkgroup_alpha_tag, 'FIRE 1');
    assert.deepEqual(end, { type: 'end', n: call.n });
    assert.equal(past.type, 'past');
    const final = { length: 0.3, state: 'ended', reason: 'terminator', signal: -31.4 };
    assert.deepEqual(past.call, { ...call.call, ...final });
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

  it('tells what changes all the time once a second of the call', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener);
    for (let i = 0; i < 25; i++)
      hub.publish(audio('s', i * 100, 100, { call: callInfo({ length: i / 10, error_count: i, spike_count: 2 }) }));
    await settle();
    const figures = texts(listener.taken).filter(({ type }) => type === 'figures');
    assert.deepEqual(
      figures.map(({ error_count, length, spike_count, signal }) => [error_count, length, spike_count, signal]),
      [
        [10, 1, 2, -31.4],
        [20, 2, 2, -31.4],
      ],
    );
    assert.equal(texts(listener.taken).filter(({ type }) => type === 'call').length, 1);
  });

  it('lets late joiners hear the running call from its beginning, and shows them the last ones', async () => {
    const hub = new LiveHub();
    for (const message of callAudio('old', 3)) hub.publish(message);
    const running = callAudio('new', 3, { talkgroup: 5 });
    hub.publish(running[0]);
    hub.publish(running[1]);
    const listener = fastListener();
    const joined = hub.join(listener);
    await settle();
    const [hello, about] = texts(listener.taken);
    assert.deepEqual(
      hello.history.map(({ talkgroup }: { talkgroup: number }) => talkgroup),
      [9101],
    );
    assert.equal(about.call.talkgroup, 5);
    assert.equal(sounds(listener.taken).length, 0, 'no sound before it is asked for');
    joined.listen(true);
    hub.publish(running[2]);
    await settle();
    const again = texts(listener.taken)[2];
    assert.deepEqual(again, { ...about, at: 0 });
    assert.deepEqual(
      sounds(listener.taken).map((packet) => [packet.readUInt32LE(0), packet.readInt16LE(4)]),
      [0, 800, 1600].map((sample) => [about.n, sample]),
    );
    joined.listen(false);
    hub.publish(running[2]);
    await settle();
    assert.equal(sounds(listener.taken).length, 3);
  });

  it('keeps the last 30 s of each running call, 600 s of all, and nothing of those that are over', async () => {
    const hub = new LiveHub();
    for (let i = 0; i < 400; i++) hub.publish(audio('long', i * 100, 100, { call: callInfo() }, i % 30_000));
    assert.ok(Math.abs(hub.counters().kept_seconds - 30) < 0.11);
    const listener = fastListener();
    hub.join(listener).listen(true);
    await settle();
    while (sounds(listener.taken).length < 299) await settle();
    const [, , again] = texts(listener.taken);
    assert.ok(Math.abs(again.at - 10) < 0.11, `${again.at}`);
    for (let n = 0; n < 40; n++)
      for (let i = 0; i < 30; i++) hub.publish(audio(`s${n}`, i * 1000, 1000, { call: callInfo() }));
    assert.ok(hub.counters().kept_seconds < 641, `${hub.counters().kept_seconds}`);
    for (const stream of ['long', ...Array.from({ length: 40 }, (_, n) => `s${n}`)])
      hub.publish(audio(stream, 0, 0, { call: callInfo(), end: true }));
    assert.ok(Math.abs(hub.counters().kept_seconds) < 1e-6);
  });

  it('does not put out calls that are not for listening, but shows that there were some', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener).listen(true);
    for (const message of callAudio('s', 3, { listen: false })) hub.publish(message);
    await settle();
    assert.equal(sounds(listener.taken).length, 0);
    assert.deepEqual(
      texts(listener.taken).map(({ type, call }) => [type, call?.listen]),
      [
        ['hello', undefined],
        ['past', false],
      ],
    );
    assert.equal(hub.counters().not_put_out, 3);
  });

  it('shows calls that were not followed, with the reason, and each call once', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener);
    const encrypted = callInfo({ id: 'e', state: 'not_followed', reason: 'encrypted', encrypted: true });
    hub.tell({ port: 'call', event: 'not_followed', payload: encrypted });
    hub.tell({ port: 'call', event: 'start', payload: callInfo({ id: 'other', talkgroup: 7 }) });
    const over = callAudio('s', 1);
    for (const message of over) hub.publish(message);
    hub.tell({ port: 'call', event: 'end', payload: over[1].info.call! });
    hub.tell({ port: 'call', event: 'recorded', payload: over[1].info.call! });
    await settle();
    const past = texts(listener.taken).filter(({ type }) => type === 'past');
    assert.deepEqual(
      past.map(({ call }) => [call.id, call.state, call.reason]),
      [
        ['e', 'not_followed', 'encrypted'],
        ['county_9101_1_1', 'ended', 'terminator'],
      ],
    );
    assert.deepEqual(
      hub
        .talkgroups()
        .map(({ talkgroup }) => talkgroup)
        .sort(),
      [7, 9101],
    );
    const late = fastListener();
    hub.join(late);
    await settle();
    assert.deepEqual(
      texts(late.taken)[0].history.map(({ id }: { id: string }) => id),
      ['county_9101_1_1', 'e'],
    );
  });

  it('tells what the flow has set, also to those who come later', async () => {
    const hub = new LiveHub();
    const listener = fastListener();
    hub.join(listener);
    const state = { hold: { system: 'county' }, avoided: [], paused: false };
    hub.control(state, { skip: 'call' });
    await settle();
    assert.deepEqual(texts(listener.taken)[1], { type: 'control', state, revision: 1, skip: 'call' });
    const late = fastListener();
    hub.join(late);
    await settle();
    assert.deepEqual(texts(late.taken)[0].control, { state, revision: 1 });
  });

  it('drops the oldest sound of a slow listener, counts and tells it, and holds up nobody else', async () => {
    const hub = new LiveHub({ maxWaiting: 1 });
    const slow = slowListener();
    const fast = fastListener();
    hub.join(slow).listen(true);
    hub.join(fast).listen(true);
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
    hub.join(listener).listen(true);
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
      ['base.css', 'text/css'],
      ['listening-rules.js', 'text/javascript'],
      ['manifest.webmanifest', 'application/manifest+json'],
      ['icon-512.png', 'image/png'],
      ['locales/de.json', 'application/json'],
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
    const packets: Packet[] = [];
    socket.on('message', (data, binary) => packets.push(binary ? (data as Buffer) : String(data)));
    await assert.rejects(open(`?token=${one}`), /403/);
    await assert.rejects(open('?token=constructor'), /403/);
    await assert.rejects(open(''), /403/);
    assert.equal(hub.listeners, 0);
    socket.send('neither JSON nor ours');
    socket.send('{"listen": "yes"}');
    socket.send(JSON.stringify({ listen: true }));
    while (hub.listeners === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const message of callAudio('s', 2)) hub.publish(message);
    while (sounds(packets).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
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
    while (hub.counters().pages > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('checks its path', () => {
    for (const path of ['', 'radio', '/a b', '/a/'])
      assert.throws(() => liveServer(hub, { path }), { code: 'bad-setting' });
  });
});
