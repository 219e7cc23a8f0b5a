import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** Where Debian, Fedora, Arch and macOS put the browser; CHROMIUM names another. */
const BROWSERS = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser without a window, or the reason why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) return 'no Chromium installed';
  try {
    const { chromium } = await import('playwright-core');
    return await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  } catch (error) {
    return `no browser: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

/** A browser without a window; skips the suite whose `before` this is where there is none, and says why. */
export async function browserOrSkip(context: Mocha.Context): Promise<Browser> {
  const opened = await openBrowser();
  if (typeof opened !== 'string') return opened;
  context.test!.parent!.title += ` (skipped: ${opened})`;
  return context.skip();
}

/** A folder for screenshots for people to look at: the one SCREENSHOTS names, or one that is thrown away. */
export function pictureFolder(): string {
  return process.env.SCREENSHOTS || mkdtempSync(join(tmpdir(), 'trunkflow-screenshots-'));
}

/** The editor's own objects, as far as the tests use them. */
interface EditorGlobal {
  RED: {
    nodes: {
      getType(type: string): unknown;
      node(id: string): Record<string, unknown> | null;
      eachNode(visit: (node: { id: string; type: string }) => void): void;
    };
    sidebar: { help: { show(type: string): void } };
    view: { reveal(id: string, animate?: boolean): void };
    editor: {
      edit(node: unknown): void;
      editConfig(property: string, type: string, id: string): void;
      validateNode(node: unknown): boolean;
    };
    actions: { invoke(name: string): void };
  };
}

/** The flow editor in a browser page. */
export class Editor {
  /** Errors of the page since it was opened. */
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
  }

  static async open(
    browser: Browser,
    url: string,
    viewport = { width: 1400, height: 900 },
    locale = 'en-US',
  ): Promise<Editor> {
    const editor = new Editor(await browser.newPage({ viewport, locale }));
    const { page } = editor;
    await page.goto(url);
    await page.waitForFunction(() => (globalThis as unknown as EditorGlobal).RED?.nodes?.getType('radio-recorder'));
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    // Notifications would take the clicks meant for what is below them.
    await page.addStyleTag({ content: '#red-ui-notifications { display: none !important }' });
    return editor;
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** Imports nodes as a person would, by the import dialog. */
  async import(nodes: object[]): Promise<void> {
    const { page } = this;
    await page.keyboard.press('Control+i');
    const text = page.locator('#red-ui-clipboard-dialog-import-text');
    await text.fill(JSON.stringify(nodes));
    await text.dispatchEvent('keyup');
    await page.locator('#red-ui-clipboard-dialog-ok').click();
    await text.waitFor({ state: 'hidden' });
  }

  async deploy(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy').click();
    await this.page.locator('#red-ui-header-button-deploy.disabled').waitFor();
  }

  async reveal(id: string): Promise<void> {
    await this.page.evaluate((node) => (globalThis as unknown as EditorGlobal).RED.view.reveal(node, false), id);
    await this.page.locator(`[id="${id}"]`).waitFor();
  }

  /** Waits until a node shows such a status. */
  async waitForStatus(id: string, wanted: RegExp): Promise<void> {
    const label = this.page.locator(`[id="${id}"] .red-ui-flow-node-status-label`, { hasText: wanted });
    await label.waitFor({ timeout: 30_000 });
  }

  /** Switches to Node-RED 5's dark theme; the class does nothing in Node-RED 4, whose forms must survive it. */
  async dark(on: boolean): Promise<void> {
    await this.page.evaluate((dark) => document.documentElement.classList.toggle('nr-theme-dark', dark), on);
  }

  /** The help of a node type as html. */
  async help(type: string): Promise<string> {
    await this.page.evaluate((name) => (globalThis as unknown as EditorGlobal).RED.sidebar.help.show(name), type);
    return this.page.locator('.red-ui-sidebar-help-stack div.red-ui-help').last().innerHTML();
  }

  /** True when no field of the open form reaches out of it. */
  formFits(): Promise<boolean> {
    return this.page.evaluate(() => {
      const form = document.querySelector('#dialog-form')!;
      const right = form.getBoundingClientRect().right + 1;
      const fields = [...form.querySelectorAll('input, select, textarea, button')];
      return fields.every((field) => field.getBoundingClientRect().right <= right);
    });
  }

  /** Opens a node's dialog and waits until it stands still, if it must. */
  async edit(id: string, still = true): Promise<void> {
    await this.page.evaluate((node) => {
      const { RED } = globalThis as unknown as EditorGlobal;
      RED.editor.edit(RED.nodes.node(node));
    }, id);
    await this.page.locator('#node-dialog-ok').waitFor();
    if (still) await this.settle();
  }

  async editConfig(type: string, id: string, still = true): Promise<void> {
    await this.page.evaluate(
      ([name, node]) => (globalThis as unknown as EditorGlobal).RED.editor.editConfig('', name, node),
      [type, id],
    );
    await this.page.locator('#node-config-dialog-ok').waitFor();
    if (still) await this.settle();
  }

  async ok(button = '#node-dialog-ok'): Promise<void> {
    await this.page.locator(button).click();
    await this.page.locator(button).waitFor({ state: 'hidden' });
  }

  /** Drags a node from the palette to a place of the workspace; gives the new node's id. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const { page } = this;
    const before = await this.nodeIds();
    const entry = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.scrollIntoViewIfNeeded();
    await entry.hover();
    await page.mouse.down();
    await page.mouse.move(x - 40, y - 20, { steps: 8 });
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.up();
    const added = (await this.nodeIds()).filter((id) => !before.includes(id));
    if (added.length !== 1) throw new Error(`dragging ${type} made ${added.length} nodes`);
    return added[0];
  }

  /** A property of a node as the editor has it. */
  property(id: string, name: string): Promise<unknown> {
    return this.page.evaluate(
      ([node, property]) => (globalThis as unknown as EditorGlobal).RED.nodes.node(node)?.[property],
      [id, name],
    );
  }

  invoke(action: string): Promise<void> {
    return this.page.evaluate((name) => (globalThis as unknown as EditorGlobal).RED.actions.invoke(name), action);
  }

  /** The id of the first node of a type, once the flow is loaded. */
  async first(type: string): Promise<string> {
    const found = await this.page.waitForFunction((wanted) => {
      const ids: string[] = [];
      (globalThis as unknown as EditorGlobal).RED.nodes.eachNode(({ type: one, id }) => {
        if (one === wanted) ids.push(id);
      });
      return ids[0];
    }, type);
    return (await found.jsonValue()) as string;
  }

  private nodeIds(): Promise<string[]> {
    return this.page.evaluate(() => {
      const ids: string[] = [];
      (globalThis as unknown as EditorGlobal).RED.nodes.eachNode(({ id }) => ids.push(id));
      return ids;
    });
  }

  /** Waits for the end of the dialog's slide-in. */
  private async settle(): Promise<void> {
    await this.page.waitForFunction(() => document.getAnimations().length === 0);
    await this.page.waitForTimeout(350);
  }
}
