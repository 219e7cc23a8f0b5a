import { breaks } from '../../core/breaks';
import type { CallInfo } from '../../core/messages';
import type { DayLog, Place } from './day-log';
import type { CallRecord, LogRecord } from './log-record';

/** What calls of one talkgroup share. */
export interface Label {
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

/** Records taken between two looks at the clock. */
const LOOKED_AT_ONCE = 32;

/** The calls of one day by id and by time: a call belongs to the day it began. */
export class DayIndex {
  /** By start, then by arrival; the newest last. */
  private readonly entries: IndexEntry[] = [];
  private readonly byId = new Map<string, IndexEntry>();
  /** Bytes of all recordings. */
  bytes = 0;

  constructor(
    readonly day: string,
    private readonly labels: Labels,
  ) {}

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

  /** Takes a record; what was known under the same id is replaced. Notes on unknown calls are left out. */
  take(record: LogRecord, place: Place): void {
    if (record.type === 'call') {
      this.put(record, place);
      return;
    }
    const entry = this.byId.get(record.id);
    if (!entry) return;
    if (record.type === 'note') {
      entry.transcript = record.transcript.slice(0, SEARCHED_TEXT).toLowerCase();
      entry.note = { offset: place.offset, size: place.size };
    } else {
      // The recording is gone, the call stays.
      this.bytes -= entry.bytes;
      entry.bytes = 0;
    }
  }

  /** Takes all records of the day, in slices. */
  async read(log: DayLog): Promise<void> {
    for await (const records of log.read(this.day)) {
      for (const [i, record] of records.entries()) {
        if (i % LOOKED_AT_ONCE === 0 && breaks.due()) await breaks.take();
        this.take(record.record, record);
      }
    }
  }

  remove(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    this.entries.splice(this.entries.lastIndexOf(entry), 1);
    this.bytes -= entry.bytes;
  }

  private put(record: CallRecord, { offset, size }: Place): void {
    const { id, call, at, recorded, file, bytes } = record;
    const before = this.byId.get(id);
    this.remove(id);
    const units = new Set(call.sources.map(({ src }) => src));
    if (units.size === 0 && call.unit > 0) units.add(call.unit);
    const tags = new Set(call.sources.flatMap(({ tag, tag_ota }) => [tag, tag_ota ?? '']));
    if (call.unit_alpha_tag) tags.add(call.unit_alpha_tag);
    const entry: IndexEntry = {
      id,
      time: Number.isFinite(call.start_time_ms) ? call.start_time_ms : 0,
      at,
      day: this.day,
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
    this.entries.splice(this.placeAfter(entry.time), 0, entry);
  }

  /** Place after the calls that began at this time or before: mostly the last. */
  private placeAfter(time: number): number {
    const { entries } = this;
    if (entries.length === 0 || entries[entries.length - 1].time <= time) return entries.length;
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle].time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
