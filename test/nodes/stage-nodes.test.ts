import assert from 'node:assert/strict';
import { flowGate } from '../../src/core/flow-gate';
import type { StreamMessage } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { workerPool } from '../../src/core/worker-pool';
import { GeneratorSource } from '../../src/sources/generator/generator-source';
import type { SignalOptions } from '../../src/sources/generator/options';
import { until } from '../e2e/until';
import { type FlowNode, type Message, SYSTEM, TestFlow, watchers } from './flow';

const DEMOD = { signal: 'p25', modulation: '', polarity: 'auto' };
const FM = { signal: 'nfm', bandwidth: 12500, squelch: 8, deemphasis: '750', audioRate: 8000 };
const CHANNELIZER = {
  channels: [{ frequency: 851_500_000 }],
  rate: 24000,
  bandwidth: 12500,
  maxChannels: 16,
  history: 1,
  removeDc: true,
};
const FOLLOWER = { system: 'system', maxCalls: 4, hangTime: 2, unitCalls: false, conventional: true };

/** A generated signal's blocks. */
async function signal(options: SignalOptions): Promise<StreamMessage[]> {
  const blocks: StreamMessage[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const sink = {
      block: (message: StreamMessage) => void blocks.push(message),
      status: ({ state }: { state: string }) => state === 'ended' && resolve(),
      error: reject,
    };
    const source = new GeneratorSource(
      { driver: 'generator', stream: 'test', paced: false, start: 0, ...options },
      sink,
    );
    source.start().catch(reject);
  });
  await ended;
  return blocks;
}

/** Every node that takes a stream, wired to probes, with a Catch, a Status and a Complete node watching it. */
const STAGES: { type: string; settings: object; outputs: number; waits: string; wrong: Message }[] = [
  {
    type: 'radio-channelizer',
    settings: CHANNELIZER,
    outputs: 2,
    waits: 'status.waiting',
    wrong: { payload: 'hello' },
  },
  { type: 'radio-demod', settings: DEMOD, outputs: 1, waits: 'status.waiting', wrong: { payload: 1 } },
  {
    type: 'radio-decoder',
    settings: { system: 'system' },
    outputs: 2,
    waits: 'status.waiting',
    wrong: {
      payload: Buffer.alloc(8),
      iq: { stream: 'x', seq: 0, time: 0, rate: 1, sample: 0, center: 0, format: 'cu8' },
    },
  },
  {
    type: 'radio-follower',
    settings: FOLLOWER,
    outputs: 3,
    waits: 'status.waiting',
    wrong: { payload: Buffer.alloc(4) },
  },
  { type: 'radio-voice', settings: {}, outputs: 1, waits: 'status.waiting', wrong: { payload: { type: 'grant' } } },
];

function watched(type: string, settings: object, outputs: number): FlowNode[] {
  const wires = Array.from({ length: outputs }, (_, i) => [`out${i + 1}`]);
  return [SYSTEM, { id: 'node', type, name: '', ...settings, wires }, ...watchers(outputs)];
}

