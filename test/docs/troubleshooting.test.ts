import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODES, ROOT, readJson } from '../package/package-files';
import { everyReason, plain } from './reasons';

/** What stands in code font in the first column of a page's tables. */
function listed(page: string): Set<string> {
  const rows = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const firsts = rows.filter((row) => row.startsWith('| `')).map((row) => row.split(' | ')[0]);
  return new Set(firsts.flatMap((first) => [...first.matchAll(/`([^`]+)`/g)].map(([, text]) => plain(text))));
}

/** True when a text is what the code says, with whatever it fills in. */
function covers(reason: string, text: string): boolean {
  const parts = reason.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`).test(text);
}

const PAGES = {
  'en-US': 'docs/troubleshooting.md',
  de: 'docs/de/troubleshooting.md',
  es: 'docs/es/troubleshooting.md',
};

describe('troubleshooting', () => {
  it('finds what the code can say', () => {
    const reasons = everyReason('en-US');
    assert.ok(reasons.length > 120, `${reasons.length} found`);
    for (const text of [
      'no carrier',
      'off … Hz',
      'disk full',
      'unknown_system',
      'preempted',
      '… out of band',
      'kernel driver',
      'no_audio',
      'queue_full',
    ])
      assert.ok(reasons.includes(text), text);
  });

  for (const [language, page] of Object.entries(PAGES)) {
    it(`explains every reason and status (${language})`, () => {
      const known = [...listed(page)];
      assert.deepEqual(
        everyReason(language).filter((reason) => !known.some((text) => covers(reason, text))),
        [],
      );
    });

    it(`explains nothing that the code does not say (${language})`, () => {
      const said = everyReason(language);
      const extra = [...listed(page)].filter((text) => !said.some((reason) => covers(reason, text)));
      assert.deepEqual(extra, ['… MHz']);
    });

    it(`has a part for every node that stands in the palette (${language})`, () => {
      const titles = readFileSync(join(ROOT, page), 'utf8').match(/^## .+$/gm)!;
      for (const { name, definition } of NODES) {
        if (definition.category === 'config') continue;
        const { label } = readJson(join('nodes', name, 'locales', 'en-US', `${name}.json`)) as {
          label: { node: string };
        };
        assert.ok(titles.includes(`## ${label.node}`), label.node);
      }
    });
  }
});
