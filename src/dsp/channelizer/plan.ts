import { kaiserLength, type LowpassSpec } from '../filter-design';
import { fftRadices } from '../kernels/fft';

/** Pass and stop edges of a channel filter as fractions of the channel's bandwidth: 5.5 and 7.5 kHz of 12.5 kHz. */
const PASS_EDGE = 0.44;
const STOP_EDGE = 0.6;

/** Design attenuation, dB. Two filters in a row and their aliases add up to less than 70 dB with room to spare. */
const ATTENUATION = 80;

/** Longest block of a bank, in lengths of its filter: longer ones would save little, but take memory and time to fill. */
const LONGEST_BLOCK = 10;

/** Channels of a bank that are treated side by side. */
export const LANES = 4;

/** Part of the input band, from its middle, that receivers pass without loss and without aliases. */
export const USABLE_BAND = 0.47;

/** What to make of the input for one channel. */
export interface ChannelShape {
  /** Input samples per output sample. */
  decimation: number;
  /** Output samples/s. */
  rate: number;
  /** Edges of the channel filter, Hz. */
  pass: number;
  stop: number;
}

/** How a direct channel shares its decimation between the translating filter and a second, sharp one (1 = none). */
export interface DirectPlan {
  first: number;
  second: number;
  firstFilter: LowpassSpec;
  secondFilter: LowpassSpec | null;
  /** Nanoseconds of work per second of input. */
  cost: number;
}

/** Fast convolution: blocks of K * decimation samples give K - 2 * guard outputs for each channel. */
export interface BankPlan {
  outputs: number;
  guard: number;
  filter: LowpassSpec;
  cost: number;
}

/** Output rate and filter edges of a channel: input rate, least output rate and bandwidth in Hz. */
export function channelShape(inputRate: number, leastRate: number, bandwidth: number): ChannelShape {
  const stop = STOP_EDGE * bandwidth;
  const decimation = smoothBelow(inputRate / Math.max(leastRate, 2 * stop));
  return { decimation, rate: inputRate / decimation, pass: PASS_EDGE * bandwidth, stop };
}

/** Largest product of 2, 3 and 5 up to `limit`: these split into stages and suit the transforms. At least 1. */
function smoothBelow(limit: number): number {
  // A rate that is a whole multiple but for rounding must not lose a step.
  let n = Math.max(1, Math.floor(limit * (1 + 1e-9)));
  while (!isSmooth(n)) n--;
  return n;
}

function isSmooth(n: number): boolean {
  for (const factor of [2, 3, 5]) while (n % factor === 0) n /= factor;
  return n === 1;
}

/*
 * Costs of the kernels in nanoseconds, measured by bench/kernels.ts. Only their proportions matter: they decide how work
 * is shared and when a bank pays.
 */
const TRANSLATE_TAP = 0.14;
const FIR_TAP = 0.09;
const FFT_PASS = 0.3; // per sample
const GATHER_SCATTER = 0.7; // per sample
const BLOCK_CALLS = 150; // a bank channel's part in the calls for one block
const CHUNK_CALLS = 500e3; // a direct channel's for all chunks of a second

export function directPlan(inputRate: number, shape: ChannelShape): DirectPlan {
  let best: DirectPlan | undefined;
  for (let second = 1; second <= Math.min(shape.decimation, 16); second++) {
    if (shape.decimation % second !== 0) continue;
    const plan = splitPlan(inputRate, shape, second);
    if (!best || plan.cost < best.cost) best = plan;
  }
  return best!;
}

function splitPlan(inputRate: number, shape: ChannelShape, second: number): DirectPlan {
  const first = shape.decimation / second;
  const middleRate = inputRate / first;
  // The first filter need only keep clear of the channel what folds onto it; the second one cuts the channel out.
  const firstStop = second === 1 ? shape.stop : middleRate - shape.stop;
  const firstFilter = spec(shape.pass, firstStop, inputRate);
  const secondFilter = second === 1 ? null : spec(shape.pass, shape.stop, middleRate);
  let cost = CHUNK_CALLS + middleRate * length(firstFilter) * TRANSLATE_TAP;
  if (secondFilter) cost += shape.rate * length(secondFilter) * FIR_TAP;
  return { first, second, firstFilter, secondFilter, cost };
}

/** Best block length for a bank of `channels` channels of this shape. */
export function bankPlan(inputRate: number, shape: ChannelShape, channels: number): BankPlan {
  const filter = spec(shape.pass, shape.stop, inputRate);
  const guard = Math.max(1, Math.ceil((length(filter) - 1) / 2 / shape.decimation));
  const lanes = LANES * Math.ceil(channels / LANES);
  let best: BankPlan | undefined;
  for (let outputs = 16; outputs <= Math.max(2 * LONGEST_BLOCK * guard, 64); outputs += 4) {
    const size = outputs * shape.decimation;
    const wide = fftRadices(size);
    const narrow = fftRadices(outputs, LANES);
    if (outputs <= 2 * guard || !wide || !narrow) continue;
    const perLane = outputs * (FFT_PASS * narrow.length + GATHER_SCATTER) + BLOCK_CALLS;
    const cost = ((FFT_PASS * wide.length * size + lanes * perLane) * shape.rate) / (outputs - 2 * guard);
    if (!best || cost < best.cost) best = { outputs, guard, filter, cost };
  }
  return best!;
}

function spec(pass: number, stop: number, rate: number): LowpassSpec {
  return { pass: pass / rate, stop: stop / rate, attenuation: ATTENUATION };
}

function length(filter: LowpassSpec): number {
  return filter.stop >= 0.5 ? 1 : kaiserLength(filter.stop - filter.pass, filter.attenuation);
}
