import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playFile } from '../src/receiver/play-file';
import { Receiver } from '../src/receiver/receiver';
import { CallRecorder } from '../src/sinks/call-recorder';
import { describeSignalFile } from '../src/sources/file/signal-file';
import { capture } from '../test/support/captures';
import type { Benchmark } from './benchmark';

const FILE = 'wideband/site_2400k.cu8';

/** Channelizer, control channel, two voice calls decoded and recorded, from one 2.4 MS/s recording. */
export async function benchmarks(): Promise<Benchmark[]> {
  if (!existsSync(capture(FILE))) return [];
  const file = await describeSignalFile(capture(FILE), { rate: 2_400_000, center: 852_300_000 });
  await run(file);
  const start = process.cpuUsage();
  await run(file);
  const used = process.cpuUsage(start);
  const share = (used.user + used.system) / 1e6 / file.duration!;
  return [
    { name: 'control channel and two recorded calls at 2.4 MS/s', value: share * 100, unit: '% of a core' },
    { name: 'the same: faster than real time by', value: 1 / share, unit: 'times' },
  ];
}

async function run(file: Awaited<ReturnType<typeof describeSignalFile>>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'trunkflow-bench-'));
  const recorder = new CallRecorder({ dir });
  const writing: Promise<unknown>[] = [];
  const receiver = new Receiver(
    { protocol: 'p25', channels: [{ frequency: 851_625_000 }], follow: { conventional: false } },
    { audio: (message) => writing.push(recorder.write(message)) },
  );
  await playFile(file, async (message) => {
    receiver.receive(message);
    await Promise.all(writing.splice(0));
  });
  await recorder.close();
  rmSync(dir, { recursive: true });
}
