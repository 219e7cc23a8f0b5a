/** Patterns are tried one after the other for each unit. */
export const MAX_PATTERNS = 2000;
const MAX_PATTERN = 200;
/** Repetitions in a pattern: some more of them could keep a machine busy for minutes. */
const MAX_REPETITIONS = 6;

/** A pattern of the table as a regular expression, or why it cannot be one. */
export function compilePattern(id: string): RegExp | string {
  if (id.length > MAX_PATTERN) return `is longer than ${MAX_PATTERN} characters`;
  if ((id.replace(/\\./g, '').match(/[*+?{]/g) ?? []).length > MAX_REPETITIONS)
    return `has more than ${MAX_REPETITIONS} repetitions`;
  const part = /^\/(.+)\/$/.exec(id);
  try {
    const expression = new RegExp(part ? part[1] : `^(?:${id})$`);
    // Some are refused only when they are used.
    expression.test('16777215');
    return expression;
  } catch {
    return 'is neither a number nor a regular expression';
  }
}
