import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import WebSocket from 'ws';
import type { PortMessage } from '../../src/core/messages';
import { toNodeMessage } from '../../src/core/ports';
import { workerPool } from '../../src/core/worker-pool';
import { Fsk4Stage } from '../../src/dsp/demod/fsk4-stage';
import { C4FM } from '../../src/protocols/p25/air-interface';
import { signalSettings } from '../../src/sources/generator/options';
import { Signal } from '../../src/sources/generator/signal';
import { block } from '../dsp/channelizer-support';
import { type Frame, readFrame } from '../dsp/scope/support';
import { until } from '../e2e/until';
import { type FlowNode, helper, type Message, MODULES, TestFlow, watchers } from './flow';

const SCOPE = {
  signal: 'p25',
  bins: '1024',
  frameRate: 10,
  raster: 6250,
  page: true,
  path: 'radio/scope',
  control: true,
};
const RATE = 240_000;
const CENTER = 851_500_000;

/** A generated site, endless, 100 ms at a time. */
class Band {
  private readonly signal = new Signal(signalSettings({ signal: 'p25-site', rate: RATE, center: CENTER }));
  private seq = 0;
  private readonly size = RATE / 10;

  constructor(private readonly stream = 'dongle') {}

  next(more: object = {}): Message {
    const { seq, stream } = this;
    const payload = Buffer.from(this.signal.read(this.size));
    const input = { rate: RATE, center: CENTER, format: 'cu8' as const };
    return toNodeMessage(block(input, this.size * this.seq++, payload, { stream, seq, ...more })) as Message;
  }
}

