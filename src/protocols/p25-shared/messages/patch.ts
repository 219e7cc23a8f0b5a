import type { MessageEvent } from './definition';

/** Talkgroups of a patch message: unused fields repeat one or are 0. */
const members = (groups: readonly number[]): number[] => [...new Set(groups)].filter((group) => group !== 0);

/** Talkgroups join a supergroup (Motorola; TIA-102.AABH 3.2.1). */
export const patchAdd = (supergroup: number, groups: readonly number[]): MessageEvent => ({
  type: 'patch',
  action: 'add',
  supergroup,
  talkgroups: members(groups).filter((group) => group !== supergroup),
});

/** Talkgroups leave a supergroup; naming the supergroup itself dissolves it (TIA-102.AABH 3.2.2). */
export const patchDelete = (supergroup: number, groups: readonly number[]): MessageEvent => ({
  type: 'patch',
  action: 'delete',
  supergroup,
  talkgroups: members(groups).filter((group) => group !== supergroup),
  dissolved: groups.includes(supergroup),
});
