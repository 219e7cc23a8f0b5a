import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';
import type { Readable } from 'node:stream';
import { TrunkflowError } from '../core/errors';

/** Of what a program says on its standard error, so much is kept for an error message. */
const SAID_CHARACTERS = 2000;
const SAID_LINES = 3;
/** Patience with a program that is asked to end, ms. */
const GRACE = 2000;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A program whose standard output is read; it has no standard input and no shell. */
export class Child {
  readonly exit: Promise<Exit>;
  private said = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-SAID_CHARACTERS);
    });
    this.exit = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** Resolves when the program runs; rejects with 'missing-program' or 'device'. `hint` says how to get it. */
  static async start(words: readonly string[], hint?: string): Promise<Child> {
    const [program, ...args] = words;
    // A process group of its own, so that what a shell started is stopped with it.
    const detached = platform() !== 'win32';
    const spawned = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, detached });
    const child = new Child(program, spawned);
    await new Promise<void>((resolve, reject) => {
      spawned.once('spawn', resolve);
      spawned.once('error', (error: NodeJS.ErrnoException) => reject(cannotStart(program, error, hint)));
    });
    spawned.on('error', () => {});
    return child;
  }

  get output(): Readable {
    return this.child.stdout!;
  }

  /** The last lines of its standard error, for an error message. */
  lastWords(): string {
    const lines = this.said.split(/[\r\n]+/).filter((line) => line.trim());
    return lines.slice(-SAID_LINES).join(' / ').trim();
  }

  /** Asks the program to end, then makes it; resolves when it is gone. */
  async stop(): Promise<void> {
    this.output.destroy();
    this.child.stderr!.destroy();
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), GRACE);
    await this.exit;
    clearTimeout(force);
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      if (platform() === 'win32') this.child.kill(signal);
      else process.kill(-this.child.pid!, signal);
    } catch {
      // Already gone.
    }
  }
}

function cannotStart(program: string, error: NodeJS.ErrnoException, hint?: string): TrunkflowError {
  if (error.code === 'ENOENT')
    return new TrunkflowError('missing-program', `The program "${program}" was not found`, {
      hint: hint ?? 'Install it, or give its full path',
      status: 'program missing',
      cause: error,
    });
  if (error.code === 'EACCES')
    return new TrunkflowError('missing-program', `"${program}" may not be run`, {
      hint: 'Make the file executable (chmod +x), or check who Node-RED runs as',
      status: 'not executable',
      cause: error,
    });
  return new TrunkflowError('device', `The program "${program}" could not be started`, {
    got: error.message,
    cause: error,
  });
}
