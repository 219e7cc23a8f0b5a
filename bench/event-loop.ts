import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signalSettings } from '../src/sources/generator/options';
import { Signal } from '../src/sources/generator/signal';
import { FakeRtlTcp } from '../test/support/fake-rtl-tcp';
import type { Benchmark } from './benchmark';

const ROOT = join(__dirname, '..');
const RATE = 2_400_000;
const CENTER = 851_500_000;
const SECONDS = 25;
/** Milliseconds between the pieces the server sends. */
const TICK = 20;

/**
 * How much a live 2.4 MS/s source with four wires, a channelizer and demodulators on each, delays Node-RED's event loop,
 * on which the editor lives. The signal comes from an rtl_tcp server on this machine, in this process.
 */
export async function benchmarks(): Promise<Benchmark[]> {
  const server = await FakeRtlTcp.start();
  const signal = new Signal(signalSettings({ signal: 'noise', rate: RATE, center: CENTER, seconds: 1 }));
  const noise = signal.read(RATE);
  const bytes = (2 * RATE * TICK) / 1000;
  let sent = 0;
  const timer = setInterval(() => {
    for (const client of server.clients) {
      if (client.writableLength > 4 * bytes) continue;
      client.write(noise.subarray(sent % (noise.length - bytes), (sent % (noise.length - bytes)) + bytes));
    }
    sent += bytes;
  }, TICK);
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-bench-'));
  try {
    const { p50, p99, max, cpu } = await runFlow(folder, server.port);
    const name = 'Node-RED, 2.4 MS/s live to four wires';
    return [
      { name: `${name}: event loop delay, median`, value: p50, unit: 'ms' },
      { name: `${name}: 99th percentile`, value: p99, unit: 'ms' },
      { name: `${name}: longest`, value: max, unit: 'ms' },
      { name: `${name}: whole process`, value: (100 * cpu) / SECONDS, unit: '% of a core' },
    ];
  } finally {
    clearInterval(timer);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runFlow(folder: string, port: number): Promise<Record<'p50' | 'p99' | 'max' | 'cpu', number>> {
  const result = join(folder, 'result.json');
  const file = join(folder, 'flow.json');
  writeFileSync(file, JSON.stringify(flow(port)));
  const monitor = join(__dirname, 'event-loop-monitor.cjs');
  const args = [
    '--require',
    monitor,
    join(ROOT, 'dist', 'bin', 'trunkflow.js'),
    'run',
    file,
    '--seconds',
    `${SECONDS}`,
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TRUNKFLOW_MONITOR: result },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise((resolve) => child.once('exit', resolve));
  return JSON.parse(readFileSync(result, 'utf8'));
}

function flow(port: number): object[] {
  const branches = ['a', 'b', 'c', 'd'];
  const place = { z: 'tab', x: 100, y: 100 };
  return [
    { id: 'tab', type: 'tab', label: 'load' },
    { id: 'device', type: 'radio-device', name: '', driver: 'rtl-tcp', host: '127.0.0.1', port, ppm: 0 },
    {
      ...place,
      id: 'source',
      type: 'radio-source',
      name: '',
      device: 'device',
      frequency: `${CENTER}`,
      rate: `${RATE}`,
      gain: '',
      autostart: true,
      wires: [branches.map((branch) => `channelizer-${branch}`), []],
    },
    ...branches.flatMap((branch, i) => [
      {
        ...place,
        id: `channelizer-${branch}`,
        type: 'radio-channelizer',
        channels: [0, 1].map((n) => ({ id: `${n}`, frequency: CENTER + 100_000 * (i + 1) + 25_000 * n })),
        rate: 24000,
        bandwidth: 12500,
        maxChannels: 8,
        history: 2,
        removeDc: true,
        wires: [[`demod-${branch}`], []],
      },
      {
        ...place,
        id: `demod-${branch}`,
        type: 'radio-demod',
        signal: 'p25',
        modulation: '',
        polarity: 'auto',
        wires: [[`debug-${branch}`]],
      },
      { ...place, id: `debug-${branch}`, type: 'debug', active: false, complete: 'payload', wires: [] },
    ]),
  ];
}
