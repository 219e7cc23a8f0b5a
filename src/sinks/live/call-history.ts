import type { PublicCall } from './public-call';

const SHOWN = 50;
const MAX_TALKGROUPS = 10_000;

/** A talkgroup as the page lists it. */
export interface ListedTalkgroup {
  system: string;
  talkgroup: number;
  name: string;
  description: string;
  group: string;
  tag: string;
  /** False when its calls are not put out. */
  listen?: boolean;
}

/** The last calls, and the talkgroups that were heard of. */
export class CallHistory {
  /** By id, the oldest first. */
  private readonly calls = new Map<string, PublicCall>();
  private readonly heard = new Map<string, ListedTalkgroup>();

  /** True when the call is new, or something of it is. */
  add(call: PublicCall): boolean {
    this.hear(call);
    const before = this.calls.get(call.id);
    if (before && JSON.stringify(before) === JSON.stringify(call)) return false;
    this.calls.set(call.id, call);
    if (this.calls.size > SHOWN) this.calls.delete(this.calls.keys().next().value!);
    return true;
  }

  /** Remembers a call's talkgroup. */
  hear(call: PublicCall): void {
    const { sys_name: system, talkgroup, talkgroup_alpha_tag: name, talkgroup_description: description } = call;
    const { talkgroup_group: group, talkgroup_tag: tag, listen } = call;
    const key = `${system}/${talkgroup}`;
    this.heard.delete(key);
    this.heard.set(key, { system, talkgroup, name, description, group, tag, ...(listen === false ? { listen } : {}) });
    if (this.heard.size > MAX_TALKGROUPS) this.heard.delete(this.heard.keys().next().value!);
  }

  /** The last calls, the newest first. */
  recent(): PublicCall[] {
    return [...this.calls.values()].reverse();
  }

  talkgroups(): ListedTalkgroup[] {
    return [...this.heard.values()];
  }
}
