import type { CallFlags } from './call-flags';
import { DEFAULT_FLAGS, FLAG_NAMES } from './call-flags';
import type { Talkgroup } from './talkgroups';

/**
 * What the tables say of talkgroups that are patched together: the names of the supergroup if it is listed, else of all
 * that are; the most important priority; a flag where one of them has it. Somebody who listens to one of them wants to
 * hear the call, so only a patch of talkgroups that are all locked out is.
 * @param listed the supergroup's row first, then its members'; undefined for one that is in no table
 * @returns undefined when none is in a table
 */
export function patchedEntry(listed: readonly (Talkgroup | undefined)[]): Talkgroup | undefined {
  const rows = listed.filter((row): row is Talkgroup => row !== undefined);
  if (rows.length < 2) return rows[0];
  const [supergroup] = listed;
  const names = supergroup ?? rows[0];
  const wanted = rows.filter(({ priority }) => priority >= 0).map(({ priority }) => priority);
  const flags: Partial<CallFlags> = {};
  for (const flag of FLAG_NAMES) flags[flag] = rows.some((row) => row[flag] ?? DEFAULT_FLAGS[flag]);
  const alphaTag = supergroup?.alphaTag || rows.map((row) => row.alphaTag || row.id).join(' + ');
  const priority = wanted.length > 0 ? Math.min(...wanted) : -1;
  const encryption = rows.every((row) => row.encryption === 'always') ? 'always' : 'sometimes';
  return { ...names, ...flags, alphaTag, priority, encryption };
}
