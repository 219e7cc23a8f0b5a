import { LEAST_RATE } from './k-weighting';
import { LoudnessMeter } from './measure';
import { amplify } from './peak-limiter';

/** Peaks stay below -1 dB of full scale. */
const CEILING = 32_768 * 10 ** (-1 / 20);
/** Quiet speech is not raised further, or its noise would be heard, dB. */
const MOST_GAIN = 20;
/** A stretch with less speech than this (seconds) does not tell how loud its talker is. */
const TELLING = 0.8;
/** What the limiter took is made up for until so little is missing, LU, by so much at once, dB, so many times. */
const TOLERANCE = 0.2;
const MOST_MADE_UP = 3;
const ROUNDS = 4;
/** What is added is limited in its turn. */
const OVERDO = 1.5;
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
 * @param stretches the transmissions, in order and without gaps; at least one
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
  const silent = { samples, before: Number.NEGATIVE_INFINITY, speech: 0 };
  if (samples.length === 0 || rate < LEAST_RATE) return silent;
  const meter = new LoudnessMeter(samples, rate);
  const before = meter.loudness();
  if (!Number.isFinite(before)) return silent;
  const speech = meter.voiced();
  const overall = speech >= TELLING ? before : (usual ?? before);
  const telling = stretches.map(([from, to]) => meter.voiced(from, to) >= TELLING);
  const gains = stretches.map(([from, to], i) =>
    Math.min(MOST_GAIN, target - (telling[i] ? meter.loudness(from, to) : overall)),
  );
  let evened = samples;
  for (let round = 0; round < ROUNDS; round++) {
    evened = amplify(samples, rate, gainCurve(stretches, gains, Math.round(RAMP * rate)), CEILING);
    if (!makeUp(evened, rate, stretches, target, gains, telling)) break;
  }
  return { samples: evened, before, speech };
}

/** Raises the gains by what the limiter took; false when nothing is missing. */
function makeUp(
  evened: Int16Array,
  rate: number,
  stretches: readonly Stretch[],
  target: number,
  gains: number[],
  telling: boolean[],
): boolean {
  const after = new LoudnessMeter(evened, rate);
  let raised = false;
  for (const [i, [from, to]] of stretches.entries()) {
    const missing = target - after.loudness(from, to);
    if (!telling[i] || gains[i] >= MOST_GAIN || missing < TOLERANCE) continue;
    gains[i] = Math.min(MOST_GAIN, gains[i] + Math.min(missing * OVERDO, MOST_MADE_UP));
    raised = true;
  }
  return raised;
}

/**
 * The gain of each sample, asked for in rising order but for short steps back.
 * @param decibels of each stretch
 */
function gainCurve(stretches: readonly Stretch[], decibels: number[], ramp: number): (index: number) => number {
  const gains = decibels.map((gain) => 10 ** (gain / 20));
  let now = 0;
  return (index) => {
    while (now + 1 < stretches.length && index >= stretches[now + 1][0]) now++;
    while (now > 0 && index < stretches[now][0]) now--;
    const into = index - stretches[now][0];
    if (now === 0 || into >= ramp) return gains[now];
    return gains[now - 1] + ((gains[now] - gains[now - 1]) * into) / ramp;
  };
}
