import assert from 'node:assert/strict';
import { pageModule } from './page-module';

interface About {
  n: number;
  rate: number;
  call: { id: string; talkgroup: number };
}
interface Track {
  about: About;
  replayed: boolean;
  at: number;
}
interface CallQueue {
  current: Track | null;
  waiting: Track[];
  past: Track[];
  dropped: number;
  begin(about: About): void;
  push(n: number, samples: Int16Array, now: number): void;
  end(n: number): void;
  choose(): Track | null;
  take(): Int16Array | null;
  isOver(now: number): boolean;
  release(): void;
  skip(): void;
  skipAll(): void;
  replay(buffered?: number): Track | null;
  replayCall(id: string): Track | null;
  suspend(buffered?: number): void;
  filter(): void;
}

describe('call queue of the listening page', () => {
  let make: new (mayHear?: (call: About['call']) => boolean) => CallQueue;
  before(async () => {
    make = (await pageModule<{ CallQueue: typeof make }>('call-queue.js')).CallQueue;
  });

  const about = (n: number, call: object = {}): About => ({
    n,
    rate: 8000,
    call: { id: `call ${n}`, talkgroup: n, priority: 4, ...call } as About['call'],
  });
  const seconds = (value: number, count = 1) => new Int16Array(8000 * count).fill(value);
  /** A whole call of so many seconds. */
  const call = (queue: CallQueue, n: number, length = 1) => {
    queue.begin(about(n));
    for (let i = 0; i < length; i++) queue.push(n, seconds(n * 10 + i), 0);
    queue.end(n);
  };
  /** Plays what is chosen to its end; gives the first sample of each second. */
  const play = (queue: CallQueue) => {
    const heard = [];
    for (let part = queue.take(); part; part = queue.take()) heard.push(part[0]);
    return heard;
  };
  const playAll = (queue: CallQueue) => {
    const heard = [];
    for (let track = queue.current ?? queue.choose(); track; track = queue.choose()) {
      heard.push(...play(queue));
      queue.release();
    }
    return heard;
  };

  it('never plays two calls over each other: emergencies first, then priority, then order', () => {
    const queue = new make();
    queue.begin(about(1));
    queue.push(1, seconds(1), 0);
    assert.equal(queue.choose()!.about.n, 1);
    queue.begin(about(2));
    queue.begin(about(3, { priority: 7 }));
    queue.begin(about(4, { emergency: true }));
    queue.begin(about(5));
    for (const n of [2, 3, 4, 5, 1]) queue.push(n, seconds(n), 0);
    assert.equal(queue.choose(), null);
    assert.deepEqual(
      queue.waiting.map((track) => track.about.n),
      [4, 3, 2, 5],
    );
    const order = [];
    for (let track = queue.current; track; track = queue.choose()) {
      order.push(track.about.n);
      play(queue);
      queue.end(track.about.n);
      assert.equal(queue.isOver(0), true);
      queue.release();
    }
    assert.deepEqual(order, [1, 4, 3, 2, 5]);
  });

  it('takes a call that stops coming for over after two seconds', () => {
    const queue = new make();
    queue.begin(about(1));
    queue.push(1, seconds(1), 10);
    queue.choose();
    queue.take();
    assert.equal(queue.isOver(11), false);
    assert.equal(queue.isOver(12.5), true);
  });

  it('drops whole waiting calls when too much waits', () => {
    const queue = new make();
    for (const n of [1, 2, 3]) queue.begin(about(n));
    queue.push(1, seconds(1), 0);
    queue.choose();
    for (let i = 0; i < 160; i++) queue.push(2, seconds(2), 0);
    for (let i = 0; i < 160; i++) queue.push(3, seconds(3), 0);
    assert.equal(queue.dropped, 160);
    assert.equal(queue.current!.about.n, 1);
    queue.end(1);
    queue.release();
    assert.equal(queue.choose()!.about.n, 3);
    for (let i = 0; i < 400; i++) queue.push(3, seconds(3), 0);
    assert.ok(queue.dropped >= 400 && queue.dropped < 430, `${queue.dropped}`);
  });

  it('skips a call to its end, not only what has come of it; all that wait when asked', () => {
    const queue = new make();
    for (const n of [1, 2]) {
      queue.begin(about(n));
      queue.push(n, seconds(n), 0);
    }
    queue.choose();
    queue.skip();
    queue.push(1, seconds(1), 1);
    assert.equal(queue.choose()!.about.n, 2);
    call(queue, 3);
    queue.skipAll();
    queue.push(2, seconds(2), 2);
    assert.equal(queue.choose(), null);
    call(queue, 4);
    assert.deepEqual(playAll(queue), [40]);
  });

  it('leaves out what a listener does not want, but never cuts off the call that plays', () => {
    const unwanted = new Set<number>();
    const queue = new make(({ talkgroup }) => !unwanted.has(talkgroup));
    for (const n of [1, 2]) {
      queue.begin(about(n));
      queue.push(n, seconds(n), 0);
    }
    queue.choose();
    unwanted.add(1).add(2);
    queue.filter();
    queue.push(1, seconds(11), 0);
    queue.push(2, seconds(2), 0);
    assert.deepEqual(playAll(queue), [1, 11]);
  });

  it('replays the last call, again the one before, and then goes on', () => {
    const queue = new make();
    for (const n of [1, 2, 3]) call(queue, n);
    assert.deepEqual(playAll(queue), [10, 20, 30]);
    assert.equal(queue.replay()!.about.n, 3);
    assert.equal(queue.replay()!.about.n, 2);
    assert.equal(queue.current!.replayed, true);
    assert.deepEqual(play(queue), [20]);
    queue.release();
    assert.equal(queue.replay()!.about.n, 3, 'what was replayed is not a new call');
    for (let i = 0; i < 5; i++) queue.replay();
    assert.equal(queue.current!.about.n, 1, 'there is none before the first');
    queue.release();
    assert.deepEqual(queue.replayCall('call 2')!.about.n, 2);
    assert.equal(queue.replayCall('call 9'), null);
  });

  it('replays the call that plays from its beginning, and goes on with it after an earlier one', () => {
    const queue = new make();
    call(queue, 1);
    playAll(queue);
    queue.begin(about(2));
    for (const part of [20, 21, 22]) queue.push(2, seconds(part), 0);
    queue.choose();
    assert.equal(queue.take()![0], 20);
    assert.equal(queue.take()![0], 21);
    assert.equal(queue.replay(0)!.about.n, 2);
    assert.equal(queue.take()![0], 20);
    assert.equal(queue.take()![0], 21);
    // A second of it was taken, but has not been heard yet.
    assert.equal(queue.replay(1)!.about.n, 1);
    queue.push(2, seconds(23), 0);
    queue.end(2);
    call(queue, 3);
    assert.deepEqual(playAll(queue), [10, 21, 22, 23, 30]);
    assert.deepEqual(
      queue.past.map((track) => track.about.n),
      [3, 2, 1],
    );
  });

  it('keeps past calls within bounds', () => {
    const queue = new make();
    for (let n = 0; n < 60; n++) call(queue, n, 10);
    playAll(queue);
    assert.equal(queue.past.length, 20);
    for (let n = 100; n < 106; n++) call(queue, n, 45);
    playAll(queue);
    assert.equal(queue.past.length, 9, '300 s of them');
    // An hour of one call: what was played is not kept for ever.
    queue.begin(about(200));
    for (let i = 0; i < 3600; i++) {
      queue.push(200, seconds(i), i);
      queue.choose();
      queue.take();
    }
    assert.ok(queue.current!.at >= 3479, `${queue.current!.at}`);
  });
});

