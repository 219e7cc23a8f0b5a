import assert from 'node:assert/strict';
import { Broadcastify } from '../../../src/sinks/upload/broadcastify';
import { OpenMhz } from '../../../src/sinks/upload/openmhz';
import { RdioScanner } from '../../../src/sinks/upload/rdio-scanner';
import { AUDIO, call, metadata, upload } from './calls';
import { type Answer, type Received, UploadServer } from './server';
import { file, texts } from './strict-form';

const KEY = 'd2079382-07df-4aa9-8940-8fb9e4ef5f2e';

describe('upload formats', () => {
  let server: UploadServer;
  let answer: (request: Received) => Answer;
  beforeEach(async () => {
    server = await UploadServer.start((request) => answer(request));
  });
  afterEach(async () => {
    await server.stop();
    assert.deepEqual(server.complaints, []);
  });
  const last = () => server.requests.at(-1)!;
  /** The fields' names in the order in which they were sent. */
  const order = () => last().parts.map(({ name }) => name);

  describe('rdio-scanner', () => {
    const service = (sidecar = false, url = server.url) => new RdioScanner({ url, key: KEY, system: '42', sidecar });
    beforeEach(() => {
      answer = rdioScanner;
    });

    it('posts every field the server reads, in an order that version 7 understands', async () => {
      const result = await service().upload(upload('audio/mp4', '1001-1700000000.m4a'));
      assert.deepEqual(result, { outcome: 'uploaded', answer: 'Call imported successfully.' });
      assert.equal(last().method, 'POST');
      assert.equal(last().path, '/api/call-upload');
      const audio = file(last().parts, 'audio');
      assert.equal(audio.filename, '1001-1700000000.m4a');
      assert.equal(audio.type, 'audio/mp4');
      assert.ok(audio.data.equals(AUDIO));
      const { frequencies, sources, ...fields } = texts(last().parts);
      assert.deepEqual(fields, {
        audioName: '1001-1700000000.m4a',
        audioType: 'audio/mp4',
        dateTime: '1700000000',
        timestamp: '1700000000250',
        frequency: '851012500',
        key: KEY,
        patches: '[]',
        system: '42',
        systemLabel: 'county',
        talkgroup: '1001',
        talkgroupGroup: 'Fire & Rescue',
        talkgroupLabel: 'Fire "Disp"\r\n1',
        talkgroupName: 'Feuerwehr Köln — Einsatz',
        talkgroupTag: 'Fire Dispatch',
      });
      assert.deepEqual(JSON.parse(frequencies), [
        { freq: 851_012_500, pos: 0, len: 6.1, errorCount: 4, spikeCount: 1 },
        { freq: 851_012_500, pos: 6.1, len: 6.25, errorCount: 5, spikeCount: 1 },
      ]);
      assert.deepEqual(JSON.parse(sources), [
        { pos: 0, src: 4_424_001, tag: 'Engine 1' },
        { pos: 6.1, src: 4_424_002 },
      ]);
      // A later field overwrites what an earlier one set: the list must win over the single frequency, the time in
      // milliseconds over the one in seconds, the named type over the one guessed from the name.
      for (const [earlier, later] of [
        ['frequency', 'frequencies'],
        ['dateTime', 'timestamp'],
        ['audio', 'audioName'],
        ['audioName', 'audioType'],
      ])
        assert.ok(order().indexOf(earlier) < order().indexOf(later), `${earlier} before ${later}`);
    });

    it('sends patches of more than one talkgroup, and leaves out names that are not known', async () => {
      const patched = upload('audio/wav', 'a.wav', {
        patched_talkgroups: [1001, 1002],
        talkgroup_alpha_tag: '',
        talkgroup_group: '',
      });
      await service().upload(patched);
      const fields = texts(last().parts);
      assert.equal(fields.patches, '[1001,1002]');
      assert.ok(!('talkgroupLabel' in fields) && !('talkgroupGroup' in fields));
    });

    it('keeps the path of an address behind a proxy, and takes the whole address too', async () => {
      for (const path of ['/scanner', '/scanner/', '/scanner/api/call-upload']) {
        await service(false, server.url + path).upload(upload('audio/mpeg', 'a.mp3'));
        assert.equal(last().path, '/scanner/api/call-upload');
      }
    });

    it("sends trunk-recorder's sidecar whole where that is wanted", async () => {
      const result = await service(true).upload(upload('audio/mp4', 'a.m4a'));
      assert.equal(result.outcome, 'uploaded');
      assert.equal(last().path, '/api/trunk-recorder-call-upload');
      assert.deepEqual(order(), ['key', 'system', 'audio', 'meta']);
      assert.deepEqual(texts(last().parts), { key: KEY, system: '42' });
      assert.deepEqual(JSON.parse(file(last().parts, 'meta').data.toString()), metadata(call()));
    });

    it('tells a refused key from a refused call', async () => {
      const wrong = new RdioScanner({ url: server.url, key: 'wrong', system: '42', sidecar: false });
      const refused = await wrong.upload(upload('audio/mp4', 'a.m4a'));
      assert.ok(refused.outcome === 'rejected' && refused.key);
      assert.equal(refused.error.status, 'key refused');
      const short = upload('audio/mp4', 'a.m4a');
      short.audio.data = Buffer.alloc(44);
      const rejected = await service().upload(short);
      assert.ok(rejected.outcome === 'rejected' && !rejected.key);
      assert.match(rejected.error.message, /no audio/);
    });

    it('tests with key and system only, which version 6 and 7 answer in their own ways', async () => {
      assert.deepEqual(await service().test(), { code: 'reachable', detail: 'Incomplete call data: no audio' });
      assert.deepEqual(texts(last().parts), { key: KEY, system: '42' });
      answer = () => ({ status: 417, body: 'Incomplete call data: no talkgroup\n' });
      assert.equal((await service().test()).code, 'reachable');
      answer = () => ({ status: 200, body: '<!doctype html><title>Router</title>' });
      assert.equal((await service().test()).code, 'wrong_service');
    });
  });

  describe('OpenMHz', () => {
    const service = (system = 'chi_cfd', key = KEY) => new OpenMhz({ url: server.url, key, system });
    beforeEach(() => {
      answer = openMhz;
    });

    it('posts the fields of its API', async () => {
      const result = await service().upload(
        upload('audio/mp4', '1001-x.m4a', { patched_talkgroups: [1001, 1002, 1003] }, 'chi_cfd'),
      );
      assert.deepEqual(result, { outcome: 'uploaded', answer: '' });
      assert.equal(last().path, '/chi_cfd/upload');
      assert.deepEqual(order(), [
        ...['call', 'freq', 'error_count', 'spike_count', 'start_time', 'stop_time', 'call_length', 'talkgroup_num'],
        ...['emergency', 'api_key', 'patch_list', 'source_list'],
      ]);
      const { source_list, ...fields } = texts(last().parts);
      assert.deepEqual(fields, {
        freq: '851012500',
        error_count: '9',
        spike_count: '2',
        start_time: '1700000000',
        stop_time: '1700000012',
        call_length: '12',
        talkgroup_num: '1001',
        emergency: '1',
        api_key: KEY,
        patch_list: '[1001,1002,1003]',
      });
      assert.deepEqual(JSON.parse(source_list), [
        { pos: 0, src: 4_424_001, tag: 'Engine 1' },
        { pos: 6.1, src: 4_424_002 },
      ]);
      assert.ok(file(last().parts, 'call').data.equals(AUDIO));
    });

    it('gives the file a name the server takes, whatever the recording is called', async () => {
      await service().upload(upload('audio/mpeg', 'call.final', {}, 'chi_cfd'));
      assert.equal(file(last().parts, 'call').filename, 'call.mp3');
    });

    it('does not try again after the four answers that are final, and does after others', async () => {
      for (const [body, status] of [
        ['API Keys do not match!\n', 'key refused'],
        ['ShortName does not exist: chi_cfd\n', 'unknown system'],
        ['Error, invalid filename:\n', 'bad file'],
        ['Talkgroup does not exist, skipping.\n', 'unknown talkgroup'],
      ]) {
        answer = () => ({ status: 500, body });
        const result = await service().upload(upload('audio/mp4', 'a.m4a', {}, 'chi_cfd'));
        assert.ok(result.outcome === 'rejected', body);
        assert.equal(result.error.status, status);
        assert.equal(result.key ?? false, status === 'key refused');
      }
      answer = () => ({ status: 500, body: 'MongoNetworkError' });
      const result = await service().upload(upload('audio/mp4', 'a.m4a', {}, 'chi_cfd'));
      assert.ok(result.outcome === 'retry' && result.scope === 'call');
    });

    it('tests the key without a call', async () => {
      assert.equal((await service().test()).code, 'accepted');
      assert.equal(last().path, '/chi_cfd/authorize');
      assert.equal(last().headers['content-type'], 'application/x-www-form-urlencoded');
      assert.equal(last().body.toString(), `api_key=${KEY}`);
      assert.equal((await service('chi_cfd', 'wrong').test()).code, 'key_refused');
      assert.equal((await service('nowhere').test()).code, 'unknown_system');
    });
  });

  describe('Broadcastify Calls', () => {
    const service = (sidecar = false, key = KEY) =>
      new Broadcastify({ url: `${server.url}/call-upload`, key, system: '11', sidecar });
    let step1: Answer;
    let step2: Answer;
    beforeEach(() => {
      step1 = { status: 200, body: `0 ${server.url}/storage/one-time-secret?signature=abc\n` };
      step2 = { status: 200, body: '' };
      answer = (request) => {
        if (request.method === 'PUT') return step2;
        return texts(request.parts).test === '1' ? broadcastifyTest(request) : step1;
      };
    });

    it('announces the call with single fields, then puts the audio', async () => {
      assert.deepEqual(await service().upload(upload('audio/mpeg', 'a.mp3', {}, '11')), {
        outcome: 'uploaded',
        answer: '',
      });
      const [post, put] = server.requests;
      assert.equal(post.path, '/call-upload');
      assert.deepEqual(texts(post.parts), {
        apiKey: KEY,
        systemId: '11',
        callDuration: '12.350',
        ts: '1700000000',
        tg: '1001',
        src: '4424001',
        freq: '851.0125',
        enc: 'mp3',
        srcId_alias: 'Ladder 2',
      });
      assert.equal(put.method, 'PUT');
      assert.equal(put.path, '/storage/one-time-secret?signature=abc');
      assert.equal(put.headers['content-type'], 'audio/mpeg');
      assert.ok(put.body.equals(AUDIO));
      assert.ok(!JSON.stringify(put.headers).includes(KEY), 'no key for the storage');
    });

    it("announces the call with trunk-recorder's sidecar, then puts M4A as audio/aac", async () => {
      const { outcome } = await service(true).upload(upload('audio/mp4', 'a.m4a', {}, '11'));
      assert.equal(outcome, 'uploaded');
      const [post, put] = server.requests;
      assert.deepEqual(
        post.parts.map(({ name }) => name),
        ['metadata', 'callDuration', 'systemId', 'apiKey', 'srcId_alias'],
      );
      const meta = file(post.parts, 'metadata');
      assert.equal(meta.filename, 'call_meta.json');
      assert.deepEqual(JSON.parse(meta.data.toString()), metadata(call()));
      assert.equal(put.headers['content-type'], 'audio/aac');
    });

    it('takes a skipped call for a duplicate, a rejected one for final, others for later', async () => {
      const results: [string, string][] = [
        ['1 SKIPPED---ALREADY-RECEIVED-THIS-CALL', 'duplicate'],
        ['1 REJECTED-CALL-SKEW-TOO-LONG-85.795', 'rejected'],
        ['1 no-freq-table-entry-for-upload', 'retry'],
        ['what is this', 'retry'],
        ['', 'retry'],
      ];
      for (const [body, outcome] of results) {
        step1 = { status: 200, body };
        const result = await service().upload(upload('audio/mp4', 'a.m4a', {}, '11'));
        assert.equal(result.outcome, outcome, body);
      }
      for (const body of ['1 Invalid-API-Key', '100 NO-API-KEY-SPECIFIED', '1 API-Key-Access-Denied']) {
        step1 = { status: 200, body };
        const result = await service().upload(upload('audio/mp4', 'a.m4a', {}, '11'));
        assert.ok(result.outcome === 'rejected' && result.key, body);
      }
      assert.ok(server.requests.every(({ method }) => method === 'POST'));
    });

    it('announces a call anew when the storage does not take its audio, and never shows the address', async () => {
      step2 = { status: 403, body: '<Error><Code>AccessDenied</Code><Key>one-time-secret</Key></Error>' };
      const result = await service().upload(upload('audio/mp4', 'a.m4a', {}, '11'));
      assert.ok(result.outcome === 'retry' && result.scope === 'call');
      assert.ok(!JSON.stringify([result.error.message, result.error]).includes('signature'));
      step2 = { status: 503, body: '<Error><Code>SlowDown</Code></Error>', headers: { 'Retry-After': '7' } };
      const slow = await service().upload(upload('audio/mp4', 'a.m4a', {}, '11'));
      assert.ok(slow.outcome === 'retry' && slow.scope === 'service');
      assert.equal(slow.after, 7000);
    });

    it('does not put audio where an odd answer wants it', async () => {
      for (const body of ['0 file:///etc/passwd', '0 ftp://x/y', '0 nonsense', '0']) {
        step1 = { status: 200, body };
        const result = await service()
          .upload(upload('audio/mp4', 'a.m4a', {}, '11'))
          .catch((error) => ({ outcome: 'failed', error }));
        assert.notEqual(result.outcome, 'uploaded', body);
      }
      assert.ok(server.requests.every(({ method }) => method === 'POST'));
    });

    it('tests key and system', async () => {
      assert.deepEqual(await service().test(), { code: 'accepted', detail: 'OK' });
      assert.deepEqual(texts(last().parts), { apiKey: KEY, systemId: '11', test: '1' });
      assert.equal((await service(false, 'wrong').test()).code, 'key_refused');
    });
  });
});

