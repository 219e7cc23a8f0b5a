// Takes the pictures of README and docs from a running Node-RED with the demo flow, so that they show what there is.
// npm run screenshots [-- FOLDER [NAME ...]]; without a folder they replace those in docs/images. Needs Chromium.
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBrowser } from '../test/e2e/editor';
import { NodeRedProcess } from '../test/e2e/node-red-process';
import { SHOTS } from './screenshots/shots';
import { Studio } from './screenshots/studio';

async function main([folder, ...names]: string[]): Promise<void> {
  const unknown = names.filter((name) => !SHOTS.some((shot) => shot.name === name));
  if (unknown.length > 0) throw new Error(`No such picture: ${unknown.join(', ')}`);
  const target = resolve(folder ?? join(__dirname, '..', 'docs', 'images'));
  mkdirSync(target, { recursive: true });
  const browser = await openBrowser();
  if (typeof browser === 'string') throw new Error(browser);
  const nodeRed = await NodeRedProcess.start({ settings: { paletteCategories: ['radio', 'common', 'function'] } });
  try {
    const studio = new Studio(browser, nodeRed);
    for (const { name, take } of SHOTS) {
      if (names.length > 0 && !names.includes(name)) continue;
      const path = join(target, `${name}.png`);
      await studio.take(path, take);
      console.log(`${name}.png ${Math.round(statSync(path).size / 1024)} KB`);
    }
  } finally {
    await browser.close();
    await nodeRed.stop();
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
