import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { asTrunkflowError, type ErrorCode, TrunkflowError } from '../core/errors';
import type { Control } from '../core/messages';
import type { Counters } from '../core/stage';
import { LiveStream } from './live-stream';
import { frequencyText } from './settings';
import type { Source, SourceSink } from './source';
import { StartStop } from './start-stop';
import { SAMPLE_BYTES, type StreamDescription } from './stream-writer';

/** A connection to a device, program or server. Its signal comes through LiveSource.received(). */
export interface Link {
  /** Resolves with the reason when the connection is lost, or 'again' to connect anew at once; never rejects. */
  readonly lost: Promise<TrunkflowError | 'again'>;
  /** Gives everything back; never rejects. */
  close(): Promise<void>;
}

/** Milliseconds. */
export interface LiveTiming {
  /** Pause before connecting again; it doubles each time, up to `retryMost`. */
  retryFirst: number;
  retryMost: number;
  /** A link that gives no data for so long is given up. */
  stallAfter: number;
  /** A stream without signal for so long ends, so that calls and recordings in it do; later signal begins a new one. */
  endAfter: number;
  /** Signal left out after a retune, because it was under way before. */
  settle: number;
  /** The clock, ms since 1970. */
  now: () => number;
  /** A clock that nobody sets, ms. */
  elapsed: () => number;
}

const TIMING: LiveTiming = {
  retryFirst: 1000,
  retryMost: 30_000,
  stallAfter: 3000,
  endAfter: 5000,
  settle: 100,
  now: Date.now,
  elapsed: () => performance.now(),
};

/** Seconds of signal after which a link counts as good and the pauses begin small again. */
const GOOD_LINK = 10;

/** These can only be cured by the person: no use in trying again. */
const FINAL: readonly ErrorCode[] = ['bad-setting', 'missing-program'];

/**
 * What all live sources share: connect, pass the signal on, and connect again with growing pauses when it is lost or
 * stalls, until stopped. The first problem of each kind is reported, not its repetitions.
 */
export abstract class LiveSource implements Source {
  readonly lossless = false;
  protected readonly stream: LiveStream;
  protected readonly timing: LiveTiming;
  private readonly goodLink: number;
  private readonly turns = new StartStop();
  private running?: Promise<void>;
  private watchdog?: NodeJS.Timeout;
  private outage?: NodeJS.Timeout;
  private reconnects = 0;
  private linkBytes = 0;
  private hearing = false;
  private reported = '';

  constructor(
    protected readonly description: StreamDescription,
    private readonly sink: SourceSink,
    timing: Partial<LiveTiming> = {},
  ) {
    this.timing = { ...TIMING, ...timing };
    this.stream = new LiveStream(description, sink, this.timing.now, this.timing.elapsed);
    this.goodLink = GOOD_LINK * description.rate * SAMPLE_BYTES[description.format];
  }

  /**
   * Makes a link with the present settings. Rejects with a TrunkflowError; 'bad-setting' and 'missing-program' end the
   * source, anything else is tried again. Gives up early when the signal aborts.
   */
  protected abstract connect(stop: AbortSignal): Promise<Link>;
  /** tune, gain and whatever else the driver knows; rejects for what it cannot do. */
  protected abstract apply(command: Control): Promise<void>;

  /** Resolves once connected, or once the first try failed in a way that may heal by itself. */
  start(): Promise<void> {
    return this.turns.start((stop) => this.begin(stop));
  }

  stop(): Promise<void> {
    return this.turns.stop(() => this.finish());
  }

  private async begin(stop: AbortSignal): Promise<void> {
    if (this.running) return;
    this.reported = '';
    this.sink.status({ state: 'starting', text: 'connecting' });
    let failure: unknown;
    await new Promise<void>((resolve) => {
      this.running = this.run(stop, resolve).catch((error) => {
        failure = error;
        resolve();
      });
    });
    if (!failure) return;
    this.running = undefined;
    this.endOutage();
    this.sink.status({ state: 'failed', text: asTrunkflowError(failure, 'device', 'Source failed').status });
    throw failure;
  }