/** Checks as rdio-scanner 7 does, in its order. */
function rdioScanner({ parts, path }: Received): Answer {
  const fields = texts(parts);
  const audio = parts.find(({ name }) => name === 'audio')?.data;
  const meta = path.includes('trunk-recorder') ? JSON.parse(file(parts, 'meta').data.toString()) : {};
  const incomplete = (what: string) => ({ status: 417, body: `Incomplete call data: ${what}\n\n` });
  if (!audio || audio.length <= 44) return incomplete('no audio');
  if (!/^\d{10}$/.test(fields.dateTime ?? '') && !meta.start_time) return incomplete('no timestamp');
  if (!/^\d+$/.test(fields.system ?? '')) return incomplete('no system');
  if (!/^\d+$/.test(fields.talkgroup ?? '') && !meta.talkgroup) return incomplete('no talkgroup');
  if (fields.key !== KEY) {
    return { status: 401, body: `Invalid API key for system ${fields.system} talkgroup ${fields.talkgroup}.\n` };
  }
  return { status: 200, body: 'Call imported successfully.\n' };
}

/** Checks as OpenMHz does, in its order. */
function openMhz({ path, parts, body }: Received): Answer {
  const [, shortName, action] = path.split('/');
  if (action === 'authorize') {
    if (shortName !== 'chi_cfd') return { status: 500, body: 'Invalid System Name\n' };
    const good = new URLSearchParams(body.toString()).get('api_key') === KEY;
    return good ? { status: 200, body: '' } : { status: 403, body: 'Invalid API Key\n' };
  }
  const { filename = '' } = file(parts, 'call');
  if (!/\.(m4a|mp3)$/.test(filename)) return { status: 500, body: 'Error, invalid filename:\n' };
  const fields = texts(parts);
  try {
    JSON.parse(fields.source_list);
  } catch (error) {
    return { status: 500, body: `Error parsing sourcelist ${error}` };
  }
  if (shortName !== 'chi_cfd') return { status: 500, body: `ShortName does not exist: ${shortName}\n` };
  if (fields.api_key !== KEY) return { status: 500, body: 'API Keys do not match!\n' };
  return { status: 200, body: '' };
}

function broadcastifyTest({ parts }: Received): Answer {
  return texts(parts).apiKey === KEY ? { status: 200, body: 'OK\n' } : { status: 200, body: '1 Invalid-API-Key\n' };
}
