import type { EventObject } from '../core/messages';
import type { Counters } from '../core/stage';

/** What a decoded signal held, in the key names other decoders' results are compared by. */
export interface Summary extends EventObject {
  type: 'summary';
  /** Protocol id, or 'none' when it was searched for and nothing of it was verified. */
  protocol: string;
  /** Seconds of signal. */
  seconds: number;
  /** Seconds of signal per second of work. */
  realtime_factor: number;
  polarity: 'normal' | 'inverted' | 'unknown';
  crc_ok: number;
  crc_bad: number;
}

export interface SummaryFacts {
  protocol: string;
  /** The protocol was searched for, so that it counts as found only when a message of it was verified. */
  searched: boolean;
  /** Seconds of signal, and of work. */
  seconds: number;
  elapsed: number;
}

/** Identities remembered of each kind: more than a system has, but never without end. */
const MOST = 65_536;

/** Gathers a summary from the events of a decoder. */
export class SummaryCollector {
  private readonly nacs = new Map<string, number>();
  private readonly talkgroups = new Set<number>();
  private readonly sources = new Set<number>();
  private readonly identity: Record<string, unknown> = {};
  private grants = 0;
  private encrypted?: boolean;
  private reason = '';

  event(event: EventObject): void {
    const { type, nac, talkgroup, source } = event;
    if (typeof nac === 'string') this.nacs.set(nac, (this.nacs.get(nac) ?? 0) + 1);
    if (type === 'grant') this.grants++;
    if (type === 'grant' || type === 'talker') {
      remember(this.talkgroups, talkgroup);
      if (source !== 0) remember(this.sources, source);
    }
    if (type === 'encryption') this.encrypted = Boolean(this.encrypted || event.encrypted);
    if (type === 'stats') this.reason = String(event.reason);
    if (type === 'system')
      for (const key of ['wacn', 'system', 'rfss', 'site'])
        if (event[key] !== undefined) this.identity[key] = event[key];
  }

  /** @param counters of the stages, by name */
  result({ protocol, searched, seconds, elapsed }: SummaryFacts, counters: Record<string, Counters>): Summary {
    const { decoder = {}, voice = {} } = counters;
    const nac = [...this.nacs].sort((a, b) => b[1] - a[1])[0]?.[0];
    const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);
    const found = (decoder.messages ?? 0) > 0;
    return {
      type: 'summary',
      protocol: searched && !found ? 'none' : protocol,
      seconds: Number(seconds.toFixed(3)),
      realtime_factor: Number((seconds / Math.max(elapsed, 1e-6)).toFixed(1)),
      polarity: polarityOf(decoder),
      ...(found ? {} : { reason: this.reason || 'no signal' }),
      ...(nac ? { nac } : {}),
      ...this.identity,
      ...decoder,
      crc_ok: decoder.crc_ok ?? 0,
      crc_bad: decoder.crc_bad ?? 0,
      grants: this.grants,
      talkgroups: sorted(this.talkgroups),
      sources: sorted(this.sources),
      ...(this.encrypted === undefined ? {} : { encrypted: this.encrypted }),
      ...voice,
    };
  }
}

function remember(set: Set<number>, value: unknown): void {
  if (typeof value === 'number' && set.size < MOST) set.add(value);
}

function polarityOf({ frames = 0, inverted = 0 }: Counters): Summary['polarity'] {
  if (frames === 0) return 'unknown';
  return inverted * 2 > frames ? 'inverted' : 'normal';
}
