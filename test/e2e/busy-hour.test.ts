import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import WebSocket from 'ws';
import type { CallInfo } from '../../src/core/messages';
import { CallArchive } from '../../src/sinks/archive/call-archive';
import { aedes, type Broker } from '../support/brokers';
import { BUSY_SITE, busyFlow, playBusySite, startBusyNodeRed } from '../support/busy-flow';
import { type BusyResult, planCalls, type SiteCall } from '../support/busy-site';
import type { NodeRedProcess } from './node-red-process';
import { until } from './until';

/** A call, as far as all tell of it. */
type Told = Pick<CallInfo, 'talkgroup' | 'start_time'> & { encrypted?: boolean | number };

/** No talkgroup calls twice in a second. */
const key = ({ talkgroup, start_time: start }: Told) => `${talkgroup}@${start}`;

/** A listener of the page: the calls that it was told are over. */
class Listener {
  readonly past: Told[] = [];
  bytes = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.bytes += data.length - 4;
        return;
      }
      const { type, call } = JSON.parse(data.toString());
      if (type === 'past') this.past.push(call);
    });
  }

  static async open(url: string): Promise<Listener> {
    const { token } = (await (await fetch(`${url}/radio/listen/session`)).json()) as { token: string };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/radio/listen/live?token=${token}`);
    const listener = new Listener(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(JSON.stringify({ listen: true }));
    return listener;
  }

  close(): void {
    this.socket.terminate();
  }
}

describe('an hour of a busy site', function () {
  this.timeout(600_000);
  let nodeRed: NodeRedProcess;
  let result: BusyResult;
  let listener: Listener;
  let broker: Broker;
  let client: MqttClient;
  /** What the broker had, by topic. */
  const published = new Map<string, Told[]>();
  const calls: SiteCall[] = planCalls(BUSY_SITE);
  const clear = calls.filter(({ encrypted }) => !encrypted);

  before(async () => {
    nodeRed = await startBusyNodeRed();
    broker = await aedes();
    client = await mqtt.connectAsync(broker.url);
    client.on('message', (topic, payload) => {
      const told = JSON.parse(payload.toString());
      published.set(topic, [...(published.get(topic) ?? []), told.call ?? told]);
    });
    const topics = ['radio/test/busy/call/+', 'tr/call_start', 'tr/call_end'];
    await client.subscribeAsync(topics, { qos: 1 });
    await nodeRed.deploy(busyFlow(0, broker.port));
    const isThere = (path: string) => fetch(nodeRed.url + path).then(({ ok }) => ok);
    while (!(await isThere('/radio/listen/'))) await sleep(50);
    listener = await Listener.open(nodeRed.url);
    result = await playBusySite(nodeRed);
  });
  after(async () => {
    listener?.close();
    await nodeRed.stop();
    await client.endAsync(true);
    await broker.close();
  });

  /** Each call once, none besides. */
  function assertAll(heard: Told[], wanted: SiteCall[]): void {
    assert.equal(new Set(heard.map(key)).size, heard.length, 'no call twice');
    const missing = wanted.filter((call) => !heard.some((one) => isOf(one, call)));
    assert.deepEqual(missing, []);
    assert.equal(heard.length, wanted.length);
  }

  it('is recorded whole', async () => {
    const files = await readdir(join(nodeRed.userDir, 'recordings'), { recursive: true });
    const sidecars = files.filter((name) => name.endsWith('.json'));
    const texts = sidecars.map((name) => readFileSync(join(nodeRed.userDir, 'recordings', name), 'utf8'));
    assertAll(
      texts.map((text) => JSON.parse(text)),
      clear,
    );
    assert.equal(files.filter((name) => name.endsWith('.wav')).length, clear.length);
  });

  it('is in the log whole, the calls that could not be recorded with the reason', async () => {
    const archive = new CallArchive(join(nodeRed.userDir, 'recordings'));
    const logged = [];
    for (let more = true, before: string | undefined; more; before = logged.at(-1)!.id) {
      const page = await archive.search({ limit: 200, before });
      logged.push(...page.calls);
      more = page.more;
    }
    const recorded = logged.filter((one) => one.recorded);
    assertAll(
      recorded.map(({ call }) => call),
      clear,
    );
    const others = logged.filter((one) => !one.recorded);
    assert.ok(others.every(({ reason }) => reason === 'encrypted'));
    assertAll(
      others.map(({ call }) => call),
      calls.filter(({ encrypted }) => encrypted),
    );
    await archive.close();
  });

  it('is told and played to a listener whole', () => {
    assertAll(listener.past, calls);
    const seconds = clear.reduce((sum, { start, end }) => sum + (end - start - 300) / 1000, 0);
    // The decoder's last frame fades out for as long again.
    assert.equal(listener.bytes, Math.round(2 * 8000 * (seconds + 0.02 * clear.length)));
  });

  it('is published whole', async () => {
    const at = (topic: string) => published.get(topic) ?? [];
    await until(() => at('radio/test/busy/call/recorded').length >= clear.length, 'the last message');
    for (const happening of ['start', 'end', 'recorded']) assertAll(at(`radio/test/busy/call/${happening}`), clear);
    assertAll(at('tr/call_end'), clear);
    assertAll(
      at('radio/test/busy/call/not_followed'),
      calls.filter(({ encrypted }) => encrypted),
    );
    // As trunk-recorder, which tells of the calls that it only monitors too.
    assertAll(at('tr/call_start'), calls);
  });

  it('leaves the memory as it was', () => {
    const later = result.rss.slice(result.rss.length / 2);
    const least = Math.min(...later.slice(0, 3));
    assert.ok(Math.min(...later.slice(-3)) < least + 60, `${result.rss.join(' ')} MB`);
  });
});

/** A call begins with its grant, or as its voice does. */
function isOf({ talkgroup, start_time: start }: Told, call: SiteCall): boolean {
  const at = start - Math.floor((1_700_000_000_000 + call.start) / 1000);
  return talkgroup === call.talkgroup && at >= 0 && at <= 1;
}
