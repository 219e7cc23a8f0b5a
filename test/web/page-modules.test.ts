import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RESOURCES = join(__dirname, '..', '..', 'resources');

/** All modules a page's first one needs, by their addresses below the page. */
function neededBy(folder: string, entry: string): string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const text = readFileSync(join(RESOURCES, name.startsWith('web/') ? '' : folder, name), 'utf8');
    for (const [, address] of text.matchAll(/^(?:import|export)[^;]*? from '\.\/([^']+)';/gms)) {
      const module = name.startsWith('web/') ? `web/${address}` : address;
      if (needed.has(module)) continue;
      needed.add(module);
      visit(module);
    }
  };
  visit(entry);
  return [...needed].sort();
}

/** A browser finds out one module after another what they need: where answers take long, each step costs that much again. */
describe('modules of pages', () => {
  for (const [folder, entry] of [
    ['scope', 'page.js'],
    ['listen', 'listen.js'],
  ])
    it(`are all asked for at once: ${folder}`, () => {
      const html = readFileSync(join(RESOURCES, folder, 'index.html'), 'utf8');
      assert.equal(/<script type="module" src="([^"]+)">/.exec(html)![1], entry);
      const asked = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, address]) => address);
      const needed = neededBy(folder, entry);
      assert.ok(needed.length > 10);
      assert.deepEqual(asked, needed);
    });
});
