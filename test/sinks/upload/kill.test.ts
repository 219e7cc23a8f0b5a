import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RdioScanner } from '../../../src/sinks/upload/rdio-scanner';
import { Uploader } from '../../../src/sinks/upload/uploader';
import { until } from '../../e2e/until';
import { AUDIO } from './calls';
import { UploadServer } from './server';

describe('upload queue and kill -9', () => {
  it('loses no call that was taken, and sends again only what was under way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkflow-upload-'));
    const server = await UploadServer.start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      return { status: 200, body: 'Call imported successfully.\n' };
    });
    const numbers = () => server.requests.map(({ parts }) => Number.parseInt(parts[0].filename!, 10));
    const kills = 4;
    try {
      let last = 0;
      for (let run = 0; run < kills; run++) last = await killed(server.url, folder, last + 1, 30 + 17 * run);
      assert.ok(last > 100);
      let finished = 0;
      const service = new RdioScanner({ url: server.url, key: 'key', system: '42', sidecar: false });
      const limits = { calls: 100_000, bytes: 1e10, age: 3_600_000 };
      const troubles: string[] = [];
      const uploader = new Uploader(
        service,
        { folder, parallel: 2, limits, as: () => '42' },
        { finished: () => finished++, trouble: (error) => troubles.push(error.message), changed() {} },
      );
      await until(() => numbers().includes(last) && uploader.state.queued === 0, 'everything to be uploaded');
      await uploader.close();
      assert.deepEqual(troubles, [], 'nothing was half written');
      const seen = numbers();
      const lost = Array.from({ length: last }, (_, i) => i + 1).filter((n) => !seen.includes(n));
      assert.deepEqual(lost, []);
      const again = seen.length - new Set(seen).size;
      assert.ok(again <= 2 * kills, `${again} sent twice, at most two for each kill`);
      assert.ok(server.requests.every(({ parts }) => parts[0].data.equals(AUDIO)));
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Runs the child until it has taken `count` calls, then kills it; gives the number of the last call it took. */
async function killed(url: string, folder: string, first: number, count: number): Promise<number> {
  const args = ['--import', 'tsx', join(__dirname, 'kill-child.ts'), url, folder, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    if (text.split('\n').length > count) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return Number(text.trim().split('\n').at(-1));
}
