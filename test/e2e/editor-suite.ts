import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { browserOrSkip, Editor, pictureFolder } from './editor';
import { NodeRedProcess } from './node-red-process';

/**
 * A Node-RED and a browser for the tests of a suite, which skips where there is no browser. Each test opens an editor, which
 * must have made no errors. Make it inside the suite.
 */
export class EditorSuite {
  /** Screenshots for people to look at; a test only makes sure that they exist. */
  pictures!: string;
  nodeRed!: NodeRedProcess;
  private browser?: Browser;
  private editor?: Editor;

  constructor() {
    const suite = this;
    before(async function () {
      suite.browser = await browserOrSkip(this);
      suite.nodeRed = await NodeRedProcess.start();
      suite.pictures = pictureFolder();
    });
    after(async () => {
      await this.browser?.close();
      await this.nodeRed?.stop();
    });
    afterEach(() => this.close());
  }

  /** Deploys the flow and opens the editor on it. */
  async open(flow: object[], viewport?: { width: number; height: number }, locale?: string): Promise<Editor> {
    await this.nodeRed.deploy(flow);
    return this.again(viewport, locale);
  }

  /** Opens the editor on the flow that is there. */
  async again(viewport?: { width: number; height: number }, locale?: string): Promise<Editor> {
    this.editor = await Editor.open(this.browser!, this.nodeRed.url, viewport, locale);
    return this.editor;
  }

  /** Closes the editor that is open. */
  async close(): Promise<void> {
    const { editor } = this;
    this.editor = undefined;
    if (!editor) return;
    await editor.close();
    assert.deepEqual(editor.errors, [], 'no errors in the browser');
  }

  async picture(name: string): Promise<void> {
    const path = join(this.pictures, `${name}.png`);
    await this.editor!.page.screenshot({ path });
    assert.ok(statSync(path).size > 10_000);
  }
}
