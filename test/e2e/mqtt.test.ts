import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { checkDiscovery, Registry } from '../sinks/mqtt/home-assistant';
import { call, endedCall, type Json, NOW, stats } from '../sinks/mqtt/support';
import { aedes, type Broker, mosquitto } from '../support/brokers';
import { MQTT_NODE } from '../support/mqtt-node';
import { linkedUserDir, NodeRedProcess } from './node-red-process';
import { until } from './until';

interface FlowOptions {
  talkgroups?: object[];
  /** Leave the node out. */
  without?: boolean;
  /** The system's short name. */
  system?: string;
}

/** Messages posted to /in go through mqtt format and mqtt out to the broker, with all that keeps them from getting lost. */
function flow(
  { port }: Broker,
  { talkgroups = [{ system: '', talkgroup: 9101, name: '' }], without, system = 'county' }: FlowOptions = {},
) {
  const tables = { talkgroups: 'Decimal,Alpha Tag\n9101,Fire', talkgroupsIn: 'text', unitTags: '', unitTagsIn: 'text' };
  const format = { ...MQTT_NODE, id: 'format', z: 'tab', talkgroups, wires: [['out']] };
  const will = (kind: string, payload: string) => ({
    [`${kind}Topic`]: 'radio/attic/status',
    [`${kind}Qos`]: '1',
    [`${kind}Retain`]: 'true',
    [`${kind}Payload`]: payload,
    [`${kind}Msg`]: {},
  });
  const nodes: Record<string, unknown>[] = [
    { id: 'tab', type: 'tab', label: 'mqtt' },
    {
      id: 'system',
      type: 'radio-system',
      name: '',
      shortName: system,
      nac: '',
      ...tables,
      followUnknown: true,
      bandPlan: [],
    },
    { id: 'in', type: 'http in', z: 'tab', url: '/in', method: 'post', wires: [['unpack', 'answer']] },
    { id: 'answer', type: 'http response', z: 'tab', statusCode: '200', wires: [] },
    {
      id: 'unpack',
      type: 'function',
      z: 'tab',
      func: 'return [msg.payload.map((one) => ({ ...one }))];',
      outputs: 1,
      wires: [['format']],
    },
    ...(without ? [] : [format]),
    { id: 'out', type: 'mqtt out', z: 'tab', topic: '', qos: '', retain: '', broker: 'broker', wires: [] },
    { id: 'status', type: 'status', z: 'tab', scope: ['out'], wires: [['format']] },
    { id: 'complete', type: 'complete', z: 'tab', scope: ['out'], wires: [['format']] },
    {
      id: 'ha',
      type: 'mqtt in',
      z: 'tab',
      topic: 'homeassistant/status',
      qos: '1',
      datatype: 'auto-detect',
      broker: 'broker',
      inputs: 0,
      wires: [['format']],
    },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(port),
      clientid: '',
      autoConnect: true,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      ...will('birth', 'online'),
      ...will('close', 'offline'),
      ...will('will', 'offline'),
    },
  ];
  // A node without a place is a config node to the runtime.
  return nodes.map((node) => (node.z ? { x: 100, y: 100, ...node } : node));
}

/** An independent client, whose session lives on at the broker while it is away. */
class Subscriber {
  /** `again`: the broker sends it a second time, as its first was not confirmed. */
  readonly messages: { topic: string; text: string; retain: boolean; again: boolean }[] = [];

  private constructor(readonly client: MqttClient) {
    client.on('message', (topic, payload, { retain, dup }) =>
      this.messages.push({ topic, text: String(payload), retain, again: dup }),
    );
  }

  static async open(broker: Broker, clientId: string, clean = true): Promise<Subscriber> {
    const client = mqtt.connect(broker.url, { clientId, clean, reconnectPeriod: 200 });
    const subscriber = new Subscriber(client);
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    await client.subscribeAsync(['radio/#', 'tr/#', 'homeassistant/#'], { qos: 1 });
    return subscriber;
  }

