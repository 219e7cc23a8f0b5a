import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInfo } from '../../src/core/messages';
import { freePort } from '../e2e/node-red-process';
import { until } from '../e2e/until';
import { callAudio } from '../sinks/audio';
import { AUDIO, call, metadata } from '../sinks/upload/calls';
import { ICECAST, IcecastServer, PASSWORD } from '../sinks/upload/icecast-server';
import { type Answer, reply, UploadServer } from '../sinks/upload/server';
import { texts } from '../sinks/upload/strict-form';
import { type FlowNode, helper, type Message, TestFlow, watchers } from './flow';

const KEY = 'a-key-nobody-may-see';
const UPLOAD = {
  type: 'radio-upload',
  name: '',
  service: 'rdio-scanner',
  url: '',
  system: '42',
  sidecar: false,
  verify: true,
  mount: '/scanner.mp3',
  user: 'source',
  format: 'mp3',
  bitrate: '32',
  streamName: '',
  title: '%TAG%',
  idleTitle: '',
  delay: 0,
  rules: [],
  otherwise: 'true',
  shortest: 0,
  emergencyOnly: false,
  parallel: '1',
  maxCalls: 1000,
  maxMegabytes: 500,
  maxHours: 24,
};

describe('radio-upload', () => {
  let flow: TestFlow;
  let server: UploadServer;
  let userDir: string;
  let answer: Answer;
  const received: Message[] = [];

  beforeEach(async () => {
    answer = { status: 200, body: 'Call imported successfully.\n' };
    server = await UploadServer.start(() => answer);
    userDir = mkdtempSync(join(tmpdir(), 'trunkflow-user-'));
    helper.settings({ userDir } as never);
    received.length = 0;
  });
  afterEach(async () => {
    await flow.close();
    await server.stop();
    rmSync(userDir, { recursive: true, force: true });
    assert.deepEqual(server.complaints, []);
    assert.ok(!JSON.stringify(received).includes(KEY), 'no key on any wire');
  });

  const start = async (more: object = {}, key = KEY) => {
    const node = { id: 'node', ...UPLOAD, url: server.url, ...more, wires: [['out1'], ['out2']] } as FlowNode;
    flow = await TestFlow.load([node, ...watchers(2)], key ? { node: { key } } : {});
    for (const messages of flow.messages.values()) keep(messages);
  };
  const keep = (messages: Message[]) => {
    const push = messages.push.bind(messages);
    const value = (...items: Message[]) => {
      received.push(...items);
      return push(...items);
    };
    Object.defineProperty(messages, 'push', { value, enumerable: false });
  };

  /** As the call recorder sends it. */
  const recorded = (more: Partial<CallInfo> = {}, msg: object = {}): Message => {
    const payload = call(more);
    return {
      topic: 'county/1001',
      event: 'recorded',
      payload,
      filename: join(userDir, 'recordings', `${payload.call_num}.m4a`),
      audio: AUDIO,
      mime: 'audio/mp4',
      metadata: metadata(payload),
      recording: { id: `id-${payload.call_num}`, format: 'm4a', length: 12.35, archive: 'recorder' },
      ...msg,
    };
  };
  const send = (msg: Message) => flow.node('node').receive(msg as never);
  const shown = () => flow.at('shown').map(({ status }) => status.text as string);
  const queue = () => join(userDir, 'trunkflow', 'uploads', 'node');

  it('uploads a recorded call, and tells so without the audio', async () => {
    await start();
    send(recorded());
    await until(() => flow.at('out1').length > 0, 'the upload');
    const [msg] = flow.at('out1');
    assert.deepEqual(
      [msg.topic, msg.event, msg.payload.talkgroup, msg.metadata.talkgroup, msg.recording.id],
      ['county/1001', 'recorded', 1001, 1001, 'id-7'],
    );
    assert.match(msg.filename, /7\.m4a$/);
    assert.equal(msg.audio, undefined);
    const { ms, ...upload } = msg.upload;
    assert.ok(ms >= 0);
    assert.deepEqual(upload, {
      service: 'rdio-scanner',
      status: 'uploaded',
      answer: 'Call imported successfully.',
      attempts: 1,
    });
    assert.equal(texts(server.requests[0].parts).key, KEY);
    assert.equal(flow.at('done').length, 1);
    await until(() => shown().includes('status.uploaded'), 'the status');
    assert.deepEqual(readdirSync(queue()), []);
  });

  it('takes the recording from its file where the message has no audio', async () => {
    await start();
    const filename = join(userDir, 'call.mp3');
    writeFileSync(filename, AUDIO);
    send(recorded({}, { filename, audio: undefined, mime: undefined, metadata: undefined }));
    await until(() => flow.at('out1').length > 0, 'the upload');
    assert.ok(server.requests[0].parts[0].data.equals(AUDIO));
    assert.equal(texts(server.requests[0].parts).audioType, 'audio/mpeg');
    send(recorded({ call_num: 8 }, { filename: join(userDir, 'gone.mp3'), audio: undefined, mime: undefined }));
    await until(() => flow.at('caught').length > 0, 'the error');
    assert.match(flow.at('caught')[0].error.message, /The recording is gone/);
    assert.equal(flow.at('out2')[0].upload.reason, 'file_missing');
  });

  it('sends what is not chosen to the second output, with the reason', async () => {
    const rules = [
      { system: 'county', talkgroups: '500-600', upload: false, as: '' },
      { system: '*', talkgroups: '1-2000', upload: true, as: '77' },
    ];
    await start({ rules, otherwise: 'false', shortest: 2 });
    send(recorded({ call_num: 1, encrypted: true }));
    send(recorded({ call_num: 2, upload: false }));
    send(recorded({ call_num: 3, talkgroup: 555 }));
    send(recorded({ call_num: 4, talkgroup: 9000 }));
    send(recorded({ call_num: 5 }, { recording: { id: 'short', length: 1.5 } }));
    send(recorded({ call_num: 6 }));
    await until(() => flow.at('out1').length > 0, 'the upload');
    assert.deepEqual(
      flow.at('out2').map(({ upload }) => `${upload.status} ${upload.reason}`),
      ['skipped encrypted', 'skipped flag', 'skipped rule', 'skipped rule', 'skipped too_short'],
    );
    assert.equal(server.requests.length, 1);
    assert.equal(texts(server.requests[0].parts).system, '77');
    assert.deepEqual(flow.at('caught'), []);
  });

  it('takes calls from a call recorder as they are, and converts them where the service wants it', async function () {
    this.timeout(30_000);
    const folder = join(userDir, 'recordings');
    const base = { short: 0, conventional: false, conventionalName: 'x', sidecar: true, shortest: 0 };
    const upload = { ...UPLOAD, service: 'openmhz', url: server.url, system: 'county' };
    flow = await TestFlow.load(
      [
        { id: 'recorder', type: 'radio-recorder', name: '', folder, ...base, wires: [['node']] } as FlowNode,
        { id: 'node', ...upload, wires: [['out1'], ['out2']] } as FlowNode,
        ...watchers(2),
      ],
      { node: { key: KEY } },
    );
    for (const { port, payload, info } of callAudio('air', 15)) {
      assert.equal(port, 'audio');
      flow.node('recorder').receive({ payload, audio: info } as never);
    }
    await until(() => flow.at('out1').length > 0, 'the upload');
    const [msg] = flow.at('out1');
    assert.equal(msg.payload.state, 'ended');
    assert.ok(existsSync(msg.filename), 'the recording stays');
    const { parts } = server.requests[0];
    assert.match(parts[0].filename!, /\.m4a$/);
    assert.equal(parts[0].data.toString('latin1', 4, 8), 'ftyp');
    assert.equal(texts(parts).talkgroup_num, '9101');
    assert.equal(texts(parts).call_length, String(msg.metadata.call_length));
    assert.deepEqual(JSON.parse(texts(parts).source_list), [{ pos: 0, src: 700_001, tag: 'Engine 4' }]);
  });

  it('tells a refused key in its status and to catch nodes, without showing it', async () => {
    await start();
    answer = { status: 401, body: `Invalid API key for system 42 talkgroup 1001. ${KEY}\n` };
    send(recorded());
    await until(() => flow.at('out2').length > 0 && flow.at('caught').length > 0, 'the refusal');
    assert.equal(flow.at('out2')[0].upload.reason, 'key_refused');
    await until(() => shown().includes('key refused'), 'the status');
    answer = { status: 200, body: 'Call imported successfully.\n' };
    send(recorded({ call_num: 8 }));
    await until(() => shown().at(-1) === 'status.uploaded', 'the status to go back');
  });

  it('says when it tries again, and keeps calls over a restart of the flow', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await start({ url });
    send(recorded({ call_num: 1 }));
    send(recorded({ call_num: 2 }));
    await until(() => shown().includes('status.retry') && shown().includes('refused'), 'the wait and its reason');
    await flow.close();
    assert.equal(readdirSync(queue()).filter((name) => name.endsWith('.json')).length, 2);
    for (const name of readdirSync(queue())) assert.ok(!readFileSync(join(queue(), name)).includes(KEY));
    await start();
    await until(() => flow.at('out1').length === 2, 'both uploads');
    assert.deepEqual(
      flow.at('out1').map(({ payload }) => payload.call_num),
      [1, 2],
    );
    assert.equal(flow.at('out1')[0].topic, 'county/1001');
  });

  it('names the formats a service takes', async () => {
    await start({ service: 'openmhz', system: 'chi_cfd' });
    send(recorded({}, { mime: 'audio/ogg' }));
    await until(() => flow.at('caught').length > 0, 'the error');
    assert.match(flow.at('caught')[0].error.message, /expected M4A or MP3, got OPUS/);
    assert.equal(flow.at('out2')[0].upload.reason, 'format');
    await until(() => shown().includes('wrong format'), 'the status');
  });

  it('wants finished calls, with a recording', async () => {
    await start();
    send({ ...recorded(), event: 'end' });
    await until(() => flow.at('caught').length === 1, 'the error');
    assert.match(flow.at('caught')[0].error.message, /Wire the call recorder here, not the call follower/);
    send({ payload: 'hello' });
    await until(() => flow.at('caught').length === 2, 'the error');
    send(recorded({}, { filename: undefined, audio: undefined }));
    await until(() => flow.at('caught').length === 3, 'the error');
    assert.equal(flow.at('done').length, 0);
    assert.ok(!existsSync(queue()) || readdirSync(queue()).length === 0);
  });

  for (const [what, settings, key, status] of [
    ['address', { url: '' }, KEY, 'no address'],
    ['key', {}, '', 'no key'],
    ['system number', { system: '' }, KEY, 'no system number'],
    ['short name', { service: 'openmhz', system: ' ' }, KEY, 'no short name'],
    ['usable system number', { service: 'broadcastify', system: 'county' }, KEY, 'bad system number'],
    ['usable talkgroups', { rules: [{ system: '*', talkgroups: 'x', upload: true }] }, KEY, 'bad talkgroups'],
    ['mount point', { service: 'icecast', mount: '' }, KEY, 'no mount point'],
    ['password', { service: 'icecast' }, '', 'no password'],
    ['address without password', { url: 'http://me:secret@host' }, KEY, 'bad address'],
  ] as const)
    it(`says that it has no ${what}`, async () => {
      await start(settings, key);
      await until(() => shown().includes(status), status);
      await until(() => flow.at('caught').length > 0, 'the error');
      assert.ok(!flow.at('caught')[0].error.message.includes('secret'));
    });

  describe('with Icecast', () => {
    let icecast: IcecastServer;
    before(function () {
      if (ICECAST) return;
      this.test!.parent!.title += ' (skipped: no icecast2)';
      this.skip();
    });
    beforeEach(async () => {
      icecast = await IcecastServer.start();
    });
    afterEach(() => icecast?.stop());

    it('streams audio while it comes, and tells each call once, streamed or not', async () => {
      await start({ service: 'icecast', url: icecast.url, title: '%TAG% %TGID%', idleTitle: 'Quiet' }, PASSWORD);
      await until(() => shown().includes('Quiet'), 'the stream to be on the air');
      const secret = callAudio('a', 10, { id: 'secret', encrypted: true });
      for (const { payload, info } of [...secret, ...callAudio('b', 20)]) send({ payload, audio: info });
      await until(() => shown().includes('FIRE 1 9101'), 'the title');
      await until(() => shown().at(-1) === 'Quiet', 'the end of the call');
      assert.deepEqual(
        flow.at('out1').map(({ topic, upload }) => [topic, upload]),
        [['county/9101', { service: 'icecast', status: 'streamed' }]],
      );
      assert.deepEqual(
        flow.at('out2').map(({ payload, upload }) => [payload.id, upload.reason]),
        [['secret', 'encrypted']],
      );
      send(recorded());
      await until(() => flow.at('caught').length > 0, 'the error');
      assert.match(flow.at('caught')[0].error.message, /expected audio from a demod or voice decoder/);
      assert.ok(!JSON.stringify(received).includes(PASSWORD));
    });
  });

  describe('test of the settings', () => {
    const ask = async (form: object) => {
      const response = await helper.request().post('/trunkflow/upload/node/test').send(form);
      assert.equal(response.status, 200);
      assert.ok(!response.text.includes(KEY));
      return response.body as { code: string; detail: string };
    };
    const form = (more: object = {}) => ({ service: 'rdio-scanner', url: server.url, system: '42', ...more });

    it('uses the key that was typed, else the one that is deployed', async () => {
      await start();
      server.faults.push(reply(417, `Incomplete call data: no audio ${KEY}\n\n`));
      assert.equal((await ask(form({ key: '__PWRD__' }))).code, 'reachable');
      answer = { status: 417, body: 'Incomplete call data: no talkgroup\n\n' };
      assert.equal((await ask(form({ key: '__PWRD__' }))).code, 'reachable');
      assert.equal(texts(server.requests.at(-1)!.parts).key, KEY);
      assert.equal((await ask(form({ key: 'another' }))).code, 'reachable');
      assert.equal(texts(server.requests.at(-1)!.parts).key, 'another');
    });

    it('sends a deployed key to no other server than its own', async () => {
      await start({ url: 'http://127.0.0.1:9' });
      for (const more of [{}, { key: '__PWRD__' }, { service: 'broadcastify' }, { service: 'openmhz', system: 'x' }]) {
        const { code, detail } = await ask(form(more));
        assert.equal(code, 'incomplete');
        assert.match(detail, /another server/);
      }
      assert.equal(server.requests.length, 0);
    });

    it('says what is missing or wrong', async () => {
      await start({}, '');
      assert.deepEqual(await ask({}), {
        code: 'incomplete',
        detail: 'Unknown service: expected one of rdio-scanner, openmhz, broadcastify, icecast, got nothing',
      });
      assert.equal((await ask(form())).code, 'incomplete');
      assert.equal((await ask(form({ key: 'x', system: '' }))).code, 'incomplete');
      assert.equal((await ask(form({ key: 'x', url: 'javascript:alert(1)' }))).code, 'incomplete');
      assert.equal((await ask(form({ key: 'x', url: 'http://127.0.0.1:9' }))).code, 'unreachable');
      answer = { status: 200, body: '<script>alert(1)</script><b>Hello</b>' };
      assert.deepEqual(await ask(form({ key: 'x' })), { code: 'wrong_service', detail: 'Hello' });
      assert.equal(
        (await ask({ service: 'icecast', url: 'http://127.0.0.1:9', mount: '/x', key: 'x' })).code,
        'unreachable',
      );
    });
  });
});
