import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { type WebPage, WebPages } from '../../nodes/lib/web-pages';
import { PageServer } from '../../src/web/page-server';

type Handler = (request: object, response: object, next: () => void) => void;

/** A Node-RED that keeps what is mounted on it; each node type gets an API object of its own. */
function nodeRed(httpNodeRoot: string | false = '/') {
  const mounted: Handler[] = [];
  const upgrades: ((request: object, socket: object, head: Buffer) => void)[] = [];
  const httpNode = { use: (handler: Handler) => mounted.push(handler) };
  const server = { on: (_event: string, handler: (typeof upgrades)[0]) => upgrades.push(handler) };
  const api = () => ({ httpNode, server, settings: { httpNodeRoot } }) as unknown as NodeAPI;
  return { api, mounted, upgrades };
}

function maker(log: string[] = []) {
  return (path: string): WebPage => {
    const server = new PageServer({ path, folder: 'listen', files: ['index.html'] });
    server.handle = (request) => {
      const wanted = request.url === path || request.url!.startsWith(`${path}/`);
      if (wanted) log.push(path);
      return wanted;
    };
    return { server, close: () => log.push(`closed ${path}`) };
  };
}

describe('pages of the nodes', () => {
  it('mounts once for all node types, and shares a page among nodes of one kind', () => {
    const { api, mounted, upgrades } = nodeRed();
    const log: string[] = [];
    const first = WebPages.open(api(), 'listening page', 'radio/listen', maker(log));
    const second = WebPages.open(api(), 'listening page', '/radio/listen/', maker(log));
    const scope = WebPages.open(api(), 'scope page', 'radio/scope', maker(log));
    assert.equal(first.page, second.page);
    assert.equal(mounted.length, 1);
    assert.equal(upgrades.length, 1);
    first.close();
    first.close();
    assert.deepEqual(log, [], 'closing twice counts once');
    second.close();
    scope.close();
    assert.deepEqual(log, ['closed /radio/listen', 'closed /radio/scope']);
    let passed = false;
    mounted[0]({ url: '/radio/listen' }, {}, () => (passed = true));
    assert.ok(passed);
  });

  it('asks the page further down first', () => {
    const { api, mounted } = nodeRed('/root/');
    const log: string[] = [];
    const pages = ['radio', 'radio/listen', 'r'].map((path) => WebPages.open(api(), 'page', path, maker(log)));
    for (const url of ['/root/radio/listen/x', '/root/radio/other', '/root/r']) mounted[0]({ url }, {}, () => {});
    assert.deepEqual(log, ['/root/radio/listen', '/root/radio', '/root/r']);
    for (const page of pages) page.close();
  });

  it('refuses a path of another kind of page, one that is none, and a Node-RED without pages', () => {
    const { api } = nodeRed();
    const open = WebPages.open(api(), 'listening page', 'radio', maker());
    assert.throws(() => WebPages.open(api(), 'scope page', 'radio', maker()), {
      code: 'bad-setting',
      status: 'path is taken',
    });
    open.close();
    WebPages.open(api(), 'scope page', 'radio', maker()).close();
    assert.throws(() => WebPages.open(api(), 'scope page', 'a b', maker()), { status: 'bad path' });
    assert.throws(() => WebPages.open(nodeRed(false).api(), 'scope page', 'radio', maker()), {
      message: /There can be no scope page/,
    });
  });
});
