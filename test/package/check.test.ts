import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

describe('the sources', function () {
  this.timeout(120_000);

  for (const [what, ...command] of [
    ['pass the linter and are formatted', 'biome', 'check', '.'],
    ['pass the type checker, tests and benchmarks included', 'tsc', '-p', 'tsconfig.json', '--noEmit'],
  ]) {
    it(what, () => {
      try {
        execFileSync(join(ROOT, 'node_modules', '.bin', command[0]), command.slice(1), { cwd: ROOT, stdio: 'pipe' });
      } catch (error) {
        throw new Error(String((error as { stdout: Buffer }).stdout).slice(0, 4000));
      }
    });
  }
});
