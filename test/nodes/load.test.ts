import assert from 'node:assert/strict';
import type { IqInfo } from '../../src/core/messages';
import { sharedBuffer } from '../../src/core/shared-buffer';
import { workerPool } from '../../src/core/worker-pool';
import { until } from '../e2e/until';
import { type FlowNode, type Message, SYSTEM, TestFlow } from './flow';

const DEVICE: FlowNode = {
  id: 'device',
  type: 'radio-device',
  name: '',
  driver: 'generator',
  signal: 'p25-site',
  snr: 25,
  ppm: 0,
};
const SOURCE = { type: 'radio-source', name: '', device: 'device', frequency: '', rate: '', gain: '', autostart: true };
const CHANNELIZER = {
  type: 'radio-channelizer',
  channels: [{ id: 'control', frequency: 851_437_500 }],
  rate: 24000,
  bandwidth: 12500,
  maxChannels: 8,
  history: 2,
  removeDc: true,
};

/** From the source to the voice, as in the examples. */
const PIPELINE: FlowNode[] = [
  DEVICE,
  SYSTEM,
  { id: 'source', ...SOURCE, wires: [['channelizer'], []] },
  { id: 'channelizer', ...CHANNELIZER, wires: [['demod'], ['follower']] },
  { id: 'demod', type: 'radio-demod', signal: 'p25', modulation: '', polarity: 'auto', wires: [['decoder']] },
  { id: 'decoder', type: 'radio-decoder', system: 'system', wires: [['follower', 'events'], ['follower']] },
  {
    id: 'follower',
    type: 'radio-follower',
    system: 'system',
    maxCalls: 4,
    hangTime: 2,
    unitCalls: false,
    conventional: true,
    wires: [['channelizer'], [], ['voice']],
  },
  { id: 'voice', type: 'radio-voice', wires: [[]] },
  { id: 'events', type: 'helper' },
];

function iqBlock(seq: number, samples: number): Message {
  const rate = 2_400_000;
  const sample = seq * samples;
  const info = { stream: 'dongle', format: 'cu8', rate, center: 851_500_000, seq, sample, dropped: 0 } as const;
  return { payload: sharedBuffer(2 * samples), iq: { ...info, time: (1000 * sample) / rate } satisfies IqInfo };
}

describe('nodes under load', () => {
  let flow: TestFlow;
  afterEach(() => flow.close());

  it('drop whole blocks of a live stream that comes too fast, count them, and say so in the status', async () => {
    flow = await TestFlow.load([
      { id: 'channelizer', ...CHANNELIZER, wires: [[], []] },
      { id: 'status', type: 'status', scope: ['channelizer'], wires: [['shown']] },
      { id: 'shown', type: 'helper' },
    ]);
    // All in one turn of the event loop: nothing can be worked on meanwhile, whatever the machine.
    for (let seq = 0; seq < 100; seq++) flow.node('channelizer').receive(iqBlock(seq, 65_536));
    const shown = await until(
      () => flow.at('shown').find(({ status }) => status.text.startsWith('dropped')),
      'the status to tell of dropped blocks',
    );
    // Two are with the worker, and 4 MB may wait: 30 blocks.
    assert.equal(shown.status.text, 'dropped 68');
    assert.equal(shown.status.fill, 'yellow');
  });

  it('send a block to four wires without copying it', async () => {
    const probes = ['a', 'b', 'c', 'd'];
    flow = await TestFlow.load([
      DEVICE,
      { id: 'source', ...SOURCE, wires: [probes, []] },
      ...probes.map((id) => ({ id, type: 'helper' })),
    ]);
    await until(() => probes.every((id) => flow.at(id).length > 2), 'blocks at every probe');
    for (const seq of [0, 1]) {
      const buffers = probes.map((id) => flow.at(id).find(({ iq }) => iq.seq === seq)!.payload as Buffer);
      assert.ok(buffers[0].buffer instanceof SharedArrayBuffer);
      for (const one of buffers) {
        one[0] = 17;
        assert.deepEqual(
          buffers.map((other) => other[0]),
          [17, 17, 17, 17],
        );
        one[0] = 0;
      }
    }
  });

  it('leave no worker, handle, task or megabyte behind when they are deployed a hundred times', async function () {
    this.timeout(120_000);
    const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    const deploy = async (wait: boolean) => {
      flow = await TestFlow.load(PIPELINE);
      if (wait) await until(() => flow.at('events').length > 0, 'an event');
      else await new Promise(setImmediate);
      await flow.close();
    };
    // The first ones start the threads and fill the caches.
    for (let i = 0; i < 10; i++) await deploy(i % 5 === 0);
    const before = { ...workerPool().snapshot(), resources: resources(), rss: process.memoryUsage.rss() };
    for (let i = 0; i < 100; i++) await deploy(i % 10 === 0);
    const after = { ...workerPool().snapshot(), resources: resources(), rss: process.memoryUsage.rss() };
    assert.equal(after.workers, before.workers);
    assert.equal(after.tasks, 0);
    assert.ok(after.resources <= before.resources + 2, `${before.resources} resources grew to ${after.resources}`);
    const grown = (after.rss - before.rss) / 1e6;
    assert.ok(grown < 60, `${grown.toFixed(0)} MB more`);
    flow = await TestFlow.load([SYSTEM]);
  });
});
