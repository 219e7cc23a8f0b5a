import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import type { TrunkflowError } from '../../../src/core/errors';
import type { AudioInfo, CallInfo } from '../../../src/core/messages';
import { LiveStream } from '../../../src/sinks/upload/icecast/live-stream';
import type { IcecastSettings } from '../../../src/sinks/upload/icecast/settings';
import { testIcecast } from '../../../src/sinks/upload/icecast/test-icecast';
import { callTitle } from '../../../src/sinks/upload/icecast/titles';
import { until } from '../../e2e/until';
import { call } from './calls';
import { has, ICECAST, IcecastServer, PASSWORD } from './icecast-server';

const RATE = 8000;

function settings(more: Partial<IcecastSettings> = {}): IcecastSettings {
  return {
    url: 'http://127.0.0.1:1',
    mount: '/scanner.mp3',
    user: '',
    password: PASSWORD,
    format: 'mp3',
    bitrate: 32,
    name: 'County\r\nX-Injected: 1',
    delay: 0,
    title: '%TAG% (%TGID%) %RID%',
    idleTitle: 'Quiet',
    verify: true,
    ...more,
  };
}

describe('icecast', function () {
  this.timeout(90_000);
  let troubles: TrunkflowError[];
  let played: CallInfo[];
  const streams: LiveStream[] = [];
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    troubles = [];
    played = [];
  });
  afterEach(async () => {
    await Promise.all(streams.splice(0).map((stream) => stream.close()));
    for (const close of closers.splice(0)) await close();
  });

  function open(more: Partial<IcecastSettings> = {}): LiveStream {
    const sink = {
      playing: (heard: CallInfo) => played.push(heard),
      trouble: (error: TrunkflowError) => troubles.push(error),
      changed() {},
    };
    const stream = new LiveStream(settings(more), sink, { backoff: { first: 100, most: 400 } });
    streams.push(stream);
    return stream;
  }

  describe('a real server', () => {
    let server: IcecastServer;
    before(async function () {
      if (!ICECAST || !has('ffmpeg')) {
        this.test!.parent!.title += ' (skipped: no icecast2 or ffmpeg)';
        this.skip();
      }
    });
    beforeEach(async () => {
      server = await IcecastServer.start();
      closers.push(() => server.stop());
    });

    for (const format of ['mp3', 'opus'] as const)
      it(`plays ${format} without a break: calls one after the other, silence around them`, async () => {
        const mount = `/scanner.${format}`;
        const stream = open({ url: server.url, format, mount });
        await until(() => stream.state.onAir, 'the stream to be on the air');
        const listener = new Listener(server.url + mount);
        await until(() => listener.bytes > 4000, 'something to be heard');
        // Two calls at the same time.
        say(stream, 'a', tone(500, 1.5), call({ talkgroup: 1001, call_num: 1, talkgroup_alpha_tag: 'Fire & Rescue' }));
        say(stream, 'b', tone(1200, 1.5), call({ talkgroup: 1002, call_num: 2, talkgroup_alpha_tag: 'Police' }));
        if (format === 'mp3') {
          for (const title of ['Fire & Rescue (1001) 4424001', 'Police (1002) 4424001', 'Quiet']) {
            await soon(async () => (await server.status()).get(mount)?.title === title, `the title ${title}`);
          }
        }
        await until(() => played.length === 2 && stream.state.title === 'Quiet', 'both calls to be over');
        const began = performance.now();
        const before = listener.bytes;
        await until(() => performance.now() - began > 1500, 'some silence');
        assert.ok(listener.bytes > before, 'silence is sent too');
        const raw = listener.close();
        assert.deepEqual(
          played.map(({ talkgroup }) => talkgroup),
          [1001, 1002],
        );
        const heard = loudTones(decode(raw));
        assert.deepEqual(
          heard.map(({ pitch }) => pitch),
          ['low', 'high'],
        );
        for (const { seconds } of heard) assert.ok(Math.abs(seconds - 1.5) < 0.2, `${seconds} s`);
        if (format === 'opus') {
          const text = raw.toString('utf8');
          const titles = [...text.matchAll(/TITLE=([^\0]*?)OggS/g)].map(([, title]) => title);
          assert.deepEqual(titles, ['Quiet', 'Fire & Rescue (1001) 4424001', 'Police (1002) 4424001', 'Quiet']);
        }
        const about = (await server.status()).get(mount)!;
        assert.equal(about.server_name, 'County X-Injected: 1');
        assert.equal(about.server_type, format === 'mp3' ? 'audio/mpeg' : 'audio/ogg');
        assert.deepEqual(troubles, []);
      });

    it('holds calls back where a delay is wanted', async () => {
      const stream = open({ url: server.url, delay: 1.5 });
      await until(() => stream.state.onAir, 'the stream to be on the air');
      const begun = performance.now();
      say(stream, 'a', tone(500, 0.5), call());
      await until(() => played.length === 1, 'the call to be heard');
      assert.ok(performance.now() - begun >= 1400);
    });

    it('says what the server has against it', async () => {
      const wrong = open({ url: server.url, password: 'wrong' });
      await until(() => troubles.length > 0, 'a refusal');
      assert.equal(troubles[0].status, 'password refused');
      assert.ok(!troubles[0].message.includes('wrong:') && wrong.state.retryIn !== undefined);
      troubles.length = 0;
      const first = open({ url: server.url });
      await until(() => first.state.onAir, 'the first');
      open({ url: server.url });
      await until(() => troubles.length > 0, 'a refusal');
      assert.equal(troubles[0].status, 'mount in use');
      await soon(async () => (await server.status()).size === 1, 'one stream to be listed');
    });

    it('connects again when the server was away, and tells it once', async () => {
      const stream = open({ url: server.url });
      await until(() => stream.state.onAir, 'the stream to be on the air');
      await server.stop();
      await until(() => troubles.length >= 2, 'the loss, then the refusal');
      assert.deepEqual(
        troubles.map(({ status }) => status),
        ['connection lost', 'refused'],
      );
      say(stream, 'a', tone(500, 0.5), call());
      assert.ok(stream.counters().missed_seconds > 0.4);
      server = await IcecastServer.start(server.port);
      closers.push(() => server.stop());
      await until(() => stream.state.onAir && !stream.state.trouble, 'the stream to be back');
      await soon(async () => (await server.status()).has('/scanner.mp3'), 'the server to have it');
    });

    it('tests address, password and mount point without disturbing what plays', async () => {
      const at = (more: Partial<IcecastSettings>) => testIcecast(settings({ url: server.url, ...more }));
      assert.equal((await at({})).code, 'accepted');
      assert.equal((await at({ password: 'wrong' })).code, 'key_refused');
      const stream = open({ url: server.url, mount: '/busy.mp3' });
      await until(() => stream.state.onAir, 'the stream to be on the air');
      assert.equal((await at({ mount: '/busy.mp3' })).code, 'mount_in_use');
      assert.equal(stream.state.onAir, true);
    });
  });

  it('takes SOURCE where the server knows no PUT', async () => {
    for (const answer of ['HTTP/1.0 405 Method Not Allowed\r\n\r\n', 'HTTP/1.0 400 Bad Request\r\n\r\n', '']) {
      const heads: string[] = [];
      const old = await oldServer((head, socket) => {
        heads.push(head);
        if (head.startsWith('SOURCE ')) socket.write('HTTP/1.0 200 OK\r\n\r\n');
        else socket.end(answer);
      });
      const stream = open({ url: old });
      await until(() => stream.state.onAir, 'the stream to be on the air');
      assert.match(heads[0], /^PUT \/scanner\.mp3 HTTP\/1\.1\r\n/);
      assert.match(heads[0], /\r\nExpect: 100-continue\r\n/);
      assert.match(heads[1], /^SOURCE \/scanner\.mp3 HTTP\/1\.0\r\n/);
      const basic = Buffer.from(`source:${PASSWORD}`).toString('base64');
      for (const head of heads) {
        assert.ok(head.includes(`\r\nAuthorization: Basic ${basic}\r\n`));
        assert.ok(!/^X-Injected/m.test(head), 'nothing that was typed begins a line of its own');
      }
    }
  });

  it('gives up a server that takes the connection and says nothing', async () => {
    const mute = await oldServer(() => {});
    await assert.rejects(
      testIcecast(settings({ url: mute }), AbortSignal.timeout(300)),
      (error: TrunkflowError) => error.code === 'network',
    );
  });

  it('makes titles by the pattern, in one line', () => {
    const heard = call({ unit: -1, talkgroup_alpha_tag: 'Fire\r\nDisp' });
    assert.equal(callTitle('%SYSTEM%: %TAG% [%TGID%] %RID%', heard), 'county: Fire Disp [1001]');
    assert.equal(callTitle('%TAG% %RTAG%', call({ talkgroup_alpha_tag: '' })), '1001 Engine 1');
    assert.equal(callTitle('%NOTHING% 50%', heard), '%NOTHING% 50%');
  });

  async function oldServer(answer: (head: string, socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      let head = '';
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (head.includes('\r\n\r\n')) return;
        head += chunk;
        if (head.includes('\r\n\r\n')) answer(head, socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }
});

