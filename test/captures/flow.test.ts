import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, needsCaptures } from '../support/captures';

const ROOT = join(__dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'bin', 'trunkflow.js');
const EXAMPLE = join(ROOT, 'examples', 'P25 site from a file.json');
const FILE = 'wideband/site_2400k.cu8';

type Node = Record<string, unknown> & { type: string };

/** The example flow, set to the recording. */
function flow(replay: 'fast' | 'realtime', folder: string): Node[] {
  const nodes = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Node[];
  const settings: Record<string, object> = {
    'radio-device': { iqFile: capture(FILE), replay },
    'radio-source': { autostart: true, frequency: '852300000', rate: '2400000' },
    'radio-channelizer': { channels: [{ id: 'control', frequency: 851_625_000 }] },
    'radio-recorder': { folder },
  };
  return nodes.map((node) => ({ ...node, ...settings[node.type] }));
}

/** Runs a flow in Node-RED until two calls are recorded; gives the hash of every file written, by its name. */
async function record(replay: 'fast' | 'realtime', workers: number): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-test-'));
  try {
    const file = join(folder, 'flow.json');
    writeFileSync(file, JSON.stringify(flow(replay, join(folder, 'calls'))));
    const env = { ...process.env, TRUNKFLOW_WORKERS: String(workers) };
    const child = spawn(process.execPath, [CLI, 'run', file, '--seconds', '60'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const recorded = printed.split('\n').filter((line) => line.startsWith('{"node":"recordings"'));
      if (recorded.length === 2) child.kill();
    });
    await new Promise((resolve) => child.once('exit', resolve));
    const written = readdirSync(folder, { recursive: true, withFileTypes: true })
      // The call log says when it was written.
      .filter((entry) => entry.isFile() && entry.name !== 'flow.json' && !entry.parentPath.endsWith('.calls'))
      .map(({ name, parentPath }) => [name, hash(join(parentPath, name))]);
    return Object.fromEntries(written.sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the example flow of a P25 site, in Node-RED', function () {
  this.timeout(120_000);

  it('writes the same recordings to the bit in real time and as fast as it can, with one thread or two', async function () {
    needsCaptures(this, FILE);
    const fast = await record('fast', 2);
    assert.deepEqual(
      Object.keys(fast).map((name) => name.replace(/-.*\./, '.')),
      ['9101.json', '9101.wav', '9102.json', '9102.wav'],
    );
    assert.deepEqual(await record('fast', 1), fast);
    assert.deepEqual(await record('realtime', 2), fast);
  });
});
