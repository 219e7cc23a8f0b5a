import { TrunkflowError } from '../core/errors';

/** Sample rates any source may have, samples/s. */
const LEAST_RATE = 1000;
const MOST_RATE = 100e6;

/** Throws 'bad-setting' unless this can be a sample rate. */
export function checkRate(rate: number): number {
  if (Number.isFinite(rate) && rate >= LEAST_RATE && rate <= MOST_RATE) return rate;
  throw new TrunkflowError('bad-setting', 'Sample rate out of range', {
    expected: `${LEAST_RATE / 1e6} to ${MOST_RATE / 1e6} MS/s`,
    got: rateText(rate),
    hint: 'Forms take MS/s, e.g. 2.4; messages and commands take samples per second, e.g. 2400000',
    status: 'bad sample rate',
  });
}

/** Throws 'bad-setting' unless this can be a frequency to tune to, in Hz. */
export function checkFrequency(frequency: unknown): number {
  if (typeof frequency === 'number' && frequency > 0 && frequency < 300e9) return frequency;
  throw new TrunkflowError('bad-setting', 'Frequency out of range', {
    expected: 'a number of Hz above 0',
    got: JSON.stringify(frequency),
    hint: 'Give the frequency in Hz, e.g. 852300000',
    status: 'bad frequency',
  });
}

/** Throws 'bad-setting' unless this is a gain in dB or 'auto'. */
export function checkGain(gain: unknown): number | 'auto' {
  if (gain === 'auto' || (typeof gain === 'number' && gain >= -100 && gain <= 200)) return gain;
  throw new TrunkflowError('bad-setting', 'Gain out of range', {
    expected: "a number of dB, or 'auto'",
    got: JSON.stringify(gain),
    status: 'bad gain',
  });
}

/** Throws 'bad-setting' unless this is a crystal's error in parts per million. */
export function checkPpm(ppm: unknown): number {
  if (typeof ppm === 'number' && Math.abs(ppm) <= 1000) return ppm;
  throw new TrunkflowError('bad-setting', 'Frequency correction out of range', {
    expected: 'a number of ppm from -1000 to 1000',
    got: JSON.stringify(ppm),
    status: 'bad ppm',
  });
}

/** A source was asked for something its device cannot do. */
export function cannot(what: string, hint?: string): TrunkflowError {
  return new TrunkflowError('bad-setting', what, { hint, status: 'not possible' });
}

/** A frequency for a node's status, e.g. '852.3 MHz'; under 20 characters. */
export function frequencyText(hz: number): string {
  return `${Number((hz / 1e6).toFixed(5))} MHz`;
}

/** A sample rate as forms show it. */
export function rateText(rate: number): string {
  return `${rate / 1e6} MS/s`;
}
