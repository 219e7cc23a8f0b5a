import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../package/package-files';
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

describe('troubleshooting', () => {
  it('finds what the code can say', () => {
    const reasons = everyReason();
    assert.ok(reasons.length > 120, `${reasons.length} found`);
    for (const text of ['no carrier', 'off … Hz', 'disk full', 'tdma', 'preempted', '… out of band', 'kernel driver'])
      assert.ok(reasons.includes(text), text);
  });

  it('explains every reason and status', () => {
    const known = [...listed('docs/troubleshooting.md')];
    assert.deepEqual(
      everyReason().filter((reason) => !known.some((text) => covers(reason, text))),
      [],
    );
  });

  it('explains nothing that the code does not say', () => {
    const said = everyReason();
    const extra = [...listed('docs/troubleshooting.md')].filter((text) => !said.some((reason) => covers(reason, text)));
    assert.deepEqual(extra, ['… MHz']);
  });
});
