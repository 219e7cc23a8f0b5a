import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeRedProcess } from './node-red-process';
import { until } from './until';

const sink = (id: string, path: string) => ({
  id,
  z: 'tab',
  type: 'radio-audio',
  browser: true,
  path,
  speakers: false,
  x: 0,
  y: 0,
  wires: [],
});
const TAB = { id: 'tab', type: 'tab', label: 'test' };

describe('Node-RED with settings of its own', () => {
  let nodeRed: NodeRedProcess;
  afterEach(() => nodeRed.stop());

  it('lists dongles only to those who may read', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { adminAuth: { type: 'credentials', users: [] } } });
    const response = await fetch(`${nodeRed.url}/trunkflow/devices`);
    assert.equal(response.status, 401);
  });

  it('serves no listening page where Node-RED serves no pages, and says so', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { httpNodeRoot: false } });
    await nodeRed.deploy([TAB, sink('audio', 'radio/listen')]);
    await until(() => nodeRed.log.includes('There can be no listening page'), 'the error');
  });

  it('serves listening pages under httpNodeRoot, until their last sink is gone', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { httpNodeRoot: '/flows-api' } });
    // Node-RED answers a deployment before the nodes are made.
    const becomes = async (path: string, status: number) => {
      while ((await fetch(nodeRed.url + path)).status !== status) await sleep(50);
    };
    const first = sink('first', '/radio/listen/');
    await nodeRed.deploy([TAB, first, sink('second', 'radio/listen'), sink('third', 'other')], 'nodes');
    await becomes('/flows-api/radio/listen/', 200);
    await becomes('/flows-api/other/', 200);
    assert.equal((await fetch(`${nodeRed.url}/radio/listen/`)).status, 404);
    await nodeRed.deploy([TAB, first], 'nodes');
    await becomes('/flows-api/other/', 404);
    assert.equal((await fetch(`${nodeRed.url}/flows-api/radio/listen/`)).status, 200);
    await nodeRed.deploy([], 'nodes');
    await becomes('/flows-api/radio/listen/', 404);
  });
});
