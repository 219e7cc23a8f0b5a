import assert from 'node:assert/strict';
import { FlowGate } from '../../src/core/flow-gate';
import type { Control } from '../../src/core/messages';
import { sharedBuffer } from '../../src/core/shared-buffer';
import { WorkerPool } from '../../src/core/worker-pool';
import { ScopeHub } from '../../src/sinks/scope/scope-hub';
import type { WatchableMessage } from '../../src/sinks/scope/stream-list';
import { block } from '../dsp/channelizer-support';
import { until } from '../e2e/until';

const INPUT = { rate: 48000, center: 851e6, format: 'cu8' as const };
const SIZE = 4800;

describe('scope hub', () => {
  let pool: WorkerPool;
  let hub: ScopeHub;
  let time: number;
  let commands: Control[];
  let errors: Error[];
  let gate: FlowGate;

  beforeEach(() => {
    pool = new WorkerPool(1);
    gate = new FlowGate();
    time = 0;
    commands = [];
    errors = [];
    hub = new ScopeHub({
      title: 'Test',
      raster: 0,
      spec: () => ({ stage: 'scope', options: { bins: 256, frameRate: 10, channelWidth: 12500, protocol: '' } }),
      control: (command) => commands.push(command),
      error: (error) => errors.push(error),
      host: { pool, gate },
      now: () => time,
    });
  });
  afterEach(async () => {
    hub.close();
    await pool.close();
    assert.deepEqual(errors, []);
  });

  function blockOf(seq: number, stream = 'dongle', more: object = {}): WatchableMessage {
    return block(INPUT, SIZE * seq, sharedBuffer(2 * SIZE), { stream, seq, ...more }) as WatchableMessage;
  }
  /** Somebody who looks; `waiting` is how many bytes are stuck on the way. */
  function look(mayControl = true) {
    const viewer = { texts: [] as string[], frames: 0, stuck: 0 };
    const door = hub.join({
      mayControl,
      send: (data) => {
        if (typeof data === 'string') viewer.texts.push(data);
        else viewer.frames++;
      },
      waiting: () => viewer.stuck,
    });
    return Object.assign(viewer, door);
  }
  /** Gives blocks 100 ms apart, each computed before the next comes; `pace` is how much time passes meanwhile, ms. */
  async function run(count: number, pace: number | ((seq: number) => number) = 100, first = 0): Promise<void> {
    for (let seq = first; seq < first + count; seq++) {
      time += typeof pace === 'number' ? pace : pace(seq);
      const { forwarded, frames } = hub.counters();
      hub.receive(blockOf(seq));
      // The first block lacks what is before it and gives no frame.
      if (hub.counters().forwarded > forwarded && seq > first)
        await until(() => hub.counters().frames > frames, 'a frame');
    }
  }

  it('forwards no block while nobody watches', async () => {
    await run(20);
    const { seen, forwarded, frames } = hub.counters();
    assert.deepEqual([seen, forwarded, frames], [20, 0, 0]);
    assert.deepEqual(pool.snapshot(), { workers: 0, tasks: 0 });
    const viewer = look();
    await run(5, 100, 20);
    assert.equal(hub.counters().forwarded, 5);
    viewer.leave();
    await run(5, 100, 25);
    assert.equal(hub.counters().forwarded, 5);
    assert.equal(pool.snapshot().tasks, 0);
  });

  it('computes once for ten viewers', async () => {
    await run(1);
    const ten = Array.from({ length: 10 }, () => look());
    await run(12, 100, 1);
    const { forwarded, frames, sent } = hub.counters();
    assert.equal(forwarded, 12);
    assert.equal(sent, 10 * frames);
    assert.ok(frames >= 10 && ten.every((viewer) => viewer.frames === frames));
    assert.equal(pool.snapshot().tasks, 1);
  });

  it('drops the frames of a viewer that cannot take them, and of nobody else', async () => {
    await run(1);
    const [slow, quick] = [look(), look()];
    await run(5, 100, 1);
    const before = slow.frames;
    slow.stuck = 1e6;
    await run(10, 100, 6);
    assert.equal(slow.frames, before);
    assert.equal(quick.frames, before + 10);
    assert.equal(hub.counters().dropped, 10);
    slow.stuck = 0;
    await run(3, 100, 16);
    assert.equal(slow.frames, before + 3);
  });

  it('sends ten frames a second of a file that is read twenty times as fast', async () => {
    await run(1);
    const viewer = look();
    await run(200, 5, 1);
    assert.ok(viewer.frames >= 8 && viewer.frames <= 14, `${viewer.frames} frames in a second`);
    const { frames, sent, skipped } = hub.counters();
    assert.equal(sent + skipped, frames);
  });

  it('loses no frame when blocks come a little early and late', async () => {
    await run(1);
    const viewer = look();
    await run(40, (seq) => (seq % 2 ? 40 : 160), 1);
    assert.equal(hub.counters().skipped, 0);
    assert.ok(viewer.frames >= 39);
  });

  it('computes at most eight streams at once', async () => {
    for (let i = 0; i < 12; i++) hub.receive(blockOf(0, `dongle/${i}`));
    for (let i = 0; i < 12; i++) look().take(JSON.stringify({ type: 'watch', stream: `dongle/${i}` }));
    assert.equal(hub.counters().watched, 8);
  });

  it('watches another stream when the one that was watched ends', async () => {
    hub.receive(blockOf(0, 'dongle'));
    hub.receive(blockOf(0, 'dongle/c'));
    const viewer = look();
    viewer.take(JSON.stringify({ type: 'watch', stream: 'dongle/c' }));
    const watching = () => JSON.parse(viewer.texts.at(-1)!).watching;
    assert.equal(watching(), 'dongle/c');
    hub.receive(blockOf(1, 'dongle/c', { end: true }));
    viewer.take(JSON.stringify({ type: 'pause', on: false }));
    assert.equal(watching(), 'dongle');
  });

  it('holds at most 32 channels, and lets nobody open any who may not', () => {
    hub.receive(blockOf(0));
    const viewer = look(false);
    viewer.take(JSON.stringify({ type: 'open', frequency: 851e6 }));
    assert.deepEqual(commands, []);
    for (let i = 0; i < 60; i++) look().take(JSON.stringify({ type: 'open', frequency: 850.99e6 + 100 * i }));
    assert.equal(commands.length, 32);
    const channels = JSON.parse(look().texts.at(-1)!).channels;
    assert.equal(channels.length, 32);
    assert.ok(channels.every(({ state, mine }: { state: string; mine: boolean }) => state === 'asked' && mine));
  });

  it('forgets streams and refusals after a while', () => {
    hub.receive(blockOf(0));
    hub.event({
      type: 'channel',
      state: 'refused',
      id: 'x',
      stream: 'dongle/x',
      frequency: 1e9,
      reason: 'out_of_band',
    });
    const state = () => JSON.parse(look().texts.at(-1)!);
    assert.deepEqual([state().streams.length, state().channels.length], [1, 1]);
    time += 11_000;
    assert.deepEqual([state().streams.length, state().channels.length], [0, 0]);
  });
});
