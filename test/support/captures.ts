import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the shared recordings; tests that need it skip where it is absent. */
export const CAPTURES = join(__dirname, '..', '..', '..', 'shared', 'captures');

export function capture(name: string): string {
  return join(CAPTURES, name);
}

/** Call first in a test that needs these recordings: skips it, saying which file is missing. */
export function needsCaptures(test: Mocha.Context, ...names: string[]): void {
  for (const name of names) {
    if (existsSync(capture(name))) continue;
    test.test!.title += ` (skipped: no recording ${name})`;
    test.skip();
  }
}

export function expectedResults(): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(capture('expected.json'), 'utf8'));
}
