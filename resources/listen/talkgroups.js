import { keyOf } from './listening-rules.js';

/** The talkgroups the page knows: those the server lists, and those heard since. Events: 'changed'. */
export class Talkgroups extends EventTarget {
  constructor() {
    super();
    this.known = new Map();
  }

  async load() {
    const response = await fetch('talkgroups', { cache: 'no-store', credentials: 'same-origin' });
    if (!response.ok) throw new Error(`talkgroups: ${response.status}`);
    const { talkgroups } = await response.json();
    for (const row of talkgroups) this.known.set(keyOf(row), row);
    this.dispatchEvent(new Event('changed'));
  }

  /** Learns a talkgroup from a call. */
  hear(call) {
    const row = {
      system: call.sys_name,
      talkgroup: call.talkgroup,
      name: call.talkgroup_alpha_tag,
      description: call.talkgroup_description,
      group: call.talkgroup_group,
      tag: call.talkgroup_tag,
      channel: call.channel,
    };
    if (this.known.has(keyOf(row))) return;
    this.known.set(keyOf(row), row);
    this.dispatchEvent(new Event('changed'));
  }

  /** All, by system and number. */
  list() {
    return [...this.known.values()].sort(
      (a, b) => a.system.localeCompare(b.system) || a.talkgroup - b.talkgroup,
    );
  }

  get(ref) {
    return this.known.get(keyOf(ref));
  }

  /** Talkgroups by what `field` says of them ('system', 'group' or 'tag'), in order of the names. */
  by(field, rows = this.list()) {
    const groups = new Map();
    for (const row of rows) {
      const name = row[field] ?? '';
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    }
    // What has no name comes last.
    return [...groups].sort(([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b));
  }
}