interface Talkgroup {
  system: string;
  talkgroup: number;
}
interface Selection {
  saved(): object;
  has(talkgroup: Talkgroup): boolean;
  set(talkgroups: Talkgroup[], on: boolean): void;
  setSystem(system: string, on: boolean): void;
  setAll(on: boolean): void;
  state(talkgroups: Talkgroup[]): string;
}

describe('selection of the listening page', () => {
  let make: new (saved?: object) => Selection;
  before(async () => {
    make = (await pageModule<{ Selection: typeof make }>('selection.js')).Selection;
  });
  const tg = (talkgroup: number, system = 'a') => ({ system, talkgroup });

  it('switches talkgroups, systems and everything, and keeps it', () => {
    const selection = new make();
    assert.equal(selection.has(tg(1)), true);
    selection.set([tg(1), tg(2)], false);
    assert.equal(selection.state([tg(1), tg(2), tg(3)]), 'some');
    assert.equal(selection.state([tg(1), tg(2)]), 'off');
    assert.equal(selection.state([tg(3)]), 'on');
    assert.equal(selection.has(tg(1, 'b')), true, 'the same number of another system');
    selection.setSystem('b', false);
    selection.set([tg(7, 'b')], true);
    const kept = new make(JSON.parse(JSON.stringify(selection.saved())));
    assert.deepEqual(
      [tg(1), tg(3), tg(7, 'b'), tg(8, 'b'), tg(1, 'c')].map((one) => kept.has(one)),
      [false, true, true, false, true],
    );
    kept.setAll(false);
    assert.deepEqual(
      [tg(3), tg(7, 'b'), tg(99, 'new')].map((one) => kept.has(one)),
      [false, false, false],
    );
    kept.set([tg(3)], true);
    kept.setAll(true);
    assert.equal(kept.state([tg(1), tg(3), tg(8, 'b')]), 'on');
  });
});
