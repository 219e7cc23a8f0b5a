import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive, ArchivedCall, ArchiveQuery } from '../../src/sinks/archive/archive';
import { archiveRoutes } from '../../src/sinks/live/archive-routes';
import { ArchiveUnion } from '../../src/sinks/live/archive-union';
import type { CallHistory } from '../../src/sinks/live/call-history';
import { talkgroupRoutes } from '../../src/sinks/live/talkgroup-routes';
import { PageServer } from '../../src/web/page-server';
import { callInfo, T0 } from './audio';

/** An archive over a list, the newest first; `asked` are the queries that reached it. */
class ListArchive implements Archive {
  readonly asked: ArchiveQuery[] = [];

  constructor(
    readonly calls: ArchivedCall[],
    private readonly folder: string,
  ) {}

  async search(query: ArchiveQuery) {
    this.asked.push(query);
    const { before, limit = 50 } = query;
    const from = before === undefined ? 0 : this.calls.findIndex(({ id }) => id === before) + 1;
    return { calls: this.calls.slice(from, from + limit), more: from + limit < this.calls.length };
  }
  async get(id: string) {
    return this.calls.find((call) => call.id === id);
  }
  async audio(id: string) {
    const file = (await this.get(id))?.file;
    return file ? { path: join(this.folder, file), mime: 'audio/wav', bytes: 1000 } : undefined;
  }
  async annotate() {
    return false;
  }
}

function archived(id: string, age: number, more: Partial<ArchivedCall> = {}): ArchivedCall {
  const call = callInfo({ id, start_time: T0 / 1000 - age, start_time_ms: T0 - age * 1000, state: 'ended' });
  return { id, call, file: 'a.wav', format: 'wav', length: 3, recorded: true, ...more };
}

describe('archives together', () => {
  const ids = (calls: ArchivedCall[]) => calls.map(({ id }) => id);

  it('are one list, newest first, page by page, each call once', async () => {
    const even = new ListArchive(
      Array.from({ length: 30 }, (_, i) => archived(`c${2 * i}`, 2 * i)),
      '',
    );
    const third = new ListArchive(
      Array.from({ length: 20 }, (_, i) => archived(`c${3 * i}`, 3 * i, { file: null })),
      '',
    );
    const union = new ArchiveUnion(
      () =>
        new Map([
          ['x', third],
          ['y', even],
        ]),
    );
    const all: ArchivedCall[] = [];
    let pages = 0;
    for (let next: string | undefined, first = true; first || next; first = false, pages++) {
      const found = await union.search({ limit: 7 }, next);
      assert.ok(found.calls.length <= 7);
      all.push(...found.calls);
      next = found.next;
    }
    const expected = Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 2 === 0 || i % 3 === 0);
    assert.deepEqual(
      ids(all),
      expected.map((i) => `c${i}`),
    );
    assert.equal(pages, Math.ceil(expected.length / 7));
    for (const { id, file } of all)
      assert.equal(file !== null, Number(id.slice(1)) % 2 === 0, 'the copy that can be played is taken');
  });

  it('find a recording in whichever archive has it, and bear a cursor that is none', async () => {
    const one = new ListArchive([archived('a', 1, { file: null })], '/one');
    const two = new ListArchive([archived('a', 1)], '/two');
    const union = new ArchiveUnion(
      () =>
        new Map([
          ['x', one],
          ['y', two],
        ]),
    );
    assert.equal((await union.find('a'))!.audio.path, join('/two', 'a.wav'));
    assert.equal(await union.find('b'), null);
    for (const cursor of ['%%%', Buffer.from('[1]').toString('base64url'), Buffer.from('null').toString('base64url')])
      assert.deepEqual(ids((await union.search({}, cursor)).calls), ['a']);
    assert.deepEqual((await new ArchiveUnion(() => new Map()).search({})).calls, []);
  });
});

