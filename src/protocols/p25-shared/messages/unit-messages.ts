import { functionName } from '../names';
import type { Octets } from '../octets';
import type { MessageEvent } from './definition';

/** A unit's status from octet `at` on; who and to whom stands elsewhere. */
export const unitStatus = (o: Octets, at: number): MessageEvent => ({
  type: 'status',
  unit_status: o.u8(at),
  user_status: o.u8(at + 1),
});

/** An extended function from octet `at` on: two octets that name it, three with its argument. */
export const extendedFunction = (o: Octets, at: number): MessageEvent => ({
  type: 'extended_function',
  function: o.u16(at),
  function_name: functionName(o.u16(at)),
  argument: o.u24(at + 2),
});
