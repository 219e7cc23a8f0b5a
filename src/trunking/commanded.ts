import type { Hold, ListeningRules } from './listening-rules';
import type { System } from './system';

/** A talkgroup of which something was asked by command. Plain JSON. */
export interface CommandedTalkgroup {
  talkgroup: number;
  /** In place of that of the table. */
  priority?: number;
  /** Minutes of stream time for which it is still avoided; null = until it is lifted. */
  avoided?: number | null;
  held?: true;
}

/** What commands have asked of a follower, and is not lifted yet. Plain JSON. */
export interface Commanded {
  /** Only this is followed; it may be another system's. */
  hold: Hold | null;
  /** Of the system that was asked for, by number. */
  talkgroups: CommandedTalkgroup[];
}

/** @param now stream time, ms */
export function commandedOf(system: System, rules: ListeningRules, now: number): Commanded {
  const { hold } = rules;
  const found = new Map<number, CommandedTalkgroup>();
  const of = (talkgroup: number) => {
    const one = found.get(talkgroup) ?? { talkgroup };
    found.set(talkgroup, one);
    return one;
  };
  if (hold?.talkgroup !== undefined && hold.system === system.shortName) of(hold.talkgroup).held = true;
  for (const { system: name, talkgroup, until } of rules.avoiding())
    if (name === system.shortName) of(talkgroup).avoided = until === null ? null : Math.ceil((until - now) / 60_000);
  for (const [talkgroup, priority] of system.commandedPriorities) of(talkgroup).priority = priority;
  return { hold, talkgroups: [...found.values()].sort((a, b) => a.talkgroup - b.talkgroup) };
}

/** What was asked of several followers of one system: of each talkgroup what any of them was asked. */
export function joinCommanded(all: readonly Commanded[]): Commanded {
  const found = new Map<number, CommandedTalkgroup>();
  for (const one of all.flatMap(({ talkgroups }) => talkgroups))
    found.set(one.talkgroup, { ...one, ...found.get(one.talkgroup) });
  const hold = all.find((one) => one.hold)?.hold ?? null;
  return { hold, talkgroups: [...found.values()].sort((a, b) => a.talkgroup - b.talkgroup) };
}