  private async finish(): Promise<void> {
    if (!this.running) return;
    await this.running;
    this.running = undefined;
    this.endOutage();
    this.stream.end();
    this.sink.status({ state: 'stopped', text: 'stopped' });
  }

  async control(command: Control): Promise<void> {
    if (command.stop) await this.stop();
    await this.apply(command);
    if (command.start) await this.start();
  }

  counters(): Counters {
    return { ...this.stream.counters(), reconnects: this.reconnects };
  }

  /** The link's signal, in portions of any size. */
  protected received(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.watchdog?.refresh();
    this.stream.write(bytes);
    this.linkBytes += bytes.length;
    if (this.hearing) return;
    this.hearing = true;
    this.endOutage();
    this.reported = '';
    this.showRunning();
  }

  /**
   * Passes a program's or server's output on, and holds it back when it comes faster than real time (a program that
   * plays a file). Returns what ends it.
   */
  protected pour(output: Readable): () => void {
    let paused: NodeJS.Timeout | undefined;
    const hold = () => {
      this.watchdog?.refresh();
      const { excess } = this.stream;
      if (excess === 0) output.resume();
      else paused = setTimeout(hold, Math.min(excess, this.timing.stallAfter / 2));
    };
    const take = (bytes: Buffer) => {
      this.received(bytes);
      if (this.stream.excess === 0) return;
      output.pause();
      hold();
    };
    output.on('data', take).resume();
    return () => {
      clearTimeout(paused);
      output.off('data', take);
    };
  }

  /** The centre frequency was changed on a running link. */
  protected retuned(center: number): void {
    this.stream.retune(center, this.timing.settle);
    if (this.hearing) this.showRunning();
  }

  private showRunning(): void {
    const { center } = this.description;
    this.sink.status({ state: 'running', text: center ? frequencyText(center) : 'running' });
  }

  private async run(stop: AbortSignal, started: () => void): Promise<void> {
    let pause = this.timing.retryFirst;
    for (let attempt = 0; !stop.aborted; attempt++) {
      const failure = await this.hold(stop, started);
      if (stop.aborted || failure === 'again') continue;
      if (FINAL.includes(failure.code) && attempt === 0) throw failure;
      started();
      this.report(failure);
      if (this.linkBytes > this.goodLink) pause = this.timing.retryFirst;
      await sleep(pause, undefined, { signal: stop }).catch(() => {});
      pause = Math.min(2 * pause, this.timing.retryMost);
      if (!stop.aborted) this.reconnects++;
    }
    started();
  }

  /** One connection from its beginning to its end; gives the reason why it ended. */
  private async hold(stop: AbortSignal, started: () => void): Promise<TrunkflowError | 'again'> {
    this.linkBytes = 0;
    this.hearing = false;
    let link: Link | undefined;
    try {
      link = await this.connect(stop);
      started();
      return await Promise.race([link.lost, this.stalled(), stopped(stop)]);
    } catch (error) {
      return asTrunkflowError(error, 'device', 'The source could not be started');
    } finally {
      clearTimeout(this.watchdog);
      this.watchdog = undefined;
      await link?.close();
      this.stream.interrupt();
      this.outage ??= setTimeout(() => this.stream.end(), this.timing.endAfter);
    }
  }

  private endOutage(): void {
    clearTimeout(this.outage);
    this.outage = undefined;
  }

  private stalled(): Promise<TrunkflowError> {
    const { stallAfter } = this.timing;
    return new Promise((resolve) => {
      this.watchdog = setTimeout(() => {
        const hint = 'The connection is closed and made again';
        const what = `No signal for ${stallAfter / 1000} seconds`;
        resolve(new TrunkflowError('device', what, { hint, status: 'stalled' }));
      }, stallAfter);
    });
  }

  private report(failure: TrunkflowError): void {
    this.sink.status({ state: 'reconnecting', text: failure.status });
    if (failure.message === this.reported) return;
    this.reported = failure.message;
    this.sink.error(failure);
  }
}

/** Resolves when told to stop; the reason is not shown to anybody. */
function stopped(stop: AbortSignal): Promise<TrunkflowError> {
  const reason = new TrunkflowError('device', 'Stopped', { status: 'stopped' });
  if (stop.aborted) return Promise.resolve(reason);
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(reason), { once: true }));
}
