import type { CallInfo } from '../../core/messages';
import type { ArchiveQuery } from './archive';
import type { DayLog, Place } from './day-log';
import type { CallRecord, LogRecord } from './log-record';

/** What calls of one talkgroup share. */
interface Label {
  system: string;
  talkgroup: number;
  group: string;
  tag: string;
  /** All names, in lower case. */
  text: string;
}

/** What is kept in memory of a call: enough to search, and where the rest stands. */
export interface IndexEntry extends Place {
  id: string;
  /** Start of the call, ms. */
  time: number;
  /** When it was written, ms. */
  at: number;
  day: string;
  label: Label;
  units: readonly number[];
  /** Names of the units, in lower case. */
  unitText: string;
  /** What was said, in lower case; only as much as is searched. */
  transcript?: string;
  /** Where the text stands. */
  note?: Place;
  recorded: boolean;
  /** Bytes of the recording and its sidecar; 0 when there is none, or no longer. */
  bytes: number;
}

/** Characters of a transcript that are searched. */
const SEARCHED_TEXT = 2000;

/** Labels are shared between entries: there are far fewer talkgroups than calls. */
export class Labels {
  private readonly known = new Map<string, Label>();

  of(call: CallInfo): Label {
    const { sys_name, talkgroup, talkgroup_alpha_tag, talkgroup_description, talkgroup_group, talkgroup_tag } = call;
    const names = [sys_name, talkgroup, talkgroup_alpha_tag, talkgroup_description, talkgroup_group, talkgroup_tag];
    const text = names.join('\n');
    let label = this.known.get(text);
    if (!label) {
      label = {
        system: sys_name,
        talkgroup,
        group: talkgroup_group,
        tag: talkgroup_tag,
        text: text.toLowerCase(),
      };
      this.known.set(text, label);
    }
    return label;
  }
}

/** What a day holds. */
export interface DaySummary {
  /** Of its recordings. */
  bytes: number;
  /** When the oldest recording that is left was written, ms; Infinity when there is none. */
  oldest: number;
  /** When the newest call was written, ms. */
  newest: number;
}

export function summarize(entries: readonly IndexEntry[]): DaySummary {
  const summary = { bytes: 0, oldest: Number.POSITIVE_INFINITY, newest: Number.NEGATIVE_INFINITY };
  for (const { bytes, at } of entries) {
    summary.bytes += bytes;
    summary.newest = Math.max(summary.newest, at);
    if (bytes > 0) summary.oldest = Math.min(summary.oldest, at);
  }
  return summary;
}

/** Calls by id and by time. Those of one day stand together, because a call belongs to the day it began. */
export class CallIndex {
  /** By start, then by arrival; the newest last. */
  private entries: IndexEntry[] = [];
  private readonly byId = new Map<string, IndexEntry>();
  /** Bytes of all recordings. */
  bytes = 0;

  constructor(private readonly labels: Labels) {}

  get size(): number {
    return this.entries.length;
  }

  get(id: string): IndexEntry | undefined {
    return this.byId.get(id);
  }

  /** A copy that stays as it is while calls come and go, oldest first. */
  all(): IndexEntry[] {
    return this.entries.slice();
  }

  /** Entries of a day, oldest first. */
  ofDay(day: string): IndexEntry[] {
    return this.entries.slice(this.firstOf(day), this.firstOf(`${day}~`));
  }

  /** Takes a record of a day; what was known under the same id is replaced. Notes on unknown calls are left out. */
  take(day: string, record: LogRecord, place: Place): void {
    if (record.type === 'call') {
      this.put(day, record, place);
      return;
    }
    const entry = this.byId.get(record.id);
    if (!entry) return;
    if (record.type === 'note') {
      entry.transcript = record.transcript.slice(0, SEARCHED_TEXT).toLowerCase();
      entry.note = { offset: place.offset, size: place.size };
    } else this.forgetRecording(entry);
  }

  /** Takes all records of a day. */
  async read(log: DayLog, day: string): Promise<void> {
    for await (const records of log.read(day)) for (const one of records) this.take(day, one.record, one);
  }

  /** Takes over the entries of another index, all of which are older than those here. */
  prepend(older: CallIndex): void {
    this.entries = [...older.entries, ...this.entries];
    for (const entry of older.entries) this.byId.set(entry.id, entry);
    this.bytes += older.bytes;
  }

