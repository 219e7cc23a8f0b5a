import type { Octets } from '../octets';

const CHARACTERS = 8;

/** The station's call sign in octets 2-7: eight characters of six bits, 0 = none, counted from the code of `first`. */
export function callSign(o: Octets, first: string): string {
  let text = '';
  for (let i = 0; i < CHARACTERS; i++) {
    const bit = 16 + 6 * i;
    const code = (o.u16(bit >> 3) >> (10 - (bit & 7))) & 0x3f;
    if (code !== 0) text += String.fromCharCode(code + first.charCodeAt(0));
  }
  return text;
}
