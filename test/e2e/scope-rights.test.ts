import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import WebSocket from 'ws';
import { Editor, openBrowser } from './editor';
import { NodeRedProcess } from './node-red-process';

const FLOW = JSON.parse(readFileSync(join(__dirname, '..', '..', 'examples', 'Look at the band.json'), 'utf8'));
const PASSWORD = 'secret';

/** A Node-RED whose editor is below /admin and wants a password; 'guest' may only read. */
describe('rights of those who look at a scope in the editor', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  const user = (username: string, permissions: string) => ({
    username,
    password: bcrypt.hashSync(PASSWORD, 4),
    permissions,
  });

  before(async () => {
    const users = [user('boss', '*'), user('guest', 'read'), user('nobody', 'radio-device.read')];
    nodeRed = await NodeRedProcess.start({
      settings: {
        adminAuth: { type: 'credentials', users },
        httpNodeAuth: { user: 'home', pass: bcrypt.hashSync(PASSWORD, 4) },
      },
    });
    const response = await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { ...(await login('boss')), 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' },
      body: JSON.stringify({ flows: FLOW }),
    });
    assert.equal(response.status, 200);
  });
  after(() => nodeRed?.stop());

  async function login(username: string): Promise<{ authorization: string }> {
    const body = { client_id: 'node-red-editor', grant_type: 'password', scope: '', username, password: PASSWORD };
    const response = await fetch(`${nodeRed.url}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return { authorization: `Bearer ${access_token}` };
  }
  const session = (right: string, headers = {}) =>
    fetch(`${nodeRed.url}/trunkflow/scope/${right}/session`, { headers });
  /** How a WebSocket is answered: 101 when it opens, 0 when the line is cut. */
  const knock = (path: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${nodeRed.url.replace('http', 'ws')}/${path}`);
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('unexpected-response', (request, { statusCode }) => {
        request.destroy();
        resolve(statusCode!);
      });
      socket.on('error', () => resolve(0));
    });

  it('nobody gets in without logging in', async () => {
    for (const right of ['read', 'write']) assert.equal((await session(right)).status, 401);
    for (const path of ['trunkflow/scope/read/live', 'trunkflow/scope/write/live?token=00'])
      assert.notEqual(await knock(path), 101);
  });

  it('who may read looks, who may write opens channels, and others do neither', async () => {
    for (const [name, read, write] of [
      ['boss', 200, 200],
      ['guest', 200, 401],
      ['nobody', 401, 401],
    ] as const) {
      const headers = await login(name);
      assert.equal((await session('read', headers)).status, read, `${name} reads`);
      assert.equal((await session('write', headers)).status, write, `${name} writes`);
    }
  });

  it('a token opens the door it is for, once', async () => {
    const { token } = (await (await session('read', await login('guest'))).json()) as { token: string };
    assert.equal(await knock(`trunkflow/scope/write/live?token=${token}`), 403);
    assert.equal(await knock(`trunkflow/scope/read/live?token=${token}`), 101);
    assert.equal(await knock(`trunkflow/scope/read/live?token=${token}`), 403);
  });

  it('the page asks for its own password, and so does its WebSocket', async () => {
    for (const path of ['', 'session', 'scope-view.js'])
      assert.equal((await fetch(`${nodeRed.url}/radio/scope/${path}`)).status, 401, path);
    assert.equal(await knock('radio/scope/live'), 403);
    const authorization = `Basic ${Buffer.from(`home:${PASSWORD}`).toString('base64')}`;
    const response = await fetch(`${nodeRed.url}/radio/scope/session`, { headers: { authorization } });
    const { token } = (await response.json()) as { token: string };
    assert.equal(await knock(`radio/scope/live?token=${token}`), 101);
  });

  it('the sidebar of a guest shows the band without the buttons that change something', async function () {
    const browser = await openBrowser();
    if (typeof browser === 'string') this.skip();
    try {
      const tokens = { ...(await login('guest')) }.authorization.slice('Bearer '.length);
      const context = await browser.newContext();
      await context.addInitScript((token) => {
        localStorage.setItem(
          'auth-tokens',
          JSON.stringify({ access_token: token, expires_in: 604800, token_type: 'Bearer' }),
        );
      }, tokens);
      // The editor opens pages of the browser; here it gets those of the context that is logged in.
      const editor = await Editor.open({ newPage: () => context.newPage() } as never, nodeRed.url);
      await editor.invoke('trunkflow:show-scope');
      const tab = editor.page.locator('.trunkflow-scope-tab');
      await tab.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
      assert.equal(await tab.locator('.scope-toggle').isVisible(), false);
      assert.equal(await tab.locator('.scope-tune').isVisible(), false);
    } finally {
      await browser.close();
    }
  });
});
