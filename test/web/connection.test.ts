import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { FakeClock } from '../support/fake-clock';

interface Lost extends Event {
  seconds: number;
  silent: boolean;
}

interface Connection extends EventTarget {
  open(): Promise<void>;
}

const MODULE = pathToFileURL(join(__dirname, '..', '..', 'resources', 'web', 'connection.js')).href;
const BEAT = '{"type":"beat"}';

/** A browser's WebSocket whose other end the test is. */
class Socket {
  static readonly OPEN = 1;
  static readonly all: Socket[] = [];
  onopen?: (() => void) | null;
  onmessage?: ((event: { data: string }) => void) | null;
  onclose?: (() => void) | null;
  readyState = 0;
  closed = false;

  constructor() {
    Socket.all.push(this);
  }

  opened(): void {
    this.readyState = Socket.OPEN;
    this.onopen?.();
  }

  says(data: string): void {
    this.onmessage?.({ data });
  }

  /** As a browser does on a network that is gone: nothing comes of it. */
  close(): void {
    this.closed = true;
  }
}

describe('connection of a page', () => {
  const browser = () => ({
    addEventListener: () => {},
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
    location: { href: 'http://home.test/radio/listen/' },
    WebSocket: Socket,
    fetch: async () => ({ ok: true, json: async () => ({ token: 'x' }) }),
  });
  const before = new Map<string, PropertyDescriptor | undefined>();
  const happened: string[] = [];
  let connection: Connection;
  let clock: FakeClock;

  beforeEach(async () => {
    for (const [name, value] of Object.entries(browser())) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const { Connection } = (await import(MODULE)) as { Connection: new () => Connection };
    clock = new FakeClock();
    Socket.all.length = 0;
    happened.length = 0;
    connection = new Connection();
    for (const name of ['connecting', 'open']) connection.addEventListener(name, () => happened.push(name));
    connection.addEventListener('lost', (event) => happened.push((event as Lost).silent ? 'silent' : 'lost'));
    connection.addEventListener('message', (event) => happened.push((event as MessageEvent).data));
    await connection.open();
  });
  afterEach(() => {
    clock.restore();
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete (globalThis as Record<string, unknown>)[name];
    }
  });

  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      clock.pass(1000);
      await turn();
    }
  };
  const last = () => Socket.all.at(-1)!;

  it('stays while the server gives signs of life, which the page does not see', async () => {
    last().opened();
    for (let minute = 0; minute < 30; minute++) {
      await seconds(20);
      last().says(BEAT);
    }
    last().says('{"type":"past"}');
    assert.deepEqual(happened, ['connecting', 'open', '{"type":"past"}']);
    assert.equal(Socket.all.length, 1);
  });

  it('counts everything that comes as a sign of life', async () => {
    last().opened();
    for (let i = 0; i < 5; i++) {
      await seconds(45);
      last().says('sound');
    }
    assert.equal(Socket.all.length, 1);
  });

  it('is made anew when nothing comes for 50 s, and says why', async () => {
    last().opened();
    await seconds(20);
    last().says(BEAT);
    await seconds(50);
    assert.deepEqual(happened, ['connecting', 'open']);
    await seconds(5);
    assert.deepEqual(happened, ['connecting', 'open', 'silent']);
    assert.ok(Socket.all[0].closed);
    await seconds(2);
    assert.equal(Socket.all.length, 2);
    last().opened();
    // What the old one still says is not heard, nor that it ends.
    Socket.all[0].says('late');
    Socket.all[0].onclose?.();
    await seconds(20);
    assert.deepEqual(happened, ['connecting', 'open', 'silent', 'connecting', 'open']);
  });

  it('that never comes about is given up too', async () => {
    await seconds(55);
    assert.deepEqual(happened, ['connecting', 'silent']);
    await seconds(2);
    assert.equal(Socket.all.length, 2);
  });

  it('is made anew when the device wakes up, by the clock of the day', async () => {
    last().opened();
    await seconds(10);
    clock.sleep(3_600_000);
    (globalThis as unknown as { document: EventTarget }).document.dispatchEvent(new Event('visibilitychange'));
    assert.deepEqual(happened, ['connecting', 'open', 'silent']);
    await seconds(2);
    assert.equal(Socket.all.length, 2);
  });

  it('that was closed is not told to be silent', async () => {
    last().opened();
    last().onclose?.();
    assert.deepEqual(happened, ['connecting', 'open', 'lost']);
    await seconds(2);
    last().opened();
    await seconds(40);
    assert.deepEqual(happened, ['connecting', 'open', 'lost', 'connecting', 'open']);
  });
});
