import { algorithmName } from '../names';
import type { Octets } from '../octets';
import type { MessageEvent } from './definition';

/** How a unit is to encrypt: algorithm in octet `at`, its key, the unit. */
export const protectionParameters = (o: Octets, at: number): MessageEvent => ({
  type: 'protection_parameters',
  algorithm: o.u8(at),
  algorithm_name: algorithmName(o.u8(at)),
  key_id: o.u16(at + 1),
  target: o.u24(at + 3),
});