function tone(frequency: number, seconds: number): Buffer {
  const samples = Buffer.alloc(2 * RATE * seconds);
  for (let i = 0; i < samples.length / 2; i++)
    samples.writeInt16LE(Math.round(10_000 * Math.sin((2 * Math.PI * frequency * i) / RATE)), 2 * i);
  return samples;
}

/** Gives a call's sound to the stream, in blocks. */
function say(stream: LiveStream, name: string, sound: Buffer, of: CallInfo): void {
  const block = RATE / 5;
  for (let at = 0, seq = 0; at < sound.length; at += block, seq++) {
    const info: AudioInfo = { stream: name, rate: RATE, seq, time: 1000 + 100 * seq, call: of };
    stream.write({
      port: 'audio',
      payload: sound.subarray(at, at + block),
      info: { ...info, end: at + block >= sound.length },
    });
  }
}

async function soon(find: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await find().catch(() => false))) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Somebody who listens, and keeps the bytes. */
class Listener {
  private readonly chunks: Buffer[] = [];
  private readonly abort = new AbortController();
  bytes = 0;

  constructor(url: string) {
    void this.run(url).catch(() => {});
  }

  close(): Buffer {
    this.abort.abort();
    return Buffer.concat(this.chunks);
  }

  private async run(url: string): Promise<void> {
    const response = await fetch(url, { signal: this.abort.signal });
    for await (const chunk of response.body!) {
      this.chunks.push(Buffer.from(chunk));
      this.bytes += chunk.length;
    }
  }
}

