import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../e2e/until';
import { FakeRtlTcp } from '../support/fake-rtl-tcp';
import { type FlowNode, helper, type Message, TestFlow, watchers } from './flow';

const GENERATOR: FlowNode = {
  id: 'device',
  type: 'radio-device',
  name: '',
  driver: 'generator',
  signal: 'carrier',
  snr: 20,
};
const SOURCE = {
  type: 'radio-source',
  name: '',
  device: 'device',
  frequency: '',
  rate: 24000,
  gain: '',
  autostart: true,
};
let flow: TestFlow;
const texts = () => flow.at('shown').map(({ status }) => status.text as string);

describe('radio-source', () => {
  afterEach(() => flow.close());

  const start = async (source: object, device: FlowNode = GENERATOR) => {
    flow = await TestFlow.load([
      device,
      { id: 'node', ...SOURCE, ...source, wires: [['out1'], ['out2']] } as FlowNode,
      ...watchers(2),
    ]);
  };

  it('gives blocks that follow each other, in a stream named after it', async () => {
    await start({ name: 'Küche 1' });
    await until(() => flow.at('out1').length >= 3, 'three blocks');
    const blocks = flow.at('out1');
    let sample = 0;
    blocks.forEach(({ iq, payload, topic }, index) => {
      assert.deepEqual([iq.stream, topic, iq.seq, iq.sample, iq.rate], ['Kuche-1', 'Kuche-1', index, sample, 24000]);
      sample += payload.length / 2;
    });
  });

  it('tells its state on the second output and as a status', async () => {
    await start({});
    await until(() => texts().includes('carrier'), 'the running status');
    assert.deepEqual(flow.at('out2')[0], {
      topic: 'sdr-node/source',
      payload: { type: 'source', stream: 'sdr-node', state: 'running', text: 'carrier' },
      _msgid: flow.at('out2')[0]._msgid,
    });
  });

  it('adds to its correction what a decoder measured, once in a while, and nothing that makes no difference', async () => {
    const server = await FakeRtlTcp.start();
    try {
      const device = { ...GENERATOR, driver: 'rtl-tcp', host: '127.0.0.1', port: server.port, ppm: 2 };
      await start({ frequency: 851e6, rate: 240_000 }, device as FlowNode);
      await until(() => server.values(5).includes(2), 'the correction of the form');
      const adjust = (value: number) => flow.node('node').receive({ control: { adjust: value } } as Message);
      adjust(0.3);
      adjust(-3.8);
      adjust(-5);
      await until(() => flow.at('done').length === 3, 'the commands to be done');
      await until(() => server.values(5).length > 1, 'another correction');
      assert.deepEqual(
        server.values(5).map((value) => value | 0),
        [2, -2],
      );
    } finally {
      await flow.close();
      await server.close();
    }
  });

  it('waits for the command when it is told not to start by itself', async () => {
    await start({ autostart: false });
    await until(() => texts().includes('status.stopped'), 'the stopped status');
    assert.equal(flow.at('out1').length, 0);
    flow.node('node').receive({ control: { start: true } } as Message);
    await until(() => flow.at('out1').length >= 1, 'a block');
    flow.node('node').receive({ control: { stop: true } } as Message);
    await until(() => flow.at('out1').at(-1)?.iq.end, 'the end of the stream');
    await until(() => flow.at('done').length === 2, 'both commands to be done');
  });

  it('begins a new stream when it is started again', async () => {
    await start({});
    await until(() => flow.at('out1').length >= 1, 'a block');
    flow.node('node').receive({ control: { stop: true } } as Message);
    await until(() => flow.at('out1').at(-1)?.iq.end, 'the end of the stream');
    const before = flow.at('out1').length;
    flow.node('node').receive({ control: { start: true } } as Message);
    await until(() => flow.at('out1').length > before, 'another block');
    assert.equal(flow.at('out1')[before].iq.seq, 0);
  });

  it('refuses what its device cannot do, and goes on', async () => {
    await start({});
    await until(() => flow.at('out1').length >= 1, 'a block');
    flow.node('node').receive({ control: { tune: 1e8 } } as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /generator has no tune setting/);
    const before = flow.at('out1').length;
    await until(() => flow.at('out1').length > before, 'another block');
  });

  it('takes commands only', async () => {
    await start({ autostart: false });
    flow.node('node').receive({ payload: 'tune' } as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /takes commands only: expected msg.control/);
  });

  it('says what is wrong with a device, and stays', async () => {
    const missing = {
      id: 'device',
      type: 'radio-device',
      driver: 'iq-file',
      iqFile: 'no/such.cu8',
      iqFormat: 'auto',
      replay: 'fast',
    };
    await start({}, missing);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /no\/such\.cu8/);
    await until(() => flow.at('shown').some(({ status }) => status.fill === 'red'), 'a red status');
  });

  it('says that no device is set', async () => {
    await start({ device: '' });
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /No device is set/);
    await until(() => texts().includes('no device set'), 'the status');
  });

  it('plays a file as fast as its consumers take it, and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
    try {
      const path = join(folder, 'noise_851500000Hz_24000sps.cu8');
      writeFileSync(path, Buffer.alloc(500_000, 127));
      await start(
        { rate: '' },
        { id: 'device', type: 'radio-device', driver: 'iq-file', iqFile: path, iqFormat: 'auto', replay: 'fast' },
      );
      await until(() => texts().includes('ended'), 'the end');
      const bytes = flow.at('out1').reduce((sum, { payload }) => sum + payload.length, 0);
      assert.equal(bytes, 500_000);
      assert.equal(flow.at('out1')[0].iq.center, 851_500_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('radio-device', () => {
  afterEach(async () => {
    await flow.close();
    await helper.stopServer();
  });

  it('lists the dongles for the form', async () => {
    await helper.startServer();
    flow = await TestFlow.load([GENERATOR]);
    const { body } = await helper.request().get('/trunkflow/devices').expect(200);
    assert.ok(Array.isArray(body.devices));
    for (const { serial, label } of body.devices) assert.ok(typeof serial === 'string' && typeof label === 'string');
  });
});
