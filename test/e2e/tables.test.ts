import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Comms } from './comms';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'Talkgroups from a web address.json');
const TAB = { id: 'tab', type: 'tab', label: 'test' };
const SYSTEM = {
  id: 'sys',
  type: 'radio-system',
  name: '',
  shortName: 'county',
  talkgroups: 'talkgroups.csv',
  talkgroupsIn: 'file',
  unitTags: '4021,Engine 21',
  unitTagsIn: 'text',
  followUnknown: true,
  bandPlan: [],
};
/** Makes the system a used one, and so a running one. */
const USER = {
  id: 'user',
  type: 'radio-tables',
  z: 'tab',
  system: 'sys',
  table: 'auto',
  mode: 'merge',
  x: 0,
  y: 0,
  wires: [],
};

describe('tables of a radio system in Node-RED', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  afterEach(() => nodeRed.stop());

  const call = async (
    method: string,
    path: string,
    options: { token?: string; body?: string | Buffer; headers?: object } = {},
  ) => {
    const response = await fetch(nodeRed.url + path, {
      method,
      headers: {
        'content-type': 'text/csv',
        ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
        ...options.headers,
      },
      body: options.body as never,
    });
    const text = await response.text();
    return { status: response.status, answer: text.startsWith('{') ? JSON.parse(text) : {} };
  };

  it('are read by those who may read, and written by those who may write', async () => {
    const bcrypt = require('bcryptjs') as { hashSync(text: string, rounds: number): string };
    const users = Object.entries({
      reader: ['radio-system.read'],
      writer: ['radio-system.read', 'radio-system.write'],
      nobody: ['flows.read'],
      admin: '*',
    }).map(([username, permissions]) => ({ username, permissions, password: bcrypt.hashSync('secret', 4) }));
    nodeRed = await NodeRedProcess.start({ settings: { adminAuth: { type: 'credentials', users } } });
    const path = join(nodeRed.userDir, 'talkgroups.csv');
    writeFileSync(path, 'Decimal,Alpha Tag\n1,One\n');
    const login = async (username: string, scope: string) => {
      const body = new URLSearchParams({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope,
        username,
        password: 'secret',
      });
      const response = await fetch(`${nodeRed.url}/auth/token`, { method: 'POST', body });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    const admin = await login('admin', '*');
    const flows = { flows: [TAB, SYSTEM, USER] };
    const deployed = await call('POST', '/flows', {
      token: admin,
      body: JSON.stringify(flows),
      headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' },
    });
    assert.equal(deployed.status, 200);
    const read = '/trunkflow/systems/sys/talkgroups';
    const reader = await login('reader', 'radio-system.read');
    const rows = await until2(async () => (await call('GET', read, { token: reader })).answer.rows, 'the rows');
    assert.equal(rows[0].alphaTag, 'One');
    const nobody = await login('nobody', 'flows.read');
    const table = 'Decimal,Alpha Tag\n1,Changed\n';
    const version = { 'x-version': '1' };
    for (const token of [undefined, nobody]) {
      assert.equal((await call('GET', read, { token })).status, 401);
      assert.equal((await call('POST', '/trunkflow/tables/talkgroups', { token, body: table })).status, 401);
      assert.equal((await call('PUT', read, { token, body: table, headers: version })).status, 401);
    }
    assert.equal((await call('PUT', read, { token: reader, body: table, headers: version })).status, 401);
    assert.match(readFileSync(path, 'utf8'), /1,One/);
    const writer = await login('writer', 'radio-system.read radio-system.write');
    const written = await call('PUT', read, { token: writer, body: table, headers: version });
    assert.deepEqual([written.status, written.answer.report.changed], [200, 1]);
    assert.match(readFileSync(path, 'utf8'), /\n1,1,,Changed,/);
  });

  it('are written to their own file only, when nobody else has changed it, and within bounds', async () => {
    nodeRed = await NodeRedProcess.start();
    const path = join(nodeRed.userDir, 'talkgroups.csv');
    writeFileSync(path, 'Decimal,Alpha Tag\n1,One\n');
    await nodeRed.deploy([TAB, SYSTEM, USER]);
    const put = (what: string, body: string | Buffer, version = '1') =>
      call('PUT', `/trunkflow/systems/${what}`, { body, headers: { 'x-version': version } });
    await until2(async () => (await call('GET', '/trunkflow/systems/sys/talkgroups')).answer.rows, 'the rows');
    for (const [what, error] of [
      ['sys/units', /kept in the flow/],
      ['sys/elsewhere', /Unknown table/],
      ['sys/__proto__', /Unknown table/],
      ['none/talkgroups', /does not run/],
      ['user/talkgroups', /does not run/],
      ['sys/..%2f..%2fetc', /Unknown table/],
    ] as const)
      assert.match((await put(what, 'Decimal\n1\n')).answer.error, error, what);
    assert.match((await put('sys/talkgroups', 'Decimal\n5\n', '7')).answer.error, /has changed since/);
    assert.match((await put('sys/talkgroups', Buffer.alloc(21 * 1024 * 1024, 65))).answer.error, /too big/);
    assert.match((await put('sys/talkgroups', 'nonsense')).answer.error, /no table of talkgroups/);
    assert.equal(readFileSync(path, 'utf8'), 'Decimal,Alpha Tag\n1,One\n');
    const post = await call('POST', '/trunkflow/tables/talkgroups?mode=merge', {
      body: 'Decimal,Alpha Tag\n1,One\nDecimal,Alpha Tag\n1,Two\n2,<b>\n',
      headers: { 'x-present-length': '24' },
    });
    assert.deepEqual([post.answer.report.added, post.answer.report.changed, post.answer.rows.length], [1, 1, 2]);
    const bad = await call('POST', '/trunkflow/tables/talkgroups', {
      body: 'x',
      headers: { 'x-present-length': '99' },
    });
    assert.match(bad.answer.error, /Unusable length/);
  });

  it('come from a web address, as the example shows; a button locks a talkgroup out', async () => {
    const server: Server = createServer((_request, response) =>
      response.end(
        'Decimal,Hex,Alpha Tag,Mode,Description,Tag,Category\n9101,238d,"Fire",D,"","",""\n9102,238e,"Police",D,"","",""\noops\n',
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    nodeRed = await NodeRedProcess.start();
    const comms = await Comms.open(nodeRed.url);
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/talkgroups.csv`;
      const nodes = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { type: string }[];
      await nodeRed.deploy(nodes.map((node) => (node.type === 'http request' ? { ...node, url } : node)));
      const reports = () => comms.at('report') as { added: number; changed: number; rejected: number }[];
      const first = await until(() => reports()[0], 'the report');
      assert.deepEqual([first.added, first.rejected], [2, 1]);
      await until(() => comms.statuses.some(({ text }) => text === '1 rejected'), 'the status');
      await nodeRed.post('/inject/tables-lock');
      const second = await until(() => reports()[1], 'the report of the button');
      assert.deepEqual([second.changed, second.added], [1, 0]);
      const { answer } = await call('GET', '/trunkflow/systems/tables-sys/talkgroups');
      assert.deepEqual(
        answer.rows.map(({ id, priority }: { id: number; priority: number }) => [id, priority]),
        [
          [9101, -1],
          [9102, 1],
        ],
      );
    } finally {
      comms.close();
      server.close();
    }
  });
});

/** As until, for what is asked for. */
async function until2<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
  let found: T | undefined;
  let asking = false;
  return until(() => {
    if (!found && !asking) {
      asking = true;
      find()
        .then((value) => {
          found = value;
        })
        .finally(() => {
          asking = false;
        });
    }
    return found;
  }, what);
}
