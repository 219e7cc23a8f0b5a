import assert from 'node:assert/strict';
import { Breaks } from '../../src/core/breaks';
import type { IndexEntry } from '../../src/sinks/archive/day-index';
import { select } from '../../src/sinks/archive/select';
import { inSlices } from '../../src/trunking/slices';

/** A clock that only work moves, and the work done in each turn of the event loop, ms. */
function bench() {
  let clock = 0;
  let began = 0;
  const turns: number[] = [];
  const breaks = new Breaks(
    () => clock,
    (then) =>
      setImmediate(() => {
        turns.push(clock - began);
        began = clock;
        then();
      }),
  );
  return {
    breaks,
    turns,
    work: (milliseconds: number) => {
      clock += milliseconds;
    },
  };
}

describe('slices of long work', () => {
  it('are one in a turn of the event loop, however many are at it', async () => {
    const { breaks, turns, work } = bench();
    const done: number[] = [];
    function* job(n: number) {
      for (let i = 0; i < 40; i++) {
        work(0.5);
        yield;
      }
      done.push(n);
      return n;
    }
    const results = await Promise.all(Array.from({ length: 10 }, (_, n) => inSlices(job(n), breaks)));
    assert.deepEqual(
      results,
      Array.from({ length: 10 }, (_, n) => n),
    );
    // 10 x 20 ms in slices of 4 ms.
    assert.ok(turns.length >= 50, `${turns.length}`);
    assert.ok(Math.max(...turns) <= 4.5, `${Math.max(...turns)}`);
    // In turn: none waits until the others are through.
    assert.deepEqual(done, results);
  });

  it('are not waited for when nothing was done lately', async () => {
    const { breaks, turns, work } = bench();
    work(1000);
    await breaks.take();
    assert.equal(breaks.due(), false);
    assert.equal(turns.length, 1);
    work(3.9);
    assert.equal(breaks.due(), false);
    work(0.1);
    assert.equal(breaks.due(), true);
  });

  it('divide parallel searches of many calls', async () => {
    const { breaks, turns, work } = bench();
    const label = { system: 'a', talkgroup: 1, group: '', tag: '', text: 'a' };
    const entries = Array.from({ length: 20_000 }, (_, n) => {
      const entry = { id: `${n}`, at: n, day: '', label, units: [n % 7], unitText: '', recorded: true, bytes: 1 };
      Object.defineProperty(entry, 'time', {
        get() {
          work(0.005);
          return n;
        },
      });
      return entry as unknown as IndexEntry;
    });
    const query = { from: 10, unit: 3 };
    const found = await Promise.all(
      Array.from({ length: 10 }, () => select(entries, query, undefined, 100_000, breaks)),
    );
    const expected = entries.filter(({ units }, n) => n >= 10 && units[0] === 3).reverse();
    for (const one of found)
      assert.deepEqual(
        one.map(({ id }) => id),
        expected.map(({ id }) => id),
      );
    // Each entry is looked at twice by each search: 2 s in all.
    assert.ok(turns.length > 400, `${turns.length}`);
    assert.ok(Math.max(...turns) < 5, `${Math.max(...turns)}`);
  });
});
