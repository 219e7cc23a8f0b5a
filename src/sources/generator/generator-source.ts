import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { asTrunkflowError } from '../../core/errors';
import type { Control } from '../../core/messages';
import type { Counters } from '../../core/stage';
import { cannot } from '../settings';
import type { Source, SourceSink } from '../source';
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

/** A paced signal so far behind the clock (the computer slept) ends and begins anew, ms. */
const MOST_LAG = 5000;

/** Plays a test signal. What it holds depends on the stream's own time only, never on the clock. */
export class GeneratorSource implements Source {
  readonly lossless: boolean;
  private readonly settings: SignalSettings;
  private stopping = new AbortController();
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

  async start(): Promise<void> {
    if (this.running) return;
    this.stopping = new AbortController();
    this.sink.status({ state: 'running', text: this.settings.signal });
    this.running = this.run(this.stopping.signal).catch((error) => {
      this.sink.error(asTrunkflowError(error, 'device', 'The signal generator failed'));
      this.sink.status({ state: 'failed', text: 'failed' });
    });
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.stopping.abort();
    await this.running;
    this.running = undefined;
    this.sink.status({ state: 'stopped', text: 'stopped' });
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
    while (!(await this.play(stop))) this.counts.restarts++;
    if (!stop.aborted) this.sink.status({ state: 'ended', text: 'ended' });
  }

  /** Plays the signal from its beginning; false when it fell too far behind the clock to go on. */
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
        if (early < -MOST_LAG) {
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
      await this.sink.block(message);
      await nextTurn();
    }
    await this.sink.block(writer.end());
    return onTime;
  }
}
