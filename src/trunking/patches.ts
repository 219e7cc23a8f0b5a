import type { PatchEvent } from '../core/events';

/** Talkgroups that are one for a while. */
export interface Patch {
  /** The number under which their calls are granted. */
  supergroup: number;
  /** All of them, the supergroup itself first. */
  talkgroups: readonly number[];
}

/** Sites repeat a patch every few seconds; one not heard of for this long (ms of stream time) is over. */
const FORGET_AFTER = 60_000;
const MAX_PATCHES = 256;
const MAX_MEMBERS = 64;

interface Entry extends Patch {
  heard: number;
}

/** Which talkgroups of one system are patched together now, as its sites and voice channels tell. */
export class Patches {
  private readonly patches = new Map<number, Entry>();
  private readonly supergroupOf = new Map<number, number>();

  get any(): boolean {
    return this.patches.size > 0;
  }

  /** Takes what a site told of a patch. */
  observe({ action, supergroup, talkgroups, dissolved, two_way, time }: PatchEvent): void {
    const known = this.patches.get(supergroup);
    const old = known && isFresh(known, time) ? known : undefined;
    const members = new Set(old?.talkgroups.slice(1));
    for (const talkgroup of talkgroups) {
      if (talkgroup === supergroup) continue;
      if (action === 'delete') members.delete(talkgroup);
      else if (members.size < MAX_MEMBERS) members.add(talkgroup);
    }
    this.forget(supergroup);
    if (dissolved || members.size === 0) return;
    const entry: Entry = { supergroup, talkgroups: [supergroup, ...members], heard: time };
    this.patches.set(supergroup, entry);
    // One way: the members hear the supergroup, but call in their own talkgroups.
    if (two_way !== false) for (const member of members) this.supergroupOf.set(member, supergroup);
    if (this.patches.size > MAX_PATCHES) this.forget(this.patches.keys().next().value!);
  }

  /** The patch a talkgroup belongs to, as its supergroup or a member, at a stream time in ms. */
  of(talkgroup: number, now: number): Patch | undefined {
    const supergroup = this.patches.has(talkgroup) ? talkgroup : this.supergroupOf.get(talkgroup);
    const entry = supergroup === undefined ? undefined : this.patches.get(supergroup);
    return entry && isFresh(entry, now) ? entry : undefined;
  }

  private forget(supergroup: number): void {
    for (const member of this.patches.get(supergroup)?.talkgroups ?? [])
      if (this.supergroupOf.get(member) === supergroup) this.supergroupOf.delete(member);
    this.patches.delete(supergroup);
  }
}

/** Sources have clocks of their own, and time goes back where a recording begins again. */
function isFresh({ heard }: Entry, now: number): boolean {
  return Math.abs(now - heard) <= FORGET_AFTER;
}
