import type * as nodeFiles from 'node:fs/promises';

/** The part of node:fs/promises the sinks use; tests give one that fails. */
export type Files = Pick<
  typeof nodeFiles,
  'open' | 'mkdir' | 'rename' | 'unlink' | 'rmdir' | 'readdir' | 'readFile' | 'writeFile' | 'stat' | 'realpath'
>;

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
