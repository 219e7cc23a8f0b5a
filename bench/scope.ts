import { FlowGate } from '../src/core/flow-gate';
import type { StreamMessage } from '../src/core/messages';
import { sharedBuffer } from '../src/core/shared-buffer';
import { WorkerPool } from '../src/core/worker-pool';
import { ScopeStage } from '../src/dsp/scope/stage';
import { C4FM } from '../src/protocols/p25/air-interface';
import { ScopeHub } from '../src/sinks/scope/scope-hub';
import { Random } from '../src/sources/generator/noise';
import { type Benchmark, runsPerSecond } from './benchmark';

const RATE = 2.4e6;
const BLOCK = 65536;
/** Seconds of signal in one run. */
const SECONDS = 2;

/** What looking at a band costs: the spectra alone, and all of it: wires, threads, spectra, sending. */
export async function benchmarks(): Promise<Benchmark[]> {
  const signal = noise(BLOCK);
  return [
    stage('2.4 MS/s, 2048 bins, 10 frames a second: spectra', RATE, signal, 2048),
    stage('the same with 4096 bins', RATE, signal, 4096),
    stage('a channel of 24 kS/s with eye and constellation', 24_000, signal, 2048),
    ...(await whole(signal)),
  ];
}

function noise(bytes: number): Buffer {
  const random = new Random(1);
  const signal = sharedBuffer(bytes);
  for (let i = 0; i < bytes; i++) signal[i] = 127.4 + 40 * (random.next() - 0.5);
  return signal;
}

function iq(signal: Buffer, rate: number, seq: number): StreamMessage {
  const sample = seq * (signal.length / 2);
  const time = (1000 * sample) / rate;
  const about = { stream: 'bench', seq, time, rate, center: 852e6, sample, dropped: 0 };
  return { port: 'iq', payload: signal, info: { ...about, format: 'cu8' } };
}

/** One stage alone, in per cent of a core while its stream runs in real time. */
function stage(name: string, rate: number, signal: Buffer, bins: number): Benchmark {
  const scope = new ScopeStage({ bins, air: C4FM });
  const blocks = Math.max(1, Math.round((SECONDS * rate * 2) / signal.length));
  let seq = 0;
  const runs = runsPerSecond(() => {
    for (let i = 0; i < blocks; i++) scope.process(iq(signal, rate, seq++));
  });
  scope.close();
  return { name, value: (100 * blocks * signal.length) / 2 / rate / runs / SECONDS ** 2, unit: '% of a core' };
}

/**
 * A minute of 2.4 MS/s past a scope nobody, one and ten watch: processor time of the whole process, that of the wires
 * with nobody watching taken off.
 */
async function whole(signal: Buffer): Promise<Benchmark[]> {
  const none = await look(signal, 0);
  const one = await look(signal, 1);
  const ten = await look(signal, 10);
  const name = 'scope at 2.4 MS/s, 2048 bins, 10 frames a second';
  return [
    { name: `${name}: nobody watches`, value: none, unit: '% of a core' },
    { name: `${name}: one watches`, value: one, unit: '% of a core' },
    { name: `${name}: ten watch`, value: ten, unit: '% of a core' },
    { name: 'ten viewers cost, times one', value: ten / one, unit: 'x' },
  ];
}

/** Per cent of a core that a minute of signal costs, given as fast as it is taken. */
async function look(signal: Buffer, viewers: number): Promise<number> {
  const seconds = 60;
  const pool = new WorkerPool(1);
  const gate = new FlowGate();
  gate.open('bench', { lossless: true });
  // Stream time, so that all frames are sent although the signal comes faster than real time.
  let time = 0;
  const hub = new ScopeHub({
    title: '',
    raster: 0,
    spec: () => ({ stage: 'scope', options: { bins: 2048, frameRate: 10, channelWidth: 12500, protocol: 'p25' } }),
    control: () => {},
    error: (error) => {
      throw error;
    },
    host: { pool, gate },
    now: () => time,
  });
  const blocks = Math.round((seconds * RATE * 2) / signal.length);
  hub.receive(iq(signal, RATE, 0) as never);
  let bytes = 0;
  for (let i = 0; i < viewers; i++) {
    const send = (data: string | Uint8Array) => {
      bytes += data.length;
    };
    hub.join({ mayControl: false, send, waiting: () => 0 });
  }
  const start = process.cpuUsage();
  for (let seq = 1; seq < blocks; seq++) {
    const message = iq(signal, RATE, seq);
    time = message.info.time;
    hub.receive(message as never);
    await gate.room('bench');
  }
  while (gate.held('bench') > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const used = process.cpuUsage(start);
  const { sent, skipped } = hub.counters();
  hub.close();
  await pool.close();
  if (viewers > 0 && (sent < viewers * 580 || skipped > 5 || bytes === 0))
    throw new Error(`${sent} frames sent, ${skipped} skipped`);
  return ((used.user + used.system) / 1e6 / seconds) * 100;
}
