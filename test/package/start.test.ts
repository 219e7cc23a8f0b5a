import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../e2e/node-red-process';
import { until } from '../e2e/until';
import { ROOT, readJson } from './package-files';

describe('npm start', function () {
  this.timeout(60_000);
  let child: ChildProcess;
  let output: string;
  let userDir: string;
  let holder: Server | undefined;

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'trunkflow-start-'));
    output = '';
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    holder?.close();
    rmSync(userDir, { recursive: true, force: true });
  });

  const start = (port: string) => {
    child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs'), userDir], {
      env: { ...process.env, PORT: port },
    });
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += text));
  };

  it('opens the editor with the demo flow, and says where', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    start(String(port));
    await until(() => output.includes('Stop with Ctrl-C'), 'the addresses');
    assert.ok(output.includes(`${url}\n`) && output.includes(`${url}/radio/listen\n`), output);
    const flows = (await (await fetch(`${url}/flows`)).json()) as { type: string }[];
    assert.ok(flows.some(({ type }) => type === 'radio-decoder'));
    const nodes = (await (await fetch(`${url}/nodes`, { headers: { accept: 'application/json' } })).json()) as {
      module: string;
    }[];
    const { 'node-red': listed } = readJson('package.json') as { 'node-red': { nodes: object } };
    assert.equal(
      nodes.filter(({ module }) => module === '@trunkflow/node-red').length,
      Object.keys(listed.nodes).length,
    );
    assert.equal((await fetch(`${url}/radio/listen`)).status, 200);
  });

  it('says when the port is taken, and ends', async () => {
    const port = await freePort();
    holder = createServer();
    await new Promise<void>((resolve) => holder!.listen(port, '127.0.0.1', resolve));
    start(String(port));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 1);
    assert.ok(output.includes(`Port ${port} is taken`) && output.includes('PORT='), output);
  });

  it('refuses a port that is none', async () => {
    start('many');
    assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 1);
    assert.match(output, /PORT must be a number from 1 to 65535, not 'many'/);
  });
});