  /** The recording is gone, the call stays. */
  forgetRecording(entry: IndexEntry): void {
    this.bytes -= entry.bytes;
    entry.bytes = 0;
  }

  /** The days there are calls of, oldest first. */
  days(): string[] {
    const days: string[] = [];
    for (let at = 0; at < this.entries.length; at = this.firstOf(`${days.at(-1)}~`)) days.push(this.entries[at].day);
    return days;
  }

  dropDay(day: string): void {
    this.entries = this.entries.filter((entry) => {
      if (entry.day !== day) return true;
      this.byId.delete(entry.id);
      this.bytes -= entry.bytes;
      return false;
    });
  }

  /** Place of the first entry that is not of a day before this one. */
  private firstOf(day: string): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].day < day) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private put(day: string, record: CallRecord, { offset, size }: Place): void {
    const { id, call, at, recorded, file, bytes } = record;
    const before = this.byId.get(id);
    if (before) {
      this.entries.splice(this.entries.indexOf(before), 1);
      this.bytes -= before.bytes;
    }
    const units = new Set(call.sources.map(({ src }) => src));
    if (units.size === 0 && call.unit > 0) units.add(call.unit);
    const tags = new Set(call.sources.flatMap(({ tag, tag_ota }) => [tag, tag_ota ?? '']));
    if (call.unit_alpha_tag) tags.add(call.unit_alpha_tag);
    const entry: IndexEntry = {
      id,
      time: Number.isFinite(call.start_time_ms) ? call.start_time_ms : 0,
      at,
      day,
      offset,
      size,
      label: this.labels.of(call),
      units: [...units],
      unitText: [...tags].filter(Boolean).join('\n').toLowerCase(),
      transcript: before?.transcript,
      note: before?.note,
      recorded,
      bytes: file === null ? 0 : bytes,
    };
    this.byId.set(id, entry);
    this.bytes += entry.bytes;
    let place = this.entries.length;
    while (place > 0 && this.entries[place - 1].time > entry.time) place--;
    this.entries.splice(place, 0, entry);
  }
}

/** Milliseconds of work after which others get their turn. */
const TURN = 4;
const LOOKED_AT_ONCE = 1024;

/**
 * Entries that meet a query, newest first, at most `count`. Long searches let other work come between; several at once
 * would take their time together.
 * @param entries oldest first
 * @param before where to begin: the entry after those wanted
 */
export async function select(
  entries: IndexEntry[],
  query: ArchiveQuery,
  before: IndexEntry | undefined,
  count: number,
): Promise<IndexEntry[]> {
  const fits = matcher(query);
  const found: IndexEntry[] = [];
  let started = performance.now();
  const first = before ? entries.lastIndexOf(before) : entries.length;
  for (let i = first - 1; i >= 0 && found.length < count; i--) {
    if (query.from !== undefined && entries[i].time < query.from) break;
    if (fits(entries[i])) found.push(entries[i]);
    if (i % LOOKED_AT_ONCE !== 0 || performance.now() - started < TURN) continue;
    await new Promise(setImmediate);
    started = performance.now();
  }
  return found;
}

/** A query made ready: whether an entry meets it. */
function matcher(query: ArchiveQuery): (entry: IndexEntry) => boolean {
  const { system, talkgroup, unit, from, to, group, tag, recorded } = query;
  const text = query.text?.trim().toLowerCase();
  // Thousands of calls share a label: each is looked at once.
  const labels = new Map<Label, { fits: boolean; text: boolean }>();
  const judge = (label: Label) => {
    let verdict = labels.get(label);
    if (verdict) return verdict;
    verdict = {
      fits:
        (system === undefined || label.system === system) &&
        (talkgroup === undefined || label.talkgroup === talkgroup) &&
        (group === undefined || label.group === group) &&
        (tag === undefined || label.tag === tag),
      text: !text || label.text.includes(text),
    };
    labels.set(label, verdict);
    return verdict;
  };
  return (entry) => {
    if (from !== undefined && entry.time < from) return false;
    if (to !== undefined && entry.time > to) return false;
    if (recorded !== undefined && entry.recorded !== recorded) return false;
    if (unit !== undefined && !entry.units.includes(unit)) return false;
    const verdict = judge(entry.label);
    if (!verdict.fits) return false;
    return verdict.text || entry.unitText.includes(text!) || (entry.transcript?.includes(text!) ?? false);
  };
}
