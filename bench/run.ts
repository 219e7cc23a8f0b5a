/** `npm run bench`: prints what everything costs on one core, and writes the same as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark';
import * as busyHour from './busy-hour';
import * as coding from './coding';
import * as demod from './demod';
import * as eventLoop from './event-loop';
import * as kernels from './kernels';
import * as protocols from './protocols';
import * as recordings from './recordings';
import * as scope from './scope';
import * as streams from './streams';
import * as voice from './voice';
import * as wholeJob from './whole-job';

const suites: Record<string, { benchmarks(): Promise<Benchmark[]> }> = {
  kernels,
  demod,
  coding,
  protocols,
  voice,
  streams,
  recordings,
  scope,
  'event loop': eventLoop,
  'whole job': wholeJob,
  'busy hour': busyHour,
};

async function main(wanted: string[]) {
  const rows: (Benchmark & { suite: string })[] = [];
  console.log(`Node.js ${process.version} on ${cpus()[0].model}; figures are for one core\n`);
  for (const [suite, { benchmarks }] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(suite)) continue;
    console.log(suite);
    for (const row of await benchmarks()) {
      rows.push({ suite, ...row });
      const value = row.value >= 100 ? row.value.toFixed(0) : row.value.toPrecision(3);
      console.log(`  ${row.name.padEnd(56)} ${value.padStart(9)} ${row.unit}${row.note ? `  (${row.note})` : ''}`);
    }
  }
  const folder = join(__dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'bench.json');
  writeFileSync(file, `${JSON.stringify({ node: process.version, cpu: cpus()[0].model, rows }, null, 1)}\n`);
  console.log(`\nwritten to ${file}`);
}

main(process.argv.slice(2));
