/**
 * Which calls are heard, and which first: one implementation for the speakers and, as the build copies it to
 * resources/listen, for the page. It imports nothing.
 */

export interface TalkgroupRef {
  /** Short name of the radio system; of a channel without calls, the first name of its stream. */
  system: string;
  /** Of a channel without calls, its frequency in Hz. */
  talkgroup: number;
}

/** Of a call, what decides; in the calls' own fields. */
export interface HeardCall {
  id: string;
  sys_name: string;
  talkgroup: number;
  patched_talkgroups?: readonly number[];
  emergency?: boolean;
  priority?: number;
  listen?: boolean;
}

/** Only this system, or only this talkgroup of it, is heard. */
export interface Hold {
  system: string;
  talkgroup?: number;
}

/** A talkgroup that is not heard for a while. */
export interface Avoided extends TalkgroupRef {
  /** For how long it was asked; null = until it is lifted. */
  minutes: number | null;
  /** When it is heard again, ms since 1970; null = when it is lifted. */
  until: number | null;
}

/** Why a call is not heard: its talkgroup's flag, another one is held, it is avoided, it was not chosen. */
export type Refusal = 'listen_off' | 'held' | 'avoided' | 'not_selected';

export interface RulesOptions {
  /** ms since 1970. */
  now(): number;
  /** Whether a person has chosen a talkgroup. */
  selected(talkgroup: TalkgroupRef): boolean;
}

/** What pressing Avoid again and again gives, minutes; null = until it is lifted. After the last it is lifted. */
export const AVOID_STEPS: readonly (number | null)[] = [null, 30, 60, 120];
const MAX_AVOIDED = 1000;
const MAX_ONCE = 100;

export class ListeningRules {
  hold: Hold | null = null;
  private readonly options: RulesOptions;
  private readonly avoided = new Map<string, Avoided>();
  /** Ids of calls, the oldest first. */
  private readonly once = new Set<string>();

  constructor(options: Partial<RulesOptions> = {}) {
    this.options = { now: () => Date.now(), selected: () => true, ...options };
  }

  /** Why a call is not heard; null when it is. */
  refusal(call: HeardCall): Refusal | null {
    if (call.listen === false) return 'listen_off';
    if (this.once.has(call.id)) return 'avoided';
    const { hold } = this;
    const { sys_name: system, talkgroup, patched_talkgroups: patched = [] } = call;
    const talkgroups = [talkgroup, ...patched];
    if (hold && hold.system !== system) return 'held';
    if (hold?.talkgroup !== undefined) return talkgroups.includes(hold.talkgroup) ? null : 'held';
    if (this.isAvoided(system, talkgroup, patched)) return 'avoided';
    return talkgroups.some((one) => this.options.selected({ system, talkgroup: one })) ? null : 'not_selected';
  }

  /**
   * A patched call is avoided by its own number, that of its supergroup (the first), or all those of its members: who
   * avoids one of them may want the others.
   */
  private isAvoided(system: string, talkgroup: number, patched: readonly number[]): boolean {
    const avoids = (one: number) => this.avoidance({ system, talkgroup: one }) !== undefined;
    const [supergroup = talkgroup, ...members] = patched;
    return avoids(talkgroup) || avoids(supergroup) || (members.length > 0 && members.every(avoids));
  }

  mayHear(call: HeardCall): boolean {
    return this.refusal(call) === null;
  }

  /** @param minutes null = until it is lifted */
  avoid({ system, talkgroup }: TalkgroupRef, minutes: number | null): Avoided {
    const until = minutes === null ? null : this.options.now() + minutes * 60_000;
    const entry = { system, talkgroup, minutes, until };
    this.restore([entry]);
    return entry;
  }

  /** Takes over what was avoided before, its times unchanged. */
  restore(entries: readonly Avoided[]): void {
    for (const entry of entries) {
      const key = keyOf(entry);
      this.avoided.delete(key);
      this.avoided.set(key, entry);
      if (this.avoided.size > MAX_AVOIDED) this.avoided.delete(this.avoided.keys().next().value!);
    }
  }

  /** Not the rest of this call either. */
  avoidCall(id: string): void {
    this.once.add(id);
    if (this.once.size > MAX_ONCE) this.once.delete(this.once.values().next().value!);
  }

  /** The next of AVOID_STEPS; null when it is heard again. */
  avoidNext(talkgroup: TalkgroupRef): Avoided | null {
    const now = this.avoidance(talkgroup);
    const step = now ? AVOID_STEPS.indexOf(now.minutes) + 1 : 0;
    if (step < AVOID_STEPS.length && !(now && step === 0)) return this.avoid(talkgroup, AVOID_STEPS[step]);
    this.lift(talkgroup);
    return null;
  }

  lift(talkgroup: TalkgroupRef): void {
    this.avoided.delete(keyOf(talkgroup));
  }

  liftAll(): void {
    this.avoided.clear();
    this.once.clear();
  }

  /** How a talkgroup is avoided now. */
  avoidance(talkgroup: TalkgroupRef): Avoided | undefined {
    const entry = this.avoided.get(keyOf(talkgroup));
    if (!entry || entry.until === null || entry.until > this.options.now()) return entry;
    this.lift(talkgroup);
    return undefined;
  }

  /** All that is avoided now, the longest avoided first. */
  avoiding(): Avoided[] {
    return [...this.avoided.values()].filter((entry) => this.avoidance(entry));
  }
}

export function keyOf({ system, talkgroup }: TalkgroupRef): string {
  return `${system}/${talkgroup}`;
}

/** True when a goes before b: an emergency, then the higher priority. */
export function isBefore(a: HeardCall, b: HeardCall): boolean {
  if (Boolean(a.emergency) !== Boolean(b.emergency)) return Boolean(a.emergency);
  return (a.priority ?? 0) > (b.priority ?? 0);
}

/** What stands for the call of a channel that has none: its own opening of the squelch. */
export function channelCall(stream: string, frequency: number, id: string): HeardCall {
  return { id, sys_name: stream.split('/')[0], talkgroup: frequency, emergency: false, priority: 0 };
}
