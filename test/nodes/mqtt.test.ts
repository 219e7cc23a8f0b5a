import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../e2e/until';
import { call, endedCall, NOW, stats } from '../sinks/mqtt/support';
import { MQTT_NODE } from '../support/mqtt-node';
import { type FlowNode, helper, type Message, SYSTEM, TestFlow, watchers } from './flow';

const NODE = {
  ...MQTT_NODE,
  id: 'node',
  audio: true,
  audioLimit: 100,
  talkgroups: [{ system: '', talkgroup: 1001, name: '' }],
  wires: [['out1']],
};

describe('radio-mqtt', () => {
  let flow: TestFlow;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
    helper.settings({ userDir: folder });
  });
  after(() => {
    helper.settings({});
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => flow.close());

  const start = async (settings: object = {}, others: FlowNode[] = []) => {
    flow = await TestFlow.load([SYSTEM, { ...NODE, ...settings } as FlowNode, ...others, ...watchers(1)]);
  };
  const send = (msg: object) => flow.node('node').receive(msg as Message);
  const broker = (there: boolean) =>
    send({ status: { fill: there ? 'green' : 'red', shape: 'dot', text: '', source: { id: 'x', type: 'mqtt out' } } });
  const at = (topic: string) => flow.at('out1').filter((msg) => msg.topic === topic);
  const demo = (info: object) => ({ ...call(), sys_name: 'demo', talkgroup: 1001, ...info });
  const shown = (text: string) => until(() => flow.at('shown').some(({ status }) => status.text === text), text);

  it('makes messages for mqtt out of calls, events and recordings', async () => {
    await start();
    broker(true);
    send({ topic: 'demo/stats', payload: stats() });
    send({ topic: 'demo/1001', event: 'start', payload: demo({}) });
    const [told] = await until(
      () => at('radio/attic/demo/call/start').length > 0 && at('radio/attic/demo/call/start'),
      'a call',
    );
    assert.deepEqual([told.qos, told.retain, told.payload.talkgroup], [1, false, 1001]);
    assert.equal(typeof told.delivery, 'number');
    const ended = { ...endedCall(), id: demo({}).id, sys_name: 'demo', talkgroup: 1001 };
    send({ topic: 'demo/1001', event: 'end', payload: ended });
    const recorded = { filename: '/rec/a.wav', audio: Buffer.alloc(60), mime: 'audio/wav', metadata: { freq: 1 } };
    send({ topic: 'demo/1001', event: 'recorded', payload: ended, ...recorded });
    const [audio] = await until(() => at('tr/audio').length > 0 && at('tr/audio'), 'the audio');
    assert.equal(audio.payload.call.audio_wav_base64.length, 80);
    assert.deepEqual(audio.payload.call.metadata, { call_filename: 'a.wav', freq: 1 });
    await until(() => at('tr/call_end').length === 1, 'the end');
    await until(() => at('tr/rates').length > 0, 'the rates');
    const [device] = at('homeassistant/device/trunkflow-attic-demo/config').slice(-1);
    assert.deepEqual([device.retain, device.qos], [true, 1]);
    // The talkgroup's name is the table's.
    assert.match(device.payload.components.talkgroup_1001.state_topic, /demo\/talkgroups\/1001\/event$/);
    await until(() => flow.at('shown').some(({ status }) => status.text === 'status.sent'), 'the status');
  });

  it('describes the flow it stands in, and the names of its tables', async () => {
    const device = { id: 'device', type: 'radio-device', driver: 'command', command: 'rx --password secret', ppm: 1 };
    const source = {
      id: 'source',
      type: 'radio-source',
      device: 'device',
      frequency: 851e6,
      rate: 24e5,
      gain: '',
      autostart: false,
    };
    await start({}, [device, source]);
    broker(true);
    const [config] = await until(() => at('tr/config').length > 0 && at('tr/config'), 'the configuration');
    assert.equal(config.payload.config.sources[0].center, 851e6);
    assert.ok(!JSON.stringify(config.payload).includes('secret'));
    assert.equal(config.payload.config.systems[0].sys_name, 'demo');
    send({
      topic: 'demo/affiliation',
      payload: { type: 'affiliation', protocol: 'p25', time: NOW, source: 5, talkgroup: 1001 },
    });
    const [join] = await until(() => at('tr/units/demo/join').length > 0 && at('tr/units/demo/join'), 'a unit');
    assert.equal(join.payload.join.talkgroup_alpha_tag, 'Fire');
  });

  it('keeps calls while the broker is away, and tells everything again when it is back', async () => {
    await start();
    broker(true);
    await until(() => at('radio/attic/status').length > 0, 'the first announcement');
    broker(false);
    await shown('status.away');
    const before = flow.at('out1').length;
    for (let number = 0; number < 5; number++)
      send({ topic: 'x', event: 'start', payload: demo({ id: `c${number}` }) });
    await until(() => flow.at('done').length >= 7, 'the calls to be taken');
    assert.equal(flow.at('out1').length, before);
    const statuses = at('radio/attic/status').length;
    broker(true);
    await until(() => at('radio/attic/demo/call/start').length === 5, 'the calls');
    assert.deepEqual(
      at('radio/attic/demo/call/start').map(({ payload }) => payload.id),
      ['c0', 'c1', 'c2', 'c3', 'c4'],
    );
    await until(() => at('radio/attic/status').length === statuses + 1, 'another announcement');
  });

  it('tells everything again when Home Assistant starts', async () => {
    await start();
    broker(true);
    const topic = 'homeassistant/device/trunkflow-attic/config';
    const count = await until(() => at(topic).length, 'the discovery');
    send({ topic: 'homeassistant/status', payload: 'offline' });
    send({ topic: 'homeassistant/status', payload: 'online' });
    await until(() => at(topic).length === count + 1, 'the discovery again');
  });

  it('sends without being told of the broker too, a little later', async () => {
    await start({ schema: 'flat' });
    send({ topic: 'x', event: 'start', payload: demo({}) });
    await until(() => at('radio/attic/demo/call/start').length === 1, 'the call');
    await until(() => at('radio/attic/status').length > 0, 'the status');
  });

  it('remembers over restarts what it published, and withdraws what is gone', async () => {
    await start({ schema: 'flat' });
    broker(true);
    send({ topic: 'x', event: 'start', payload: demo({}) });
    const device = 'homeassistant/device/trunkflow-attic-demo/config';
    await until(() => at(device).length > 0, 'the device');
    await flow.close();
    assert.ok(existsSync(join(folder, 'trunkflow', 'mqtt', 'node.json')));

    await start({ schema: 'flat', talkgroups: [] });
    broker(true);
    await until(() => at(device).length >= 2, 'the device twice');
    assert.deepEqual(at(device)[0].payload.components.talkgroup_1001, { platform: 'event' });
    assert.ok(!('talkgroup_1001' in at(device)[1].payload.components));
    await until(
      () => at('radio/attic/demo/talkgroups/1001/active').some(({ payload }) => payload === ''),
      'the state to go',
    );

    const sent: Message[] = [];
    const node = flow.node('node');
    node.send = (message: unknown) => void sent.push(message as Message);
    await node.close(true);
    const withdrawn = sent.filter(({ payload, retain }) => payload === '' && retain).map(({ topic }) => topic);
    for (const topic of [
      device,
      'homeassistant/device/trunkflow-attic/config',
      'radio/attic/status',
      'radio/attic/demo/state',
    ])
      assert.ok(withdrawn.includes(topic), topic);
    assert.ok(!existsSync(join(folder, 'trunkflow', 'mqtt', 'node.json')));
  });

  it('says offline when the flow stops', async () => {
    await start({ schema: 'both' });
    broker(true);
    await until(() => at('radio/attic/status').length > 0, 'the announcement');
    const sent: Message[] = [];
    const node = flow.node('node');
    node.send = (message: unknown) => void sent.push(message as Message);
    await node.close(false);
    assert.deepEqual(
      sent.map(({ topic, payload }) => [topic, payload.status ?? payload]),
      [
        ['radio/attic/status', 'offline'],
        ['tr/trunk_recorder/status', 'disconnected'],
      ],
    );
    assert.ok(JSON.parse(readFileSync(join(folder, 'trunkflow', 'mqtt', 'node.json'), 'utf8')).retained.length > 0);
  });

  it('takes events and calls only, and events only with their system', async () => {
    await start();
    send({ payload: Buffer.alloc(2), audio: { stream: 'a', seq: 0, time: 0, rate: 8000 } });
    send({ payload: stats() });
    const errors = await until(() => flow.at('caught').length === 2 && flow.at('caught'), 'two errors');
    assert.match(errors[0].error.message, /Wrong kind of message: expected events .* or calls/);
    assert.match(errors[1].error.message, /An event without its system: stats: expected msg.topic/);
    await until(() => flow.at('shown').some(({ status }) => status.fill === 'red'), 'a red status');
    send({ payload: { type: 'channel', state: 'opened', stream: 'a' } });
    await until(() => flow.at('shown').at(-1)!.status.fill !== 'red', 'the trouble to be over');
  });

  for (const [settings, message] of [
    [{ instance: 'a/b' }, /Unusable instance: expected a name without "\/", got a\/b/],
    [{ prefix: 'a/#' }, /Unusable topic prefix: expected a topic without "\+" and "#"/],
    [{ topic: '' }, /Unusable topic: expected a topic, got nothing/],
    [{ talkgroups: [{ talkgroup: 'fire' }] }, /Unusable talkgroup: expected a number/],
    [{ audioLimit: 0 }, /Unusable largest recording/],
  ] as const)
    it(`says what is wrong with ${JSON.stringify(settings)}`, async () => {
      await start(settings);
      const { error } = await until(() => flow.at('caught')[0], 'an error');
      assert.match(error.message, message);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      assert.equal(flow.at('out1').length, 0);
    });
});
