import type * as nodeFiles from 'node:fs/promises';
import { dirname } from 'node:path';

/** The part of node:fs/promises the sinks use; tests give one that fails. */
export type Files = Pick<
  typeof nodeFiles,
  'open' | 'mkdir' | 'rename' | 'unlink' | 'rmdir' | 'readdir' | 'readFile' | 'writeFile' | 'stat' | 'realpath'
>;

/**
 * Makes a folder and those above it. Not by mkdir's own recursion: where the system answers ENOENT below a folder that is
 * there (as /proc does), Node.js tries again for ever. Rejects with the system's error.
 */
export async function makeFolder(path: string, files: Pick<Files, 'mkdir' | 'stat'>): Promise<void> {
  try {
    await files.mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await files.stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), files);
    // Another recorder may have made it meanwhile.
    await files.mkdir(path).catch(async (again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/** Deletes a file that may not be there. */
export async function removeFile(path: string, files: Files): Promise<void> {
  await files.unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Brings a folder's entries onto the disk, where the system can (Windows cannot, and need not). */
export async function syncFolder(folder: string, files: Files): Promise<void> {
  const handle = await files.open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(code)) throw error;
  } finally {
    await handle?.close();
  }
}