/** What ffmpeg hears: 16 kHz samples. */
function decode(stream: Buffer): Float32Array {
  const args = ['-v', 'error', '-i', '-', '-ar', '16000', '-ac', '1', '-f', 'f32le', '-'];
  const raw = execFileSync('ffmpeg', args, { input: stream, maxBuffer: 1e8 });
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + (raw.length & ~3)));
}

/** The loud stretches, told apart by their pitch, which zero crossings measure. */
function loudTones(samples: Float32Array): { pitch: 'low' | 'high'; seconds: number }[] {
  const block = 800;
  const found: { pitch: 'low' | 'high'; seconds: number }[] = [];
  let quiet = true;
  for (let at = 0; at + block <= samples.length; at += block) {
    const part = samples.subarray(at, at + block);
    const power = part.reduce((sum, value) => sum + value * value, 0) / block;
    const loud = power > 0.005;
    if (loud) {
      // Silence crosses zero too: only what is well above it counts.
      const signs = [...part].filter((value) => Math.abs(value) > 0.05).map((value) => value < 0);
      const crossings = signs.filter((sign, i) => i > 0 && sign !== signs[i - 1]).length;
      // A block at an edge is loud in a part of it only.
      const hertz = (crossings * 16_000) / signs.length / 2;
      const pitch = hertz < 850 ? 'low' : 'high';
      if (quiet || found.at(-1)!.pitch !== pitch) found.push({ pitch, seconds: 0 });
      found.at(-1)!.seconds += block / 16_000;
    }
    quiet = !loud;
  }
  return found;
}
