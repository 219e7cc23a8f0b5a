import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAME = '@trunkflow/node-red';

/** Folder of this package, wherever it is installed or built. */
export function packageRoot(): string {
  let folder = __dirname;
  while (manifest(folder)?.name !== NAME) folder = dirname(folder);
  return folder;
}

export function version(): string {
  return manifest(packageRoot())!.version;
}

function manifest(folder: string): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
