import assert from 'node:assert/strict';
import { StreamMerge } from '../../src/trunking/stream-merge';

function drain(merge: StreamMerge<string>, deadline = Number.POSITIVE_INFINITY): string[] {
  const list: string[] = [];
  for (let due = merge.next(deadline); due && due !== 'deadline'; due = merge.next(deadline)) list.push(due.value);
  return list;
}

describe('stream merge', () => {
  const options = { settle: 100, patience: 1000 };

  it('lets things through in order of time once all streams have passed them', () => {
    const merge = new StreamMerge<string>(options);
    merge.push('a', 300, 0, 'a300');
    merge.push('a', 390, 0, 'a390');
    merge.push('b', 350, 0, 'b350');
    merge.passed('b', 400, 420);
    merge.passed('a', 0, 500);
    assert.deepEqual(drain(merge), ['a300']);
    merge.passed('b', 420, 1000);
    assert.deepEqual(drain(merge), ['b350', 'a390']);
    assert.equal(merge.late, 0);
    merge.push('b', 880, 0, 'b880');
    assert.equal(merge.late, 1);
  });

  it('orders things of the same time by rank, stream and arrival', () => {
    const merge = new StreamMerge<string>(options);
    merge.push('b', 50, 1, 'b1');
    merge.push('a', 50, 1, 'a1');
    merge.push('b', 50, 0, 'b0 first');
    merge.push('b', 50, 0, 'b0 second');
    merge.push('c', 49, 9, 'c9');
    assert.deepEqual(drain(merge), ['c9', 'b0 first', 'b0 second', 'a1', 'b1']);
  });

  it('puts deadlines in their place', () => {
    const merge = new StreamMerge<string>(options);
    merge.passed('a', 0, 500);
    merge.push('a', 200, 0, 'before');
    merge.push('a', 300, 0, 'after');
    assert.equal((merge.next(250) as { value: string }).value, 'before');
    assert.equal(merge.next(250), 'deadline');
    assert.equal(merge.now, 250);
    assert.equal((merge.next(401) as { value: string }).value, 'after');
    assert.equal(merge.next(401), undefined);
    merge.passed('a', 500, 502);
    assert.equal(merge.next(401), 'deadline');
  });

  it('waits for a stream that is expected, from the time it begins', () => {
    const merge = new StreamMerge<string>(options);
    merge.passed('a', 0, 300);
    merge.expect('v', 200);
    merge.passed('a', 300, 600);
    merge.push('a', 200, 0, 'at');
    merge.push('a', 201, 0, 'after');
    assert.deepEqual(drain(merge), ['at']);
    merge.forget('v');
    assert.deepEqual(drain(merge), ['after']);
  });

  it('gives a stream up that is too far behind, and takes it back when it has caught up', () => {
    const merge = new StreamMerge<string>(options);
    merge.passed('slow', 0, 100);
    merge.push('a', 90, 0, 'first');
    for (let at = 0; at < 10_000; at += 50) merge.passed('a', at, at + 50);
    assert.deepEqual(drain(merge), ['first']);
    assert.equal(merge.stalled, 1);
    merge.push('slow', 80, 0, 'late');
    assert.deepEqual(drain(merge), ['late']);
    assert.equal(merge.now, 90);
    merge.passed('slow', 100, 9_000);
    merge.push('a', 9_500, 0, 'waits again');
    assert.deepEqual(drain(merge), []);
    merge.passed('slow', 9_000, 9_700);
    assert.deepEqual(drain(merge), ['waits again']);
  });

  it('does not give a stream up for a few long blocks', () => {
    const merge = new StreamMerge<string>(options);
    merge.passed('slow', 0, 100);
    for (let at = 0; at < 300_000; at += 10_000) merge.passed('a', at, at + 10_000);
    merge.push('a', 500, 0, 'waits');
    assert.deepEqual(drain(merge), []);
    assert.equal(merge.stalled, 0);
  });

  it('takes the time of a stream without blocks from its events', () => {
    const merge = new StreamMerge<string>(options);
    for (let at = 0; at <= 2000; at += 100) {
      merge.heard('a', at);
      merge.push('a', at, 0, String(at));
    }
    assert.equal(drain(merge).at(-1), '1900');
  });

  it('stays bounded when a stream is never told to have passed', () => {
    const merge = new StreamMerge<string>(options);
    merge.expect('never', 0);
    for (let i = 0; i < 60_000; i++) merge.push('a', 1 + i, 0, String(i));
    assert.equal(drain(merge).length, 10_000);
  });
});
