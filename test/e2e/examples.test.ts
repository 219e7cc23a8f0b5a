import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import mqtt from 'mqtt';
import WebSocket from 'ws';
import { writeSignal } from '../../src/sources/generator/write-signal';
import { type ExampleNode, examples, NODES } from '../package/package-files';
import { mosquitto } from '../support/brokers';
import { capture, needsCaptures } from '../support/captures';
import { Comms } from './comms';
import { changed, example, GENERATED, onTab } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

/** What examples may need besides: the dashboard's nodes. */
const DASHBOARD = ['@flowfuse/node-red-dashboard'];

/** Examples without a tab of their own are put on the one that is open. */
function placed(nodes: ExampleNode[]): object[] {
  if (nodes.some(({ type }) => type === 'tab')) return nodes;
  return [{ id: 'open', type: 'tab', label: 'open' }, ...onTab(nodes, 'open')];
}

interface Call {
  talkgroup: number;
  state: string;
  reason?: string;
  length: number;
}

describe('examples', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let comms: Comms;
  before(async () => {
    nodeRed = await NodeRedProcess.start({ modules: DASHBOARD });
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    comms = await Comms.open(nodeRed.url);
  });
  afterEach(async () => {
    comms.close();
    await nodeRed.deploy([]);
  });

  /** Reports of finished recordings, as the 'recordings' debug node shows them. */
  const recordings = () => comms.at('recordings') as string[];

  /** Waits until a node shows this. */
  const shows = (id: string, wanted: string, patience?: number) =>
    until(
      () => comms.statuses.some(({ node, text }) => node === id && text === wanted),
      `${id} to show ${wanted}`,
      patience,
    );

  /** Presses the button of the file example and waits until the file is read. */
  async function play(): Promise<void> {
    await shows('p25-file-source', 'stopped');
    await nodeRed.post('/inject/p25-file-play');
    await shows('p25-file-source', 'ended', 50_000);
  }

  for (const { name, nodes } of examples()) {
    it(`${name}: uses core nodes, ours and those it names, with comments and a tidy layout`, async () => {
      const sets = (await nodeRed.get('/nodes')) as { module: string; types: string[] }[];
      const named = nodes.find(({ type }) => type === 'global-config')?.modules as object | undefined;
      const modules = ['node-red', '@trunkflow/node-red', ...Object.keys(named ?? {})];
      const known = new Set(sets.filter(({ module }) => modules.includes(module)).flatMap(({ types }) => types));
      const ids = new Set(nodes.map(({ id }) => id));
      assert.equal(ids.size, nodes.length);
      for (const { id, type, x, y, wires } of nodes) {
        if (type === 'tab' || type === 'group') continue;
        assert.ok(known.has(type), type);
        for (const target of ((wires as string[][]) ?? []).flat())
          assert.ok(ids.has(target), `${id} is wired to ${target}`);
        if (x === undefined) continue;
        assert.ok((x as number) % 10 === 0 && (y as number) % 20 === 0, `${id} lies on the grid`);
      }
      assert.ok(nodes.some(({ type }) => type === 'comment'));
    });

    it(`${name}: loads, and every node is there with all its settings`, async () => {
      const flow = placed(nodes);
      await nodeRed.deploy(flow);
      const flows = (await nodeRed.get('/flows')) as ExampleNode[];
      assert.equal(flows.length, flow.length);
      for (const node of nodes) {
        const form = NODES.find(({ type }) => type === node.type);
        if (!form) continue;
        for (const property of Object.keys(form.definition.defaults))
          assert.ok(property in node, `${node.type} has ${property}`);
      }
      const shown = nodes.some(({ type }) =>
        NODES.find((form) => form.type === type && form.definition.category !== 'config'),
      );
      if (shown) await until(() => comms.statuses.length > 0, 'a status');
      for (const { text = '' } of comms.statuses) assert.ok(text.length < 20 || text.startsWith('node-red:'), text);
    });
  }

  it('Demo without a radio: follows two talkgroups in turn, and records them', async () => {
    await nodeRed.deploy(example('Demo without a radio'));
    await until(() => recordings().length >= 2, 'two recordings');
    const calls = comms.at('calls') as Call[];
    const ended = calls.filter(({ state }) => state === 'ended');
    assert.deepEqual(
      ended
        .slice(0, 2)
        .map(({ talkgroup }) => talkgroup)
        .sort(),
      [1001, 1002],
    );
    assert.deepEqual(
      ended.slice(0, 2).map(({ reason }) => reason),
      ['terminator', 'terminator'],
    );
    for (const path of recordings()) assert.match(path, /recordings\/demo\/\d{4}\/\d+\/\d+\/100[12]-/);
    const decoder = comms.statuses.filter(({ node }) => node === 'demo-decoder');
    assert.ok(
      decoder.some(({ fill, text }) => fill === 'green' && /^\d+ msg\/s$/.test(text!)),
      JSON.stringify(decoder),
    );
    for (const { text = '' } of comms.statuses) assert.ok(text.length < 20, text);
  });

  it('P25 site from one dongle with recordings: records calls, here of the generated site', async () => {
    await nodeRed.deploy(changed(example('P25 site from one dongle with recordings'), GENERATED));
    await until(() => recordings().length >= 1, 'a recording');
    const folder = join(nodeRed.userDir, 'recordings', 'county');
    const files = readdirSync(folder, { recursive: true }).map(String);
    assert.ok(files.some((file) => file.endsWith('.wav')) && files.some((file) => file.endsWith('.json')));
  });

  it('P25 site from a file: plays on command, at once', async () => {
    const path = join(nodeRed.userDir, 'site_851500000Hz_240000sps.cu8');
    await writeSignal(path, { signal: 'p25-site', seconds: 24 });
    const changes = { 'radio-device': { iqFile: basename(path) }, 'radio-channelizer': GENERATED['radio-channelizer'] };
    await nodeRed.deploy(changed(example('P25 site from a file'), changes));
    await play();
    await until(() => recordings().length >= 2, 'two recordings');
  });

  it('P25 site from a file: records both talkgroups of a recorded site, and not the encrypted one', async function () {
    needsCaptures(this, 'wideband/site_2400k.cu8');
    const changes = {
      'radio-device': { iqFile: capture('wideband/site_2400k.cu8') },
      'radio-source': { frequency: 852_300_000, rate: 2_400_000 },
      'radio-channelizer': { channels: [{ id: 'control', frequency: 851_625_000 }] },
    };
    await nodeRed.deploy(changed(example('P25 site from a file'), changes));
    await play();
    await until(() => recordings().length >= 2, 'two recordings');
    const calls = comms.at('calls') as Call[];
    const talkgroups = (state: string) =>
      [...new Set(calls.filter((call) => call.state === state).map(({ talkgroup }) => talkgroup))].sort();
    assert.deepEqual(talkgroups('ended'), [9101, 9102]);
    assert.deepEqual(talkgroups('not_followed'), [9103]);
    assert.equal(calls.find(({ talkgroup }) => talkgroup === 9103)!.reason, 'encrypted');
  });

  it('Listen to one FM channel: sends sound to whoever listens, here of a generated tone', async () => {
    const changes = {
      'radio-device': { driver: 'generator', signal: 'nfm', snr: 40 },
      'radio-source': { rate: 240_000 },
      'radio-channelizer': { channels: [{ id: 'weather', frequency: 162_450_000 }] },
    };
    await nodeRed.deploy(changed(example('Listen to one FM channel'), changes));
    await shows('fm-audio', 'nobody listens');
    const page = await fetch(`${nodeRed.url}/radio/listen`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<html/);
    const { token } = (await nodeRed.get('/radio/listen/session')) as { token: string };
    const socket = new WebSocket(`${nodeRed.url.replace('http', 'ws')}/radio/listen/live?token=${token}`);
    const texts: { type: string }[] = [];
    let bytes = 0;
    socket.on('message', (data, binary) => {
      if (binary) bytes += (data as Buffer).length - 4;
      else texts.push(JSON.parse(String(data)));
    });
    socket.on('open', () => socket.send(JSON.stringify({ listen: true })));
    await until(() => bytes > 8000, 'half a second of sound');
    socket.close();
    assert.deepEqual(
      texts.slice(0, 2).map(({ type }) => type),
      ['hello', 'call'],
    );
    await shows('fm-audio', '1 listening');
  });

  /** The latest message of each topic at a broker while an example runs with it; skips where there is no broker. */
  async function published(context: Mocha.Context, name: string, done: (topics: Published) => unknown): Promise<void> {
    const broker = await mosquitto();
    if (!broker) {
      context.test!.title += ' (skipped: mosquitto is not installed)';
      context.skip();
    }
    const topics: Published = new Map();
    const client = await mqtt.connectAsync(broker.url);
    try {
      client.on('message', (topic, payload) => {
        const text = String(payload);
        topics.set(topic, text.startsWith('{') ? JSON.parse(text) : { text });
      });
      await client.subscribeAsync(['radio/#', 'homeassistant/#']);
      await nodeRed.deploy(changed(example(name), { ...GENERATED, 'mqtt-broker': { port: String(broker.port) } }));
      await until(() => done(topics), 'the messages');
    } finally {
      await nodeRed.deploy([]);
      await client.endAsync();
      await broker.close();
    }
  }

  it('P25 calls to MQTT: publishes calls and what the site says, here of the generated site', async function () {
    let topics: Published = new Map();
    await published(this, 'P25 calls to MQTT', (now) => {
      if (!now.has('radio/trunkflow/county/call/end') || !now.get('radio/trunkflow/county/state')?.wacn) return false;
      topics = new Map(now);
      return true;
    });
    assert.equal(topics.get('radio/trunkflow/status')!.text, 'online');
    assert.equal(topics.get('radio/trunkflow/county/state')!.locked, true);
    const call = topics.get('radio/trunkflow/county/call/start')!;
    assert.equal(call.event, 'start');
    assert.equal(call.sys_name, 'county');
    assert.match(String(call.talkgroup), /^100[12]$/);
  });

  it('Calls in Home Assistant: makes the devices and tells of calls, here of the generated site', async function () {
    let topics: Published = new Map();
    await published(this, 'Calls in Home Assistant', (now) => {
      const device = now.get('homeassistant/device/trunkflow-trunkflow-county/config');
      const { snr } = (device?.components ?? {}) as Record<string, unknown>;
      if (!now.has('radio/trunkflow/county/call/recorded') || !snr) return false;
      topics = new Map(now);
      return true;
    });
    const device = topics.get('homeassistant/device/trunkflow-trunkflow-county/config')!;
    const entities = [
      'locked',
      'rate',
      'snr',
      'active',
      'last_call',
      'alerts',
      'talkgroup_9101',
      'talkgroup_9101_active',
    ];
    assert.deepEqual(Object.keys(device.components as object).sort(), entities.sort());
    assert.equal(topics.get('radio/trunkflow/county/last_call')!.event, 'end');
    assert.match(String(topics.get('radio/trunkflow/county/call/recorded')!.filename), /recordings\/county\//);
  });
});

type Published = Map<string, Record<string, unknown>>;
