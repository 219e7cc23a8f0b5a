import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import WebSocket from 'ws';
import { toNodeMessage } from '../../src/core/ports';
import { callAudio, callInfo } from '../sinks/audio';
import { type FlowNode, helper, MODULES, TestFlow, watchers } from './flow';

const AUDIO: FlowNode = {
  id: 'node',
  type: 'radio-audio',
  name: 'County',
  browser: true,
  path: 'listen',
  speakers: false,
};

describe('audio sink', () => {
  let flow: TestFlow;
  let RED: NodeAPI;
  const catchApi = (api: NodeAPI) => {
    RED = api;
  };
  before(() => MODULES.push(catchApi));
  after(() => MODULES.splice(MODULES.indexOf(catchApi), 1));
  beforeEach(async () => {
    await helper.startServer();
    // The helper makes an application for pages, but does not mount it.
    const app = (request: IncomingMessage, response: ServerResponse) =>
      RED.httpNode(request as never, response as never);
    (helper as unknown as { _app: typeof app })._app = app;
  });
  afterEach(async () => {
    await flow.close();
    await helper.stopServer();
  });

  const load = async (changes: object = {}) => {
    flow = await TestFlow.load([{ ...AUDIO, ...changes }, ...watchers(0)]);
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const get = (path: string) => fetch(`${helper.url()}/listen/${path}`);

  it('takes sound, calls and commands', async () => {
    await load();
    for (const message of callAudio('a', 3)) flow.node('node').receive(toNodeMessage(message));
    const encrypted = callInfo({ id: 'e', talkgroup: 5, state: 'not_followed', reason: 'encrypted' });
    flow.node('node').receive(toNodeMessage({ port: 'call', event: 'not_followed', payload: encrypted }));
    flow.node('node').receive({ control: { hold: { system: 'county', talkgroup: 5 } } } as never);
    await until(() => flow.at('done').length === 6);
    assert.equal(flow.at('caught').length, 0);
    const { talkgroups } = (await (await get('talkgroups')).json()) as { talkgroups: { talkgroup: number }[] };
    assert.deepEqual(talkgroups.map(({ talkgroup }) => talkgroup).sort(), [5, 9101]);
  });

  it('says what a command should be', async () => {
    await load();
    flow.node('node').receive({ control: { hold: 'county' } } as never);
    await until(() => flow.at('caught').length === 1);
    assert.match(flow.at('caught')[0].error.message, /msg\.control\.hold: expected \{system, talkgroup\}/);
    await until(() => flow.at('shown').some(({ status }) => status.text === 'bad command'));
    flow.node('node').receive(toNodeMessage(callAudio('a', 1)[0]));
    await until(() => flow.at('shown').at(-1)!.status.text === 'status.idle');
  });

  it('refuses events, and says what it takes', async () => {
    await load();
    flow.node('node').receive({ payload: { type: 'grant' } });
    await until(() => flow.at('caught').length === 1);
    assert.match(
      flow.at('caught')[0].error.message,
      /audio from a demod or voice decoder or calls from a call follower/,
    );
  });

  it('has no archive where none is wanted', async () => {
    await load({ archive: 'none' });
    const status = async (path: string) => (await get(path)).status;
    assert.deepEqual([await status('calls'), await status('audio/x'), await status('talkgroups')], [404, 404, 200]);
    await flow.close();
    await load({ archive: 'gone-recorder' });
    assert.deepEqual(await (await get('calls')).json(), { calls: [] });
    await flow.close();
    await load({ downloads: false });
    assert.equal(await status('audio/x?download'), 403);
  });

  it('shares a page with others, also when the first of them goes', async () => {
    const one = { ...AUDIO, id: 'one', name: 'City', archive: 'none' };
    const two = { ...AUDIO, name: 'County', archive: 'all', downloads: false };
    const hello = async () => {
      const { token } = (await (await get('session')).json()) as { token: string };
      const socket = new WebSocket(`${helper.url().replace('http', 'ws')}/listen/live?token=${token}`);
      const [data] = await once(socket, 'message');
      socket.close();
      const { title, archive } = JSON.parse(String(data));
      return { title, ...archive };
    };
    flow = await TestFlow.load([one, two, ...watchers(0)]);
    assert.deepEqual(await hello(), { title: 'City, County', search: true, download: false });
    assert.equal((await get('calls')).status, 200);
    await flow.node('one').close(true);
    assert.deepEqual(await hello(), { title: 'County', search: true, download: false });
    await flow.close();
    flow = await TestFlow.load([{ ...one, id: 'node' }, { ...two, id: 'two' }, ...watchers(0)]);
    await flow.node('two').close(true);
    assert.deepEqual(await hello(), { title: 'City', search: false, download: false });
    assert.equal((await get('calls')).status, 404);
  });
});