describe('archive over HTTP', () => {
  let folder: string;
  let archive: ListArchive;
  let page: PageServer;
  let server: Server;
  let base: string;
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

  async function listen(downloads: boolean) {
    page = new PageServer({
      path: '/listen',
      folder: 'listen',
      files: [],
      routes: archiveRoutes(new ArchiveUnion(() => new Map([['x', archive]])), { downloads: () => downloads }),
    });
    server = createServer((request, response) => {
      if (!page.handle(request, response)) response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/listen/`;
  }
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-archive-'));
    writeFileSync(join(folder, 'a.wav'), bytes);
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    const names = { sys_name: 'county', talkgroup_alpha_tag: '../"Fire;\n1" Ü/<b>', unit_alpha_tag: '<i>' };
    const call = { ...archived('a/b', 5).call, ...names };
    archive = new ListArchive(
      [archived('a/b', 5, { call }), archived('gone', 6, { file: null, reason: 'encrypted' })],
      folder,
    );
    return listen(true);
  });
  afterEach(async () => {
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('passes every criterion on', async () => {
    const query = {
      system: 'county',
      talkgroup: 9101,
      unit: 7,
      from: 1,
      to: 2,
      text: 'Main Ü',
      group: 'Fire',
      tag: 'Disp',
    };
    const parameters = new URLSearchParams({ ...query, recorded: 'false', limit: '10' } as never);
    const response = await fetch(`${base}calls?${parameters}`);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const { calls, next } = (await response.json()) as { calls: Record<string, never>[]; next?: string };
    assert.deepEqual(archive.asked, [{ ...query, recorded: false, limit: 10, before: undefined }]);
    assert.equal(next, undefined);
    assert.deepEqual(
      calls.map(({ id, playable, reason, length }) => ({ id, playable, reason, length })),
      [
        { id: 'a/b', playable: true, reason: undefined, length: 3 },
        { id: 'gone', playable: false, reason: 'encrypted', length: 3 },
      ] as never,
    );
    assert.deepEqual(calls[0].units, [{ unit: 700001, name: 'Engine 4', pos: 0 }]);
    assert.equal('file' in calls[0], false, 'where files lie is nobody else’s business');
  });

  it('refuses queries that are none, and other methods', async () => {
    for (const bad of ['talkgroup=x', 'unit=-1', 'from=1e9', 'limit=0', 'limit=5000', `text=${'x'.repeat(300)}`]) {
      const response = await fetch(`${base}calls?${bad}`);
      assert.equal(response.status, 400, bad);
      assert.ok(((await response.json()) as { error: string }).error);
    }
    assert.deepEqual(archive.asked, []);
    for (const name of ['calls', 'audio/a%2Fb'])
      assert.equal((await fetch(base + name, { method: 'POST' })).status, 405);
    archive.search = () => Promise.reject(new Error('/secret/path'));
    const failed = await fetch(`${base}calls`);
    assert.equal(failed.status, 500);
    assert.doesNotMatch(await failed.text(), /secret/);
  });

  it('sends recordings, whole and in parts', async () => {
    const url = `${base}audio/a%2Fb`;
    const whole = await fetch(url);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get('content-type'), 'audio/wav');
    assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(whole.headers.get('accept-ranges'), 'bytes');
    assert.equal(whole.headers.get('content-disposition'), null);
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
    for (const [range, status, part] of [
      ['bytes=0-', 206, bytes],
      ['bytes=10-19', 206, bytes.subarray(10, 20)],
      ['bytes=990-5000', 206, bytes.subarray(990)],
      ['bytes=-5', 206, bytes.subarray(995)],
      ['bytes=1000-', 416, undefined],
      ['bytes=20-10', 416, undefined],
      ['bytes=0-1,4-5', 200, bytes],
      ['lines=1-2', 200, bytes],
    ] as const) {
      const response = await fetch(url, { headers: { range } });
      assert.equal(response.status, status, range);
      if (part) assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from(part), range);
      if (status === 206) assert.match(response.headers.get('content-range')!, /^bytes \d+-\d+\/1000$/);
    }
    const head = await fetch(url, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '1000');
  });

  it('names saved files so that they can be saved anywhere', async () => {
    const response = await fetch(`${base}audio/a%2Fb?download`);
    const header = response.headers.get('content-disposition')!;
    const [, ascii, utf8] = /^attachment; filename="([^"]*)"; filename\*=UTF-8''([\w%.~!*'()-]*)$/.exec(header)!;
    assert.match(ascii, /^2024-03-05_11-59-55_county_9101_/);
    for (const name of [ascii, decodeURIComponent(utf8)]) {
      assert.doesNotMatch(name, /[\\/:*?"<>|\n;]/);
      assert.ok(name.endsWith('.wav'));
    }
    assert.match(decodeURIComponent(utf8), /Ü/);
  });

  it('gives nothing that is not a recording of the archive', async () => {
    for (const id of ['gone', 'unknown', '..%2F..%2Fetc%2Fpasswd', '%E0%A4%A', '', 'a%2Fb%00'])
      assert.equal((await fetch(`${base}audio/${id}`)).status, 404, id);
    archive.calls[0].file = 'missing.wav';
    await assert.rejects(fetch(`${base}audio/a%2Fb`).then((response) => response.arrayBuffer()));
  });

  it('saves nothing where that is switched off', async () => {
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await listen(false);
    assert.equal((await fetch(`${base}audio/a%2Fb?download`)).status, 403);
    assert.equal((await fetch(`${base}audio/a%2Fb`)).status, 200);
  });
});

describe('talkgroups over HTTP', () => {
  it('are those of the tables, and those heard', async () => {
    const row = (talkgroup: number, name: string) => ({
      system: 'a',
      talkgroup,
      name,
      description: '',
      group: '',
      tag: '',
    });
    const heard: ReturnType<CallHistory['talkgroups']> = [row(1, 'heard'), row(2, '')];
    const page = new PageServer({
      path: '/listen',
      folder: 'listen',
      files: [],
      routes: talkgroupRoutes(() => [heard, [row(1, 'table')]]),
    });
    const server = createServer((request, response) => void page.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/listen/talkgroups`;
    const { talkgroups } = (await (await fetch(url)).json()) as { talkgroups: { name: string }[] };
    assert.deepEqual(
      talkgroups.map(({ name }) => name),
      ['table', ''],
    );
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 405);
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
