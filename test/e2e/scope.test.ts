import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { browserOrSkip, Editor } from './editor';
import { NodeRedProcess } from './node-red-process';

const FLOW = JSON.parse(readFileSync(join(__dirname, '..', '..', 'examples', 'Look at the band.json'), 'utf8'));

/** Carriers of the generated site: the control channel, and a voice channel that is not in the channelizer's list. */
const CONTROL = 851_437_500;

describe('scope in the browser', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  before(async function () {
    browser = await browserOrSkip(this);
    nodeRed = await NodeRedProcess.start();
    // Nobody opens voice channels here but the test.
    await nodeRed.deploy(FLOW.filter(({ type }: { type: string }) => type !== 'radio-follower'));
    // The answer to a deploy comes before the nodes are made.
    while (!(await fetch(`${nodeRed.url}/radio/scope/`)).ok) await sleep(50);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });
  afterEach(async () => {
    await page?.close();
    assert.deepEqual(errors.splice(0), []);
  });

  async function open(query = '', viewport = { width: 1200, height: 800 }): Promise<void> {
    page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${nodeRed.url}/radio/scope/${query}`);
    await page.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
  }
  const spectrum = (): Locator => page.locator('.scope-spectrum');
  const channels = (): Locator => page.locator('.scope-channel');
  /** Where a frequency is on the spectrum, while the whole band of 240 kHz is seen. */
  async function placeOf(frequency: number): Promise<{ x: number; y: number }> {
    const { width } = (await spectrum().boundingBox())!;
    return { x: 38 + ((frequency - 851_380_000) / 240_000) * (width - 38), y: 100 };
  }
  /** Waits until the picture has been drawn: colours other than those of the empty plot. */
  async function drawn(selector: string, area: Locator | Page = page): Promise<number> {
    const canvas = area.locator(selector);
    for (;;) {
      const found = await canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      if (found > 12) return found;
      await page.waitForTimeout(50);
    }
  }

  it('shows the carriers of the site, with the control channel by name', async () => {
    await open();
    await drawn('.scope-spectrum');
    await drawn('.scope-waterfall');
    await channels().filter({ hasText: 'control' }).filter({ hasText: 'decoded' }).waitFor();
    assert.match(await page.locator('.scope-snr dd').innerText(), /^\d\d\.\d dB$/);
    assert.equal(await page.locator('.scope-clipping dd').innerText(), '0 %');
    await spectrum().hover({ position: await placeOf(CONTROL) });
    await page.locator('.scope-cursor', { hasText: 'control' }).waitFor();
    const text = await page.locator('.scope-cursor').innerText();
    assert.match(text, /^851\.43\d\d MHz · −\d\d\.\d dB · \d\d dB above noise · control, decoded/);
    assert.match(await page.locator('.scope-streams option').first().innerText(), /851\.5000 MHz, 240 kS\/s/);
  });

  it('opens a channel with a click, which a real channelizer cuts out and a decoder reads, and closes it again', async () => {
    await open();
    await channels().filter({ hasText: 'control' }).waitFor();
    // A carrier beside the list: the voice channel on which somebody speaks now, or else the other.
    const place = await placeOf(851_525_000);
    await spectrum().click({ position: place });
    const channel = channels().filter({ hasText: '851.525' });
    await channel.filter({ hasText: /open|decoded/ }).waitFor();
    assert.match(await page.locator('.scope-note').innerText(), /851\.5250 MHz/);
    await channel.filter({ hasText: 'decoded' }).waitFor({ timeout: 60_000 });
    await page.locator('.scope-close').click();
    await channel.waitFor({ state: 'detached' });
    // What others opened stays.
    await spectrum().click({ position: await placeOf(CONTROL) });
    await page.locator('.scope-note', { hasText: 'was not opened here' }).waitFor();
    assert.equal(await channels().count(), 1);
  });

  it('can be used with the keyboard alone', async () => {
    await open();
    await channels().filter({ hasText: 'control' }).waitFor();
    await spectrum().focus();
    const outline = await spectrum().evaluate((element) => getComputedStyle(element).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is seen');
    await page.keyboard.press('Home');
    await page.waitForFunction(() =>
      /^851\.3(79|80)\d MHz/.test(document.querySelector('.scope-spectrum')!.ariaValueText ?? ''),
    );
    await page.keyboard.press('PageUp');
    await page.waitForFunction(() => /control/.test(document.querySelector('.scope-spectrum')!.ariaValueText ?? ''));
    const at = Number(await spectrum().getAttribute('aria-valuenow'));
    assert.ok(Math.abs(at - CONTROL) < 10, `${at}`);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (before) => Number(document.querySelector('.scope-spectrum')!.ariaValueNow) > before,
      at,
    );
    const moved = Number(await spectrum().getAttribute('aria-valuenow'));
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction(
      (before) => Number(document.querySelector('.scope-spectrum')!.ariaValueNow) > before + 8000,
      moved,
    );
    const low = Number(await spectrum().getAttribute('aria-valuemin'));
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.keyboard.press('0');
    assert.equal(Number(await spectrum().getAttribute('aria-valuemin')), low);
    // Nothing is there: Enter opens a channel all the same, a second Enter closes it.
    await page.keyboard.press('End');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await page.locator('.scope-close').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.scope-close').waitFor({ state: 'detached' });
    // Every control can be reached and has a name.
    const names = await page.locator('button:visible, select:visible, input:visible').evaluateAll((all) =>
      all.map((element) => {
        const { ariaLabel, title, textContent, labels } = element as HTMLInputElement;
        return [ariaLabel, title, textContent, ...[...(labels ?? [])].map((label) => label.textContent)]
          .join('')
          .trim();
      }),
    );
    assert.ok(names.length > 8 && names.every((name) => name !== ''), names.join('|'));
  });

  it('stands still in a pause, while nothing is computed, and goes on', async () => {
    await open();
    await drawn('.scope-waterfall');
    await page.locator('.scope-pause').click();
    const editor = await (await fetch(`${nodeRed.url}/trunkflow/scope/read/session`)).json();
    assert.ok((editor as { token: string }).token);
    const picture = () =>
      page.locator('.scope-waterfall').evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    await page.waitForTimeout(400);
    const before = await picture();
    await page.waitForTimeout(600);
    assert.equal(await picture(), before, 'nothing moves');
    // It can still be looked at closely.
    await page.locator('.scope-zoom-in').click();
    await page.waitForTimeout(100);
    const near = await picture();
    assert.notEqual(near, before);
    await page.locator('.scope-pause').click();
    while ((await picture()) === near) await page.waitForTimeout(50);
  });

  it('zooms with the wheel around the pointer, moves when dragged, and resets peaks', async () => {
    await open();
    await drawn('.scope-spectrum');
    const place = await placeOf(CONTROL);
    await spectrum().hover({ position: place });
    for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -400);
    await page.locator('.scope-cursor', { hasText: /851\.43[67]/ }).waitFor();
    const box = (await spectrum().boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await spectrum().hover({ position: { x: place.x, y: 60 } });
    await page.locator('.scope-cursor').waitFor();
    const moved = /^851\.(\d+)/.exec(await page.locator('.scope-cursor').innerText())![1];
    assert.ok(Number(moved) < 4370, `the band moved right: 851.${moved}`);
    assert.equal(await page.locator('.scope-close').count(), 0, 'a drag is no click');
    await page.locator('.scope-reset-peaks').click();
    await page.locator('.scope-whole').click();
  });

  it('shows constellation, eye and levels of a channel, and those of soft symbols', async () => {
    await open('?scope=look-symbols');
    for (const name of ['constellation', 'eye', 'levels']) await drawn(`.scope-${name} canvas`);
    const quality = await page.locator('.scope-mer dd').innerText();
    assert.ok(Number.parseFloat(quality) > 18, quality);
    assert.match(await page.locator('.scope-offset dd').innerText(), /^\+1\d\d Hz$/);
    const values = await page
      .locator('.scope-streams option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    const symbols = values.find((value) => value.endsWith('(symbols)'))!;
    await page.locator('.scope-streams select').selectOption(symbols);
    await page.locator('.trunkflow-scope[data-kind="symbols"]').waitFor();
    for (const name of ['constellation', 'eye', 'levels']) await drawn(`.scope-${name} canvas`);
    assert.ok(Number.parseFloat(await page.locator('.scope-mer dd').innerText()) > 18);
    assert.equal(await page.locator('.scope-band').isVisible(), false);
  });

  it('keeps display settings, and shows only what a dashboard asks for', async () => {
    await open('?view=spectrum&compact=1', { width: 420, height: 260 });
    await drawn('.scope-spectrum');
    for (const part of ['.scope-waterfall', '.scope-bar', '.scope-tools', '.scope-channels'])
      assert.equal(await page.locator(part).isVisible(), false, part);
    await page.close();
    await open();
    await page.locator('.scope-settings').click();
    await page.locator('.scope-averaging select').selectOption('8');
    await page.getByLabel('Peak hold').uncheck();
    await page.locator('.scope-palette select').selectOption('cividis');
    await page.locator('.scope-high input').fill('-5');
    assert.equal(await page.getByLabel('Range by itself').isChecked(), false);
    await page.reload();
    await page.locator('.scope-settings').click();
    assert.equal(await page.locator('.scope-averaging select').inputValue(), '8');
    assert.equal(await page.getByLabel('Peak hold').isChecked(), false);
    assert.equal(await page.locator('.scope-high input').inputValue(), '-5');
  });

  for (const [width, height] of [
    [300, 600],
    [360, 740],
    [1920, 1080],
  ])
    it(`fits ${width} pixels without scrolling sideways`, async () => {
      await open('', { width, height });
      await drawn('.scope-spectrum');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide`);
      const out = await page
        .locator('button:visible, select:visible, canvas:visible, dd:visible')
        .evaluateAll((all) =>
          all
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
            .map((element) => element.className),
        );
      assert.deepEqual(out, []);
    });

  it('speaks German and Spanish', async () => {
    for (const [locale, words] of [
      ['de-AT', 'Ganzes Band'],
      ['es-MX', 'Banda entera'],
    ]) {
      page = await browser.newPage({ locale });
      await page.goto(`${nodeRed.url}/radio/scope/`);
      await page.getByText(words).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2));
      await page.close();
    }
    page = await browser.newPage();
  });

  it('can be framed by pages of the same server only', async () => {
    const { headers } = await fetch(`${nodeRed.url}/radio/scope/`);
    assert.match(headers.get('content-security-policy')!, /frame-ancestors 'self'/);
    page = await browser.newPage();
    await page.goto(`${nodeRed.url}/settings`);
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = 'radio/scope/?compact=1';
      document.body.append(frame);
    });
    const frame = await (async () => {
      for (;;) {
        const found = page.frames().find((one) => one.parentFrame() && one.url().includes('compact'));
        if (found) return found;
        await page.waitForTimeout(50);
      }
    })();
    await frame.waitForSelector('.trunkflow-scope');
  });

  it('opens in the editor: from the sidebar, and from a button in the dialog that goes to this scope', async () => {
    const editor = await Editor.open(browser, nodeRed.url);
    page = editor.page;
    await editor.invoke('trunkflow:show-scope');
    const tab = page.locator('.trunkflow-scope-tab');
    await tab.locator('.trunkflow-scope[data-kind="iq"]').waitFor();
    await drawn('.scope-spectrum', tab);
    const { width } = (await tab.boundingBox())!;
    assert.ok(width < 340, `${width} pixels`);
    const out = await tab
      .locator('button:visible, select:visible, canvas:visible')
      .evaluateAll(
        (all, right) =>
          all.filter((element) => element.getBoundingClientRect().right > right).map((element) => element.className),
        (await tab.boundingBox())!.x + width,
      );
    assert.deepEqual(out, []);
    assert.equal(await tab.locator('.scope-toggle').isVisible(), true, 'clicks open channels here');

    await editor.reveal('look-symbols');
    await editor.edit('look-symbols');
    await page.locator('#node-input-trunkflow-show').click();
    await tab.locator('.scope-symbols canvas').first().waitFor();
    assert.equal(await tab.locator('.scope-scopes select').inputValue(), 'look-symbols');
    await page.locator('#node-dialog-cancel').click();
    // Nothing is computed for a tab that is not shown.
    await editor.waitForStatus('look-symbols', /1 watching/);
    assert.deepEqual(editor.errors, []);
  });
});
