import type { Page } from 'playwright-core';
import type { Editor } from '../../test/e2e/editor';
import type { FlowNode, Frame, Studio } from './studio';

export interface Shot {
  /** Name of the file without its ending. */
  name: string;
  take(studio: Studio): Promise<Frame>;
}

const DEMO = 'Demo without a radio';
const TRAY = '.red-ui-tray';
const WINDOW = { width: 1240, height: 720 };

/** The editor with the demo decoding and calls in the debug sidebar. */
async function demo(studio: Studio): Promise<Editor> {
  await studio.deploy(DEMO, quiet);
  const editor = await studio.editor(WINDOW.width, WINDOW.height);
  await editor.reveal('demo-decoder');
  await editor.waitForStatus('demo-decoder', /^\d+ msg\/s$/);
  return editor;
}

/** Without the debug node that shows the paths of recordings: they are those of this machine. */
const quiet = (nodes: FlowNode[]) =>
  nodes.map((node) => (node.type === 'debug' && node.complete === 'filename' ? { ...node, active: false } : node));

/** A node's dialog over the demo; `prepare` may change what is in the form. */
const dialog =
  (id: string, prepare: (page: Page) => Promise<void> = async () => {}) =>
  async (studio: Studio): Promise<Frame> => {
    const editor = await demo(studio);
    await editor.edit(id);
    await prepare(editor.page);
    return { page: editor.page, of: TRAY };
  };

const configDialog =
  (type: string, id: string, prepare: (page: Page) => Promise<void> = async () => {}) =>
  async (studio: Studio): Promise<Frame> => {
    const editor = await demo(studio);
    await editor.editConfig(type, id);
    await prepare(editor.page);
    return { page: editor.page, of: TRAY };
  };

/** Calls come every few seconds. */
const CALL = { timeout: 60_000 };

async function listening(studio: Studio, options: { width: number; height: number; dark?: boolean }): Promise<Frame> {
  await studio.deploy(DEMO, quiet);
  const page = await studio.page('/radio/listen', options);
  await page.locator('#listen').click();
  // With some calls behind it, and in the middle of one.
  await page.locator('#history-list > li').nth(2).waitFor(CALL);
  for (const state of ['idle', 'playing']) await page.locator(`#now[data-state="${state}"]`).waitFor(CALL);
  await page.waitForTimeout(2000);
  return { page };
}

export const SHOTS: readonly Shot[] = [
  {
    name: 'editor',
    async take(studio) {
      const editor = await demo(studio);
      await editor.invoke('core:show-debug-tab');
      await editor.page.locator('.red-ui-debug-msg-topic', { hasText: 'demo/100' }).first().waitFor(CALL);
      return { page: editor.page };
    },
  },
  {
    name: 'examples',
    async take(studio) {
      const editor = await demo(studio);
      await editor.invoke('core:show-examples-import-dialog');
      const labels = editor.page.locator('#red-ui-clipboard-dialog .red-ui-treeList-label');
      await labels.filter({ hasText: '@trunkflow/node-red' }).click();
      await labels.filter({ hasText: DEMO }).waitFor();
      return { page: editor.page, of: '.ui-dialog:visible' };
    },
  },
  {
    name: 'help',
    async take(studio) {
      const editor = await demo(studio);
      await editor.invoke('core:show-help-tab');
      await editor.help('radio-decoder');
      await editor.page.locator('.red-ui-sidebar-help-stack h4', { hasText: 'Status' }).last().scrollIntoViewIfNeeded();
      return { page: editor.page, of: '#red-ui-sidebar' };
    },
  },
  {
    name: 'device',
    take: configDialog('radio-device', 'demo-device', async (page) => {
      await page.locator('#node-config-input-driver').selectOption('rtl-sdr');
    }),
  },
  {
    name: 'source',
    take: dialog('demo-source', async (page) => {
      await page.locator('#node-input-frequency').fill('852.1');
      await page.locator('#node-input-rate').fill('2.4');
      await page.locator('#node-input-frequency').blur();
    }),
  },
  { name: 'channelizer', take: dialog('demo-channelizer') },
  {
    name: 'system',
    take: configDialog('radio-system', 'demo-sys', async (page) => {
      await page.getByText('Talkgroups', { exact: true }).first().click();
    }),
  },
  { name: 'recorder', take: dialog('demo-recorder') },
  {
    name: 'scope',
    async take(studio) {
      await studio.deploy('Look at the band');
      const page = await studio.page('/radio/scope/', { width: 1100, height: 700 });
      // Until the waterfall has come down.
      await page.waitForTimeout(25_000);
      return { page };
    },
  },
  {
    name: 'mqtt',
    async take(studio) {
      await studio.deploy('Calls in Home Assistant');
      const editor = await studio.editor(WINDOW.width, WINDOW.height);
      await editor.edit(await editor.first('radio-mqtt'));
      return { page: editor.page, of: TRAY };
    },
  },
  { name: 'listen', take: (studio) => listening(studio, { width: 1100, height: 640 }) },
  { name: 'listen-dark', take: (studio) => listening(studio, { width: 1100, height: 640, dark: true }) },
  { name: 'listen-phone', take: (studio) => listening(studio, { width: 360, height: 720 }) },
];
