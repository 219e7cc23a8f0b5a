import { MAX_RECORD, MAX_RECORDS } from '../csv';
import type { Sliced } from '../slices';

/** Stands for a value that is longer than MAX_RECORD. */
export const TOO_LONG = Symbol('too long');

/** Characters looked at between two chances for others; small ones, because each value is read as well. */
const AT_ONCE = 1024;
const [QUOTE, BACKSLASH, COMMA] = [...'"\\,'].map((character) => character.charCodeAt(0));
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'[]{}'].map((character) => character.charCodeAt(0));

/**
 * The values of a JSON list, read one by one, because megabytes at once would hold up everything else; of an object,
 * this. At most one more than MAX_RECORDS. Undefined for what is not JSON.
 */
export function* readJsonList(text: string): Sliced<unknown[] | undefined> {
  const first = /^[ \t\r\n]*/.exec(text)![0].length;
  if (text[first] !== '[') return one(text);
  const values: unknown[] = [];
  let start = first + 1;
  let depth = 0;
  let quoted = false;
  let looked = 0;
  for (let at = start; at < text.length; at++) {
    if (++looked % AT_ONCE === 0) yield;
    const character = text.charCodeAt(at);
    if (quoted) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) quoted = false;
    } else if (character === QUOTE) quoted = true;
    else if (character === OPEN_LIST || character === OPEN_OBJECT) depth++;
    else if (depth > 0) {
      // Which of the two it is, reading the value tells.
      if (character === CLOSE_LIST || character === CLOSE_OBJECT) depth--;
    } else if (character === COMMA || character === CLOSE_LIST) {
      const isEnd = character === CLOSE_LIST;
      const part = text.slice(start, at);
      if (isEnd && values.length === 0 && isBlank(part)) return isBlank(text.slice(at + 1)) ? [] : undefined;
      const value = read(part);
      if (!value) return undefined;
      values.push(value.value);
      if (values.length > MAX_RECORDS) return values;
      if (isEnd) return isBlank(text.slice(at + 1)) ? values : undefined;
      start = at + 1;
    }
  }
  return undefined;
}

function one(text: string): unknown[] | undefined {
  if (text.length > MAX_RECORD) return /\}[ \t\r\n]*$/.test(text.slice(-100)) ? [TOO_LONG] : undefined;
  const { value } = read(text) ?? {};
  return value && typeof value === 'object' ? [value] : undefined;
}

function read(text: string): { value: unknown } | undefined {
  if (text.length > MAX_RECORD) return { value: TOO_LONG };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}
