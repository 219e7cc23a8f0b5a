import { TrunkflowError } from '../../core/errors';
import type { Control } from '../../core/messages';
import { Child, type Exit } from '../child';
import { type Link, LiveSource, type LiveTiming } from '../live-source';
import { cannot, checkFrequency, checkGain, checkPpm, checkRate } from '../settings';
import type { SourceSink } from '../source';
import type { SignalFormat } from '../stream-writer';
import { type CommandValues, fillCommand, splitCommand } from './split-command';

/** A program that writes samples to its standard output, e.g. `rtl_sdr -f {frequency} -s {rate} -g {gain} -p {ppm} -`. */
export interface CommandOptions {
  driver: 'command';
  stream: string;
  /** The command line; split into words as a shell would, but run without one. */
  command: string;
  /** What the program writes; 's16' is discriminator audio, 16 bits mono. */
  format: SignalFormat;
  /** Samples per second. */
  rate: number;
  /** Centre frequency, Hz; 0 when unknown. */
  center?: number;
  /** dB, or 'auto' (the default), which fills in 0. */
  gain?: number | 'auto';
  ppm?: number;
}

/** A program that ends or fails is started again; so is one that is tuned, with the new values filled in. */
export class CommandSource extends LiveSource {
  private readonly words: string[];
  private values: CommandValues;
  private startAgain = () => {};

  constructor(options: CommandOptions, sink: SourceSink, timing?: Partial<LiveTiming>) {
    const { stream, format, gain = 'auto', ppm = 0 } = options;
    const rate = checkRate(options.rate);
    const center = options.center ? checkFrequency(options.center) : 0;
    super({ stream, format, rate, center }, sink, timing);
    this.words = splitCommand(options.command);
    this.values = { frequency: center, rate, gain: checkGain(gain), ppm: checkPpm(ppm) };
    fillCommand(this.words, this.values);
    if (!center && this.uses('frequency'))
      throw cannot('The command needs a frequency', 'Set the centre frequency, or take {frequency} out of the command');
  }

  protected async connect(): Promise<Link> {
    const { values } = this;
    const child = await Child.start(fillCommand(this.words, values));
    const again = new Promise<'again'>((resolve) => {
      this.startAgain = () => resolve('again');
    });
    if (values !== this.values) this.startAgain();
    const stopPouring = this.pour(child.output);
    return {
      lost: Promise.race([again, child.exit.then((exit) => ended(child, exit))]),
      close: async () => {
        stopPouring();
        await child.stop();
      },
    };
  }

  protected async apply({ tune, gain, ppm }: Control): Promise<void> {
    const values = { ...this.values };
    if (tune !== undefined) values.frequency = this.changeable('frequency', checkFrequency(tune));
    if (gain !== undefined) values.gain = this.changeable('gain', checkGain(gain));
    if (ppm !== undefined) values.ppm = this.changeable('ppm', checkPpm(ppm));
    if (tune === undefined && gain === undefined && ppm === undefined) return;
    this.values = values;
    if (tune !== undefined) this.retuned(tune);
    this.startAgain();
  }

  private uses(name: keyof CommandValues): boolean {
    return this.words.some((word) => word.includes(`{${name}}`));
  }

  private changeable<T>(name: keyof CommandValues, value: T): T {
    if (this.uses(name)) return value;
    throw cannot(`This command cannot change its ${name}`, `Write {${name}} in the command where the program takes it`);
  }
}

function ended(child: Child, { code, signal }: Exit): TrunkflowError {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  return new TrunkflowError('device', `The program "${child.name}" ${how}`, {
    got: child.lastWords() || 'no message from it',
    hint: 'It is started again; try the command in a terminal to see what it says',
    status: 'program ended',
  });
}
