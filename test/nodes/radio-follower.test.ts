import assert from 'node:assert/strict';
import type { SystemNode } from '../../nodes/system/system-node';
import { until } from '../e2e/until';
import { type FlowNode, type Message, SYSTEM, TestFlow, watchers } from './flow';

const FOLLOWER = {
  type: 'radio-follower',
  name: '',
  system: 'system',
  maxCalls: 4,
  hangTime: 2,
  unitCalls: false,
  conventional: true,
};
let flow: TestFlow;

describe('radio-follower', () => {
  afterEach(() => flow.close());

  const deploy = async () => {
    flow = await TestFlow.load([
      {
        ...SYSTEM,
        talkgroups: 'Decimal,Alpha Tag,Priority\n1001,Fire,1\nbad,line,1\n1003,Quiet,-1',
        controlChannels: '851.0125, 860',
      },
      { id: 'node', ...FOLLOWER, wires: [['out1'], ['out2'], ['out3'], ['out4']] } as FlowNode,
      ...watchers(4),
    ]);
  };
  beforeEach(deploy);

  const event = (payload: object) =>
    flow
      .node('node')
      .receive({ payload: { protocol: 'p25', stream: 'sdr/control', nac: '3A1', ...payload } } as Message);
  const grant = (talkgroup: number, time: number) =>
    event({
      type: 'grant',
      time,
      update: false,
      talkgroup,
      source: 77,
      frequency: 851_525_000,
      channel: '1-102',
      emergency: false,
      encrypted: false,
      priority: 4,
      duplex: false,
      mode: 'circuit',
      data: false,
    });
  /** Lets stream time pass on the control channel. */
  const pass = (time: number) =>
    flow.node('node').receive({
      payload: Buffer.alloc(0),
      voice: {
        stream: 'sdr/control',
        seq: 0,
        time,
        duration: 500,
        frames: 0,
        codec: 'imbe',
        format: 'soft',
        frequency: 0,
        errors: 0,
      },
    } as Message);

  it('asks for the channel of a call from the time of its grant', async () => {
    grant(1001, 1000);
    for (let time = 1000; time < 4000; time += 500) pass(time);
    const { control } = await until(() => flow.at('out1')[0], 'a command');
    const open = [control.open].flat()[0];
    assert.equal(open.frequency, 851_525_000);
    assert.ok(open.from <= 1000);
  });

  it('gives channels other names when it is deployed anew: what comes late of the old ones is not its own', async () => {
    const opened = async () => {
      grant(1001, 1000);
      for (let time = 1000; time < 4000; time += 500) pass(time);
      const { control } = await until(() => flow.at('out1').find((message) => message.control.open), 'a command');
      return control.open.id as string;
    };
    const first = await opened();
    await flow.close();
    await deploy();
    assert.match(first, /^voice-node-\d+$/);
    assert.notEqual(await opened(), first);
  });

  it('is asked by its radio system what it was told, and told to lift it', async () => {
    flow.node('node').receive({ control: { avoid: { talkgroup: 1001 } } } as Message);
    const [follower, ...others] = (flow.node('system') as SystemNode).followers();
    assert.equal(others.length, 0);
    assert.deepEqual(follower.commanded().talkgroups, [{ talkgroup: 1001, avoided: null }]);
    follower.command({ lift: { talkgroup: 1001 } });
    assert.deepEqual(follower.commanded().talkgroups, []);
    grant(1001, 1000);
    for (let time = 1000; time < 4000; time += 500) pass(time);
    await until(() => flow.at('out1')[0], 'a command');
    const system = flow.node('system') as SystemNode;
    await flow.close();
    assert.deepEqual(system.followers(), []);
    await deploy();
  });

  it('looks for control channels where a source can hear them, and says how that goes', async () => {
    flow.node('node').receive({
      payload: { type: 'band', state: 'covered', stream: 'sdr', low: 850_000_000, high: 852_000_000 },
    } as Message);
    const { control } = await until(() => flow.at('out1')[0], 'a command');
    assert.deepEqual(control, { stream: 'sdr', open: { frequency: 851_012_500, id: 'control-demo-851012500' } });
    const { topic, payload } = await until(() => flow.at('out4')[0], 'a step of the search');
    assert.deepEqual([topic, payload.state, payload.frequency], ['demo/control_channel', 'trying', 851_012_500]);
    const shown = () => flow.at('shown').at(-1)?.status;
    await until(() => shown()?.text.endsWith('trying'), 'its status');
    flow.node('node').receive({
      payload: { type: 'band', state: 'ended', stream: 'sdr', low: 850_000_000, high: 852_000_000 },
    } as Message);
    const last = await until(() => flow.at('out4').find((one) => one.payload.reason), 'a reason');
    assert.deepEqual([last.payload.state, last.payload.reason], ['waiting', 'no_source']);
    await until(() => shown()?.text.endsWith('waiting'), 'its status');
    assert.equal(shown().fill, 'grey', 'a recording that is over is no list that is out of reach');
  });

  it('follows only the talkgroup that a command holds, and refuses commands it does not know', async () => {
    flow.node('node').receive({ control: { hold: { talkgroup: 1002 } } } as Message);
    grant(1001, 1000);
    for (let time = 1000; time < 4000; time += 500) pass(time);
    const call = await until(() => flow.at('out2')[0], 'a call');
    assert.deepEqual([call.event, call.payload.reason], ['not_followed', 'held']);
    flow.node('node').receive({ control: { pause: true } } as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /expected hold, avoid or lift/);
  });

  it('says why a call is not followed', async () => {
    grant(1003, 1000);
    for (let time = 1000; time < 4000; time += 500) pass(time);
    const call = await until(() => flow.at('out2')[0], 'a call');
    assert.deepEqual(
      [call.event, call.payload.state, call.payload.reason, call.topic],
      ['not_followed', 'not_followed', 'locked_out', 'demo/1003'],
    );
    assert.equal(flow.at('out1').length, 0);
  });

  it('closes its channels when it goes away', async () => {
    grant(1001, 1000);
    for (let time = 1000; time < 4000; time += 500) pass(time);
    await until(() => flow.at('out1').length > 0, 'a command');
    const commands: Message[] = [];
    const node = flow.node('node');
    node.send = (messages: unknown) => void commands.push(...(messages as Message[]).filter(Boolean));
    await node.close(true);
    assert.ok(
      commands.some(({ control }) => control?.close),
      'the channel is closed',
    );
  });

  it('names the lines of the talkgroup table it cannot use', async () => {
    const warnings = () => (flow.node('system').warn as unknown as { args: string[][] }).args.flat();
    const warned = await until(() => warnings().length > 0 && warnings(), 'a warning');
    assert.deepEqual(warned.length, 1);
    assert.match(warned[0], /demo, talkgroups, line 3: "bad" is no talkgroup number/);
  });
});
