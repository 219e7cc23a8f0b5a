import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The built program, as people run it. */
export const CLI = join(__dirname, '..', '..', 'dist', 'bin', 'trunkflow.js');

export type Line = Record<string, unknown>;

export interface Result {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `trunkflow ARGS`. */
export function trunkflow(args: string[], options: { input?: Buffer; cwd?: string; cli?: string } = {}): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [options.cli ?? CLI, ...args], {
    input: options.input ?? Buffer.alloc(0),
    cwd: options.cwd,
    maxBuffer: 2 ** 28,
    timeout: 50_000,
  });
  return { code: status, out: stdout.toString(), err: stderr.toString() };
}

/** Runs `trunkflow ARGS`, which prints JSON lines. */
export function jsonLines(args: string[], options?: Parameters<typeof trunkflow>[1]): Line[] {
  const { code, out, err } = trunkflow(args, options);
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`);
  return parseLines(out);
}

export function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** Starts `trunkflow ARGS` with an open standard input. */
export function start(args: string[], cwd?: string) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: 'pipe', cwd });
  const text = { out: '', err: '' };
  child.stdout.on('data', (part) => {
    text.out += part;
  });
  child.stderr.on('data', (part) => {
    text.err += part;
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<Result>((resolve) => child.once('close', (code) => resolve({ code, ...text })));
  /** Resolves when it has printed this. */
  const printed = async (what: string) => {
    while (!text.out.includes(what)) await new Promise((resolve) => child.stdout.once('data', resolve));
  };
  return { child, printed, ended };
}

/** A folder for one test file, deleted after it. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
