import { TrunkflowError } from '../../core/errors';
import { Turns } from '../../core/turns';
import type { ArchiveQuery } from './archive';
import { DayIndex, type DaySummary, type IndexEntry, type Labels, summarize } from './day-index';
import { DayLog } from './day-log';
import { mayFind, select } from './select';

/** Searches that may wait for each other: each reads files from one end to the other. */
const MOST_WAITING = 16;

/** Days of the log that are not kept in memory: they are read when something of them is wanted, one at a time. */
export class OldDays {
  /** Oldest first. */
  private days: string[] = [];
  private readonly turns = new Turns(MOST_WAITING, tooManySearches);
  private readonly summaries = new Map<string, DaySummary>();

  constructor(
    private readonly log: DayLog,
    private readonly labels: Labels,
  ) {}

  add(day: string): void {
    if (!this.days.includes(day)) this.days = [...this.days, day].sort();
  }

  /** Oldest first. */
  all(): readonly string[] {
    return this.days;
  }

  has(day: string): boolean {
    return this.days.includes(day);
  }

  remove(day: string): void {
    this.summaries.delete(day);
    this.days = this.days.filter((one) => one !== day);
  }

  /** Read once, then remembered until something of the day changes. */
  async summary(day: string): Promise<DaySummary> {
    const summary = this.summaries.get(day) ?? summarize((await this.index(day)).all());
    this.summaries.set(day, summary);
    return summary;
  }

  /** Calls of a day, oldest first. */
  async calls(day: string): Promise<IndexEntry[]> {
    return (await this.index(day)).all();
  }

  /** A record was added to a day. */
  changed(day: string): void {
    this.summaries.delete(day);
  }

  /** A call by its id, which says when the call began. */
  find(id: string): Promise<{ entry: IndexEntry } | undefined> {
    return this.turns.run(async () => {
      for (const day of this.daysOf(id)) {
        const entry = (await this.index(day)).get(id);
        if (entry) return { entry };
      }
      return undefined;
    });
  }

  /**
   * Newest first.
   * @param beginHere the query goes on from a call of these days; nothing is found when that is not known
   */
  search(query: ArchiveQuery, beginHere: boolean, count: number): Promise<IndexEntry[]> {
    if (this.days.length === 0) return Promise.resolve([]);
    return this.turns.run(async () => {
      const { before } = query;
      let start: IndexEntry | undefined;
      if (beginHere) {
        for (const day of this.daysOf(before!)) start ??= (await this.index(day)).get(before!);
        if (!start) return [];
      }
      const found: IndexEntry[] = [];
      const last = start?.day ?? '~';
      for (const day of this.days.filter((one) => one <= last && mayFind(query, one)).reverse()) {
        const index = await this.index(day);
        const cursor = start?.day === day ? index.get(start.id) : undefined;
        found.push(...(await select(index.all(), query, cursor, count - found.length)));
        if (found.length >= count) break;
      }
      return found;
    });
  }

  /** Days on which a call with this id may have begun: one of its last numbers is the start. */
  private daysOf(id: string): string[] {
    const numbers = id.split('_').slice(-4).map(Number).filter(Number.isInteger);
    const around = numbers.flatMap((seconds) =>
      [0, 86_400, -86_400].map((more) => DayLog.day((seconds + more) * 1000)),
    );
    return [...new Set(around)].filter((day) => this.days.includes(day));
  }

  private async index(day: string): Promise<DayIndex> {
    const index = new DayIndex(day, this.labels);
    await index.read(this.log);
    return index;
  }
}

export function tooManySearches(): TrunkflowError {
  return new TrunkflowError('storage', 'Too many searches at once', {
    hint: 'Try again in a moment, or search in a shorter time',
    status: 'too many searches',
  });
}
