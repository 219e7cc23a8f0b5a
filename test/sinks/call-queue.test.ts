import assert from 'node:assert/strict';
import { CallQueue } from '../../src/sinks/call-queue';
import { audio, callInfo } from './audio';

/** Plays everything that is ready, and gives the first sample of each piece. */
function drain(queue: CallQueue): number[] {
  const order: number[] = [];
  while (queue.choose() !== undefined) {
    const piece = queue.take(100_000);
    if (!piece) break;
    order.push(piece.readInt16LE(0));
  }
  return order;
}

describe('call queue of the speakers', () => {
  const options = { maxWaiting: 10, jitter: 0.3 };
  const push = (queue: CallQueue, stream: string, ms: number, mark: number, more = {}, end = false) =>
    queue.push(Buffer.alloc(ms * 16, Buffer.from([mark, 0])), audio(stream, 0, 0, { call: callInfo(more), end }).info);

  it('plays emergencies first, then by priority, then in order, and never interrupts', () => {
    const queue = new CallQueue(options);
    push(queue, 'a', 500, 1);
    assert.equal(queue.choose(), 8000);
    push(queue, 'b', 500, 2, {}, true);
    push(queue, 'c', 500, 3, { priority: 7 }, true);
    push(queue, 'd', 500, 4, { emergency: true }, true);
    push(queue, 'a', 500, 1, {}, true);
    assert.deepEqual(drain(queue), [1, 1, 4, 3, 2]);
    assert.equal(queue.isEmpty, true);
  });

  it('waits for some sound before a call begins, unless it is over already', () => {
    const queue = new CallQueue(options);
    push(queue, 'a', 200, 1);
    assert.equal(queue.choose(), undefined);
    push(queue, 'b', 100, 2, {}, true);
    assert.deepEqual(drain(queue), [2]);
    push(queue, 'a', 100, 1);
    assert.deepEqual(drain(queue), [1, 1]);
  });

  it('drops the longest waiting call when too much waits, then the oldest of the one that plays', () => {
    const queue = new CallQueue(options);
    push(queue, 'a', 1000, 1);
    queue.choose();
    for (let i = 0; i < 6; i++) push(queue, 'b', 1000, 2);
    for (let i = 0; i < 6; i++) push(queue, 'c', 1000, 3);
    assert.equal(queue.dropped, 6);
    push(queue, 'c', 0, 0, {}, true);
    for (let i = 0; i < 20; i++) push(queue, 'a', 1000, i + 10);
    assert.ok(Math.abs(queue.dropped - 23) < 1e-9);
    assert.equal(queue.take(2)!.readInt16LE(0), 20);
  });

  it('takes the empty message of a channel without calls for its end', () => {
    const queue = new CallQueue(options);
    queue.push(Buffer.alloc(160, Buffer.from([9, 0])), audio('fm', 0, 0).info);
    assert.equal(queue.choose(), undefined);
    queue.push(Buffer.alloc(0), audio('fm', 10, 0).info);
    assert.deepEqual(drain(queue), [9]);
    queue.push(Buffer.alloc(0), audio('fm', 1010, 0).info);
    queue.choose();
    assert.equal(queue.isEmpty, true);
  });

  it('gives pieces of the size asked for', () => {
    const queue = new CallQueue(options);
    push(queue, 'a', 1000, 1, {}, true);
    queue.choose();
    const sizes = [];
    for (let piece = queue.take(7001); piece; piece = queue.take(7001)) sizes.push(piece.length);
    assert.deepEqual(sizes, [7000, 7000, 2000]);
  });

  it('lets others play when a call stops coming', () => {
    const queue = new CallQueue(options);
    push(queue, 'a', 500, 1);
    push(queue, 'b', 500, 2);
    assert.deepEqual(drain(queue), [1]);
    queue.release();
    assert.deepEqual(drain(queue), [2]);
    push(queue, 'a', 500, 3);
    queue.release();
    assert.deepEqual(drain(queue), [3]);
  });
});
