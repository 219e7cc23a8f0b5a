import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrunkflowError } from '../../../src/core/errors';
import { OpenMhz } from '../../../src/sinks/upload/openmhz';
import type { CallRecord } from '../../../src/sinks/upload/queued-call';
import { RdioScanner } from '../../../src/sinks/upload/rdio-scanner';
import type { CallService } from '../../../src/sinks/upload/service';
import { type Outcome, Uploader, type UploaderOptions } from '../../../src/sinks/upload/uploader';
import { freePort } from '../../e2e/node-red-process';
import { until } from '../../e2e/until';
import { AUDIO, record } from './calls';
import { drip, flood, halfAnswer, lostAnswer, reply, resetMidBody, silence, UploadServer } from './server';
import { texts } from './strict-form';

const KEY = 'top-secret-key';
const HOUR = 3_600_000;
const OK = { status: 200, body: 'Call imported successfully.\n' };
/** Nothing of a call's audio but its bytes. */
const FROM = { data: AUDIO };

interface Finished {
  record: CallRecord;
  outcome: Outcome;
}

describe('uploader', () => {
  let server: UploadServer;
  let folder: string;
  let finished: Finished[];
  let troubles: TrunkflowError[];
  const open: Uploader[] = [];

  beforeEach(async () => {
    server = await UploadServer.start(() => OK);
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-upload-'));
    finished = [];
    troubles = [];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((uploader) => uploader.close()));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Extra {
    url?: string;
    timeout?: number;
    verify?: boolean;
  }

  function start(
    options: Partial<UploaderOptions> = {},
    { url = server.url, timeout = 2000, verify = true }: Extra = {},
    service: CallService = new RdioScanner({ url, key: KEY, system: '42', sidecar: false }, { timeout, verify }),
  ) {
    const uploader = new Uploader(
      service,
      {
        folder,
        parallel: 1,
        limits: { calls: 1000, bytes: 1e9, age: HOUR },
        as: () => '42',
        backoff: { first: 20, most: 80 },
        patience: 100,
        ...options,
      },
      {
        finished: (call, outcome) => finished.push({ record: call, outcome }),
        trouble: (error) => troubles.push(error),
        changed: () => {},
      },
    );
    open.push(uploader);
    return uploader;
  }

  const waiting = () => readdirSync(folder).filter((name) => name.endsWith('.json'));
  const imported = () => server.requests.map(({ parts }) => texts(parts).timestamp && parts[0].filename);
  const allDone = (count: number) => until(() => finished.length === count, `${count} calls to be dealt with`);

  it('uploads calls in order and leaves nothing behind', async () => {
    const uploader = start();
    for (let n = 1; n <= 5; n++) assert.equal(await uploader.offer(record(n), FROM), true);
    await allDone(5);
    assert.deepEqual(imported(), ['1.m4a', '2.m4a', '3.m4a', '4.m4a', '5.m4a']);
    assert.ok(finished.every(({ outcome }) => outcome.status === 'uploaded' && outcome.attempts === 1));
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(server.complaints, []);
    assert.equal(uploader.counters().uploaded, 5);
  });

  /** Each kind of failure, and what it is called. All are over at the second attempt. */
  const FAILURES: [string, Parameters<typeof server.faults.push>[0], string][] = [
    ['a connection cut in the middle of the request', resetMidBody, 'connection lost'],
    ['a server that never answers', silence, 'no answer'],
    ['an answer that never ends', drip, 'no answer'],
    ['half an answer', halfAnswer, 'connection lost'],
    ['a connection cut before the answer', lostAnswer, 'connection lost'],
    ['an answer without end', flood, 'odd answer'],
    ['500', reply(500, 'oops'), 'service error'],
    [
      '502 from a proxy',
      reply(502, '<html><h1>Bad Gateway</h1></html>', { 'Content-Type': 'text/html' }),
      'service down',
    ],
    ['503', reply(503, ''), 'service down'],
    ['429', reply(429, 'slow down'), 'too many calls'],
    ['408', reply(408, ''), 'service down'],
    [
      'a web page that says all is well',
      reply(200, '<!DOCTYPE html><p>Welcome', { 'Content-Type': 'text/html' }),
      'odd answer',
    ],
    ['an empty 200', reply(200, ''), 'odd answer'],
    ['404', reply(404, 'not found'), 'wrong address'],
    ['a part of the request that was lost', reply(417, 'multipart: NextPart: EOF\n\n'), 'service down'],
    ['a proxy that wants a password', reply(407, ''), 'service down'],
  ];
  for (const [name, fault, status] of FAILURES)
    it(`tries again after ${name}`, async () => {
      server.faults.push(fault);
      const uploader = start({}, { timeout: 300 });
      await uploader.offer(record(1), FROM);
      await allDone(1);
      assert.deepEqual([finished[0].outcome.status, finished[0].outcome.attempts], ['uploaded', 2]);
      assert.deepEqual(
        troubles.map((error) => error.status),
        [status],
      );
      assert.equal(server.requests.length, 1);
      assert.equal(uploader.state.trouble, undefined, 'the trouble is over');
      assert.ok(!JSON.stringify(troubles).includes(KEY));
    });

  /** What is final. */
  const REJECTIONS: [string, Parameters<typeof server.faults.push>[0], string, string][] = [
    ['an incomplete call', reply(417, 'Incomplete call data: no talkgroup\n\n'), 'rejected', 'rejected'],
    [
      'a wrong key',
      reply(401, `Invalid API key for system 42 talkgroup 1001. You sent ${KEY}\n`),
      'key_refused',
      'key refused',
    ],
    ['413', reply(413, '<html>nginx</html>', { 'Content-Type': 'text/html' }), 'rejected', 'too large'],
    ['400', reply(400, 'Invalid content-type'), 'rejected', 'rejected'],
  ];
  for (const [name, fault, reason, status] of REJECTIONS)
    it(`gives up a call for ${name}, tells why, and goes on`, async () => {
      server.faults.push(fault);
      const uploader = start();
      await uploader.offer(record(1), FROM);
      await uploader.offer(record(2), FROM);
      await allDone(2);
      const [{ outcome }, second] = finished;
      assert.ok(outcome.status === 'failed');
      assert.deepEqual([outcome.reason, outcome.error.status, outcome.attempts], [reason, status, 1]);
      assert.ok(!outcome.error.message.includes(KEY), outcome.error.message);
      assert.equal(second.outcome.status, 'uploaded');
      assert.deepEqual(imported(), ['2.m4a']);
      assert.deepEqual(waiting(), []);
    });

  it('waits while nobody listens, and goes on when somebody does', async () => {
    const port = await freePort();
    const uploader = start({}, { url: `http://127.0.0.1:${port}` });
    await uploader.offer(record(1), FROM);
    await uploader.offer(record(2), FROM);
    await until(() => uploader.counters().failed_attempts >= 3, 'some attempts');
    assert.deepEqual(
      troubles.map(({ status }) => status),
      ['refused'],
    );
    assert.equal(uploader.state.queued, 2);
    const late = await UploadServer.start(() => OK, { port });
    try {
      await allDone(2);
      assert.deepEqual(
        late.requests.map(({ parts }) => parts[0].filename),
        ['1.m4a', '2.m4a'],
      );
    } finally {
      await late.stop();
    }
  });

  it('waits as long as the service asks', async () => {
    server.faults.push(reply(429, '', { 'Retry-After': '1' }));
    const uploader = start();
    const begun = performance.now();
    await uploader.offer(record(1), FROM);
    await until(() => uploader.state.retryIn, 'a retry to be planned');
    await allDone(1);
    assert.ok(performance.now() - begun >= 950, 'not within a second');
    assert.equal(uploader.state.retryIn, undefined);
  });

  it('never follows a redirect: neither call nor key reach another host', async () => {
    const other = await UploadServer.start(() => OK);
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        server.faults.push(reply(status, '', { Location: `${other.url}/api/call-upload?key=stolen` }));
      }
      const uploader = start();
      await uploader.offer(record(1), FROM);
      await allDone(1);
      assert.equal(finished[0].outcome.status === 'uploaded' && finished[0].outcome.attempts, 6);
      assert.equal(other.requests.length, 0);
      assert.match(troubles[0].message, new RegExp(`${other.url}`));
      assert.ok(!troubles[0].message.includes('stolen'));
    } finally {
      await other.stop();
    }
  });

  it('trusts no certificate that nobody vouches for, unless told to', async function () {
    const tls = certificate(folder);
    if (!tls) return this.skip();
    const secure = await UploadServer.start(() => OK, { tls });
    try {
      const careful = start({ folder: join(folder, 'a') }, { url: secure.url });
      await careful.offer(record(1), FROM);
      await until(() => troubles.length > 0, 'trouble');
      assert.equal(troubles[0].status, 'bad certificate');
      assert.equal(secure.requests.length, 0);
      const trusting = start({ folder: join(folder, 'b') }, { url: secure.url, verify: false });
      await trusting.offer(record(2), FROM);
      await allDone(1);
      assert.equal(secure.requests.length, 1);
      // TLS where there is none.
      troubles.length = 0;
      const wrong = start({ folder: join(folder, 'c') }, { url: server.url.replace('http:', 'https:') });
      await wrong.offer(record(3), FROM);
      await until(() => troubles.length > 0, 'trouble');
      assert.equal(troubles[0].status, 'no TLS');
    } finally {
      await secure.stop();
    }
  });

  it('lets others pass a call the service has trouble with, after some attempts', async () => {
    server.faults.push(reply(500, ''), reply(500, ''), reply(500, ''));
    const uploader = start();
    await uploader.offer(record(1), FROM);
    await uploader.offer(record(2), FROM);
    await allDone(2);
    assert.deepEqual(imported(), ['2.m4a', '1.m4a']);
  });

  it('uploads two at a time where that is wanted, never more', async () => {
    let now = 0;
    let most = 0;
    const slow = await UploadServer.start(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 50));
      now--;
      return OK;
    });
    try {
      const uploader = start({ parallel: 2 }, { url: slow.url });
      for (let n = 1; n <= 6; n++) await uploader.offer(record(n), FROM);
      await allDone(6);
      assert.equal(most, 2);
    } finally {
      await slow.stop();
    }
  });

  it('keeps what waits over a restart, in order, and does not take the same recording twice', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const first = start({}, { url });
    for (let n = 1; n <= 3; n++) await first.offer(record(n), FROM);
    assert.equal(await first.offer(record(2), FROM), false);
    await first.close();
    assert.equal(waiting().length, 3);
    assert.equal(readFileSync(join(folder, waiting()[0]), 'utf8').includes(KEY), false, 'no key on the disk');
    const second = start();
    assert.equal(await second.offer(record(3), FROM), false);
    assert.equal(await second.offer(record(4), FROM), true);
    await allDone(4);
    assert.deepEqual(imported(), ['1.m4a', '2.m4a', '3.m4a', '4.m4a']);
    assert.ok(server.requests.every(({ parts }) => parts[0].data.equals(AUDIO)));
    assert.deepEqual(finished[0].record.about, { topic: 'county/1001' });
  });

  it('asks for the system just before the upload, so that corrected settings hold for what waits', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const first = start({ as: () => '' }, { url });
    await first.offer(record(1), FROM);
    await first.offer(record(2), FROM);
    await until(() => troubles[0]?.status === 'no system number', 'the missing number to be told');
    await first.close();
    start({ as: ({ call }) => (call.call_num === 1 ? undefined : '77') });
    await allDone(2);
    assert.deepEqual(
      finished.map(({ outcome }) => outcome.status === 'failed' && outcome.reason),
      ['rule', false],
    );
    assert.equal(texts(server.requests[0].parts).system, '77');
  });

  it('drops the oldest when too many wait, or too large ones, or too long, and says so', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const dropped = () =>
      finished.map(({ record: { key }, outcome }) => [key, outcome.status === 'failed' && outcome.reason]);
    const limits = { calls: 2, bytes: 1e9, age: HOUR };
    const few = start({ folder: join(folder, 'few'), limits, backoff: { first: 50 } }, { url });
    for (let n = 1; n <= 4; n++) await few.offer(record(n), FROM);
    await until(() => few.state.queued <= 2, 'two calls to wait');
    assert.equal(few.counters().dropped, 2);
    assert.ok(dropped().every(([, reason]) => reason === 'queue_full'));
    finished.length = 0;
    const bytes = { ...limits, calls: 100, bytes: 2 * AUDIO.length };
    const small = start({ folder: join(folder, 'small'), limits: bytes, backoff: { first: HOUR } }, { url });
    for (let n = 1; n <= 3; n++) await small.offer(record(n), FROM);
    assert.deepEqual(dropped(), [['recording-1', 'queue_full']]);
    finished.length = 0;
    const short = start({ folder: join(folder, 'short'), limits: { ...limits, age: 100 } }, { url });
    await short.offer(record(1, { queued: Date.now() - 200 }), FROM);
    await until(() => dropped().length > 0, 'an old call to be dropped');
    assert.deepEqual(dropped(), [['recording-1', 'too_old']]);
    await until(() => readdirSync(join(folder, 'short')).length === 0, 'its files to be removed');
  });

  it('takes a second name for a recording on the same disk, and outlives its removal', async () => {
    const path = join(folder, 'recording.m4a');
    writeFileSync(path, AUDIO);
    const uploader = start({ folder: join(folder, 'queue') }, { url: `http://127.0.0.1:${await freePort()}` });
    await uploader.offer(record(1), { path });
    rmSync(path);
    await uploader.close();
    start({ folder: join(folder, 'queue') });
    await allDone(1);
    assert.ok(server.requests[0].parts[0].data.equals(AUDIO));
    const gone = open.at(-1)!.offer(record(2), { path });
    await assert.rejects(
      gone,
      (error: TrunkflowError) => error.code === 'bad-file' && error.status === 'recording missing',
    );
  });

  it('copies a recording from another disk', async () => {
    const path = join(folder, 'recording.m4a');
    writeFileSync(path, AUDIO);
    const link = () => Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }));
    const uploader = start({ folder: join(folder, 'queue'), files: { ...nodeFiles, link } });
    await uploader.offer(record(1), { path });
    await allDone(1);
    assert.ok(server.requests[0].parts[0].data.equals(AUDIO));
  });

  it('goes on from memory while the disk is full, tells it once, and writes again when there is room', async () => {
    let full = true;
    const writeFile = ((...args: Parameters<typeof nodeFiles.writeFile>) =>
      full
        ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
        : nodeFiles.writeFile(...args)) as never;
    const files = { ...nodeFiles, writeFile };
    const port = await freePort();
    const uploader = start({ files }, { url: `http://127.0.0.1:${port}` });
    for (let n = 1; n <= 20; n++) await uploader.offer(record(n), FROM);
    await assert.rejects(uploader.offer(record(21), FROM), (error: TrunkflowError) => error.status === 'disk full');
    assert.equal(troubles.filter(({ status }) => status === 'disk full').length, 1);
    assert.deepEqual(readdirSync(folder), [], 'nothing half written');
    full = false;
    await uploader.offer(record(22), FROM);
    assert.equal(waiting().length, 1);
    const late = await UploadServer.start(() => OK, { port });
    try {
      await allDone(21);
      assert.ok(finished.every(({ outcome }) => outcome.status === 'uploaded'));
    } finally {
      await late.stop();
    }
  });

  describe('for a service that does not take WAV', () => {
    const wav = (name: string, seconds = 2) => {
      const path = join(folder, name);
      const samples = Buffer.alloc(2 * 8000 * seconds);
      for (let i = 0; i < samples.length / 2; i++)
        samples.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 700 * i) / 8000)), 2 * i);
      writeFileSync(path, Buffer.concat([wavHeader(samples.length), samples]));
      return path;
    };
    const offer = (uploader: Uploader, n: number, path: string) =>
      uploader.offer(record(n, { audio: { name: `${n}.wav`, mime: 'audio/wav' } }), { path });
    const openmhz = (url = server.url) => new OpenMhz({ url, key: KEY, system: 'county' });

    it('makes M4A of it, which others can read, also before a restart', async function () {
      this.timeout(30_000);
      const away = `http://127.0.0.1:${await freePort()}`;
      const first = start({ folder: join(folder, 'queue'), as: () => 'county' }, {}, openmhz(away));
      const path = wav('one.wav');
      await offer(first, 1, path);
      assert.ok(readFileSync(path).length > 30_000, 'the recording itself stays');
      await first.close();
      assert.deepEqual(readdirSync(join(folder, 'queue')).sort(), ['000000000001.json', '000000000001.m4a']);
      start({ folder: join(folder, 'queue'), as: () => 'county' }, {}, openmhz());
      await allDone(1);
      const sent = server.requests[0].parts[0];
      assert.equal(sent.filename, '1.m4a');
      const info = probe(sent.data);
      if (info) {
        assert.equal(info.codec, 'aac');
        assert.ok(Math.abs(info.seconds - 2) < 0.05, `${info.seconds} s`);
      }
    });

    it('says what it cannot convert, and goes on', async () => {
      const uploader = start({ folder: join(folder, 'queue'), as: () => 'county' }, {}, openmhz());
      writeFileSync(join(folder, 'odd.wav'), 'RIFF but nothing else');
      await assert.rejects(
        offer(uploader, 1, join(folder, 'odd.wav')),
        (error: TrunkflowError) => error.status === 'wrong format',
      );
      await assert.rejects(
        uploader.offer(record(2, { audio: { name: 'a.opus', mime: 'audio/ogg' } }), FROM),
        (error: TrunkflowError) =>
          error.status === 'wrong format' && /expected M4A or MP3, got OPUS/.test(error.message),
      );
      assert.deepEqual(readdirSync(join(folder, 'queue')), []);
      await offer(uploader, 3, wav('good.wav'));
      await allDone(1);
      assert.deepEqual(troubles, []);
    });
  });

  it('removes what it cannot read, tells it, and uploads the rest', async () => {
    const first = start({}, { url: `http://127.0.0.1:${await freePort()}` });
    for (let n = 1; n <= 4; n++) await first.offer(record(n), FROM);
    await first.close();
    const [one, two, three] = waiting();
    writeFileSync(join(folder, one), '{"version":1,');
    writeFileSync(join(folder, two.replace('json', 'm4a')), AUDIO.subarray(10));
    rmSync(join(folder, three.replace('json', 'm4a')));
    writeFileSync(join(folder, '000000000099.tmp'), 'half');
    start();
    await allDone(1);
    assert.equal(finished[0].record.key, 'recording-4');
    assert.deepEqual(readdirSync(folder), []);
    assert.match(troubles.at(-1)!.message, /^3 waiting calls could not be read/);
  });

  it('lets an upload under way finish when it closes, and breaks off one that hangs', async () => {
    const slow = await UploadServer.start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return OK;
    });
    try {
      const patient = start({ patience: 5000 }, { url: slow.url });
      await patient.offer(record(1), FROM);
      await patient.close();
      assert.equal(finished[0].outcome.status, 'uploaded');
      slow.faults.push(silence);
      const hung = start({ patience: 50 }, { url: slow.url, timeout: 60_000 });
      await hung.offer(record(2), FROM);
      await hung.close();
      assert.equal(waiting().length, 1);
    } finally {
      await slow.stop();
    }
  });
});

