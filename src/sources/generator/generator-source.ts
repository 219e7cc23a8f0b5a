import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { asTrunkflowError } from '../../core/errors';
import type { Control } from '../../core/messages';
import type { Counters } from '../../core/stage';
import { cannot } from '../settings';
import type { Source, SourceSink, SourceStatus } from '../source';
import { StartStop, untilStopped } from '../start-stop';
import { blockSamples, StreamWriter } from '../stream-writer';
import { type SignalOptions, type SignalSettings, signalSettings } from './options';
import { Signal } from './signal';

export interface GeneratorOptions extends SignalOptions {
  driver: 'generator';
  stream: string;
  /** True (default): in real time, like a receiver. False: as fast as it is taken, like a file. */
  paced?: boolean;
  /** Time of the first sample, ms since 1970; default now. */
  start?: number;
}

/** A paced signal so far from the clock (the computer slept, the clock was set) ends and begins anew, ms. */
const MOST_LAG = 5000;

/** Plays a test signal. What it holds depends on the stream's own time only, never on the clock. */
export class GeneratorSource implements Source {
  readonly lossless: boolean;
  private readonly settings: SignalSettings;
  private readonly turns = new StartStop();
  private running?: Promise<void>;
  private readonly counts = { blocks: 0, samples: 0, restarts: 0 };

  /**
   * Throws TrunkflowError 'bad-setting'.
   * @param now the clock, ms since 1970
   */
  constructor(
    private readonly options: GeneratorOptions,
    private readonly sink: SourceSink,
    private readonly now: () => number = Date.now,
  ) {
    this.settings = signalSettings(options);
    this.lossless = options.paced === false;
  }

  start(): Promise<void> {
    return this.turns.start(async (stop) => {
      if (!this.running) this.running = this.run(stop);
    });
  }

  stop(): Promise<void> {
    return this.turns.stop(async () => this.running);
  }

  async control(command: Control): Promise<void> {
    for (const name of ['tune', 'gain', 'ppm']) {
      if (command[name] !== undefined) throw cannot(`The signal generator has no ${name} setting while it runs`);
    }
    if (command.stop) await this.stop();
    if (command.start) await this.start();
  }

  counters(): Counters {
    return { ...this.counts };
  }

  private async run(stop: AbortSignal): Promise<void> {
    this.sink.status({ state: 'running', text: this.settings.signal });
    let end: SourceStatus = { state: 'ended', text: 'ended' };
    try {
      while (!(await this.play(stop))) this.counts.restarts++;
      if (stop.aborted) end = { state: 'stopped', text: 'stopped' };
    } catch (error) {
      this.sink.error(asTrunkflowError(error, 'device', 'The signal generator failed'));
      end = { state: 'failed', text: 'failed' };
    }
    this.running = undefined;
    this.sink.status(end);
  }

  /** Plays the signal from its beginning; false when it got too far from the clock to go on. */
  private async play(stop: AbortSignal): Promise<boolean> {
    const { rate, format, center } = this.settings;
    const signal = new Signal(this.settings);
    const begin = this.now();
    const writer = new StreamWriter({ stream: this.options.stream, format, rate, center }, this.options.start ?? begin);
    const block = blockSamples(rate, format);
    let onTime = true;
    while (!stop.aborted) {
      if (!this.lossless) {
        const early = begin + (1000 * (writer.sample + block)) / rate - this.now();
        if (Math.abs(early) > MOST_LAG) {
          onTime = false;
          break;
        }
        if (early > 0) {
          await sleep(early, undefined, { signal: stop }).catch(() => {});
          continue;
        }
      }
      const payload = signal.read(block);
      if (payload.length === 0) break;
      const message = writer.block(payload);
      this.counts.blocks++;
      this.counts.samples = writer.sample;
      await untilStopped(this.sink.block(message), stop);
      await nextTurn();
    }
    if (this.lossless) await untilStopped(this.sink.drained?.(), stop);
    await untilStopped(this.sink.block(writer.end()), stop);
    return onTime;
  }
}
