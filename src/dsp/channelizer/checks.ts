import { TrunkflowError } from '../../core/errors';
import { IQ_BYTES, type IqInfo, type StreamMessage } from '../../core/messages';
import type { ChannelizerOptions } from './options';

/** Input rates that make sense, samples/s. */
const RATES = { least: 8000, most: 100e6 };

/** Longest history that may be asked for, seconds. */
const LONGEST_HISTORY = 60;

/** Throws TrunkflowError 'bad-setting' for options that cannot work. */
export function checkOptions(options: ChannelizerOptions): void {
  const rules: [string, number, number, number][] = [
    ['Output rate', options.rate, 1, RATES.most],
    ['Channel bandwidth', options.bandwidth, 1000, RATES.most],
    ['Largest number of channels', options.maxChannels, 1, 10000],
    ['History in seconds', options.history, 0, LONGEST_HISTORY],
  ];
  for (const [name, value, least, most] of rules) {
    if (typeof value === 'number' && value >= least && value <= most) continue;
    throw new TrunkflowError('bad-setting', name, { expected: `${least} to ${most}`, got: String(value) });
  }
}

/** The info of an iq message that can be used; throws TrunkflowError 'wrong-port' or 'bad-message' for any other. */
export function checkInput(input: StreamMessage): IqInfo {
  if (input?.port !== 'iq')
    throw new TrunkflowError('wrong-port', 'The channelizer', {
      expected: 'iq',
      got: String(input?.port),
      hint: 'Wire an sdr source to it',
    });
  const { info, payload } = input;
  const { stream, format, rate, center, sample, time } = info ?? {};
  check(payload instanceof Uint8Array, 'payload', 'a Buffer', typeof payload);
  check(typeof stream === 'string' && stream !== '', 'iq.stream', 'a name', stream);
  check(Object.hasOwn(IQ_BYTES, format), 'iq.format', Object.keys(IQ_BYTES).join(', '), format);
  check(
    typeof rate === 'number' && rate >= RATES.least && rate <= RATES.most,
    'iq.rate',
    `${RATES.least} to ${RATES.most} samples/s`,
    rate,
  );
  check(Number.isFinite(center), 'iq.center', 'a frequency in Hz, or 0', center);
  check(Number.isSafeInteger(sample) && sample >= 0, 'iq.sample', 'the number of the first sample', sample);
  check(Number.isFinite(time), 'iq.time', 'milliseconds since 1970', time);
  const whole = payload.length % IQ_BYTES[format] === 0;
  check(whole, 'payload', `whole ${format} samples of ${IQ_BYTES[format]} bytes`, `${payload.length} bytes`);
  return info;
}

function check(good: boolean, field: string, expected: string, got: unknown): void {
  if (!good) throw new TrunkflowError('bad-message', field, { expected, got: String(got) });
}