/** A certificate nobody vouches for; undefined without openssl. */
function certificate(folder: string): { key: string; cert: string } | undefined {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ];
  try {
    execFileSync('openssl', args, { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** Header of a WAV file: 8 kHz, mono, 16 bits. */
function wavHeader(bytes: number): Buffer {
  const header = Buffer.from('RIFF....WAVEfmt ................data....', 'latin1');
  const whole = Buffer.concat([header, Buffer.alloc(4)]);
  for (const [value, at] of [
    [bytes + 36, 4],
    [16, 16],
    [8000, 24],
    [16_000, 28],
    [bytes, 40],
  ])
    whole.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ])
    whole.writeUInt16LE(value, at);
  whole.write('data', 36, 'latin1');
  return whole;
}

/** What ffprobe says of a file; undefined without ffprobe. */
function probe(data: Buffer): { codec: string; seconds: number } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-probe-'));
  const path = join(folder, 'file.m4a');
  writeFileSync(path, data);
  try {
    const entries = ['-show_entries', 'stream=codec_name:format=duration', '-of', 'default=nw=1:nk=1', path];
    const [codec, seconds] = execFileSync('ffprobe', ['-v', 'error', ...entries])
      .toString()
      .trim()
      .split('\n');
    return { codec, seconds: Number(seconds) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
