import assert from 'node:assert/strict';
import { Comms } from './comms';
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

  it('serves the listening page under httpNodeRoot, and gives each sink its own path', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { httpNodeRoot: '/flows-api' } });
    const comms = await Comms.open(nodeRed.url);
    await nodeRed.deploy([
      TAB,
      sink('first', '/radio/listen/'),
      sink('second', 'radio/listen'),
      sink('third', 'other'),
    ]);
    await until(() => comms.statuses.some(({ text }) => text === 'path is taken'), 'the second to be refused');
    comms.close();
    assert.equal((await fetch(`${nodeRed.url}/flows-api/radio/listen/`)).status, 200);
    assert.equal((await fetch(`${nodeRed.url}/flows-api/other/`)).status, 200);
    assert.equal((await fetch(`${nodeRed.url}/radio/listen/`)).status, 404);
    await nodeRed.deploy([]);
    await until(() => nodeRed.log.includes('Stopped flows'), 'the flow to stop');
    assert.equal((await fetch(`${nodeRed.url}/flows-api/other/`)).status, 404);
  });
});
