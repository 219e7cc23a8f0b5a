import type { Archive, ArchivedCall, ArchiveQuery } from '../archive/archive';

/** Where a search goes on, for each archive: the id of the last call that was given out. */
type Cursor = Record<string, string>;

export interface FoundCalls {
  calls: ArchivedCall[];
  /** Where the next page begins; absent on the last. */
  next?: string;
}

interface Pile {
  id: string;
  calls: ArchivedCall[];
  more: boolean;
}

/** The archives of several recorders as one, newest first; a call that several recorded is there once. */
export class ArchiveUnion {
  /** @param archives the running recorders' archives by node id, asked each time */
  constructor(private readonly archives: () => ReadonlyMap<string, Archive>) {}

  /** @param from what `next` of the page before was */
  async search(query: Omit<ArchiveQuery, 'before'>, from?: string): Promise<FoundCalls> {
    const { limit = 50 } = query;
    const cursor = readCursor(from);
    const piles = await Promise.all(
      [...this.archives()].map(async ([id, archive]): Promise<Pile> => {
        return { id, ...(await archive.search({ ...query, before: cursor[id], limit })) };
      }),
    );
    const calls = new Map<string, ArchivedCall>();
    for (let pile = newest(piles); pile; pile = newest(piles)) {
      const [call] = pile.calls;
      const before = calls.get(call.id);
      if (!before && calls.size >= limit) break;
      // The one that can be played is the better one.
      if (!before?.file) calls.set(call.id, call);
      pile.calls.shift();
      cursor[pile.id] = call.id;
    }
    const more = piles.some((pile) => pile.more || pile.calls.length > 0);
    return { calls: [...calls.values()], ...(more ? { next: writeCursor(cursor) } : {}) };
  }

  /** A call and its recording, from the archive that has one. */
  async find(id: string): Promise<{ call: ArchivedCall; audio: { path: string; mime: string; bytes: number } } | null> {
    for (const archive of this.archives().values()) {
      const [call, audio] = await Promise.all([archive.get(id), archive.audio(id)]);
      if (call && audio) return { call, audio };
    }
    return null;
  }
}

function newest(piles: readonly Pile[]): Pile | undefined {
  let first: Pile | undefined;
  for (const pile of piles) if (pile.calls.length > 0 && (!first || startOf(pile) > startOf(first))) first = pile;
  return first;
}

const startOf = ({ calls }: Pile) => calls[0].call.start_time_ms;

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** What cannot be read begins from the beginning. */
function readCursor(text = ''): Cursor {
  try {
    const entries = Object.entries(JSON.parse(Buffer.from(text, 'base64url').toString()) as object);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
