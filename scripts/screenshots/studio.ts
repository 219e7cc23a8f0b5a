import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Editor } from '../../test/e2e/editor';
import type { NodeRedProcess } from '../../test/e2e/node-red-process';
import { palettePng } from './palette-png';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** Part of a page; without it all that the window shows. */
export interface Frame {
  page: Page;
  /** What is shown: the place of this element, with some room around. */
  of?: string;
}

export interface PageOptions {
  width: number;
  height: number;
  dark?: boolean;
}

/** Makes what a picture shows, and takes it. */
export class Studio {
  private deployed?: string;

  constructor(
    private readonly browser: Browser,
    private readonly nodeRed: NodeRedProcess,
  ) {}

  /** Takes a picture with the colours of a palette, which takes a third of the room. */
  async take(path: string, compose: (studio: Studio) => Promise<Frame>): Promise<void> {
    const { page, of } = await compose(this);
    // Tooltips and what moves would differ from picture to picture.
    await page.mouse.move(0, 0);
    const clip = of ? await page.locator(of).first().boundingBox() : undefined;
    const png = await page.screenshot({ animations: 'disabled', ...(clip ? { clip } : {}) });
    writeFileSync(path, await palettePng(page, png));
    await page.close();
  }

  /** Deploys one of the examples unless it runs already; `change` may alter its nodes. */
  async deploy(example: string, change: (nodes: FlowNode[]) => FlowNode[] = (nodes) => nodes): Promise<void> {
    const flow = JSON.stringify(change(JSON.parse(readFileSync(join(EXAMPLES, `${example}.json`), 'utf8'))));
    if (flow === this.deployed) return;
    await this.nodeRed.deploy(JSON.parse(flow));
    this.deployed = flow;
  }

  /** The editor with what was deployed. */
  async editor(width: number, height: number): Promise<Editor> {
    return Editor.open(this.browser, this.nodeRed.url, { width, height });
  }

  /** A page under Node-RED's user-facing address. */
  async page(path: string, { width, height, dark = false }: PageOptions): Promise<Page> {
    const page = await this.browser.newPage({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'en-US',
    });
    await page.goto(this.nodeRed.url + path);
    return page;
  }
}

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}
