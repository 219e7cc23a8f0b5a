import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, UploadServer } from '../sinks/upload/server';
import { texts } from '../sinks/upload/strict-form';
import type { Editor } from './editor';
import { EditorSuite } from './editor-suite';
import { NodeRedProcess } from './node-red-process';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'Upload calls.json');
const KEY = 'typed-into-the-dialog';
const NODE = 'upload-call-upload';
const SERVICES = ['rdio-scanner', 'openmhz', 'broadcastify', 'icecast'];

describe('dialog of call upload', function () {
  this.timeout(120_000);
  const suite = new EditorSuite();
  let editor: Editor;
  let server: UploadServer;
  let answer: Answer;

  before(async () => {
    server = await UploadServer.start(() => answer);
  });
  after(() => server?.stop());

  const open = async (viewport?: { width: number; height: number }) => {
    const flow = (JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { id: string }[]).map((node) =>
      node.id === NODE ? { ...node, url: server.url } : node,
    );
    editor = await suite.open(flow, viewport);
    await editor.reveal(NODE);
  };
  const choose = (service: string) => editor.page.locator('#node-input-service').selectOption(service);
  const tab = async (name: string) => {
    const page = editor.page.locator(`#trunkflow-upload-${name}`);
    // Two clicks soon after each other count as a double click, which chooses nothing.
    while (!(await page.isVisible())) {
      await editor.page.locator(`#trunkflow-upload-tabs a[href="#trunkflow-upload-${name}"]`).click();
      await editor.page.waitForTimeout(500);
    }
  };
  const picture = (name: string) => suite.picture(`upload-${name}`);

  it('shows what each service needs, in light and dark, also in a small window', async () => {
    for (const [name, viewport] of [
      ['wide', undefined],
      ['small', { width: 1000, height: 700 }],
    ] as const) {
      await open(viewport);
      await editor.edit(NODE);
      for (const dark of [false, true]) {
        await editor.dark(dark);
        for (const service of SERVICES) {
          await choose(service);
          await tab('service');
          assert.ok(await editor.formFits(), `${service} fits`);
          const live = service === 'icecast';
          assert.equal(await editor.page.locator('#node-input-mount').isVisible(), live);
          assert.equal(await editor.page.locator('#node-input-system').isVisible(), !live);
          await picture(`${service}-${name}-${dark ? 'dark' : 'light'}`);
        }
        await choose('rdio-scanner');
        await tab('calls');
        await picture(`calls-${name}-${dark ? 'dark' : 'light'}`);
        assert.ok(await editor.formFits());
        await tab('queue');
        await picture(`queue-${name}-${dark ? 'dark' : 'light'}`);
      }
      if (name === 'wide') await suite.close();
    }
  });

  it('tests the settings with the key that was typed, then with the deployed one, and says what came of it', async () => {
    await open();
    await editor.edit(NODE);
    const { page } = editor;
    const result = page.locator('#trunkflow-upload-result');
    await page.locator('#node-input-key').fill(KEY);
    answer = { status: 417, body: 'Incomplete call data: no talkgroup\n\n' };
    await page.locator('#node-input-trunkflow-test').click();
    await result.getByText('The server is there').waitFor();
    await result.getByText('Incomplete call data: no talkgroup').waitFor();
    assert.deepEqual(texts(server.requests.at(-1)!.parts), { key: KEY, system: '1' });
    await picture('test-good');
    answer = { status: 200, body: '<!doctype html><img src=x onerror="document.title=1"><h1>Router' };
    await page.locator('#node-input-trunkflow-test').click();
    await result.getByText('Something answers there').waitFor();
    assert.equal(await result.locator('img, h1').count(), 0);
    await picture('test-bad');

    await page
      .locator('#node-input-node-disabled')
      .evaluate(() => {})
      .catch(() => {});
    await editor.ok();
    await editor.deploy();
    const flows = JSON.stringify(await suite.nodeRed.get('/flows'));
    assert.ok(!flows.includes(KEY), 'the flow has no key');
    assert.ok(!suite.nodeRed.log.includes(KEY), 'the log has no key');

    await suite.close();
    editor = await suite.again();
    await editor.reveal(NODE);
    await editor.edit(NODE);
    const again = editor.page;
    const said = again.locator('#trunkflow-upload-result');
    answer = { status: 417, body: 'Incomplete call data: no audio\n\n' };
    assert.equal(await again.locator('#node-input-key').inputValue(), '__PWRD__');
    await again.locator('#node-input-trunkflow-test').click();
    await said.getByText('The server is there').waitFor();
    assert.equal(texts(server.requests.at(-1)!.parts).key, KEY);
    const before = server.requests.length;
    await again.locator('#node-input-url').fill(server.url.replace('127.0.0.1', 'localhost'));
    await again.locator('#node-input-trunkflow-test').click();
    await said.getByText('another server').waitFor();
    assert.equal(server.requests.length, before, 'a deployed key goes to no other server');
    await again.locator('#node-dialog-cancel').click();
  });

  it('marks an empty key, whatever the service', async () => {
    await open();
    await editor.edit(NODE);
    const key = editor.page.locator('#node-input-key');
    const marked = async () => / input-error|^input-error/.test((await key.getAttribute('class')) ?? '');
    for (const service of SERVICES) {
      await choose(service);
      await key.fill('');
      await key.dispatchEvent('change');
      assert.ok(await marked(), service);
      await key.fill('   ');
      await key.dispatchEvent('change');
      assert.ok(await marked(), `${service}: spaces`);
      await key.fill(KEY);
      await key.dispatchEvent('change');
      assert.equal(await marked(), false, service);
    }
    await editor.page.locator('#node-dialog-cancel').click();
    // A new node is marked before anything is typed.
    await editor.page.locator('#node-dialog-ok').waitFor({ state: 'hidden' });
    const fresh = await editor.drag('radio-upload', 700, 500);
    await editor.edit(fresh);
    assert.ok(await marked());
    await editor.page.locator('#node-dialog-cancel').click();
  });

  it('edits the rules, and marks talkgroups that cannot be read', async () => {
    await open();
    await editor.edit(NODE);
    const { page } = editor;
    await tab('calls');
    for (let i = 0; i < 2; i++) await page.locator('.red-ui-editableList-addButton').click();
    const row = (n: number) => page.locator('#node-input-rules-list > li').nth(n);
    await row(0).locator('.trunkflow-system').fill('county');
    await row(0).locator('.trunkflow-talkgroups').fill('1-100, x');
    assert.match((await row(0).locator('.trunkflow-talkgroups').getAttribute('class'))!, /input-error/);
    await row(0).locator('.trunkflow-talkgroups').fill('1-100, 205');
    await row(0).locator('.trunkflow-as').fill('77');
    await row(1).locator('select').selectOption('no');
    assert.equal(await row(1).locator('.trunkflow-as').isVisible(), false);
    await row(1).locator('.trunkflow-talkgroups').fill('9000-9999');
    await picture('rules');
    await editor.ok();
    assert.deepEqual(await editor.property(NODE, 'rules'), [
      { system: 'county', talkgroups: '1-100, 205', upload: true, as: '77' },
      { system: '', talkgroups: '9000-9999', upload: false, as: '' },
    ]);
  });
});

describe('test of upload settings', () => {
  it('is for those who may write only', async () => {
    const nodeRed = await NodeRedProcess.start({ settings: { adminAuth: { type: 'credentials', users: [] } } });
    try {
      const response = await fetch(`${nodeRed.url}/trunkflow/upload/x/test`, { method: 'POST' });
      assert.equal(response.status, 401);
    } finally {
      await nodeRed.stop();
    }
  });
});
