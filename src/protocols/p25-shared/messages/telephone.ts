import type { Octets } from '../octets';

/** The digits of a telephone number (TIA-102.AABC-E 4.1.4): what stands for the codes above 9. */
const CODES: Readonly<Record<number, string>> = { 10: '*', 11: '#', 13: '!', 14: ',' };
/** Announces a letter: A to D follow as 0 to 3. */
const ESCAPE = 15;

/** `count` digits of four bits from octet `at`: 0-9, *, #, A-D, ! for a hook flash, a comma for a pause. */
export function telephoneNumber(o: Octets, at: number, count: number): string {
  let text = '';
  let escaped = false;
  for (let i = 0; i < count; i++) {
    const code = (o.u8(at + (i >> 1)) >> (i & 1 ? 0 : 4)) & 0x0f;
    if (escaped) text += code < 4 ? 'ABCD'[code] : '';
    else if (code < 10) text += code;
    else text += CODES[code] ?? '';
    escaped = !escaped && code === ESCAPE;
  }
  return text;
}
