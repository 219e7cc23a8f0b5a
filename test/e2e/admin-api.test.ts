import assert from 'node:assert/strict';
import { NodeRedProcess } from './node-red-process';

describe('admin API', () => {
  let nodeRed: NodeRedProcess;
  afterEach(() => nodeRed.stop());

  it('lists dongles only to those who may read', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { adminAuth: { type: 'credentials', users: [] } } });
    const response = await fetch(`${nodeRed.url}/trunkflow/devices`);
    assert.equal(response.status, 401);
  });

  it('serves no listening page where Node-RED serves no pages, and says so', async () => {
    nodeRed = await NodeRedProcess.start({ settings: { httpNodeRoot: false } });
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'test' },
      {
        id: 'audio',
        z: 'tab',
        type: 'radio-audio',
        browser: true,
        path: 'radio/listen',
        speakers: false,
        x: 0,
        y: 0,
        wires: [],
      },
    ]);
    while (!nodeRed.log.includes('There can be no listening page'))
      await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
