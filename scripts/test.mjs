// `npm test`: all test files, a few at a time on as many cores, then alone those that would disturb the others or be
// disturbed; and one line that counts them all. Arguments go to mocha, e.g. `npm test -- --grep recorder`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const JOBS = Math.min(4, availableParallelism());
const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;

/** They build dist/ anew, look at memory, or at how long things take. */
const ALONE = [
  'test/e2e/busy-hour.test.ts',
  'test/e2e/safety-rights.test.ts',
  'test/e2e/system-dialog.test.ts',
  'test/nodes/load.test.ts',
  'test/package/first-minute.test.ts',
  'test/package/install.test.ts',
  'test/sinks/live-load.test.ts',
];

/** Runs mocha; gives how many tests passed, failed and were skipped. A run that broke off counts as a failure. */
function run(...args) {
  const options = ['--reporter', join(root, 'scripts', 'reporter.cjs'), ...process.argv.slice(2)];
  const child = spawn(process.execPath, [mocha, ...options, ...args], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  // Ends with us, also when only this process is told to.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  let tail = '';
  child.stdout.on('data', (text) => {
    process.stdout.write(text);
    tail = (tail + text).slice(-4096);
  });
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const [, passed = 0, failed = 0, skipped = 0] = [...tail.matchAll(COUNTS)].at(-1) ?? [];
      const counts = [passed, failed, skipped].map((count) => Number(count ?? 0));
      if (code !== 0 && counts[1] === 0) counts[1] = 1;
      resolve(counts);
    });
  });
}

const together = await run(
  ...['--parallel', '--jobs', `${JOBS}`, '--timeout', '120000'],
  ...ALONE.flatMap((file) => ['--ignore', file]),
  'test/**/*.test.ts',
);
const alone = await run(...ALONE);
const [passed, failed, skipped] = together.map((count, i) => count + alone[i]);
process.exitCode = failed > 0 ? 1 : 0;
if (skipped > 0) console.log(`${skipped} skipped`);
// The last line is read by machines.
console.log(`${passed} passed, ${failed} failed`);
