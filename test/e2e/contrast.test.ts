import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { NODES } from '../package/package-files';
import { nodeRed5 } from '../support/node-red-5';
import { browserOrSkip, Editor } from './editor';
import { changed, example } from './example-flows';
import { NodeRedProcess } from './node-red-process';

const LOOK = readFileSync(join(__dirname, 'contrast.browser.js'), 'utf8')
  .replace(/^\/\*\*.*?\*\/\s*/s, '')
  .replace(/;\s*$/, '');
const DARK_DASHBOARD = { 'dash-page': { theme: 'dash-dark' } };
const CALL = { timeout: 30_000 };

/** Nodes of every type on a tab of their own, with what they need to refer to. */
function everyNode(): { type: string; id: string; isConfig: boolean }[] {
  return NODES.map(({ type, definition }) => ({
    type,
    // With a talkgroup table that has rows.
    id: type === 'radio-system' ? 'dash-sys' : `every-${type}`,
    isConfig: definition.category === 'config',
  }));
}

function flow(changes: Record<string, object> = {}): object[] {
  const tab = { id: 'every', type: 'tab', label: 'Every node' };
  const others = everyNode().filter(({ type }) => type !== 'radio-system');
  const nodes = others.map(({ type, id, isConfig }) =>
    isConfig ? { id, type, name: '' } : { id, type, name: '', z: 'every', x: 200, y: 100, wires: [] },
  );
  return [...changed(example('Dashboard'), changes), tab, ...nodes];
}

/** Texts that can be read, by WCAG 2.1 AA, wherever this project draws any. */
describe('contrast', function () {
  this.timeout(120_000);
  let browser: Browser;
  let nodeRed: NodeRedProcess;
  let newer: NodeRedProcess | undefined;
  let editors: Editor[] = [];

  // Both at once: an editor needs seconds to load, in which the first calls come.
  before(async function () {
    browser = await browserOrSkip(this);
    const programs = nodeRed5();
    [nodeRed, newer] = await Promise.all([start(), programs && start(programs, DARK_DASHBOARD)]);
    const running = newer ? [nodeRed, newer] : [nodeRed];
    editors = await Promise.all(running.map(({ url }) => Editor.open(browser, url, { width: 1400, height: 1000 })));
  });
  after(async () => {
    await browser?.close();
    await Promise.all([nodeRed?.stop(), newer?.stop()]);
  });

  const problems: string[] = [];
  let seen = 0;
  /** Notes what cannot be read below the elements of a selector. */
  async function look(place: Page | Frame, what: string, selector = 'body', least = 1): Promise<void> {
    const found = (await place.evaluate(`(${LOOK})(${JSON.stringify(selector)})`)) as {
      seen: number;
      problems: string[];
    };
    assert.ok(found.seen >= least, `${what}: ${found.seen} texts seen`);
    seen += found.seen;
    problems.push(...found.problems.map((problem) => `${what}: ${problem}`));
  }
  /** Everything that was looked at can be read. */
  function done(least: number): void {
    const texts = seen;
    seen = 0;
    assert.deepEqual(problems.splice(0), [], 'texts that cannot be read');
    assert.ok(texts >= least, `${texts} texts seen`);
  }

  async function start(programs: { node?: string; redJs?: string } = {}, changes: Record<string, object> = {}) {
    const process = await NodeRedProcess.start({ ...programs, modules: ['@flowfuse/node-red-dashboard'] });
    await process.deploy(flow(changes));
    return process;
  }

  /** Looks at the forms of all nodes with all that they can show, in each theme. */
  async function forms(editor: Editor, themes: readonly ('light' | 'dark')[]): Promise<void> {
    const { page } = editor;
    const each = async (what: string) => {
      for (const theme of themes) {
        await editor.dark(theme === 'dark');
        await look(page, `${what}, ${theme}`, '.red-ui-tray-body .trunkflow-form', 2);
      }
    };
    // What stands on other tabs of a dialog, or is there for other choices, is looked at too.
    await page.addStyleTag({ content: '.trunkflow-form [style*="display: none"] { display: revert !important }' });
    for (const { type, id, isConfig } of everyNode()) {
      if (isConfig) await editor.editConfig(type, id, false);
      else await editor.edit(id, false);
      await each(type);
      for (const tab of await page.locator('.trunkflow-tabs button').all()) {
        await tab.dispatchEvent('click');
        await each(`${type}, ${await tab.textContent()}`);
      }
      const cancel = page.locator(isConfig ? '#node-config-dialog-cancel' : '#node-dialog-cancel');
      await cancel.dispatchEvent('click');
      await cancel.waitFor({ state: 'hidden' });
    }
    await editor.invoke('trunkflow:show-scope');
    await page.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
    await look(page, 'scope in the sidebar', '.trunkflow-scope-tab', 5);
    await editor.close();
  }

  async function dashboard(url: string, theme: string): Promise<void> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    await page.goto(`${url}/dashboard`);
    await page.locator('.radio-name').first().waitFor(CALL);
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.locator('.radio-rule').waitFor();
    await look(page, `dashboard, ${theme}`, '.radio-now, .radio-last', 4);
    await page.close();
  }

  it('of forms and dashboard in the light theme of Node-RED 4', async () => {
    await forms(editors[0], ['light']);
    await dashboard(nodeRed.url, 'light');
    done(300);
  });

  it('of forms in the light and the dark theme of Node-RED 5, and of a dark dashboard', async function () {
    if (!newer) {
      this.test!.title += ' (skipped: Node-RED 5 is not there, and the package registry cannot be reached)';
      return this.skip();
    }
    await forms(editors[1], ['light', 'dark']);
    await dashboard(newer.url, 'dark');
    done(600);
  });

  it('of the listening page and the scope page in light and dark colours', async () => {
    const open = async (path: string, viewport = { width: 1200, height: 900 }) => {
      const page = await browser.newPage({ viewport, locale: 'en-US', reducedMotion: 'reduce' });
      await page.goto(nodeRed.url + path);
      return page;
    };
    const both = async (page: Page, what: string, selector?: string, least = 5) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // Colours that change gradually have become what they are to be.
        await page.waitForFunction(() => document.getAnimations().length === 0);
        await look(page, `${what}, ${colorScheme}`, selector, least);
      }
    };

    const listening = await open('/radio/listen/');
    await listening.locator('body[data-ready]').waitFor();
    await both(listening, 'before the first click');
    await listening.locator('#listen').click();
    const scope = await open('/radio/scope/');
    await scope.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
    await scope.locator('.scope-channel').first().waitFor(CALL);
    await scope.locator('.scope-settings').click();
    await both(scope, 'scope', undefined, 30);
    for (const id of ['settings', 'help']) {
      await listening.locator(`#open-${id}`).click();
      await both(listening, id, 'dialog[open]');
      await listening.keyboard.press('Escape');
    }
    await listening.locator('#avoid-more').click();
    await both(listening, 'avoid menu', '#avoid-menu', 2);
    await listening.keyboard.press('Escape');
    await listening.locator('#now[data-state="playing"]').waitFor(CALL);
    await listening.locator('#history-list > li').first().waitFor(CALL);
    await both(listening, 'a call', undefined, 30);
    await listening.locator('#hold-talkgroup').click();
    await both(listening, 'held talkgroup', '#live', 10);
    await listening.locator('#tab-archive').click();
    await listening.locator('.found .call-button').first().waitFor(CALL);
    await both(listening, 'archive', '#side', 8);
    await listening.setViewportSize({ width: 360, height: 720 });
    await both(listening, 'archive on a phone', undefined, 8);
    await listening.close();
    await scope.close();
    done(200);
  });
});
