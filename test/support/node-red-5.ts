import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, '.matrix', 'node-red-5');

export function npm(args: string[], cwd: string): string {
  const program = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return execFileSync(program, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: 180_000,
  });
}

/** Asks the registry, once: without a network an installation would try again for minutes. */
export function isOnline(): boolean {
  try {
    npm(['ping', '--fetch-retries=0', '--fetch-timeout=10000'], ROOT);
    return true;
  } catch {
    return false;
  }
}

/** Node-RED 5 and the Node.js 22 it needs, installed beside the project once; undefined without a network. */
export function nodeRed5(): { node: string; redJs: string } | undefined {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  // The package behind 'node', taken as it is: its installer would fetch the same.
  const binary = `node-${platform}-${process.arch}`;
  const redJs = join(FOLDER, 'node_modules', 'node-red', 'red.js');
  const node = join(FOLDER, 'node_modules', binary, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(redJs) || !existsSync(node)) {
    if (!isOnline()) return undefined;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'package.json'), '{"private": true}');
    npm(['install', 'node-red@5', `${binary}@22`], FOLDER);
  }
  return { node, redJs };
}
