import { LEAST_RATE } from './k-weighting';
import { LoudnessMeter } from './measure';
import { amplify } from './peak-limiter';

/** Peaks stay below -1 dB of full scale. */
const CEILING = 32_768 * 10 ** (-1 / 20);
/** Quiet speech is not raised further, or its noise would be heard, dB. */
const MOST_GAIN = 20;
/** A stretch with less speech than this (seconds) does not tell how loud its talker is. */
const TELLING = 0.8;
/** Seconds in which the gain goes from one transmission's to the next one's. */
const RAMP = 0.01;

/** A stretch of the recording with one gain: a transmission. Samples, the second one not included. */
export type Stretch = readonly [from: number, to: number];

export interface Evened {
  samples: Int16Array;
  /** Integrated loudness before, LUFS; -Infinity for silence. */
  before: number;
  /** Seconds of speech it was measured over. */
  speech: number;
}

/**
 * Brings speech to a loudness, with one gain for each transmission, so that nothing pumps. A transmission too short to
 * measure gets the gain of the whole recording; where that is too short as well, of what is usual in its talkgroup.
 * @param target LUFS
 * @param usual loudness of the talkgroup's calls, LUFS, if known
 */
export function evenOut(
  samples: Int16Array,
  rate: number,
  stretches: readonly Stretch[],
  target: number,
  usual?: number,
): Evened {
  if (samples.length === 0 || rate < LEAST_RATE) return { samples, before: Number.NEGATIVE_INFINITY, speech: 0 };
  const meter = new LoudnessMeter(samples, rate);
  const before = meter.loudness();
  const speech = meter.voiced();
  if (!Number.isFinite(before)) return { samples, before, speech: 0 };
  const overall = speech >= TELLING ? before : (usual ?? before);
  const gains = stretches.map(([from, to]) => {
    const own = meter.voiced(from, to) >= TELLING ? meter.loudness(from, to) : overall;
    return 10 ** (Math.min(MOST_GAIN, target - own) / 20);
  });
  if (gains.length === 0) gains.push(10 ** (Math.min(MOST_GAIN, target - overall) / 20));
  const curve = gainCurve(stretches, gains, Math.round(RAMP * rate));
  return { samples: amplify(samples, rate, curve, CEILING), before, speech };
}

/** The gain of each sample, asked for in rising order but for short steps back. */
function gainCurve(stretches: readonly Stretch[], gains: number[], ramp: number): (index: number) => number {
  let now = 0;
  return (index) => {
    while (now + 1 < stretches.length && index >= stretches[now + 1][0]) now++;
    while (now > 0 && index < stretches[now][0]) now--;
    const into = index - (stretches[now]?.[0] ?? 0);
    if (now === 0 || into >= ramp) return gains[now];
    return gains[now - 1] + ((gains[now] - gains[now - 1]) * into) / ramp;
  };
}
