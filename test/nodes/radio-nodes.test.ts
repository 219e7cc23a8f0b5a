import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as archives from '../../nodes/lib/archives';
import type { SystemNode } from '../../nodes/system/system-node';
import type { AudioInfo } from '../../src/core/messages';
import { fromNodeMessage } from '../../src/core/ports';
import type { ArchivedCall } from '../../src/sinks/archive/archive';
import { until } from '../e2e/until';
import { callInfo } from '../sinks/audio';
import { FakeRtlTcp } from '../support/fake-rtl-tcp';
import { type FlowNode, helper, type Message, SYSTEM, TestFlow, watchers } from './flow';

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

describe('radio-recorder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-'));
  });
  afterEach(async () => {
    await flow.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (settings: object = {}) => {
    flow = await TestFlow.load([
      {
        id: 'node',
        type: 'radio-recorder',
        name: '',
        folder,
        sidecar: true,
        shortest: 0,
        conventional: false,
        conventionalName: 'local',
        ...settings,
        wires: [['out1'], ['out2']],
      },
      ...watchers(2),
    ]);
  };
  const CALL = callInfo({
    id: 'demo_1001_1_1',
    sys_name: 'demo',
    talkgroup: 1001,
    freq: 851_525_000,
    start_time: 1,
    start_time_ms: 1000,
    stop_time: 2,
    stop_time_ms: 2000,
    length: 1,
    sources: [],
  });
  const audio = (info: Partial<AudioInfo>, samples = 4000) =>
    flow.node('node').receive({
      payload: Buffer.alloc(2 * samples, 1),
      audio: { stream: 'sdr/call-1', rate: 8000, seq: 0, time: 1000, ...info },
    } as Message);

  it('writes a call and tells where', async () => {
    await start();
    audio({ call: CALL });
    await until(() => texts().includes('status.recording'), 'the recording status');
    audio({ call: { ...CALL, state: 'ended', reason: 'terminator' }, seq: 1, time: 1500, end: true });
    const { payload, filename, topic, sidecar } = await until(() => flow.at('out1')[0], 'the recording');
    assert.equal(topic, 'demo/1001');
    assert.equal(payload.reason, 'terminator');
    assert.equal(readFileSync(filename).length, 44 + 2 * 8000);
    assert.equal(JSON.parse(readFileSync(sidecar, 'utf8')).talkgroup, 1001);
    await until(() => texts().includes('status.recorded'), 'the recorded status');
  });

  it('tells by its second output why no call is recorded, and that calls are again', async () => {
    await start({ shortest: 5 });
    const speak = async (number: number, seconds: number) => {
      const call = {
        ...CALL,
        id: `demo_1001_${number}_${number}`,
        stop_time_ms: 1000 + 1000 * seconds,
        length: seconds,
      };
      audio({ call }, 8000 * seconds - 1);
      audio({ call: { ...call, state: 'ended', reason: 'terminator' }, seq: 1, end: true }, 1);
      await until(() => flow.at('done').length === 2 * number, `call ${number} to be taken`);
    };
    for (const number of [1, 2, 3]) await speak(number, 1);
    const { topic, payload } = await until(() => flow.at('out2')[0], 'the diagnosis');
    assert.equal(topic, 'recorder/diagnosis');
    assert.deepEqual(
      { ...payload, time: 0 },
      {
        ...{ type: 'diagnosis', node: 'recorder', state: 'problem', code: 'too_short', words: 'all too short' },
        ...{ numbers: { too_short: 3 }, time: 0 },
      },
    );
    assert.deepEqual(flow.at('out1'), []);
    await speak(4, 6);
    await speak(5, 6);
    await until(() => flow.at('out2')[1], 'the all-clear');
    assert.equal(flow.at('out2')[1].payload.state, 'ok');
    assert.equal(flow.at('out2').length, 2);
  });

  it('gives the file, its metadata and its place in the archive', async () => {
    await start();
    audio({ call: CALL });
    audio({ call: { ...CALL, state: 'ended', reason: 'terminator' }, seq: 1, time: 1500, end: true });
    const message = await until(() => flow.at('out1')[0], 'the recording');
    assert.equal(message.event, 'recorded');
    assert.deepEqual(message.audio, readFileSync(message.filename));
    assert.equal(message.mime, 'audio/wav');
    assert.deepEqual(message.metadata, JSON.parse(readFileSync(message.sidecar, 'utf8')));
    assert.deepEqual(message.recording, { id: CALL.id, format: 'wav', length: 1, archive: 'node' });
    assert.equal(fromNodeMessage(message as never, ['call']).event, 'recorded');
    const archive = archives.get('node')!;
    assert.equal((await archive.audio(CALL.id))!.path, message.filename);
    // As a transcription flow sends it back: the recorder's message, with a command.
    flow.node('node').receive({ ...message, control: { annotate: { id: CALL.id, transcript: 'Engine four' } } });
    await until(() => flow.at('done').length === 3, 'the note to be written');
    assert.equal((await archive.search({ text: 'engine' })).calls[0].transcript, 'Engine four');
    await flow.close();
    assert.equal(archives.get('node'), undefined);
  });

  it('records as its form says', async () => {
    await start({
      format: 'mp3',
      bitrate: '16',
      loudness: 'off',
      pattern: '{system}/{talkgroup} {call}',
      split: 'transmission',
      sendAudio: false,
      sidecar: false,
      keepDays: '30',
      keepGb: '0.5',
      keepLogDays: '',
      longest: '',
    });
    audio({ call: CALL });
    audio({ call: CALL, seq: 1, time: 3000 });
    audio({ call: { ...CALL, state: 'ended' }, seq: 2, time: 3500, end: true });
    const messages = await until(() => flow.at('out1').length === 2 && flow.at('out1'), 'two recordings');
    assert.deepEqual(
      messages.map(({ filename, mime, recording, audio: bytes, sidecar }) => [
        filename.slice(folder.length + 1),
        mime,
        recording.transmission,
        recording.id,
        bytes,
        sidecar,
      ]),
      [
        ['demo/1001 1.mp3', 'audio/mpeg', 1, CALL.id, undefined, undefined],
        ['demo/1001 1-2.mp3', 'audio/mpeg', 2, `${CALL.id}_2`, undefined, undefined],
      ],
    );
    assert.equal(messages[0].metadata.talkgroup, 1001);
  });

  it('logs calls that were not recorded, and takes them from a follower', async () => {
    await start();
    const call = { ...CALL, id: 'demo_1002_1_9', talkgroup: 1002, state: 'not_followed', reason: 'no_channel' };
    flow.node('node').receive({ payload: call, event: 'not_followed', topic: 'demo/1002' } as Message);
    await until(() => flow.at('done').length === 1, 'the message to be done with');
    const archive = archives.get('node')!;
    let calls: ArchivedCall[] = [];
    await until(() => {
      void archive.search({ recorded: false }).then((found) => (calls = found.calls));
      return calls.length > 0;
    }, 'the log');
    assert.deepEqual(
      calls.map(({ id, reason, file }) => [id, reason, file]),
      [[call.id, 'no_channel', null]],
    );
  });

  it('keeps no log when told so, and says that notes need one', async () => {
    await start({ log: false, keepDays: '5' });
    assert.equal(archives.get('node'), undefined);
    flow.node('node').receive({ control: { annotate: { id: 'x', transcript: 'y' } } } as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /keeps no call log/);
    flow.node('node').receive({ control: { annotate: 'x' } } as Message);
    await until(() => /transcript of a call/.test(flow.at('caught')[1]?.error.message), 'another error');
  });

  it('says what is wrong in the form', async () => {
    await start({ pattern: '{nonsense}' });
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /\{nonsense\}/);
    await until(() => texts().includes('bad pattern'), 'the status');
  });

  it('finishes what it records when the flow stops', async () => {
    await start();
    audio({ call: CALL });
    await until(() => flow.at('done').length === 1, 'the audio to be written');
    const sent: Message[] = [];
    const node = flow.node('node');
    node.send = (messages: unknown) => void sent.push((messages as Message[])[0]);
    await node.close(true);
    assert.equal(sent.length, 1);
    assert.equal(readFileSync(sent[0].filename).length, 44 + 2 * 4000);
  });

  it('reports a folder that cannot be written, and lives on', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await start({ folder: join(file, 'below') });
    audio({ call: CALL });
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /below/);
    await until(() => flow.at('shown').some(({ status }) => status.fill === 'red'), 'a red status');
    audio({ call: CALL, seq: 1, time: 1500 });
    await until(() => flow.at('done').length === 2, 'both blocks to be done with');
  });

  it('takes speech only', async () => {
    await start();
    flow.node('node').receive({ payload: { type: 'grant' } } as Message);
    const { error } = await until(() => flow.at('caught')[0], 'an error');
    assert.match(error.message, /Wrong kind of message: expected audio/);
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