/** Somebody who looks, as the page does it. */
class Viewer {
  readonly texts: Message[] = [];
  readonly frames: Frame[] = [];
  closed = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.frames.push(readFrame(data));
      else this.texts.push(JSON.parse(String(data)));
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async open(url: string, door = 'radio/scope'): Promise<Viewer> {
    const { token } = (await (await fetch(`${url}/${door}/session`)).json()) as { token: string };
    const viewer = new Viewer(new WebSocket(`${url.replace('http', 'ws')}/${door}/live?token=${token}`));
    await new Promise((resolve, reject) => viewer.socket.once('open', resolve).once('error', reject));
    await until(() => viewer.texts.some(({ type }) => type === 'hello'), 'the greeting');
    return viewer;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The last message of a type. */
  last(type: string): Message | undefined {
    return this.texts.findLast((text) => text.type === type);
  }

  async leave(): Promise<void> {
    this.socket.close();
    await until(() => this.closed, 'the end of the connection');
  }
}

describe('radio-scope', () => {
  let flow: TestFlow;
  let url: string;
  let viewers: Viewer[];
  let feeding: NodeJS.Timeout | undefined;

  // The helper makes a server and applications for pages and the editor, but leaves them apart.
  let RED: NodeAPI;
  const catchApi = (api: NodeAPI) => {
    RED = api;
  };
  before(() => MODULES.push(catchApi));
  after(() => MODULES.splice(MODULES.indexOf(catchApi), 1));
  beforeEach(async () => {
    viewers = [];
    await helper.startServer();
    const app = (request: IncomingMessage, response: ServerResponse) =>
      (request.url!.startsWith('/trunkflow') ? RED.httpAdmin : RED.httpNode)(request as never, response as never);
    (helper as unknown as { _app: typeof app })._app = app;
    url = helper.url().replace(/\/$/, '');
  });
  afterEach(async () => {
    clearInterval(feeding);
    for (const viewer of viewers) viewer.socket.terminate();
    await flow.close();
    await helper.stopServer();
  });

  async function start(settings: object = {}, others: FlowNode[] = []): Promise<void> {
    const scope = { id: 'node', type: 'radio-scope', name: 'Band', ...SCOPE, ...settings, wires: [['out1']] };
    flow = await TestFlow.load([scope, ...others, ...watchers(1)]);
  }
  async function look(door?: string): Promise<Viewer> {
    const viewer = await Viewer.open(url, door);
    viewers.push(viewer);
    return viewer;
  }
  /** Gives the node a block of the band ten times a second. */
  function feed(band = new Band()): void {
    feeding = setInterval(() => flow.node('node').receive(band.next()), 100);
  }
  const shown = (text: string) =>
    until(() => flow.at('shown').some(({ status }) => status.text === text), `the status ${text}`);
  const commands = () => flow.at('out1').map(({ control }) => control);

  it('computes nothing while nobody watches, and begins when somebody does', async () => {
    await start();
    const band = new Band();
    const before = workerPool().snapshot().tasks;
    for (let i = 0; i < 30; i++) flow.node('node').receive(band.next());
    await shown('status.idle');
    await until(() => flow.at('done').length === 30, 'all blocks to be dealt with');
    assert.equal(workerPool().snapshot().tasks, before, 'no worker was asked');

    const viewer = await look();
    feed(band);
    await until(() => viewer.frames.length >= 3, 'frames');
    assert.equal(workerPool().snapshot().tasks, before + 1);
    await shown('status.viewers');
    viewer.send({ type: 'pause', on: true });
    await until(() => workerPool().snapshot().tasks === before, 'the task to end in the pause');
    viewer.send({ type: 'pause', on: false });
    await until(() => workerPool().snapshot().tasks === before + 1, 'the task after the pause');
    await viewer.leave();
    await until(() => workerPool().snapshot().tasks === before, 'the task to end');
  });

  it('computes once for ten viewers, who all get the same frames', async () => {
    await start();
    const before = workerPool().snapshot().tasks;
    const ten = await Promise.all(Array.from({ length: 10 }, () => look()));
    feed();
    await until(() => ten.every(({ frames }) => frames.length >= 5), 'five frames each');
    assert.equal(workerPool().snapshot().tasks, before + 1, 'one task for all');
    const at = (viewer: Viewer, time: number) => viewer.frames.find(({ head }) => head.time === time)?.bytes;
    const common = ten[0].frames.at(-2)!.head.time;
    for (const viewer of ten) assert.deepEqual(at(viewer, common), at(ten[0], common));
  });

  it('shows the carriers of the band, and channels by what events and calls say', async () => {
    await start();
    const viewer = await look();
    feed();
    const { head, arrays } = await until(() => viewer.frames[2], 'a frame');
    assert.deepEqual([head.kind, head.stream, head.center, head.rate], ['iq', 'dongle', CENTER, RATE]);
    const binOf = (frequency: number) => Math.round((frequency - head.center - head.first!) / head.step!);
    const near = (frequency: number) => Math.max(...arrays.mean.subarray(binOf(frequency) - 8, binOf(frequency) + 8));
    assert.ok(near(851_437_500) > head.figures.floor! + 20, 'the control channel');
    assert.ok(Math.abs(near(851_480_000) - head.figures.floor!) < 6, 'nothing beside it');

    const { node } = { node: flow.node('node') };
    const opened = {
      type: 'channel',
      state: 'opened',
      id: 'control',
      stream: 'dongle/control',
      frequency: 851_437_500,
    };
    node.receive({ payload: opened } as Message);
    node.receive({
      payload: { type: 'stats', stream: 'dongle/control', locked: true, rate: 38.2, reason: '' },
    } as Message);
    const refused = {
      type: 'channel',
      state: 'refused',
      id: 'far',
      stream: 'dongle/far',
      frequency: 9e8,
      reason: 'out_of_band',
    };
    node.receive({ payload: refused } as Message);
    const call = {
      id: 'a',
      sys_name: 's',
      talkgroup: 7,
      talkgroup_alpha_tag: '<b>Fire</b>',
      freq: 851_437_500,
      state: 'active',
    };
    node.receive({ payload: { ...call, emergency: false, encrypted: true }, event: 'start' } as Message);
    const channels = await until(() => {
      const list = viewer.last('state')?.channels;
      return list?.length === 2 && list[0].call && list;
    }, 'both channels');
    assert.deepEqual(channels[0], {
      id: 'control',
      frequency: 851_437_500,
      state: 'good',
      mine: false,
      rate: 38,
      call: { label: '<b>Fire</b>', emergency: false, encrypted: true },
    });
    assert.deepEqual([channels[1].id, channels[1].state, channels[1].reason], ['far', 'refused', 'out_of_band']);
    node.receive({ payload: { ...call, state: 'ended', emergency: false, encrypted: true }, event: 'end' } as Message);
    node.receive({ payload: { ...opened, state: 'closed' } } as Message);
    await until(() => viewer.last('state')?.channels.every(({ id }: Message) => id === 'far'), 'the channel to go');
  });

  it('sends what is clicked as msg.control: rounded to the raster, closed by the second click', async () => {
    await start();
    const viewer = await look();
    feed();
    await until(() => viewer.frames.length > 0, 'a frame');
    viewer.send({ type: 'open', frequency: 851_437_912 });
    await until(() => commands().length === 1, 'a command');
    assert.deepEqual(commands()[0], { open: { frequency: 851_437_500, id: '851.4375' } });
    await until(() => viewer.last('state')?.channels[0]?.mine, 'the channel to be marked as asked for');
    viewer.send({ type: 'close', id: '851.4375' });
    await until(() => commands().length === 2, 'another command');
    assert.deepEqual(commands()[1], { close: { id: '851.4375' } });
    viewer.send({ type: 'tune', frequency: 851_600_000.4 });
    await until(() => commands().length === 3, 'a third command');
    assert.deepEqual(commands()[2], { tune: 851_600_000 });
  });

  it('closes only what it opened, and opens nothing outside the band', async () => {
    await start();
    const viewer = await look();
    feed();
    const opened = { type: 'channel', state: 'opened', id: 'call-7', stream: 'dongle/call-7', frequency: 851_525_000 };
    flow.node('node').receive({ payload: opened } as Message);
    await until(() => viewer.last('state')?.channels.length === 1, 'the channel');
    viewer.send({ type: 'close', id: 'call-7' });
    viewer.send({ type: 'open', frequency: 900e6 });
    viewer.send({ type: 'open', frequency: 851_575_000 });
    await until(() => commands().length > 0, 'a command');
    assert.deepEqual(commands(), [{ open: { frequency: 851_575_000, id: '851.575' } }]);
  });

  it('sends nothing for a page that may only show; the editor may', async () => {
    await start({ control: false });
    feed();
    const page = await look();
    assert.equal(page.last('hello')!.control, false);
    await until(() => page.frames.length > 0, 'a frame');
    page.send({ type: 'open', frequency: 851_437_500 });
    page.send({ type: 'tune', frequency: 851_437_500 });
    const reader = await look('trunkflow/scope/read');
    assert.equal(reader.last('hello')!.control, false);
    reader.send({ type: 'open', frequency: 851_437_500 });
    const editor = await look('trunkflow/scope/write');
    await until(() => editor.frames.length > 0, 'a frame in the editor');
    editor.send({ type: 'open', frequency: 851_525_000 });
    await until(() => commands().length > 0, 'a command');
    assert.deepEqual(commands(), [{ open: { frequency: 851_525_000, id: '851.525' } }]);
  });

  it('does nothing for rubbish, and bounds what one viewer may ask', async () => {
    await start();
    const viewer = await look();
    feed();
    await until(() => viewer.frames.length > 0, 'a frame');
    for (const rubbish of [
      'hello',
      '{',
      'null',
      '[]',
      '{"type":"open"}',
      '{"type":"open","frequency":"851437500"}',
      '{"type":"open","frequency":-1}',
      '{"type":"open","frequency":1e400}',
      '{"type":"close","id":{"a":1}}',
      '{"type":"watch","stream":7}',
      '{"type":"scope","id":"nobody"}',
      '{"type":"__proto__"}',
    ])
      viewer.send(rubbish);
    viewer.socket.send(Buffer.alloc(100));
    const frames = viewer.frames.length;
    await until(() => viewer.frames.length > frames + 8, 'frames after that');
    assert.deepEqual(commands(), []);
    for (let i = 0; i < 500; i++) viewer.send({ type: 'open', frequency: 851_400_000 + 6250 * (i % 30) });
    await until(() => commands().length > 0, 'commands');
    await until(() => viewer.frames.length > frames + 12, 'frames after the flood');
    assert.ok(commands().length <= 40, `${commands().length} commands`);
    viewer.send('x'.repeat(5000));
    await until(() => viewer.closed, 'the end of one who sends too much');
  });

  it('lets viewers choose among streams: channels, symbols, audio', async () => {
    await start();
    const node = flow.node('node');
    const viewer = await look();
    const demod = new Fsk4Stage(C4FM, { protocol: 'p25', polarity: 'auto' });
    const channel = new Signal(signalSettings({ signal: 'p25-control', rate: 24000, center: 851e6, format: 'cf32' }));
    const band = new Band();
    let seq = 0;
    feeding = setInterval(() => {
      node.receive(band.next());
      const about = { stream: 'dongle/c', seq, snr: 21, level: -14, noise: -35, offset: 80 };
      const iq = block(
        { rate: 24000, center: 851e6, format: 'cf32' },
        2400 * seq,
        Buffer.from(channel.read(2400)),
        about,
      );
      node.receive(toNodeMessage(iq) as Message);
      for (const out of demod.process(iq)) node.receive(toNodeMessage(out) as Message);
      const info = { stream: 'dongle/c', seq, time: 1e12 + 100 * seq, rate: 8000 };
      node.receive(toNodeMessage({ port: 'audio', payload: Buffer.alloc(1600), info } as PortMessage) as Message);
      seq++;
    }, 100);
    const names = await until(() => {
      const list = viewer.last('state')?.streams.map(({ stream }: Message) => stream);
      return list?.length === 4 && list;
    }, 'four streams');
    assert.deepEqual(names, ['dongle', 'dongle/c', 'dongle/c (symbols)', 'dongle/c (audio)']);
    for (const [name, kind, part] of [
      ['dongle/c', 'iq', 'trace'],
      ['dongle/c (symbols)', 'symbols', 'values'],
      ['dongle/c (audio)', 'audio', 'mean'],
      ['dongle', 'iq', 'mean'],
    ]) {
      viewer.send({ type: 'watch', stream: name });
      await until(() => viewer.last('state')?.watching === name, `${name} to be watched`);
      const from = viewer.frames.length;
      await until(
        () => viewer.frames.slice(from + 2).some(({ head, arrays }) => head.kind === kind && arrays[part]),
        name,
      );
    }
    const ofChannel = viewer.frames.findLast(({ head }) => head.kind === 'iq' && head.stream === 'dongle/c')!.head
      .figures;
    assert.deepEqual([ofChannel.level, ofChannel.noise, ofChannel.snr], [-14, -35, 21]);
    demod.close();
  });

  it('shares a page with other scopes of the same path', async () => {
    const other = { id: 'other', type: 'radio-scope', name: 'Other', ...SCOPE, wires: [[]] };
    await start({}, [other]);
    const viewer = await look();
    await until(() => viewer.last('scopes')?.scopes.length === 2, 'both scopes');
    assert.deepEqual(
      viewer
        .last('scopes')!
        .scopes.map(({ title }: Message) => title)
        .sort(),
      ['Band', 'Other'],
    );
    viewer.send({ type: 'scope', id: 'other' });
    await until(() => viewer.last('hello')?.title === 'Other', 'the other scope');
    const band = new Band('second');
    feeding = setInterval(() => flow.node('other').receive(band.next()), 100);
    await until(() => viewer.frames.some(({ head }) => head.stream === 'second'), 'its frames');
    viewer.send({ type: 'scope', id: 'node' });
    await until(() => viewer.last('hello')?.title === 'Band', 'the first scope again');
  });

  it('gives messages it cannot show to catch nodes, once', async () => {
    await start();
    const voice = {
      stream: 'v',
      seq: 0,
      time: 0,
      codec: 'imbe',
      format: 'soft',
      frames: 0,
      duration: 0,
      frequency: 0,
      errors: 0,
    };
    for (const wrong of [{ payload: 'hello' }, { payload: Buffer.alloc(8), voice }]) {
      flow.at('caught').length = 0;
      flow.node('node').receive(wrong as Message);
      const { error } = await until(() => flow.at('caught')[0], 'an error');
      assert.match(error.message, /Wrong kind of message: expected .+, got .+/);
    }
    await shown('wrong input');
    const [{ topic, ...good }] = [new Band().next()];
    flow.node('node').receive({ ...good, payload: good.payload.subarray(1) } as Message);
    const viewer = await look();
    feed();
    await until(() => viewer.frames.length > 0, 'frames all the same');
  });

  it('says what is wrong with its settings, and with a path that is taken by another kind of page', async () => {
    const listen = {
      id: 'listen',
      type: 'radio-audio',
      name: '',
      browser: true,
      path: 'radio/scope',
      speakers: false,
      wires: [],
    };
    await start({}, []);
    await flow.close();
    flow = await TestFlow.load([
      listen as FlowNode,
      { id: 'node', type: 'radio-scope', name: '', ...SCOPE, wires: [['out1']] },
      ...watchers(1),
    ]);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /path|Path/);
    await shown('path is taken');
    await flow.close();
    await start({ frameRate: 'often' });
    await until(() => flow.at('caught').some((message) => /frame rate/.test(message.error.message)), 'an error');
  });

  it('ends all connections when the flow stops', async () => {
    await start();
    const viewer = await look();
    feed();
    await until(() => viewer.frames.length > 0, 'a frame');
    clearInterval(feeding);
    const before = workerPool().snapshot().tasks;
    await flow.close();
    await until(() => viewer.closed, 'the end of the connection');
    assert.equal(workerPool().snapshot().tasks, before - 1);
    await start();
  });
});
