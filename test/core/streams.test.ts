import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TrunkflowError } from '../../src/core/errors';
import { FlowGate } from '../../src/core/flow-gate';
import type { PortMessage, StreamMessage } from '../../src/core/messages';
import { sharedBuffer } from '../../src/core/shared-buffer';
import { StageHost, type StageHostOptions } from '../../src/core/stage-host';
import { WorkerPool } from '../../src/core/worker-pool';

const STAGES = join(__dirname, '..', 'support', 'stages.cjs');

function block(seq: number, payload: Buffer | string = sharedBuffer(64), stream = 'src', end?: boolean): StreamMessage {
  return {
    port: 'iq',
    payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload),
    info: { stream, seq, time: seq, format: 'cu8', rate: 48000, center: 0, sample: 0, dropped: 0, end },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('streams: pool, tasks and hosts', () => {
  let pool: WorkerPool;
  let gate: FlowGate;
  beforeEach(() => {
    pool = new WorkerPool(2);
    gate = new FlowGate();
  });
  afterEach(() => pool.close());

  function host(options: object, more: Partial<StageHostOptions> = {}) {
    const outputs: PortMessage[] = [];
    const errors: TrunkflowError[] = [];
    const stageHost = new StageHost({
      spec: () => ({ stage: 'echo', module: STAGES, options }),
      emit: (messages) => outputs.push(...messages),
      error: (error) => errors.push(error),
      pool,
      gate,
      ...more,
    });
    return { stageHost, outputs, errors };
  }
  const infos = (outputs: PortMessage[]) => outputs.flatMap((output) => (output.port === 'event' ? [] : [output.info]));

  it('keeps the order of a stream and flushes it at its end', async () => {
    const { stageHost, outputs } = host({});
    gate.open('src', { lossless: true });
    for (let seq = 0; seq < 50; seq++) stageHost.receive(block(seq));
    stageHost.receive(block(50, sharedBuffer(0), 'src', true));
    await until(() => outputs.some((output) => output.port === 'event'));
    assert.deepEqual(
      infos(outputs).map((info) => info.seq),
      Array.from({ length: 51 }, (_, seq) => seq),
    );
    assert.deepEqual(outputs.at(-1)!.payload, { type: 'flushed', blocks: 51 });
    assert.equal(stageHost.snapshot().streams, 0);
    assert.equal(stageHost.counters().blocks, 51);
  });

  it('shares memory with the worker instead of copying it', async () => {
    const { stageHost, outputs } = host({});
    const payload = sharedBuffer(8);
    stageHost.receive(block(0, payload));
    await until(() => outputs.length > 0);
    payload[3] = 77;
    assert.equal((outputs[0] as StreamMessage).payload[3], 77);
  });

  it('takes the history of a channel that is opened at once, and no more than a bounded lag', async () => {
    const burst = async (blocks: number, ms: number, bytes: number) => {
      const { stageHost, outputs } = host({});
      for (let seq = 0; seq <= blocks; seq++) {
        const last = seq === blocks;
        const message = block(seq, sharedBuffer(last ? 0 : bytes), 'src', last);
        message.info.time = seq * ms;
        stageHost.receive(message);
      }
      await until(() => stageHost.snapshot().streams === 0);
      const { dropped } = stageHost.snapshot();
      assert.equal(outputs.filter(({ port }) => port === 'iq').length, blocks + 1 - dropped);
      return dropped;
    };
    // 2.5 s of a channel in messages of 50 ms, all in one turn of the event loop: two are with the worker at once.
    assert.equal(await burst(50, 50, 19_200), 0);
    // Ten seconds: the last message and three seconds before it may wait.
    assert.equal(await burst(200, 50, 19_200), 200 - 2 - 60);
    // A whole band: by its bytes.
    assert.equal(await burst(100, 27, 131_072), 100 - 2 - 30);
  });

  it('drops the oldest whole blocks of a live stream and counts them', async () => {
    const { stageHost, outputs } = host({ slow: 5 }, { inbox: { blocks: 4, lag: 0, bytes: 0 } });
    for (let seq = 0; seq < 40; seq++) stageHost.receive(block(seq));
    stageHost.receive(block(40, sharedBuffer(0), 'src', true));
    await until(() => stageHost.snapshot().streams === 0);
    const { dropped, blocks } = stageHost.snapshot();
    const seqs = infos(outputs).map((info) => info.seq);
    assert.equal(dropped + seqs.length, blocks);
    assert.ok(dropped >= 30, `dropped ${dropped}`);
    assert.deepEqual(seqs.slice(-2), [39, 40], 'the newest block and the end survive');
  });

  it('never drops a lossless stream: its source waits for a slow consumer three stages on', async () => {
    gate.open('src', { lossless: true });
    const got: number[] = [];
    const chain = [{ name: 'a' }, { name: 'b' }, { name: 'c', slow: 2 }].map((options) => host(options).stageHost);
    const next = (i: number) => (messages: PortMessage[]) => {
      for (const message of messages) {
        if (message.port === 'event') continue;
        if (i < chain.length) setImmediate(() => chain[i].receive(message));
        else got.push(message.info.seq);
      }
    };
    chain.forEach((stageHost, i) => {
      (stageHost as unknown as { options: StageHostOptions }).options.emit = next(i + 1);
    });
    let most = 0;
    for (let seq = 0; seq < 200; seq++) {
      chain[0].receive(block(seq));
      most = Math.max(most, gate.held('src'));
      await gate.room('src');
    }
    await until(() => got.length === 200);
    assert.deepEqual(
      got,
      Array.from({ length: 200 }, (_, seq) => seq),
    );
    assert.ok(most <= 12, `${most} credits held at most`);
    assert.equal(
      chain.reduce((sum, stageHost) => sum + stageHost.snapshot().dropped, 0),
      0,
    );
  });

  it('reports a failing block and goes on with the next', async () => {
    const { stageHost, outputs, errors } = host({});
    stageHost.receive(block(0, 'throw'));
    stageHost.receive(block(1));
    await until(() => outputs.length > 0);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].code, 'worker');
    assert.match(errors[0].message, /a bug/);
    assert.equal(infos(outputs)[0].seq, 1);
  });

  it('loses nothing of a stream that begins anew before its end is dealt with', async () => {
    let begun = 0;
    const { stageHost, outputs } = host(
      {},
      { spec: () => ({ stage: 'echo', module: STAGES, options: { slow: 2, name: `stage${++begun}` } }) },
    );
    gate.open('src', { lossless: true });
    for (let run = 0; run < 3; run++) {
      for (let seq = 0; seq < 5; seq++) stageHost.receive(block(seq, undefined, 'src', seq === 4));
    }
    await until(() => stageHost.snapshot().streams === 0);
    const told = outputs.map((output) => (output.port === 'event' ? 'flushed' : output.info.stream));
    const run = (n: number) => [...Array.from({ length: 5 }, () => `src/stage${n}`), 'flushed'];
    assert.deepEqual(told, [...run(1), ...run(2), ...run(3)]);
    assert.deepEqual(
      infos(outputs).map(({ seq }) => seq),
      [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4],
    );
    assert.equal(pool.snapshot().tasks, 0);
    assert.equal(stageHost.counters().blocks, 15);
  });

  it('ignores what comes after it is closed', () => {
    const { stageHost } = host({});
    stageHost.close();
    stageHost.receive(block(0));
    assert.deepEqual([stageHost.snapshot().streams, pool.snapshot().tasks], [0, 0]);
  });

  it('starts no thread to close a task whose thread is gone', async () => {
    const { stageHost, outputs } = host({});
    stageHost.receive(block(0));
    await until(() => outputs.length > 0);
    await pool.close();
    stageHost.close();
    assert.equal(pool.snapshot().workers, 0);
  });

  it('survives the death of a worker thread', async () => {
    const { stageHost, outputs, errors } = host({});
    stageHost.receive(block(0, 'exit'));
    await until(() => errors.length > 0);
    stageHost.receive(block(1));
    await until(() => outputs.length > 0);
    assert.equal(errors[0].code, 'worker');
    assert.equal(infos(outputs)[0].seq, 1);
  });

  it('gives commands that came early to the first stream', async () => {
    const { stageHost, outputs } = host({});
    stageHost.control({ tune: 1 });
    stageHost.receive(block(0));
    stageHost.control({ tune: 2 });
    await until(() => outputs.length === 3);
    assert.deepEqual(
      outputs.map((output) => (output.port === 'event' ? output.payload.command : 'block')),
      [{ tune: 1 }, 'block', { tune: 2 }],
    );
  });

  it('gives a command that names a stream to that stream only', async () => {
    const { stageHost, outputs } = host({});
    for (const stream of ['one', 'two']) stageHost.receive(block(0, sharedBuffer(2), stream));
    for (const stream of ['two', 'three']) stageHost.control({ stream, tune: 1 });
    stageHost.control({ tune: 2 });
    await until(() => stageHost.snapshot().queued === 0);
    const commands = outputs.flatMap((output) => (output.port === 'event' ? [output.payload.command] : []));
    assert.deepEqual(
      commands.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
      [{ stream: 'two', tune: 1 }, { tune: 2 }, { tune: 2 }],
    );
  });

  it('refuses an unknown stage with an error, not a crash', async () => {
    const { stageHost, errors } = host({}, { spec: () => ({ stage: 'nonsense', options: {} }) });
    stageHost.receive(block(0));
    await until(() => errors.length > 0);
    assert.equal(errors[0].code, 'bad-setting');
  });

  it('carries 10,000 idle streams in little memory', async () => {
    const { stageHost } = host({});
    // The threads themselves are not what is measured here.
    for (const stream of ['first', 'second']) stageHost.receive(block(0, Buffer.alloc(0), stream));
    await until(() => stageHost.snapshot().queued === 0);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 10_000; i++) stageHost.receive(block(0, Buffer.alloc(0), `src${i}`));
    await until(() => stageHost.snapshot().queued === 0);
    const grown = (process.memoryUsage().rss - before) / 1e6;
    assert.equal(stageHost.snapshot().streams, 10_002);
    assert.ok(grown < 100, `${grown.toFixed(0)} MB`);
    stageHost.close();
  });

  it('leaves no worker, task or credit behind after 100 deployments', async () => {
    for (let deploy = 0; deploy < 100; deploy++) {
      const { stageHost, outputs } = host({});
      stageHost.receive(block(0));
      if (deploy % 2) await until(() => outputs.length > 0);
      stageHost.close();
    }
    assert.deepEqual(pool.snapshot(), { workers: 2, tasks: 0 });
    assert.equal(gate.held('src'), 0);
  });
});
