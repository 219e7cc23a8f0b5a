import { join } from 'node:path';
import { FlowGate } from '../src/core/flow-gate';
import type { PortMessage, StreamMessage } from '../src/core/messages';
import { sharedBuffer } from '../src/core/shared-buffer';
import { StageHost } from '../src/core/stage-host';
import { WorkerPool } from '../src/core/worker-pool';
import type { Benchmark } from './benchmark';

const STAGES = join(__dirname, '..', 'test', 'support', 'stages.cjs');
const BLOCK = 65536;

/** What the wires themselves cost: ten minutes of 2.4 MS/s through three stages that only pass it on. */
export async function benchmarks(): Promise<Benchmark[]> {
  const pool = new WorkerPool(1);
  const gate = new FlowGate();
  gate.open('file', { lossless: true });
  let arrived = 0;
  const host = (name: string, next: (message: StreamMessage) => void) =>
    new StageHost({
      spec: () => ({ stage: 'echo', module: STAGES, options: { name } }),
      emit: (messages: PortMessage[]) => {
        for (const message of messages) if (message.port !== 'event') setImmediate(next, message);
      },
      error: (error) => {
        throw error;
      },
      pool,
      gate,
    });
  const third = host('c', () => arrived++);
  const second = host('b', (message) => third.receive(message));
  const first = host('a', (message) => second.receive(message));

  const blocks = Math.round((600 * 2.4e6 * 2) / BLOCK);
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  const start = process.cpuUsage();
  for (let seq = 0; seq < blocks; seq++) {
    const sample = (seq * BLOCK) / 2;
    const time = sample / 2400;
    const info = { stream: 'file', seq, time, format: 'cu8', rate: 2.4e6, center: 0, sample, dropped: 0 } as const;
    first.receive({ port: 'iq', payload: sharedBuffer(BLOCK), info });
    await gate.room('file');
    // The first tenth is warm-up: the heap finds its size.
    if (seq > blocks / 10 && seq % 64 === 0) {
      const rss = process.memoryUsage.rss() / 1e6;
      least = Math.min(least, rss);
      most = Math.max(most, rss);
    }
  }
  while (gate.held('file') > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const used = process.cpuUsage(start);
  await pool.close();
  return [
    { name: 'ten minutes of 2.4 MS/s through 3 stages: blocks lost', value: blocks - arrived, unit: 'blocks' },
    { name: 'the same: memory between least and most', value: most - least, unit: 'MB' },
    {
      name: 'the same: cost of wires and threads at 2.4 MS/s',
      value: ((used.user + used.system) / 1e6 / 600) * 100,
      unit: '% of a core',
    },
  ];
}
