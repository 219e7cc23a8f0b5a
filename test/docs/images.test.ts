import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SHOTS } from '../../scripts/screenshots/shots';
import { ROOT } from '../package/package-files';

const IMAGES = join(ROOT, 'docs', 'images');

/** Every page of the documentation, as a path from the root. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

/** Places that a page's links or images name, as paths from the root; those elsewhere are left out. */
function linked(page: string, pattern: RegExp): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(pattern)]
    .map(([, target]) => target)
    .filter((target) => !/^(https?:|#)/.test(target))
    .map((target) => join(dirname(page), decodeURI(target.split('#')[0])));
}

/** The anchor GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('documentation', () => {
  const images = pages().flatMap((page) => linked(page, /!\[[^\]]*\]\(([^)\s]+)\)/g));

  it('has the pictures it shows, and they are the ones "npm run screenshots" takes', () => {
    // Plots are made by "npm run sensitivity" and lie beside the pages.
    const shots = images.filter((path) => !path.endsWith('.svg'));
    const used = [...new Set(shots.map((path) => relative('docs/images', path)))].sort();
    assert.deepEqual(used, SHOTS.map(({ name }) => `${name}.png`).sort());
    assert.deepEqual(readdirSync(IMAGES).sort(), used);
  });

  it('has pictures that are small', () => {
    const sizes = readdirSync(IMAGES).map((name) => statSync(join(IMAGES, name)).size);
    assert.ok(Math.max(...sizes) < 300_000, `${Math.max(...sizes)} bytes`);
    assert.ok(sizes.reduce((sum, size) => sum + size) < 3_000_000);
  });

  it('says in words what a picture shows', () => {
    for (const page of pages())
      for (const [image, text] of readFileSync(join(ROOT, page), 'utf8').matchAll(/!\[([^\]]*)\]\(/g))
        assert.ok(text.length > 15, `${page}: ${image}`);
  });

  it('has links that lead somewhere', () => {
    for (const page of pages())
      for (const target of linked(page, /\]\(([^)\s]+)\)/g))
        assert.ok(statSync(join(ROOT, target), { throwIfNoEntry: false }), `${page}: ${target}`);
  });

  it('has links that lead to parts that are there', () => {
    for (const page of pages())
      for (const [, file, part] of readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)\s#]*)#([^)\s]+)\)/g)) {
        if (/^https?:/.test(file)) continue;
        const target = file ? join(dirname(page), file) : page;
        const headings = readFileSync(join(ROOT, target), 'utf8').match(/^#+ .+$/gm) ?? [];
        const anchors = headings.map((heading) => anchor(heading.replace(/^#+ /, '')));
        assert.ok(anchors.includes(decodeURI(part)), `${page}: ${file}#${part}`);
      }
  });

  it('is there in English, German and Spanish for those who begin', () => {
    for (const name of ['guide.md', 'troubleshooting.md', 'README.md']) {
      const english = name === 'README.md' ? name : join('docs', name);
      for (const page of [english, join('docs', 'de', name), join('docs', 'es', name)])
        assert.ok(pages().includes(page), page);
    }
    const shape = (page: string) =>
      readFileSync(join(ROOT, page), 'utf8')
        .match(/^(##+ |!\[|\| )/gm)!
        .join('');
    for (const name of ['guide.md', 'troubleshooting.md'])
      for (const language of ['de', 'es'])
        assert.equal(
          shape(join('docs', language, name)),
          shape(join('docs', name)),
          `${language}/${name} has the same parts`,
        );
  });
});