describe('nodes with stages', () => {
  let flow: TestFlow;
  // The blocks come all at once, as from a file.
  beforeEach(() => flowGate.open('test', { lossless: true }));
  afterEach(async () => {
    await flow.close();
    flowGate.close('test');
  });

  for (const { type, settings, outputs, waits, wrong } of STAGES)
    describe(type, () => {
      beforeEach(async () => {
        flow = await TestFlow.load(watched(type, settings, outputs));
      });

      it('says that it waits', async () => {
        const { status } = await until(() => flow.at('shown')[0], 'a status');
        assert.deepEqual([status.fill, status.shape, status.text], ['grey', 'ring', waits]);
      });

      it('gives a message of the wrong kind to catch nodes, and shows it', async () => {
        flow.node('node').receive(wrong);
        const { error } = await until(() => flow.at('caught')[0], 'an error');
        assert.match(error.message, /Wrong kind of message: expected .+, got .+/);
        await until(() => flow.at('shown').some(({ status }) => status.fill === 'red'), 'a red status');
        assert.ok(flow.at('shown').every(({ status }) => status.text.length < 20));
        assert.equal(flow.at('done').length, 0);
      });

      it('reports the same error once while it repeats', async () => {
        for (let i = 0; i < 50; i++) flow.node('node').receive({ ...wrong });
        await until(() => flow.at('done').length === 49, 'the other messages to be done');
        assert.equal(flow.at('caught').length, 1);
      });
    });

  it('demodulates and decodes a control channel', async () => {
    flow = await TestFlow.load([
      SYSTEM,
      { id: 'demod', type: 'radio-demod', ...DEMOD, wires: [['symbols', 'decoder']] },
      { id: 'decoder', type: 'radio-decoder', system: 'system', wires: [['events'], ['voice']] },
      { id: 'symbols', type: 'helper' },
      { id: 'events', type: 'helper' },
      { id: 'voice', type: 'helper' },
      { id: 'status', type: 'status', scope: ['decoder'], wires: [['shown']] },
      { id: 'shown', type: 'helper' },
    ]);
    const blocks = await signal({ signal: 'p25-control', rate: 48000, seconds: 3 });
    const feed = (block: StreamMessage) => flow.node('demod').receive(toNodeMessage(block) as Message);
    blocks.slice(0, -1).forEach(feed);
    await until(() => flow.at('shown').some(({ status }) => status.text === 'status.locked'), 'a green status');
    feed(blocks.at(-1)!);
    await until(() => flow.at('voice').some(({ voice }) => voice.end), 'the end of the stream');
    const events = flow.at('events');
    const system = events.findLast(({ payload }) => payload.type === 'system')!;
    assert.equal(system.topic, 'demo/system');
    assert.equal(system.payload.wacn, 'BEE00');
    const stats = events.filter(({ payload }) => payload.type === 'stats');
    assert.ok(stats.some(({ payload }) => payload.locked && payload.rate > 20));
    const frames = flow.at('symbols').reduce((sum, { symbols }) => sum + symbols.frames.length, 0);
    assert.ok(frames > 30, `${frames} frames`);
  });

  it('cuts a channel out of a band, and opens another on command', async () => {
    flow = await TestFlow.load([
      { id: 'channelizer', type: 'radio-channelizer', ...CHANNELIZER, wires: [['iq'], ['events']] },
      { id: 'iq', type: 'helper' },
      { id: 'events', type: 'helper' },
    ]);
    const blocks = await signal({ signal: 'carrier', rate: 240_000, seconds: 1 });
    const channelizer = flow.node('channelizer');
    channelizer.receive({ control: { open: { frequency: 851_525_000, id: 'second' } } } as Message);
    for (const block of blocks) channelizer.receive(toNodeMessage(block) as Message);
    await until(() => flow.at('iq').filter(({ iq }) => iq.end).length === 2, 'both streams to end');
    const streams = new Map<string, number>();
    for (const { iq, payload } of flow.at('iq')) {
      assert.equal(iq.format, 'cf32');
      streams.set(iq.stream, (streams.get(iq.stream) ?? 0) + payload.length / 8 / iq.rate);
    }
    assert.deepEqual([...streams.keys()].sort(), ['test/851500000', 'test/second']);
    for (const seconds of streams.values()) assert.ok(Math.abs(seconds - 1) < 0.1, `${seconds} s`);
    const opened = flow.at('events').filter(({ payload }) => payload.state === 'opened');
    assert.deepEqual(opened.map(({ payload }) => payload.id).sort(), ['851500000', 'second']);
    assert.equal(opened[0].topic, `${opened[0].payload.stream}/channel`);
  });

  it('gives FM audio', async () => {
    flow = await TestFlow.load([
      { id: 'demod', type: 'radio-demod', ...FM, wires: [['audio']] },
      { id: 'audio', type: 'helper' },
    ]);
    for (const block of await signal({ signal: 'nfm', rate: 24000, seconds: 1 }))
      flow.node('demod').receive(toNodeMessage(block) as Message);
    await until(() => flow.at('audio').some(({ audio }) => audio.end), 'the end of the stream');
    const samples = flow.at('audio').reduce((sum, { payload }) => sum + payload.length / 2, 0);
    assert.ok(samples > 7000 && samples < 8500, `${samples} samples`);
    assert.ok(flow.at('audio').every(({ audio }) => audio.rate === 8000));
  });

  it('says what is wrong with its settings when the flow starts', async () => {
    flow = await TestFlow.load(watched('radio-demod', { ...FM, bandwidth: 'wide' }, 1));
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /Unusable bandwidth: expected a number from 1, got wide/);
    await until(() => flow.at('shown').some(({ status }) => status.text === 'bad setting'), 'a red status');
  });

  for (const [what, system, message] of [
    ['no system is set', '', /No system is set\. Open the node and choose a system/],
    ['its system is gone', 'deleted', /The system that was set is not there\. It was deleted or disabled/],
    ['its system is something else', 'out1', /The system that was set is not there/],
  ] as const)
    it(`says that ${what}`, async () => {
      flow = await TestFlow.load(watched('radio-decoder', { system }, 2));
      const { error } = await until(() => flow.at('caught')[0], 'an error');
      assert.match(error.message, message);
    });

  /** A channelizer with one block of a band that reaches from 851.38 to 851.62 MHz, then this command. */
  async function channelize(channels: object[], command?: object): Promise<void> {
    flow = await TestFlow.load(watched('radio-channelizer', { ...CHANNELIZER, channels }, 2));
    const [block] = await signal({ signal: 'carrier', rate: 240_000, seconds: 0.1 });
    flow.node('node').receive(toNodeMessage(block) as Message);
    if (command) flow.node('node').receive({ control: command } as Message);
  }
  const showed = (text: string, fill: string) =>
    until(
      () => flow.at('shown').some(({ status }) => status.text === text && status.fill === fill),
      `the status ${text}`,
    );

  it('says that a channel of the list is outside the band', async () => {
    await channelize([{ id: 'control', frequency: 853_000_000 }]);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /Channel control, 853 MHz is outside the band received: expected 851\.3872 MHz to/);
    await showed('status.outOfBand', 'red');
  });

  it('warns of a channel outside the band that a message asks for', async () => {
    await channelize([{ frequency: 851_500_000 }], { open: { frequency: 855e6 } });
    await showed('out of band', 'yellow');
    const { args } = flow.node('node').warn as unknown as { args: string[][] };
    assert.match(args[0][0], /Channel 855 MHz is outside the band/);
    assert.equal(flow.at('caught').length, 0);
    await showed('status.channels', 'green');
  });

  it('says that no channel is open', async () => {
    await channelize([]);
    await showed('status.none', 'yellow');
  });

  it('says that nothing comes in while a stream stalls, and goes on when it does', async function () {
    this.timeout(20_000);
    flow = await TestFlow.load(watched('radio-demod', DEMOD, 1));
    const [first, second] = await signal({ signal: 'p25-control', rate: 48000, seconds: 0.2 });
    flow.node('node').receive(toNodeMessage(first) as Message);
    await showed('status.noInput', 'yellow');
    flow.node('node').receive(toNodeMessage(second) as Message);
    await until(() => flow.at('shown').at(-1)!.status.text !== 'status.noInput', 'the usual status');
  });

  it('says that a channelizer is missing when it gets a whole band', async () => {
    flow = await TestFlow.load(watched('radio-demod', DEMOD, 1));
    // The site's channels lie beside the centre.
    const blocks = await signal({ signal: 'p25-site', rate: 240_000, seconds: 3 });
    for (const block of blocks.slice(0, -1)) flow.node('node').receive(toNodeMessage(block) as Message);
    await showed('status.band', 'yellow');
    await flow.close();
    flow = await TestFlow.load(watched('radio-demod', DEMOD, 1));
    const [wide] = await signal({ signal: 'p25-site', rate: 2_400_000, seconds: 0.1 });
    flow.node('node').receive(toNodeMessage(wide) as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(
      error.message,
      /too wide for one channel: expected 11.52 to 500 kS\/s, got 2400 kS\/s. Put a channelizer/,
    );
    await showed('channelizer missing', 'red');
  });

  it('says that a signal is of another system', async () => {
    flow = await TestFlow.load([
      ...watched('radio-decoder', { system: 'system' }, 2).filter(({ id }) => id !== 'system'),
      { ...SYSTEM, nac: '123' },
      { id: 'demod', type: 'radio-demod', ...DEMOD, wires: [['node']] },
    ]);
    const blocks = await signal({ signal: 'p25-control', rate: 48000, seconds: 3 });
    for (const block of blocks.slice(0, -1)) flow.node('demod').receive(toNodeMessage(block) as Message);
    await showed('status.otherNac', 'yellow');
  });

  it('leaves no task behind when the flow stops', async () => {
    flow = await TestFlow.load(watched('radio-demod', DEMOD, 1));
    const [block] = await signal({ signal: 'p25-control', rate: 48000, seconds: 0.2 });
    for (let i = 0; i < 10; i++)
      flow
        .node('node')
        .receive(toNodeMessage({ ...block, info: { ...block.info, stream: `s${i}` } } as StreamMessage) as Message);
    await until(() => flow.at('done').length === 10, 'ten streams');
    assert.equal(workerPool().snapshot().tasks, 10);
    await flow.close();
    assert.equal(workerPool().snapshot().tasks, 0);
  });
});