  at(topic: string): Json[] {
    return this.messages
      .filter((one) => one.topic === topic)
      .map(({ text }) => (text.startsWith('{') ? JSON.parse(text) : text));
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** What the broker keeps, as somebody new sees it. */
async function retained(broker: Broker): Promise<Map<string, string>> {
  const fresh = await Subscriber.open(broker, `fresh-${Math.random()}`);
  // Retained messages come before what is published after them on another topic.
  await fresh.client.publishAsync('radio/marker', 'x', { qos: 1 });
  await until(() => fresh.at('radio/marker').length > 0, 'the marker');
  await fresh.close();
  return new Map(fresh.messages.filter(({ retain }) => retain).map(({ topic, text }) => [topic, text]));
}

const COUNTY = 'homeassistant/device/trunkflow-attic-county/config';

for (const make of [mosquitto, aedes])
  describe(`mqtt format with a real broker: ${make.name}`, function () {
    this.timeout(120_000);
    let broker: Broker;
    let userDir: string;
    let nodeRed: NodeRedProcess;
    let subscriber: Subscriber | undefined;

    const startNodeRed = async () => {
      nodeRed = await NodeRedProcess.start({ userDir, settings: { mqttReconnectTime: 300 } });
    };
    before(async function () {
      const made = await make();
      if (!made) {
        this.skip();
        return;
      }
      broker = made;
      userDir = linkedUserDir();
      await startNodeRed();
    });
    after(async () => {
      await nodeRed?.stop();
      await broker?.close();
      if (userDir) rmSync(userDir, { recursive: true, force: true });
    });
    afterEach(async () => {
      await subscriber?.close();
      subscriber = undefined;
    });

    const send = async (...messages: object[]) => {
      const answer = await fetch(`${nodeRed.url}/in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(messages),
      });
      assert.equal(answer.status, 200);
    };
    const start = (id: string) => ({ topic: 'county/9101', event: 'start', payload: call({ id }) });
    const end = (id: string) => ({ topic: 'county/9101', event: 'end', payload: endedCall({ id }) });
    const online = () => until(async () => (await retained(broker)).get('radio/attic/status') === 'online', 'online');

    it('publishes calls, states and discovery as they should be', async () => {
      subscriber = await Subscriber.open(broker, 'watcher');
      await nodeRed.deploy(flow(broker));
      await online();
      await send({ topic: 'county/stats', payload: stats({ snr: 18 }) }, start('a'), end('a'));
      await until(() => subscriber!.at('tr/call_end').length === 1, 'the end of the call');
      await until(
        () => subscriber!.at('tr/rates').length > 0 && subscriber!.at('radio/attic/county/rates').length > 0,
        'rates',
      );
      const kept = await retained(broker);
      const unique = new Set<string>();
      for (const [topic, text] of kept)
        if (topic.startsWith('homeassistant/')) checkDiscovery(topic, JSON.parse(text), unique);
      assert.ok(kept.has(COUNTY));
      assert.equal(JSON.parse(kept.get('radio/attic/county/last_call')!).id, 'a');
      assert.equal(JSON.parse(kept.get('tr/trunk_recorder/status')!).status, 'connected');
      // Whoever comes later must not take an old call for a new one.
      for (const topic of kept.keys())
        assert.ok(!/call\/|event$|alerts$|calls_active|call_(start|end)/.test(topic), topic);
      assert.deepEqual(
        subscriber.messages
          .filter(({ topic }) => topic === 'radio/attic/county/talkgroups/9101/event')
          .map(({ text }) => JSON.parse(text).event_type),
        ['start', 'end'],
      );
    });

    it('loses no call and doubles none when the broker goes away and comes back, several times', async () => {
      await nodeRed.deploy(flow(broker));
      await online();
      subscriber = await Subscriber.open(broker, 'keeper', false);
      const ids: string[] = [];
      const underWay = new Set<string>();
      const burst = async (count: number) => {
        for (let each = 0; each < count; each++) {
          const id = `outage-${ids.length}`;
          ids.push(id);
          await send(start(id), end(id));
        }
      };
      for (let round = 0; round < 3; round++) {
        const before = ids.length;
        await burst(20);
        // In the midst of it, so that messages are on their way.
        await Promise.all([burst(20), broker.stop()]);
        for (const id of ids.slice(before)) underWay.add(id);
        await burst(20);
        await broker.start();
        await burst(20);
        const told = () => new Set(subscriber!.at('radio/attic/county/call/end').map(({ id }) => id));
        await until(
          () => told().size === ids.length,
          `${ids.length} calls in round ${round}, not ${told().size}`,
          60_000,
        );
      }
      for (const [topic, event] of [
        ['radio/attic/county/call/start', 'start'],
        ['radio/attic/county/call/end', 'end'],
        ['radio/attic/county/talkgroups/9101/event', 'start'],
        ['radio/attic/county/talkgroups/9101/event', 'end'],
      ]) {
        const counts = new Map(ids.map((id) => [id, 0]));
        for (const one of subscriber.messages) {
          if (one.topic !== topic || one.again) continue;
          const told = JSON.parse(one.text);
          if (told.event === event) counts.set(told.id, counts.get(told.id)! + 1);
        }
        assert.equal(counts.size, ids.length);
        for (const [id, count] of counts) {
          assert.ok(count >= 1, `${id} is missing in ${topic}`);
          // QoS 1 may repeat what was under way when the connection broke, and nothing else.
          assert.ok(count === 1 || underWay.has(id), `${id} came ${count} times in ${topic}`);
        }
      }
      await online();
    });

    it('takes away what is removed while it runs, for those who watch and those who come later', async () => {
      subscriber = await Subscriber.open(broker, 'home-assistant');
      const registry = new Registry();
      subscriber.client.on('message', (topic, payload) => {
        if (topic.startsWith('homeassistant/device/')) registry.receive(topic, String(payload));
      });
      await nodeRed.deploy(flow(broker));
      await online();
      await send({ topic: 'county/stats', payload: stats({ snr: 18 }) }, start('b'));
      await until(
        () => registry.components.includes('talkgroup_9101') && registry.components.includes('snr'),
        'the entities',
      );

      await nodeRed.deploy(flow(broker, { talkgroups: [] }), 'nodes');
      await until(() => !registry.components.includes('talkgroup_9101'), 'the talkgroup to go');
      assert.ok(registry.components.includes('last_call'));
      await until(
        async () => !(await retained(broker)).has('radio/attic/county/talkgroups/9101/active'),
        'its state to go',
      );

      await nodeRed.deploy(flow(broker, { without: true }), 'nodes');
      await until(() => registry.components.length === 0, 'the devices to go');
      const left = await until(async () => {
        const kept = await retained(broker);
        return [...kept.keys()].every((topic) => topic === 'radio/attic/status') && kept;
      }, 'nothing to be left');
      // The broker node's own birth message may stay.
      assert.ok(left.size <= 1);
    });

    it('takes away what was removed while it did not run', async () => {
      await nodeRed.deploy(flow(broker));
      await online();
      await send({ topic: 'county/stats', payload: stats({ snr: 18 }) }, start('c'));
      await until(async () => (await retained(broker)).has(COUNTY), 'the device');
      await nodeRed.stop();
      assert.equal((await retained(broker)).get('radio/attic/status'), 'offline');

      const file = join(userDir, 'flows.json');
      const renamed = readFileSync(file, 'utf8').replaceAll('"county"', '"city"');
      writeFileSync(file, renamed);
      await startNodeRed();
      await until(async () => {
        const kept = await retained(broker);
        return (
          kept.get('radio/attic/status') === 'online' && ![...kept.keys()].some((topic) => topic.includes('county'))
        );
      }, 'the old system to go');
    });

    it('is told to be offline by the broker when Node-RED dies', async () => {
      await nodeRed.deploy(flow(broker));
      await online();
      await nodeRed.kill();
      await until(async () => (await retained(broker)).get('radio/attic/status') === 'offline', 'offline');
      await startNodeRed();
      await online();
    });

    it('tells everything again when Home Assistant starts', async () => {
      await nodeRed.deploy(flow(broker));
      await online();
      await send({ topic: 'county/stats', payload: stats({ time: NOW, snr: 18 }) });
      await until(async () => (await retained(broker)).has(COUNTY), 'the device');
      subscriber = await Subscriber.open(broker, 'watcher-2');
      await until(() => subscriber!.at(COUNTY).length > 0, 'the kept discovery');
      const count = subscriber.at(COUNTY).length;
      await subscriber.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
      await until(() => subscriber!.at(COUNTY).length > count, 'the discovery again');
    });
  });
