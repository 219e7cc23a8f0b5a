import { NumberPattern } from './patterns/number-pattern';
import { PatternError } from './patterns/parse';

/** Patterns are tried one after the other for each unit. */
export const MAX_PATTERNS = 2000;
const MAX_PATTERN = 200;

/** A pattern of the table as a regular expression, or why it cannot be one. */
export function compilePattern(id: string): NumberPattern | string {
  if (id.length > MAX_PATTERN) return `is longer than ${MAX_PATTERN} characters`;
  const part = /^\/(.+)\/$/.exec(id);
  try {
    return new NumberPattern(part ? part[1] : `^(?:${id})$`);
  } catch (error) {
    return error instanceof PatternError ? error.message : 'is neither a number nor a regular expression';
  }
}
