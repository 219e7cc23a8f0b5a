import type { IqFormat } from '../../src/core/messages';
import type { SignalKind } from '../../src/sources/generator/options';
import { writeSignal } from '../../src/sources/generator/write-signal';
import { type Command, numberOption, parse } from '../command';

const usage = `trunkflow generate FILE --seconds N [options]

Writes a test signal to a file of raw IQ samples.

  --seconds N     length
  --signal KIND   p25-site (default), p25-control, p25-voice, nfm, carrier, noise
  --format F      cu8, cs8, cs16, cf32 (default: the file's ending)
  --rate HZ       samples per second (default 240000)
  --center HZ     centre frequency (default 851.5 MHz)
  --esn0 DB       signal to noise, Es/N0 for 4800 symbols/s (default 25)
  --offset HZ     frequency error of the transmitters (default 120)
  --seed N        another noise`;

const OPTIONS = {
  seconds: { type: 'string' },
  signal: { type: 'string' },
  format: { type: 'string' },
  rate: { type: 'string' },
  center: { type: 'string' },
  esn0: { type: 'string' },
  offset: { type: 'string' },
  seed: { type: 'string' },
} as const;

export const command: Command = {
  usage,
  async run(args) {
    const { values, file } = parse(args, OPTIONS, usage, 'file');
    const number = (name: keyof typeof OPTIONS) => numberOption(name, values[name], usage);
    const { settings, samples } = await writeSignal(file, {
      signal: values.signal as SignalKind | undefined,
      format: values.format as IqFormat | undefined,
      seconds: number('seconds'),
      rate: number('rate'),
      center: number('center'),
      noise: number('esn0'),
      offset: number('offset'),
      seed: number('seed'),
    });
    const { signal, format, rate, center } = settings;
    console.log(`${file}: ${signal}, ${samples} samples of ${format} at ${rate} samples/s around ${center} Hz`);
    return 0;
  },
};
