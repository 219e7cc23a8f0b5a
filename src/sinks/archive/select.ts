import { breaks as ofThisLoop } from '../../core/breaks';
import type { ArchiveQuery } from './archive';
import type { IndexEntry, Label } from './day-index';
import { DayLog } from './day-log';

/** Entries looked at between two looks at the clock. */
const LOOKED_AT_ONCE = 64;

/** Whether a query may have calls of a day. */
export function mayFind({ from, to }: ArchiveQuery, day: string): boolean {
  return (from === undefined || day >= DayLog.day(from)) && (to === undefined || day <= DayLog.day(to));
}

/**
 * Entries that meet a query, newest first, at most `count`. Looks for them in slices (see Breaks).
 * @param entries oldest first
 * @param before where to begin: the entry after those wanted
 */
export async function select(
  entries: readonly IndexEntry[],
  query: ArchiveQuery,
  before: IndexEntry | undefined,
  count: number,
  breaks = ofThisLoop,
): Promise<IndexEntry[]> {
  const fits = matcher(query);
  const found: IndexEntry[] = [];
  const first = before ? entries.lastIndexOf(before) : entries.length;
  for (let i = first - 1; i >= 0 && found.length < count; i--) {
    if ((first - i) % LOOKED_AT_ONCE === 1 && breaks.due()) await breaks.take();
    if (query.from !== undefined && entries[i].time < query.from) break;
    if (fits(entries[i])) found.push(entries[i]);
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
