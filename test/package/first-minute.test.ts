import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { browserOrSkip } from '../e2e/editor';
import { freePort } from '../e2e/node-red-process';
import { until } from '../e2e/until';
import { ROOT } from './package-files';

/** Listens where the page hands its sound to the device, without trusting the page's own meter. */
const TAP = `
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      window.heard = target.context.createAnalyser();
      connect.call(this, window.heard);
    }
    return connect.call(this, target, ...more);
  };
`;

/** What a new user does: npm start, open the link it prints, one click. */
describe('the first minute', function () {
  this.timeout(240_000);
  let child: ChildProcess;
  let browser: Browser | undefined;
  let userDir: string;
  let output = '';

  before(async function () {
    browser = await browserOrSkip(this);
    userDir = mkdtempSync(join(tmpdir(), 'trunkflow-first-'));
  });
  after(async () => {
    await browser?.close();
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // npm and what it started.
      process.kill(-child.pid!, 'SIGTERM');
      await ended;
      // npm goes first; Node-RED still finishes a recording.
      await until(() => !isRunning(-child.pid!), 'Node-RED to have ended', 30_000);
    }
    if (userDir) rmSync(userDir, { recursive: true, force: true });
  });

  it('from npm start to hearing a call, with nothing filled in', async function () {
    const began = performance.now();
    const port = await freePort();
    child = spawn('npm', ['start', '--', userDir], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port) },
      detached: true,
    });
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += text));
    const link = await until(
      () => {
        assert.equal(child.exitCode, null, output);
        return /^Hear its calls:\s+(\S+)$/m.exec(output)?.[1];
      },
      'the link to the page',
      180_000,
    );
    const page = await browser!.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.addInitScript(TAP);
    await page.goto(link);
    await page.click('#listen');
    await page.waitForSelector('#now[data-state=playing]', { timeout: 60_000 });
    const loudness = () =>
      page.evaluate(() => {
        const { heard } = window as unknown as { heard: AnalyserNode };
        const samples = new Float32Array(heard.fftSize);
        heard.getFloatTimeDomainData(samples);
        return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      });
    const levels: number[] = [];
    await until(
      async () => {
        levels.push(await loudness());
        const loud = levels.filter((level) => level > 0.02);
        // Speech rises and falls; a fault that hums or is stuck does not.
        return loud.length >= 5 && levels.some((level) => level > 0.001 && level < Math.max(...loud) / 4);
      },
      'sound at the loudspeaker',
      60_000,
    );
    assert.match((await page.textContent('#talkgroup'))!, /^(Fire Disp|PW Ops)$/);
    assert.deepEqual(errors, []);
    this.test!.title += ` (${Math.round((performance.now() - began) / 1000)} s)`;
  });
});

/** True while a process, or one of a group, is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
