import assert from 'node:assert/strict';
import type { Editor } from './editor';
import { EditorSuite } from './editor-suite';

/** A recorder as flows had it before there were formats, patterns and a log. */
const OLD = {
  id: 'old',
  type: 'radio-recorder',
  z: 'tab',
  x: 200,
  y: 100,
  name: '',
  folder: 'recordings',
  sidecar: true,
  conventional: false,
  conventionalName: 'conventional',
  shortest: 0,
  wires: [[]],
};
const FLOW = [{ id: 'tab', type: 'tab', label: 'Recorder' }, OLD];

describe("call recorder's dialog", function () {
  this.timeout(120_000);
  const suite = new EditorSuite();
  let editor: Editor;
  beforeEach(async () => {
    editor = await suite.open(FLOW, { width: 1200, height: 800 });
    await editor.reveal('old');
    await editor.edit('old');
  });

  const field = (name: string) => editor.page.locator(`#node-input-${name}`);
  /** Node-RED takes two clicks shortly after each other for a double click, also on different tabs. */
  const tab = async (id: string) => {
    const pane = editor.page.locator(`#trunkflow-recorder-${id}`);
    for (let tries = 0; tries < 20 && !(await pane.isVisible()); tries++) {
      await editor.page.locator(`#trunkflow-recorder-tabs a[href="#trunkflow-recorder-${id}"]`).click();
      await editor.page.waitForTimeout(500);
    }
    assert.ok(await pane.isVisible(), id);
  };
  const preview = () => editor.page.locator('#trunkflow-recorder-name');

  it('shows a node from before as it works', async () => {
    assert.equal(await field('format').inputValue(), 'wav');
    assert.equal(await field('split').inputValue(), 'call');
    assert.equal(await field('longest').inputValue(), '3600');
    assert.ok(await field('log').isChecked());
    assert.ok(await field('sendAudio').isChecked());
    await editor.ok();
    assert.equal(await editor.property('old', 'log'), true);
    assert.equal(await editor.property('old', 'format'), 'wav');
  });

  it('shows what a file name pattern makes of a call', async () => {
    await preview()
      .filter({ hasText: /^county\/\d+\/\d+\/\d+\/9101-\d+\.\d{3}_851012500-call_42\.wav$/ })
      .waitFor();
    await field('format').selectOption('mp3');
    await field('pattern').fill('{system}/{alpha_tag} {call}');
    await preview()
      .filter({ hasText: /^county\/FIRE_1 42\.mp3$/ })
      .waitFor();
    await field('pattern').fill('{nothing}');
    await preview().filter({ hasText: '{nothing}' }).waitFor();
    assert.match((await preview().getAttribute('class'))!, /trunkflow-problem/);
    await field('pattern').fill('<img src=x onerror=alert(1)>{call}');
    await preview()
      .filter({ hasText: /^_img src=x onerror=alert\(1\)_42\.mp3$/ })
      .waitFor();
  });

  it('shows only the settings that count, in both themes', async () => {
    assert.ok(!(await field('bitrate').isVisible()));
    await field('format').selectOption('opus');
    assert.ok(await field('bitrate').isVisible());
    for (const dark of [false, true]) {
      await editor.dark(dark);
      for (const name of ['files', 'calls', 'keeping']) {
        await tab(name);
        assert.ok(await editor.formFits(), name);
        await suite.picture(`recorder-${name}-${dark ? 'dark' : 'light'}`);
      }
    }
    await field('log').uncheck();
    assert.ok(!(await field('keepDays').isVisible()));
    await tab('calls');
    assert.ok(await field('pauses').isVisible());
    await field('split').selectOption('transmission');
    assert.ok(!(await field('pauses').isVisible()));
    await editor.ok();
    assert.deepEqual(
      [
        await editor.property('old', 'format'),
        await editor.property('old', 'split'),
        await editor.property('old', 'log'),
      ],
      ['opus', 'transmission', false],
    );
  });
});
