import { TrunkflowError } from '../../core/errors';

/** What a command's placeholders stand for. */
export interface CommandValues {
  frequency: number;
  rate: number;
  /** dB, or 'auto', which is filled in as 0: rtl_sdr's way to ask for automatic gain. */
  gain: number | 'auto';
  ppm: number;
}

/**
 * Splits a command line into words the way a POSIX shell does (XCU 2.2 Quoting): blanks separate, 'single' and "double"
 * quotes and backslashes join. Nothing is expanded or run: no variables, patterns, pipes or redirections.
 * Throws 'bad-setting' for an empty line, an open quote, or a pipe or redirection meant for a shell.
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quote) {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && '"\\$`'.includes(line[i + 1])) word += line[++i];
      else word += c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= '';
    } else if (c === '\\' && i + 1 < line.length) word = (word ?? '') + line[++i];
    else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if ('|<>;&'.includes(c)) throw shellOnly(c);
    else word = (word ?? '') + c;
  }
  if (quote) throw badCommand(`The command has an open quote ${quote}`, 'Close the quote');
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw badCommand('The command is empty', 'Give a program that writes samples to its output');
  return words;
}

/** Fills in {frequency}, {rate}, {gain} and {ppm}; throws 'bad-setting' for any other name in braces. */
export function fillCommand(words: readonly string[], values: CommandValues): string[] {
  const known: Record<string, number> = { ...values, gain: values.gain === 'auto' ? 0 : values.gain };
  return words.map((word) =>
    word.replace(/\{([a-z]+)\}/g, (text, name: string) => {
      if (!Object.hasOwn(known, name))
        throw badCommand(`The command has an unknown placeholder ${text}`, 'Known: {frequency} {rate} {gain} {ppm}');
      return String(known[name]);
    }),
  );
}

function shellOnly(c: string): TrunkflowError {
  const hint = `Put "${c}" in quotes, or run a shell: sh -c '...'`;
  return badCommand(`The command has "${c}", but is not run by a shell`, hint);
}

function badCommand(what: string, hint: string): TrunkflowError {
  return new TrunkflowError('bad-setting', what, { hint, status: 'bad command' });
}
