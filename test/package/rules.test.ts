import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { examples, NODES, nodeFiles, ROOT, readJson } from './package-files';

/** The rules of Node-RED's scorecard that can be checked without its online catalogue, by its own numbers. */
describe('package rules', () => {
  const manifest = readJson('package.json') as {
    name: string;
    license: string;
    repository: { url: string };
    bugs: { url: string };
    keywords: string[];
    engines: { node: string };
    files: string[];
    dependencies: Record<string, string>;
    'node-red': { version: string; nodes: Record<string, string> };
  };

  it('P01: names a licence and carries its text', () => {
    assert.equal(manifest.license, 'Apache-2.0');
    assert.match(readFileSync(join(ROOT, 'LICENSE'), 'utf8'), /Apache License\s+Version 2\.0/);
  });

  it('P03: says where its source and its issues are', () => {
    assert.match(manifest.repository.url, /^git\+https:/);
    assert.match(manifest.bugs.url, /^https:/);
  });

  it('P04: has a scoped name', () => {
    assert.match(manifest.name, /^@[a-z\d][\w-.]+\/[a-z\d][\w-.]*$/);
  });

  it('P05: has the keyword node-red', () => {
    assert.ok(manifest.keywords.includes('node-red'));
  });

  it('P06: accepts Node-RED 4.1 and what comes after', () => {
    assert.equal(manifest['node-red'].version, '>=4.1.0');
  });

  it('P07: accepts the Node.js that Node-RED 5 needs, 22.9', () => {
    const least = /^>=(\d+)\.(\d+)\.\d+$/.exec(manifest.engines.node);
    assert.ok(least, 'a plain lower bound');
    assert.ok(Number(least[1]) < 22 || (Number(least[1]) === 22 && Number(least[2]) <= 9));
  });

  it('N02: every node that is not a config node is in an example', () => {
    const used = new Set(examples().flatMap(({ nodes }) => nodes.map(({ type }) => type)));
    for (const { type, definition } of NODES)
      if (definition.category !== 'config') assert.ok(used.has(type), `${type} is in no example`);
  });

  it('D01: has at most six dependencies', () => {
    assert.ok(Object.keys(manifest.dependencies).length <= 6);
  });

  it('lists every node folder and nothing else', () => {
    const listed = Object.entries(manifest['node-red'].nodes);
    const folders = nodeFiles().map(({ name }) => name);
    assert.deepEqual(listed.map(([name]) => name).sort(), folders.sort());
    for (const [name, file] of listed) {
      assert.equal(file, `dist/nodes/${name}/${name}.js`);
      assert.ok(existsSync(join(ROOT, 'nodes', name, `${name}.ts`)), `${name} has a runtime`);
    }
  });

  it('packs what Node-RED needs', () => {
    for (const entry of ['dist', 'examples', 'resources', 'README.md', 'LICENSE'])
      assert.ok(manifest.files.includes(entry), entry);
  });

  it('keeps protocols apart: each imports itself and what is shared, never another', () => {
    const home = join(ROOT, 'src/protocols');
    const folders = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name);
    const protocols = names.filter((name) => !name.endsWith('-shared'));
    assert.ok(protocols.includes('p25'));
    // What is shared must know none of those that share it.
    for (const own of names) {
      const files = readdirSync(join(home, own), { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((name) => name.endsWith('.ts'))) {
        for (const [, target] of readFileSync(join(home, own, file), 'utf8').matchAll(/from '([^']+)'/g)) {
          const [folder] = relative(home, resolve(home, own, dirname(file), target)).split(sep);
          assert.ok(folder === own || !protocols.includes(folder), `${own}/${file} imports ${target}`);
        }
      }
    }
  });
});
