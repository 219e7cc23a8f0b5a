import type { Parser } from './definition';

/** A message whose name is known and whose fields are not, or are not defined in this form: its octets. */
export const raw =
  (type: string): Parser =>
  (o) => ({ type, hex: o.hex() });
