import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds within which changes are written together. */
const GATHER = 500;

/** A small JSON file that outlives restarts. Trouble with it is told once, and nothing depends on it meanwhile. */
export class MemoryFile {
  private timer?: NodeJS.Timeout;
  private told = false;

  constructor(
    private readonly path: string,
    private readonly contents: () => object,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** What it holds; undefined when there is none, or nothing of use. */
  static read(path: string): unknown {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** The contents have changed. */
  touch(): void {
    this.timer ??= setTimeout(() => this.write(), GATHER).unref();
  }

  /** Writes what waits. */
  close(): void {
    if (this.timer) this.write();
  }

  remove(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    rmSync(this.path, { force: true });
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      // A file is whole or it is the one before.
      writeFileSync(`${this.path}.new`, JSON.stringify(this.contents()));
      renameSync(`${this.path}.new`, this.path);
    } catch (error) {
      if (!this.told) this.failed(error);
      this.told = true;
    }
  }
}
