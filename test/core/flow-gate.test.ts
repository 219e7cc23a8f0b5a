import assert from 'node:assert/strict';
import { FlowGate, rootOf } from '../../src/core/flow-gate';

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
};

describe('flow gate', () => {
  it('lets a source send until the window is full, and on when a credit comes back', async () => {
    const gate = new FlowGate(2);
    gate.open('file', { lossless: true });
    const releases = [gate.hold('file'), gate.hold('file/851000000/x')];
    assert.equal(gate.held('file'), 2);
    let free = false;
    const waiting = gate.room('file').then(() => {
      free = true;
    });
    await turns(50);
    assert.equal(free, false);
    releases[0]();
    await waiting;
    assert.equal(gate.held('file'), 1);
  });

  it('gives a credit back once, and only after what was sent could arrive', async () => {
    const gate = new FlowGate(1);
    gate.open('file', { lossless: true });
    const release = gate.hold('file');
    release();
    release();
    assert.equal(gate.held('file'), 1, 'still held while its outputs travel');
    await turns(10);
    assert.equal(gate.held('file'), 0);
  });

  it('tells when everything is dealt with', async () => {
    const gate = new FlowGate(4);
    gate.open('file', { lossless: true });
    await gate.idle('file');
    const first = gate.hold('file');
    const second = gate.hold('file/1');
    let idle = false;
    const waiting = gate.idle('file').then(() => {
      idle = true;
    });
    first();
    await turns(50);
    assert.equal(idle, false);
    second();
    await waiting;
    gate.hold('file');
    const closing = gate.idle('file');
    await turns(20);
    gate.close('file');
    await closing;
    await gate.idle('another');
  });

  it('leaves live streams alone', async () => {
    const gate = new FlowGate(1);
    gate.open('dongle', { lossless: false });
    assert.equal(gate.isLossless('dongle/1'), false);
    gate.hold('dongle');
    gate.hold('dongle');
    await gate.room('dongle');
    assert.equal(gate.held('dongle'), 0);
  });

  it('frees who waits when the source ends, and forgets the source when all is dealt with', async () => {
    const gate = new FlowGate(1);
    gate.open('file', { lossless: true });
    const release = gate.hold('file');
    const waiting = gate.room('file');
    await turns(10);
    gate.close('file');
    await waiting;
    assert.equal(gate.isLossless('file'), true, 'blocks still travelling must not be dropped');
    release();
    await turns(12);
    assert.equal(gate.isLossless('file'), false);
  });

  it('forgets a source that ends with nothing under way, and serves one of the same name anew', async () => {
    const gate = new FlowGate(1);
    gate.open('file', { lossless: true });
    gate.close('file');
    gate.open('file', { lossless: true });
    await turns(12);
    assert.equal(gate.isLossless('file'), true);
  });

  it('names the root of a stream', () => {
    assert.equal(rootOf('a/b/c'), 'a');
    assert.equal(rootOf('a'), 'a');
  });
});
