import { type ParseArgsConfig, parseArgs } from 'node:util';

/** One command of the command line. */
export interface Command {
  usage: string;
  /** Gives the exit code: 0 done, 1 failed. */
  run(args: string[]): Promise<number>;
}

/** The command line cannot be understood; the message says in one line what is wrong. Exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** What parseArgs found: texts, a text or true for each option given, and the one positional argument. */
export interface Arguments<T extends Options> {
  values: {
    [K in keyof T]?: T[K] extends { multiple: true } ? string[] : T[K]['type'] extends 'boolean' ? boolean : string;
  };
  file: string;
}

/**
 * parseArgs with at most one positional argument, which is required when it is named. The value of an option may be a
 * negative number.
 * @throws UsageError for unknown options, missing values and missing or superfluous arguments
 */
export function parse<T extends Options>(args: string[], options: T, positional?: string): Arguments<T> {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: joinNegative(args), options, allowPositionals: true });
  } catch (error) {
    // The sentences that follow are about parseArgs, not about this program.
    throw new UsageError((error as Error).message.split(/[.\n] ?/)[0]);
  }
  const { positionals, values } = parsed;
  const [extra] = positionals.slice(positional ? 1 : 0);
  if (extra !== undefined) throw new UsageError(`One argument too many: '${extra}'`);
  if (positional && !positionals[0]) throw new UsageError(`Name the ${positional}`);
  return { values: values as Arguments<T>['values'], file: positionals[0] };
}

/** '--offset -120' as '--offset=-120', which parseArgs understands. */
function joinNegative(args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1) ?? '';
    if (/^-[\d.]/.test(arg) && /^--[a-z0-9-]+$/.test(last)) joined[joined.length - 1] = `${last}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?:([kmg]?)(hz|sps|s)?)$/i;

/** A number option; '2.4M', '48k' and '851.625 MHz' are numbers too. @throws UsageError for anything else */
export function numberOption(name: string, text: string | undefined, expected = 'a number'): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, prefix = ''] = NUMBER.exec(text.trim()) ?? [];
  const value = Number(digits) * UNITS[prefix.toLowerCase()];
  if (!Number.isFinite(value)) throw new UsageError(`--${name} wants ${expected}, not '${text}'`);
  return value;
}

/** A number above nothing, and not beyond `most`. @throws UsageError for any other */
export function positiveOption(
  name: string,
  text: string | undefined,
  expected: string,
  most: number,
): number | undefined {
  const value = numberOption(name, text, expected);
  if (value === undefined || (value > 0 && value <= most)) return value;
  throw new UsageError(`--${name} wants ${expected}, not '${text}'`);
}

/**
 * A frequency in Hz: '851.625', '851.625M', '851.625 MHz' or '851625000'. A bare number below 10,000 is MHz.
 * @throws UsageError for anything else
 */
export function frequencyOption(name: string, text: string): number {
  const value = numberOption(name, text, 'a frequency such as 851.625M or 851625000')!;
  const bare = /^[+-]?[\d.]+$/.test(text.trim());
  return Math.round(bare && Math.abs(value) < 10_000 ? value * 1e6 : value);
}

/** One of several words. @throws UsageError for any other */
export function choiceOption<T extends string>(name: string, text: string | undefined, choices: readonly T[]) {
  if (text === undefined || choices.includes(text as T)) return text as T | undefined;
  throw new UsageError(`--${name} is one of ${choices.join(', ')}; not '${text}'`);
}

/** A hexadecimal number of at most so many digits, in upper case. @throws UsageError for anything else */
export function hexOption(name: string, text: string | undefined, digits: number): string | undefined {
  const number = text?.trim().replace(/^0x/i, '').toUpperCase();
  if (number === undefined || new RegExp(`^[0-9A-F]{1,${digits}}$`).test(number)) return number;
  throw new UsageError(`--${name} wants up to ${digits} hexadecimal digits, not '${text}'`);
}
