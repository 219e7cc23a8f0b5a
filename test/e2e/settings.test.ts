import assert from 'node:assert/strict';
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
    const answer = async (path: string) => (await fetch(nodeRed.url + path)).status;
    const first = sink('first', '/radio/listen/');
    await nodeRed.deploy([TAB, first, sink('second', 'radio/listen'), sink('third', 'other')], 'nodes');
    assert.deepEqual(
      [await answer('/flows-api/radio/listen/'), await answer('/flows-api/other/'), await answer('/radio/listen/')],
      [200, 200, 404],
    );
    await nodeRed.deploy([TAB, first], 'nodes');
    assert.deepEqual([await answer('/flows-api/radio/listen/'), await answer('/flows-api/other/')], [200, 404]);
    await nodeRed.deploy([], 'nodes');
    assert.equal(await answer('/flows-api/radio/listen/'), 404);
  });
});
