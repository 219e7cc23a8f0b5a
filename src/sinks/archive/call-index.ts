import { DayIndex, type IndexEntry, type Labels } from './day-index';
import type { Place } from './day-log';
import type { LogRecord } from './log-record';

/** The calls of the newest days, day by day: so days come and go at once, however many calls they have. */
export class CallIndex {
  /** Oldest first. */
  private list: DayIndex[] = [];

  constructor(private readonly labels: Labels) {}

  get size(): number {
    return this.list.reduce((sum, { size }) => sum + size, 0);
  }

  /** Of all recordings. */
  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get(id: string): IndexEntry | undefined {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const entry = this.list[i].get(id);
      if (entry) return entry;
    }
    return undefined;
  }

  /** Entries of a day, oldest first. */
  ofDay(day: string): IndexEntry[] {
    return this.find(day)?.all() ?? [];
  }

  /** Takes a record of a day; what was known under the same id is replaced. Notes on unknown calls are left out. */
  take(day: string, record: LogRecord, place: Place): void {
    const known = record.type === 'call' ? this.get(record.id) : undefined;
    if (known && known.day !== day) this.find(known.day)?.remove(known.id);
    const index = this.find(day) ?? new DayIndex(day, this.labels);
    index.take(record, place);
    if (index.size > 0) this.add(index);
  }

  add(index: DayIndex): void {
    if (this.list.includes(index)) return;
    const later = this.list.findIndex(({ day }) => day > index.day);
    this.list.splice(later === -1 ? this.list.length : later, 0, index);
  }

  /** The days there are calls of, oldest first. */
  days(): string[] {
    return this.list.filter(({ size }) => size > 0).map(({ day }) => day);
  }

  dropDay(day: string): void {
    this.list = this.list.filter((index) => index.day !== day);
  }

  private find(day: string): DayIndex | undefined {
    return this.list.findLast((index) => index.day === day);
  }
}
