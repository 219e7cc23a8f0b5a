import { extname } from 'node:path';
import { IQ_BYTES, type IqFormat } from '../../src/core/messages';
import type { SignalKind } from '../../src/sources/generator/options';
import { writeSignal } from '../../src/sources/generator/write-signal';
import { formatFrequency } from '../../src/trunking/frequency';
import {
  type Command,
  choiceOption,
  frequencyOption,
  numberOption,
  parse,
  positiveOption,
  UsageError,
} from '../command';

const usage = `trunkflow generate FILE --seconds N [options]

Writes a test signal to a file of raw IQ samples.

  --seconds N     length
  --signal KIND   p25-site (default), p25-control, p25-voice, nfm, carrier, noise
  --format F      cu8, cs8, cs16, cf32 (default: what the file's name ends in)
  --rate HZ       samples per second (default 240000)
  --center HZ     centre frequency (default 851.5 MHz)
  --esn0 DB       signal to noise, Es/N0 for 4800 symbols/s (default 25)
  --offset HZ     frequency error of the transmitters (default 120)
  --encrypted TG  one more talkgroup, which speaks encrypted
  --seed N        another noise`;

const OPTIONS = {
  seconds: { type: 'string' },
  signal: { type: 'string' },
  format: { type: 'string' },
  rate: { type: 'string' },
  center: { type: 'string' },
  esn0: { type: 'string' },
  offset: { type: 'string' },
  encrypted: { type: 'string' },
  seed: { type: 'string' },
} as const;

const FORMATS = Object.keys(IQ_BYTES) as IqFormat[];

export const command: Command = {
  usage,
  async run(args) {
    const { values, file } = parse(args, OPTIONS, 'file to write');
    const number = (name: keyof typeof OPTIONS) => numberOption(name, values[name]);
    const seconds = positiveOption('seconds', values.seconds, 'seconds above 0', 1e6);
    if (seconds === undefined) throw new UsageError('Say how long the signal shall be: --seconds N');
    const { settings, samples } = await writeSignal(file, {
      signal: values.signal as SignalKind | undefined,
      format: choiceOption('format', values.format, FORMATS) ?? formatOf(file),
      seconds,
      rate: number('rate'),
      center: values.center === undefined ? undefined : frequencyOption('center', values.center),
      noise: number('esn0'),
      offset: number('offset'),
      encryptedTalkgroup: number('encrypted'),
      seed: number('seed'),
    });
    const { signal, format, rate, center } = settings;
    console.log(
      `${file}: ${signal}, ${samples} samples of ${format} at ${rate} samples/s around ${formatFrequency(center)}`,
    );
    return 0;
  },
};

/** @throws UsageError when the name does not tell; a decoder could not tell it either */
function formatOf(file: string): IqFormat {
  const end = extname(file).slice(1).toLowerCase();
  const format = FORMATS.find((known) => known === end);
  if (format) return format;
  throw new UsageError(`Samples are written raw: let the name end in .${FORMATS.join(', .')}, or give --format`);
}
