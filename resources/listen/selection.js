import { keyOf } from './listening-rules.js';

/**
 * Which talkgroups a person wants to hear. What was not chosen one by one is as its system, or everything, was set: so
 * talkgroups that are heard for the first time are on after "all on" and off after "all off".
 */
export class Selection {
  /** @param {object} [saved] what `saved()` gave */
  constructor(saved = {}) {
    this.all = saved.all ?? true;
    this.systems = new Map(Object.entries(saved.systems ?? {}));
    this.except = new Set(saved.except ?? []);
  }

  saved() {
    return { all: this.all, systems: Object.fromEntries(this.systems), except: [...this.except] };
  }

  has(talkgroup) {
    const on = this.systems.get(talkgroup.system) ?? this.all;
    return this.except.has(keyOf(talkgroup)) ? !on : on;
  }

  /** @param {{system: string, talkgroup: number}[]} talkgroups */
  set(talkgroups, on) {
    for (const talkgroup of talkgroups) {
      if (this.has(talkgroup) === on) continue;
      const key = keyOf(talkgroup);
      if (!this.except.delete(key)) this.except.add(key);
    }
  }

  /** A whole system, what is still unknown of it included. */
  setSystem(system, on) {
    for (const key of this.except) if (key.startsWith(`${system}/`)) this.except.delete(key);
    this.systems.set(system, on);
  }

  setAll(on) {
    this.all = on;
    this.systems.clear();
    this.except.clear();
  }

  /** 'on', 'off' or 'some' of these. */
  state(talkgroups) {
    let on = 0;
    for (const talkgroup of talkgroups) if (this.has(talkgroup)) on++;
    if (on === 0 && talkgroups.length > 0) return 'off';
    return on === talkgroups.length ? 'on' : 'some';
  }

  count(talkgroups) {
    return talkgroups.filter((talkgroup) => this.has(talkgroup)).length;
  }
}
