import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { IqInfo } from '../../src/core/messages';
import { type RtlTcpOptions, RtlTcpSource } from '../../src/sources/rtl-tcp/rtl-tcp-source';
import { FakeRtlTcp } from '../support/fake-rtl-tcp';
import { checkStream, RecordingSink } from '../support/source-sink';

const QUICK = { retryFirst: 5, retryMost: 20, settle: 0 };
const SIGNAL = Buffer.from(Uint8Array.from({ length: 13_200 }, (_, i) => (i * 11) % 253));

describe('rtl_tcp source', () => {
  let server: FakeRtlTcp;
  let sink: RecordingSink;
  let source: RtlTcpSource | undefined;

  beforeEach(async () => {
    server = await FakeRtlTcp.start();
    sink = new RecordingSink();
  });

  afterEach(async () => {
    await source?.stop();
    source = undefined;
    await server.close();
  });

  function make(more: Partial<RtlTcpOptions> = {}, timing = {}): RtlTcpSource {
    const options = {
      host: '127.0.0.1',
      port: more.port ?? server.port,
      center: 852.3e6,
      rate: 240_000,
      stream: 'radio',
      ...more,
    };
    return (source = new RtlTcpSource({ driver: 'rtl-tcp', ...options }, sink, { ...QUICK, ...timing }));
  }

  it('reads the greeting and the signal, however the bytes are cut', async () => {
    server.greeting = Buffer.alloc(0);
    server.onClient = async (client) => {
      const all = Buffer.concat([FakeRtlTcp.greet(6, 29), SIGNAL]);
      for (const [from, to] of [
        [0, 3],
        [3, 11],
        [11, 15],
        [15, 1000],
        [1000, all.length],
      ]) {
        client.write(all.subarray(from, to));
        await new Promise(setImmediate);
      }
    };
    await make().start();
    deepEqual(source!.greeting, { tuner: 'R828D', gains: 29 });
    await sink.untilBytes(SIGNAL.length);
    deepEqual(sink.bytes(), SIGNAL);
    checkStream(sink.messages);
    const info = sink.messages[0].info as IqInfo;
    deepEqual([info.stream, info.format, info.rate, info.center], ['radio', 'cu8', 240_000, 852.3e6]);
    await source!.stop();
    equal(sink.messages.at(-1)!.info.end, true);
  });

  it('sends every setting when it connects', async () => {
    await make({
      gain: 40.2,
      ifGain: { '1': 6, '2': -3 },
      ppm: -12,
      agc: true,
      directSampling: 'Q',
      offsetTuning: true,
      biasTee: true,
      testMode: false,
      rtlXtal: 28_800_000,
      tunerXtal: 28_800_001,
    }).start();
    await until(() => server.commands.length >= 14);
    deepEqual(server.values(0x01), [852_300_000]);
    deepEqual(server.values(0x02), [240_000]);
    deepEqual(server.values(0x03), [1]);
    deepEqual(server.values(0x04), [402]);
    deepEqual(server.values(0x05), [0xffff_fff4]);
    deepEqual(server.values(0x06), [(1 << 16) | 60, (2 << 16) | (-30 & 0xffff)]);
    deepEqual(server.values(0x07), [0]);
    deepEqual(server.values(0x08), [1]);
    deepEqual(server.values(0x09), [2]);
    deepEqual(server.values(0x0a), [1]);
    deepEqual(server.values(0x0b), [28_800_000]);
    deepEqual(server.values(0x0c), [28_800_001]);
    deepEqual(server.values(0x0e), [1]);
  });

  it('tunes and sets while it runs, and keeps that when it connects again', async () => {
    server.onClient = (client) => client.write(SIGNAL);
    await make().start();
    await sink.untilBytes(SIGNAL.length);
    await source!.control({ tune: 460_025_000, gainIndex: 7, ppm: 3, biasTee: true });
    await until(() => server.values(0x0e).length === 1);
    deepEqual(server.values(0x01), [852_300_000, 460_025_000]);
    server.clients[0].destroy();
    await sink.until(() => (sink.messages.at(-1)!.info as IqInfo).center === 460_025_000);
    await until(() => server.values(0x0e).length === 2);
    checkStream(sink.messages);
    deepEqual(server.values(0x01).at(-1), 460_025_000);
    deepEqual(server.values(0x03), [0, 1, 1]);
    deepEqual(server.values(0x0d), [7, 7]);
    deepEqual(server.values(0x05), [3, 3]);
    deepEqual(server.values(0x0e), [1, 1]);
    equal(source!.counters().reconnects, 1);
    equal(sink.errors[0].status, 'server closed');
  });

  it('connects again when the signal stalls', async () => {
    server.onClient = (client, index) =>
      void (index === 0 ? client.write(SIGNAL) : client.write(SIGNAL.subarray(0, 6600)));
    await make({ rate: 24_000 }, { stallAfter: 30 }).start();
    await sink.until(() => server.clients.length >= 2 && sink.errors.some((error) => error.status === 'stalled'));
    await sink.until(() => sink.bytes().length > SIGNAL.length);
    checkStream(sink.messages);
  });

  it('ends the stream in a long outage, and begins a new one after it', async () => {
    server.onClient = (client) => client.write(SIGNAL);
    await make({}, { endAfter: 1, retryFirst: 50, retryMost: 50 }).start();
    await sink.untilBytes(SIGNAL.length);
    server.clients[0].destroy();
    await sink.untilBytes(2 * SIGNAL.length);
    checkStream(sink.messages);
    deepEqual(
      sink.messages.map(({ info }) => [info.seq, info.end ?? false]),
      [
        [0, false],
        [1, true],
        [0, false],
      ],
    );
  });

  it('waits for a server that is not there yet and says so once', async () => {
    const { port } = server;
    await server.close();
    await make({ port }).start();
    await sink.until(() => sink.statuses.filter(({ state }) => state === 'reconnecting').length >= 3);
    equal(sink.errors.length, 1);
    match(sink.errors[0].message, /No connection to rtl_tcp at 127.0.0.1:\d+.*ECONNREFUSED.*Start rtl_tcp/);
    await source!.stop();
    server = await FakeRtlTcp.start();
    equal(sink.statuses.at(-1)!.state, 'stopped');
    equal(sink.messages.length, 0);
  });

  it('says what a stranger sent', async () => {
    server.greeting = Buffer.from('HTTP/1.1 400 Bad Request\r\n');
    await make().start();
    match(sink.errors[0].message, /not rtl_tcp.*"RTL0".*got "HTTP\/1.1 400"/);
  });

  it('says that a server which closes or cuts its greeting may be busy', async () => {
    server.greeting = FakeRtlTcp.greet(5, 29).subarray(0, 7);
    server.onClient = (client) => client.end();
    await make().start();
    match(sink.errors[0].message, /did not greet.*one client at a time/);
  });

  it('is stopped while it connects', async () => {
    server.greeting = Buffer.alloc(0);
    const starting = make().start();
    await until(() => server.clients.length === 1);
    await source!.stop();
    await starting;
    equal(sink.statuses.at(-1)!.state, 'stopped');
  });

  it('starts again after a stop, as a new stream', async () => {
    server.onClient = (client) => client.write(SIGNAL);
    await make().start();
    await sink.untilBytes(SIGNAL.length);
    await source!.control({ stop: true });
    await source!.control({ start: true });
    await sink.untilBytes(2 * SIGNAL.length);
    equal(sink.messages.filter(({ info }) => info.seq === 0).length, 2);
    checkStream(sink.messages);
  });

  it('holds back a server that is faster than real time', async () => {
    const flood = Buffer.alloc(1 << 20, 128);
    server.onClient = (client) => {
      const pump = () => {
        while (!client.destroyed && client.write(flood));
      };
      client.on('drain', pump);
      pump();
    };
    let now = 1e12;
    await make({ rate: 100_000 }, { now: () => now }).start();
    await sink.untilBytes(100_000);
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    const soon = sink.bytes().length;
    // 0.5 s are 100 kB; one read more may have been under way.
    equal(soon < 100_000 + 2 * 65_536 + 5500, true, `${soon} bytes at once`);
    now += 10_000;
  });

  it('refuses settings out of range without sending anything', async () => {
    throws(() => make({ rate: 5 }), /Sample rate/);
    throws(() => make({ center: 0 }), /Frequency/);
    throws(() => make({ host: '' }), /no server/);
    throws(() => make({ port: 70_000 }), /65535/);
    throws(() => make({ directSampling: 'X' as 'Q' }), /directSampling/);
    await make().start();
    await until(() => server.commands.length >= 3);
    for (const bad of [{ tune: -1 }, { gain: 'loud' }, { ppm: 1e9 }, { biasTee: 'yes' }, { gainIndex: 1.5 }])
      await rejects(source!.control(bad as never), { code: 'bad-setting' });
    equal(server.commands.length, 3);
  });

  it('gives up a server that takes the connection and hangs, when told to stop', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const starting = make({ port: (mute.address() as AddressInfo).port }).start();
    await source!.stop();
    await starting;
    await new Promise((resolve) => mute.close(resolve));
  });
});

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise(setImmediate);
}
