import { TrunkflowError } from '../../core/errors';

/** Samples/s beyond which a stream is a band, not a channel. */
export const MOST_RATE = 500_000;

/**
 * @param least samples/s the channel needs
 * @throws TrunkflowError 'bad-message' for a stream that is too wide or too narrow to be demodulated
 */
export function checkRate(rate: number, least: number): void {
  if (rate >= least && rate <= MOST_RATE) return;
  const wide = rate > MOST_RATE;
  throw new TrunkflowError('bad-message', `The signal is too ${wide ? 'wide for one' : 'narrow for the'} channel`, {
    expected: `${Math.ceil(least) / 1000} to ${MOST_RATE / 1000} kS/s`,
    got: `${rate / 1000} kS/s`,
    hint: wide ? 'Put a channelizer before the demod' : "Raise the channelizer's output rate",
    status: wide ? 'channelizer missing' : 'bad sample rate',
  });
}
