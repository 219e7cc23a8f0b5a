import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ArchiveQuery } from '../src/sinks/archive/archive';
import { CallArchive, LOG_FOLDER } from '../src/sinks/archive/call-archive';
import { type LogRecord, toLine } from '../src/sinks/archive/log-record';
import { encodeFile } from '../src/sinks/encode/job';
import { encodeWav } from '../src/sinks/encode/wav';
import { exampleCall } from '../src/sinks/example-call';
import { FORMATS, type RecordingFormat } from '../src/sinks/formats';
import type { Benchmark } from './benchmark';

const CALLS = 160_000;
const DAYS = 10;
const TAGS = { title: 'FIRE 1', artist: 'county', album: 'county', genre: '', time: 0, comment: '' };
/** Seconds of sound that are encoded. */
const SECONDS = 60;

/** What it costs to encode a recording, and to search the log of many. */
export async function benchmarks(): Promise<Benchmark[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-bench-'));
  try {
    return [...(await encoders(folder)), ...(await archive(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function encoders(folder: string): Promise<Benchmark[]> {
  const source = join(folder, 'source.wav');
  const samples = Int16Array.from(
    { length: SECONDS * 8000 },
    (_, i) => 4000 * Math.sin(0.4 * i) * Math.sin(0.0015 * i),
  );
  writeFileSync(source, await encodeWav({ samples, rate: 8000 }, 0, TAGS));
  const rows: Benchmark[] = [];
  for (const format of ['wav', 'mp3', 'opus', 'm4a'] as const) rows.push(await encoder(folder, source, format));
  return rows;
}

async function encoder(folder: string, source: string, format: RecordingFormat): Promise<Benchmark> {
  const target = join(folder, `target${FORMATS[format].extension}`);
  const job = { source, target, format, tags: TAGS, loudness: { target: -18, starts: [0] } };
  await encodeFile(job); // loads the encoder
  const before = process.cpuUsage();
  await encodeFile(job);
  const { user, system } = process.cpuUsage(before);
  return { name: `Loudness and ${format}, 8 kHz`, value: (SECONDS * 1e6) / (user + system), unit: 'x real time' };
}

async function archive(folder: string): Promise<Benchmark[]> {
  writeLog(folder);
  const memory = process.memoryUsage().heapUsed;
  const calls = new CallArchive(folder);
  const rows: Benchmark[] = [];
  const measure = async (name: string, work: () => Promise<unknown>) => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    delay.enable();
    const started = performance.now();
    await work();
    rows.push({ name, value: performance.now() - started, unit: 'ms' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    rows.push({ name: `${name}: longest turn of the event loop`, value: delay.max / 1e6, unit: 'ms' });
  };
  await measure('Nothing, for a second', () => new Promise((resolve) => setTimeout(resolve, 1000)));
  await measure(`Log of ${CALLS} calls, read at the start`, () => calls.ready);
  globalThis.gc?.();
  rows.push({
    name: 'Memory for each',
    value: (process.memoryUsage().heapUsed - memory) / CALLS,
    unit: 'bytes',
    note: globalThis.gc ? undefined : 'with garbage',
  });
  await measure('The newest 50', () => calls.search({}));
  await measure('200 that hold a text', () => calls.search({ text: 'engine 77', limit: 200 }));
  await measure('A text that is in none', () => calls.search({ text: 'nowhere to be found' }));
  const tenTimes = (query: ArchiveQuery) => () => Promise.all(Array.from({ length: 10 }, () => calls.search(query)));
  await measure('Ten at once, a text that is in none', tenTimes({ text: 'nowhere to be found' }));
  await measure('Ten at once, 200 that hold a text', tenTimes({ text: 'engine 77', limit: 200 }));
  await measure('A unit of the oldest day', () => calls.search({ unit: 700_003, to: Date.UTC(2024, 0, 2) }));
  await measure('A call that moves a day out of memory', () => calls.add(entry(CALLS)));
  await measure('A call put into the log', () => calls.add(entry(CALLS + 1)));
  await measure('Ten at once, of which each reads a day', tenTimes({ text: 'nowhere to be found' }));
  return rows;
}

function entry(n: number) {
  const call = exampleCall(Date.UTC(2024, 0, 1) + Math.floor((n * DAYS * 86_400_000) / CALLS));
  const talkgroup = 9000 + (n % 400);
  Object.assign(call, { id: `county_${talkgroup}_${call.start_time}_${n}`, call_num: n, talkgroup });
  Object.assign(call, { talkgroup_alpha_tag: `GROUP ${talkgroup}`, state: 'ended' });
  call.sources = [0, 1, 2].map((k) => ({
    ...call.sources[0],
    src: 700_000 + ((n + k) % 900),
    tag: `Engine ${(n + k) % 900}`,
  }));
  const file = `county/2024/${n}.wav`;
  return { id: call.id, call, file, sidecar: null, format: 'wav' as const, length: 5, bytes: 80_044, recorded: true };
}

function writeLog(folder: string): void {
  mkdirSync(join(folder, LOG_FOLDER));
  const days = new Map<string, Buffer[]>();
  for (let n = 0; n < CALLS; n++) {
    const record: LogRecord = { type: 'call', at: 0, ...entry(n) };
    const day = new Date(record.call.start_time_ms).toISOString().slice(0, 10);
    const lines = days.get(day) ?? [];
    if (lines.length === 0) days.set(day, lines);
    lines.push(toLine(record));
  }
  for (const [day, lines] of days) writeFileSync(join(folder, LOG_FOLDER, `${day}.jsonl`), Buffer.concat(lines));
}
