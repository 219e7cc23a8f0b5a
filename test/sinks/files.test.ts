import assert from 'node:assert/strict';
import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../src/sinks/files';

describe('makeFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trunkflow-folders-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes what is missing, many at once too, and leaves what is there', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(path, nodeFiles)));
    assert.ok((await stat(path)).isDirectory());
    await makeFolder(path, nodeFiles);
  });

  it('fails where a file is in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(makeFolder(join(folder, 'file'), nodeFiles), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(folder, 'file', 'below'), nodeFiles), { code: 'ENOTDIR' });
  });

  it('fails, and does not try for ever, where the system makes no folders', async function () {
    if (process.platform !== 'linux') this.skip();
    await assert.rejects(makeFolder('/proc/nope/recordings', nodeFiles), { code: 'ENOENT' });
  });
});
