import { type ChildProcess, spawn } from 'node:child_process';
import { TrunkflowError } from '../core/errors';
import type { Counters } from '../core/stage';
import { applyCommand, type ListeningCommand } from '../trunking/listening-command';
import { ListeningRules } from '../trunking/listening-rules';
import { CallQueue } from './call-queue';
import { type AudioMessage, needSpeech } from './speech';

/** A program that plays raw s16le mono from its standard input. */
export interface PlayerProgram {
  command: string;
  args(rate: number): string[];
}

/** In the order in which they are tried. PipeWire's program reads raw samples with --raw, older ones without. */
const PLAYERS: readonly PlayerProgram[] = [
  { command: 'pw-play', args: (rate) => ['--raw', ...pipewire(rate)] },
  { command: 'pw-play', args: pipewire },
  { command: 'aplay', args: (rate) => ['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', String(rate), '-'] },
  {
    command: 'play', // of SoX
    args: (rate) => ['-q', '-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(rate), '-'],
  },
];

function pipewire(rate: number): string[] {
  return ['--rate', String(rate), '--channels', '1', '--format', 's16', '-'];
}

export interface SpeakerOptions {
  /** Seconds of sound a call has before it begins. */
  jitter: number;
  /** Seconds of sound that may wait; beyond, the longest waiting call is dropped. */
  maxWaiting: number;
  players: readonly PlayerProgram[];
  /** Seconds after which a program that takes nothing, or does not end, is killed. */
  stuck: number;
}

const SPEAKER_DEFAULTS: SpeakerOptions = { jitter: 0.3, maxWaiting: 60, players: PLAYERS, stuck: 10 };

export interface SpeakerSink {
  /** No program works, or the one that played failed. Told once until sound is heard again. */
  error?(error: TrunkflowError): void;
}

const TICK_MS = 20;
/** Sound given to the program ahead of time, s: its own buffer. */
const LEAD = 0.25;
/** A call that stops coming without an end is over after this time, s. */
const STALE = 2;
/** Silence after which the program is ended and the sound device given back, s. */
const LINGER = 3;
/** A program that ends before it played this long, s, does not work here. */
const TRIAL = 0.5;
/** One that played this long, s, works: a failure after it is news. */
const PROVEN = 10;
/** Time before a program that failed is started again, and before all are tried again, s. */
const RESTART = 1;
const RETRY_ALL = 15;

/** One run of a player program. */
interface Run {
  child: ChildProcess;
  /** The program is there: only then it is fed. */
  running: boolean;
  rate: number;
  started: number;
  /** Seconds of sound and silence given to it. */
  fed: number;
  /** When it last took something. */
  took: number;
  stderr: string;
}

/**
 * Plays calls on the machine's speakers through the first program of pw-play, aplay and sox that works, one call after
 * the other. Never waits and never throws for what the machine lacks: the sink is told, the calls pass.
 */
export class Speaker {
  private readonly options: SpeakerOptions;
  readonly rules: ListeningRules;
  private readonly queue: CallQueue;
  private paused = false;
  private readonly count: Counters = { played_seconds: 0, restarts: 0, errors: 0 };
  private player = 0;
  private run?: Run;
  private timer?: NodeJS.Timeout;
  private notBefore = 0;
  private lastSound = 0;
  private told = false;
  private closed = false;

  constructor(
    options: Partial<SpeakerOptions> = {},
    private readonly sink: SpeakerSink = {},
    rules = new ListeningRules(),
  ) {
    this.options = { ...SPEAKER_DEFAULTS, ...options };
    this.rules = rules;
    this.queue = new CallQueue(this.options, (call) => rules.mayHear(call));
  }

  /** The program that plays now; undefined while nothing does. */
  get program(): string | undefined {
    return this.run && this.options.players[this.player].command;
  }

  counters(): Counters {
    return { ...this.count, dropped_seconds: this.queue.dropped };
  }

  /** @throws TrunkflowError 'wrong-port' for what is not speech */
  write(message: AudioMessage): void {
    needSpeech(message);
    if (this.closed) return;
    this.queue.push(message.payload, message.info);
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** Holds, avoids, pauses and skips. While paused, calls wait, and what is too much is dropped. */
  control(command: ListeningCommand): void {
    applyCommand(this.rules, command);
    if (command.pause !== undefined) this.paused = command.pause;
    this.queue.filter();
    if (command.skip === 'all') this.queue.skipAll();
    const { current } = this.queue;
    const avoided = command.avoid && current && !this.rules.mayHear(current);
    if (command.skip === 'call' || avoided) this.queue.skip();
  }

  /** Stops at once; resolves when the program has ended. */
  async close(): Promise<void> {
    this.closed = true;
    this.queue.clear();
    clearInterval(this.timer);
    this.timer = undefined;
    const child = this.run?.child;
    this.run = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => child.kill('SIGKILL'), 1000);
      child.once('close', () => {
        clearTimeout(force);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  private tick(): void {
    const now = performance.now() / 1000;
    const rate = this.paused ? this.queue.rate : this.queue.choose();
    if (rate === undefined && !this.run && this.queue.isEmpty) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    if (this.run && rate !== undefined && rate !== this.run.rate) this.endRun();
    if (!this.run && rate !== undefined && !this.paused && now >= this.notBefore) this.start(rate, now);
    if (this.run) this.feed(this.run, now);
  }

  /** Keeps the program a little ahead of time: sound where there is some, else silence, so that it does not run dry. */
  private feed(run: Run, now: number): void {
    if (!run.running) return;
    const stdin = run.child.stdin!;
    // A program that does not take what it gets is not fed more: the queue drops.
    if (stdin.writableLength > run.rate * 2) {
      if (now - run.took > this.options.stuck) run.child.kill('SIGKILL');
      return;
    }
    run.took = now;
    let missing = Math.round((now - run.started + LEAD - run.fed) * run.rate) * 2;
    while (missing > 0) {
      const sound = this.paused ? undefined : this.queue.take(missing);
      if (!sound) break;
      stdin.write(sound);
      missing -= sound.length;
      run.fed += sound.length / 2 / run.rate;
      this.count.played_seconds += sound.length / 2 / run.rate;
      this.lastSound = now;
    }
    if (run.fed > PROVEN) this.told = false;
    if (missing <= 0) return;
    if (now - this.lastSound > STALE && !this.paused) this.queue.release();
    if (now - this.lastSound > LINGER) {
      this.endRun();
      return;
    }
    stdin.write(Buffer.alloc(missing));
    run.fed += missing / 2 / run.rate;
  }

  private start(rate: number, now: number): void {
    const { command, args } = this.options.players[this.player];
    const child = spawn(command, args(rate), { stdio: ['pipe', 'ignore', 'pipe'] });
    const run: Run = { child, running: false, rate, started: now, fed: 0, took: now, stderr: '' };
    this.run = run;
    this.lastSound = now;
    // A pipe to a program that is gone: its exit tells the rest.
    child.stdin.on('error', () => {});
    child.stderr.on('data', (text) => {
      run.stderr = (run.stderr + text).slice(-500);
    });
    child.once('spawn', () => {
      run.running = true;
    });
    child.once('error', (error: NodeJS.ErrnoException) => this.failed(run, error.code ?? error.message));
    child.once('close', (code, signal) => this.failed(run, run.stderr.trim() || `it ended (${signal ?? code})`));
  }

  /** The program is no longer needed: it plays what it has and ends. */
  private endRun(): void {
    const child = this.run?.child;
    this.run = undefined;
    if (!child) return;
    child.stdin?.end();
    const force = setTimeout(() => child.kill('SIGKILL'), 1000 * this.options.stuck).unref();
    child.once('close', () => clearTimeout(force));
  }

  private failed(run: Run, reason: string): void {
    if (this.run !== run) return;
    this.run = undefined;
    const now = performance.now() / 1000;
    const { players } = this.options;
    if (now - run.started >= TRIAL) {
      this.count.restarts++;
      this.notBefore = now + RESTART;
      this.tell(
        new TrunkflowError('device', `${players[this.player].command} stopped`, {
          got: reason,
          status: 'player stopped',
        }),
      );
      return;
    }
    this.player = (this.player + 1) % players.length;
    if (this.player !== 0) return;
    this.notBefore = now + RETRY_ALL;
    this.queue.clear();
    const missing = reason === 'ENOENT';
    this.tell(
      new TrunkflowError(missing ? 'missing-program' : 'device', 'Nothing plays on the speakers', {
        expected: 'one of the programs pw-play, aplay or sox',
        got: missing ? 'none of them' : reason,
        hint: 'Install pipewire-bin, alsa-utils or sox, and let the user Node-RED runs as use the sound device',
        status: missing ? 'no player' : 'no sound',
      }),
    );
  }

  private tell(error: TrunkflowError): void {
    this.count.errors++;
    if (!this.told) this.sink.error?.(error);
    this.told = true;
  }
}
