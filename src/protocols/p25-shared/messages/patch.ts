import type { Octets } from '../octets';
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

/** How a patch of Harris begins, from its flags in octet `at` on; who is in it follows (TIA-102.AABH 4). */
export const harrisPatch = (o: Octets, at: number): MessageEvent => ({
  type: 'patch',
  action: o.flag(at, 5) ? 'add' : 'delete',
  // Two-way: members hear and talk; one-way: they hear only.
  two_way: !o.flag(at, 7),
  sequence: o.u8(at) & 0x1f,
  supergroup: o.u16(at + 1),
  key_id: o.u16(at + 3),
});
