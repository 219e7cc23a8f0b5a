import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TrunkflowError } from '../../core/errors';
import { MAX_TABLE_BYTES } from '../text-file';

/** @throws TrunkflowError 'bad-file' for what is no file of a bearable size */
export function checkTableFile(path: string, { isFile, size }: { isFile: boolean; size: number }): void {
  if (isFile && size <= MAX_TABLE_BYTES) return;
  throw new TrunkflowError('bad-file', `This is no table: ${path}`, {
    expected: `a file of at most ${MAX_TABLE_BYTES / 1024 / 1024} MB`,
    got: isFile ? `${(size / 1024 / 1024).toFixed(1)} MB` : 'something else than a file',
    status: isFile ? 'table too big' : 'no file',
  });
}

/** @throws TrunkflowError 'bad-file' */
export function readTableFileNow(path: string): Buffer {
  try {
    const stats = statSync(path);
    checkTableFile(path, { isFile: stats.isFile(), size: stats.size });
    return readFileSync(path);
  } catch (error) {
    throw unreadable(error, path);
  }
}

export function unreadable(error: unknown, path: string): TrunkflowError {
  if (error instanceof TrunkflowError) return error;
  return new TrunkflowError('bad-file', 'A table of the radio system cannot be read', {
    got: error instanceof Error ? error.message : path,
    hint: 'Correct the path in the radio system, or write the table there',
    status: 'table unreadable',
    cause: error,
  });
}

/**
 * Puts a text in the place of a file: whoever reads sees the old file or the new one, never a part. The old one is kept
 * beside it with `.bak` after its name.
 * @throws TrunkflowError 'storage'; the file is as before
 */
export async function replaceTableFile(path: string, text: string): Promise<void> {
  let temporary: string | undefined;
  try {
    // A link stays one.
    const target = await files.realpath(path).catch(() => path);
    const old = await files.stat(target).catch(() => undefined);
    if (old && !old.isFile()) throw new Error('it is no file');
    temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    const handle = await files.open(temporary, 'wx', old?.mode ?? 0o644);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (old) await files.copyFile(target, `${target}.bak`);
    await files.rename(temporary, target);
  } catch (error) {
    if (temporary) await files.rm(temporary, { force: true }).catch(() => undefined);
    throw new TrunkflowError('storage', `The table could not be written: ${path}`, {
      got: error instanceof Error ? error.message : String(error),
      hint: 'Let the user Node-RED runs as write there, or choose another file in the radio system',
      status: 'cannot write',
      cause: error,
    });
  }
}
