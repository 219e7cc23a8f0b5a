import type { EventObject } from '../core/messages';
import type { Counters } from '../core/stage';

/** What a decoded file held, in the key names other decoders' results are compared by. */
export interface Summary {
  type: 'summary';
  protocol: string;
  /** Seconds of signal. */
  seconds: number;
  /** Seconds of signal per second of work. */
  realtime_factor: number;
  polarity: 'normal' | 'inverted' | 'unknown';
  crc_ok: number;
  crc_bad: number;
  [key: string]: unknown;
}

/** Gathers a summary from the events of a decoder. */
export class SummaryCollector {
  private readonly nacs = new Map<string, number>();
  private readonly talkgroups = new Set<number>();
  private readonly sources = new Set<number>();
  private readonly identity: Record<string, unknown> = {};
  private grants = 0;
  private encrypted?: boolean;

  event(event: EventObject): void {
    const { type, nac, talkgroup, source } = event;
    if (typeof nac === 'string') this.nacs.set(nac, (this.nacs.get(nac) ?? 0) + 1);
    if (typeof talkgroup === 'number' && (type === 'grant' || type === 'talker')) this.talkgroups.add(talkgroup);
    if (typeof source === 'number' && source > 0 && (type === 'grant' || type === 'talker')) this.sources.add(source);
    if (type === 'grant') this.grants++;
    if (type === 'encryption') this.encrypted = Boolean(this.encrypted || event.encrypted);
    if (type === 'system')
      for (const key of ['wacn', 'system', 'rfss', 'site'])
        if (event[key] !== undefined) this.identity[key] = event[key];
  }

  /** @param counters of the stages, by name */
  result(facts: { protocol: string; seconds: number; elapsed: number }, counters: Record<string, Counters>): Summary {
    const decoder = counters.decoder ?? {};
    const voice = counters.voice ?? {};
    const nac = [...this.nacs].sort((a, b) => b[1] - a[1])[0]?.[0];
    const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);
    return {
      type: 'summary',
      protocol: facts.protocol,
      seconds: Number(facts.seconds.toFixed(3)),
      realtime_factor: Number((facts.seconds / Math.max(facts.elapsed, 1e-6)).toFixed(1)),
      polarity: polarityOf(decoder),
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

function polarityOf({ frames = 0, inverted = 0 }: Counters): Summary['polarity'] {
  if (frames === 0) return 'unknown';
  return inverted * 2 > frames ? 'inverted' : 'normal';
}
