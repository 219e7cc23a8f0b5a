import { type ParseArgsConfig, parseArgs } from 'node:util';

/** One command of the command line. */
export interface Command {
  usage: string;
  /** Gives the exit code: 0 done, 1 failed, 2 wrong usage. */
  run(args: string[]): Promise<number>;
}

/** The command line cannot be understood; the message tells how it goes. */
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
 * parseArgs with at most one positional argument, which is required when it is named.
 * @throws UsageError for unknown options or a missing argument
 */
export function parse<T extends Options>(args: string[], options: T, usage: string, positional?: string): Arguments<T> {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: positional !== undefined });
    if (positional && parsed.positionals.length !== 1) throw new Error(`Give one ${positional}`);
    return { values: parsed.values as Arguments<T>['values'], file: parsed.positionals[0] };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.\n\n${usage}`);
  }
}

/** A number option. @throws UsageError when the text is no number */
export function numberOption(name: string, text: string | undefined, usage: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new UsageError(`--${name} wants a number, got '${text}'.\n\n${usage}`);
  return value;
}
