import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ExampleNode } from '../package/package-files';
import { aedes, type Broker, mosquitto } from '../support/brokers';
import { Comms } from './comms';
import { changed, example, GENERATED, wire } from './example-flows';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

/** Seconds spoken in a call of the generated site. */
const WHOLE = 6.84;

interface Call {
  talkgroup: number;
  state: string;
  reason?: string;
  length: number;
  start_time_ms: number;
  sources: { src: number; time: number }[];
}

/**
 * Calls from the first syllable to the last, as the site sends them: each has two talkers who say the same. A machine
 * that is overrun loses live signal, so not every call must be one. Numbers and ids are left out, which depend on when one
 * began to listen.
 */
function whole(comms: Comms): (object & { talkgroup: number })[] {
  return (comms.at('calls') as Call[])
    .filter(({ state, length }) => state === 'ended' && Math.abs(length - WHOLE) < 0.1)
    .map(({ talkgroup, reason, length, start_time_ms, sources }) => ({
      talkgroup,
      reason,
      length,
      start_time_ms,
      sources: sources.map(({ src, time }) => ({ src, time })),
    }));
}

describe('recipe: two dongles, one system', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess;
  let comms: Comms;
  before(async () => {
    nodeRed = await NodeRedProcess.start();
    comms = await Comms.open(nodeRed.url);
  });
  after(async () => {
    comms?.close();
    await nodeRed?.stop();
  });

  it('calls that another dongle hears than the control channel are followed and recorded whole, though their clocks differ', async () => {
    await nodeRed.deploy(twoDongles());
    for (const talkgroup of [1001, 1002])
      await until(() => whole(comms).some((call) => call.talkgroup === talkgroup), `a call of ${talkgroup}`, 80_000);
    await until(() => comms.at('recordings').length >= 2, 'two recordings');
    assert.ok(comms.statuses.some(({ node, text }) => node === 'rcp-two-channelizer-b' && text === '1 open'));
  });
});

/**
 * The recipe with a generated site in the air instead of its sources: dongle A hears the control channel, B the voice
 * channels, and B's clock is 0.4 s ahead.
 */
function twoDongles(): ExampleNode[] {
  const recipe = changed(example('Recipes/Two dongles, one system'), {
    // Neither dongle hears the first.
    'rcp-two-sys': { controlChannels: '860.0125 851.4375' },
  });
  const site = changed(example('Demo without a radio'), GENERATED);
  const air = (id: string) => ({ ...site.find((node) => node.id === id)!, z: 'rcp-two-tab' });
  const antenna = `
    const name = msg.iq.stream.split('/')[1];
    const time = msg.iq.time + (name === 'dongle-b' ? 400 : 0);
    msg.iq = { ...msg.iq, stream: name, time };
    return name === 'dongle-a' ? [msg, null] : [null, msg];`;
  const nodes: ExampleNode[] = [
    ...recipe.filter(({ type }) => type !== 'radio-source' && type !== 'radio-device'),
    air('demo-device'),
    { ...air('demo-source'), wires: [['air'], []] },
    {
      ...air('demo-channelizer'),
      id: 'air',
      channels: [
        { id: 'dongle-a', frequency: 851_450_000 },
        { id: 'dongle-b', frequency: 851_560_000 },
      ],
      rate: 100_000,
      bandwidth: 80_000,
      wires: [['antenna'], []],
    },
    { id: 'antenna', type: 'function', z: 'rcp-two-tab', func: antenna, outputs: 2, x: 0, y: 0, wires: [[], []] },
  ];
  wire(nodes, 'antenna', 0, 'rcp-two-channelizer-a');
  wire(nodes, 'antenna', 1, 'rcp-two-channelizer-b');
  return nodes;
}

describe('recipe: two machines', function () {
  this.timeout(180_000);
  let broker: Broker;
  let receiver: NodeRedProcess;
  let decoder: NodeRedProcess;
  let near: Comms;
  let far: Comms;
  before(async () => {
    broker = (await mosquitto()) ?? (await aedes());
    [receiver, decoder] = await Promise.all([NodeRedProcess.start(), NodeRedProcess.start()]);
    near = await Comms.open(receiver.url);
    far = await Comms.open(decoder.url);
  });
  after(async () => {
    near?.close();
    far?.close();
    await Promise.all([receiver?.stop(), decoder?.stop()]);
    await broker?.close();
  });

  it('what is decoded on the other machine equals what is decoded here', async () => {
    const mqtt = { 'mqtt-broker': { port: String(broker.port) } };
    await decoder.deploy(changed(example('Recipes/Two machines - decoder'), mqtt));
    await until(() => connected(far, 'rcp-dec-symbols'), 'the decoder to be connected');
    await receiver.deploy(receiverAndLocal(mqtt));
    const same = () => whole(far).filter((call) => whole(near).some((other) => isDeepStrictEqual(call, other)));
    await until(() => same().length >= 2, 'two calls that are equal', 80_000);
    await until(() => far.at('recordings').length >= 2, 'two recordings');
    assert.deepEqual(receiver.log.match(/\[error\].*/g), null);
    assert.deepEqual(decoder.log.match(/\[error\].*/g), null);
  });

  const connected = (comms: Comms, id: string) =>
    comms.statuses.some(({ node, text }) => node === id && text === 'node-red:common.status.connected');

  /** The recipe's receiver, and on the same source everything that the other machine does. */
  function receiverAndLocal(mqtt: Record<string, object>): ExampleNode[] {
    const recipe = changed(example('Recipes/Two machines - receiver'), { ...mqtt, ...GENERATED });
    const local = changed(example('P25 site from one dongle with recordings'), GENERATED)
      .filter(({ type }) => type !== 'radio-source' && type !== 'radio-device')
      .map((node) => (node.type === 'radio-audio' ? { ...node, browser: false } : node));
    const nodes = [...recipe, ...local.map((node) => (node.z ? { ...node, z: 'rcp-rx-tab' } : node))];
    wire(nodes, 'rcp-rx-source', 0, 'p25-dongle-channelizer');
    return nodes.filter(({ id }) => id !== 'p25-dongle-tab');
  }
});
