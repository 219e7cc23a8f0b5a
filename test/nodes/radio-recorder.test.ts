import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as archives from '../../nodes/lib/archives';
import type { AudioInfo } from '../../src/core/messages';
import { fromNodeMessage } from '../../src/core/ports';
import type { ArchivedCall } from '../../src/sinks/archive/archive';
import { until } from '../e2e/until';
import { callInfo } from '../sinks/audio';
import { type Message, TestFlow, watchers } from './flow';

let flow: TestFlow;
const texts = () => flow.at('shown').map(({ status }) => status.text as string);

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
