import { Diagnosis, type Finding } from '../core/diagnosis';
import type { DiagnosisEvent, StatsEvent } from '../core/events';
import type { FollowerOutput, SkipReason } from './options';

/** How far back is looked, ms of stream time. */
const WINDOW = 60_000;
/** How often, ms of stream time. */
const EVERY = 5000;
const MAX_OUTCOMES = 1000;

/** Reasons that are told when no call was followed, in words. The others are somebody's wish, or mean that the call is heard. */
const WORDS = {
  encrypted: 'encrypted',
  locked_out: 'locked out',
  unknown_talkgroup: 'not in table',
  no_channel: 'no channel',
  out_of_band: 'out of band',
  data: 'with data',
  unit_call: 'unit calls',
  unknown_system: 'no system',
  unknown_frequency: 'no frequency',
} as const satisfies Partial<Record<SkipReason, string>>;

type Told = keyof typeof WORDS;

/** A call that was begun (null), or why it was not followed. */
interface Outcome {
  time: number;
  reason: Told | null;
}

/** Says why nothing is followed, from what a follower heard and told in the last minute of stream time. */
export class FollowDiagnosis {
  /** What is wrong; null when calls are followed, or when there are none. */
  problem: { code: string; words: string; count: number } | null = null;
  private readonly diagnosis = new Diagnosis('follower', 'ok');
  private outcomes: Outcome[] = [];
  private due = Number.NEGATIVE_INFINITY;
  /** Time of the first statistics, and of the last that were of a channel that is read. */
  private first = Number.NaN;
  private read = Number.NEGATIVE_INFINITY;
  private trunked = false;
  /** Words of systems that are not set up, as they were counted in the last minute. */
  private counted: { time: number; others: number }[] = [];
  /** A site of those that are set up is read. */
  private ownRead = false;

  /** @param clock stream time as it passes, ms */
  constructor(private readonly clock: { readonly now: number }) {}

  /** What the follower told. */
  told(output: FollowerOutput): void {
    if (output.to !== 'calls' || (output.event !== 'start' && output.event !== 'not_followed')) return;
    const { reason, conventional } = output.call;
    const time = this.clock.now;
    this.trunked ||= !conventional;
    if (output.event === 'start') this.outcomes.push({ time, reason: null });
    else if (isTold(reason)) this.outcomes.push({ time, reason });
    if (this.outcomes.length > MAX_OUTCOMES) this.outcomes.shift();
  }

  /**
   * Statistics of a channel came.
   * @param sites whether one of the systems that are set up is read, and how often others were heard so far
   * @returns the event to send, when something has changed
   */
  heard(
    { time, locked, stream }: Pick<StatsEvent, 'time' | 'locked' | 'stream'>,
    { ownRead = false, others = 0 } = {},
  ): DiagnosisEvent | undefined {
    const { now } = this.clock;
    if (Number.isNaN(this.first)) this.first = now;
    if (locked) this.read = now;
    if (now < this.due) return undefined;
    this.due = now + EVERY;
    this.counted = this.counted.filter((one) => one.time > now - WINDOW);
    this.counted.push({ time: now, others });
    this.ownRead = ownRead;
    const finding = this.judge(now);
    const event = this.diagnosis.observe(finding);
    return event && ({ ...event, stream, time } as DiagnosisEvent);
  }

  private judge(now: number): Finding {
    this.outcomes = this.outcomes.filter(({ time }) => time > now - WINDOW);
    const counts = new Map<Told, number>();
    for (const { reason } of this.outcomes) if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const followed = this.outcomes.filter(({ reason }) => reason === null).length;
    const numbers = { followed, ...Object.fromEntries(counts) };
    this.problem = followed > 0 ? null : (this.mostFrequent(counts) ?? this.foreign() ?? this.unread(now));
    if (!this.problem) return { code: 'ok', words: 'ok', numbers };
    const { code, words } = this.problem;
    return { code, words, numbers };
  }

  private mostFrequent(counts: Map<Told, number>): FollowDiagnosis['problem'] {
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (!most) return null;
    const [code, count] = most;
    const all = code === 'encrypted' && counts.size === 1;
    return { code, count, words: `${all ? 'all' : count} ${WORDS[code]}` };
  }

  /** What is read is said by other systems than those that are set up. */
  private foreign(): FollowDiagnosis['problem'] {
    const [first] = this.counted;
    const last = this.counted[this.counted.length - 1];
    if (this.ownRead || last.others === first.others) return null;
    return { code: 'wrong_system', words: 'another system', count: 0 };
  }

  /** No channel was read for a minute. Conventional channels may be silent for longer: once one was read, that is no problem. */
  private unread(now: number): FollowDiagnosis['problem'] {
    const never = this.read === Number.NEGATIVE_INFINITY;
    if (now - Math.max(this.first, this.read) < WINDOW || !(never || this.trunked)) return null;
    return { code: 'nothing_read', words: 'nothing is read', count: 0 };
  }
}

function isTold(reason: string | undefined): reason is Told {
  return reason !== undefined && Object.hasOwn(WORDS, reason);
}
