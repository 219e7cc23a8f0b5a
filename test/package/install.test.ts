import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Comms } from '../e2e/comms';
import { NodeRedProcess } from '../e2e/node-red-process';
import { until } from '../e2e/until';
import { isOnline, nodeRed5, npm } from '../support/node-red-5';
import { examples, NODES, ROOT, readJson } from './package-files';

interface Place {
  name: string;
  /** The node program and Node-RED's red.js; installs them first where they are not there. */
  prepare(): { node: string; redJs: string };
}

const PLACES: Place[] = [
  {
    name: `Node-RED ${(readJson('node_modules/node-red/package.json') as { version: string }).version}, Node.js ${process.version}`,
    prepare: () => ({ node: process.execPath, redJs: require.resolve('node-red/red.js') }),
  },
  { name: 'Node-RED 5, Node.js 22', prepare: () => nodeRed5()! },
];

describe('the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  let tarball: string;

  before(function () {
    if (!isOnline()) {
      for (const test of this.test!.parent!.tests) test.title += ' (skipped: the package registry cannot be reached)';
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'trunkflow-pack-'));
    npm(['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  for (const [index, place] of PLACES.entries())
    it(`works in ${place.name}`, async () => {
      const userDir = join(folder, `user-${index}`);
      mkdirSync(userDir);
      writeFileSync(join(userDir, 'package.json'), '{"name": "node-red-project", "private": true}');
      const programs = place.prepare();
      npm(['install', tarball], userDir);
      const nodeRed = await NodeRedProcess.start({ ...programs, userDir });
      try {
        await checkNodes(nodeRed);
        await checkIcons(nodeRed);
        await checkForms(nodeRed);
        await checkExamples(nodeRed);
        await checkDemo(nodeRed);
      } finally {
        await nodeRed.stop();
      }
    });
});

async function checkNodes(nodeRed: NodeRedProcess): Promise<void> {
  const sets = (await nodeRed.get('/nodes')) as { module: string; types: string[]; enabled: boolean; err?: string }[];
  const ours = sets.filter(({ module }) => module === '@trunkflow/node-red');
  assert.deepEqual(ours.flatMap(({ types }) => types).sort(), NODES.map(({ type }) => type).sort());
  for (const { err, enabled } of ours) assert.ok(enabled && !err, err);
}

async function checkIcons(nodeRed: NodeRedProcess): Promise<void> {
  const icons = (await nodeRed.get('/icons')) as Record<string, string[]>;
  const wanted = NODES.flatMap(({ definition }) => definition.icon ?? []);
  assert.deepEqual([...icons['@trunkflow/node-red']].sort(), wanted.sort());
  for (const icon of wanted) {
    const response = await fetch(`${nodeRed.url}/icons/@trunkflow/node-red/${icon}`);
    assert.match(response.headers.get('content-type')!, /svg/);
    assert.equal(await response.text(), readFileSync(join(ROOT, 'icons', icon), 'utf8'));
  }
}

async function checkForms(nodeRed: NodeRedProcess): Promise<void> {
  const html = await (await fetch(`${nodeRed.url}/nodes`, { headers: { accept: 'text/html' } })).text();
  for (const { type } of NODES) {
    assert.ok(html.includes(`data-template-name="${type}"`), `form of ${type}`);
    assert.ok(html.includes(`data-help-name="${type}"`), `help of ${type}`);
  }
  for (const file of ['forms.js', 'forms.css']) {
    const response = await fetch(`${nodeRed.url}/resources/@trunkflow/node-red/${file}`);
    assert.equal(response.status, 200, file);
  }
  const texts = (await nodeRed.get('/locales/@trunkflow/node-red/source?lng=en-US')) as { label: { node: string } };
  assert.equal(texts.label.node, 'sdr source');
}

async function checkExamples(nodeRed: NodeRedProcess): Promise<void> {
  const place = '/library/examples/flows/@trunkflow/node-red';
  assert.deepEqual(
    (await offered(nodeRed, place)).sort(),
    examples().map(({ name }) => name),
  );
  for (const { name, nodes } of examples())
    assert.deepEqual(await nodeRed.get(`${place}/${name.split('/').map(encodeURIComponent).join('/')}`), nodes);
}

/** What the import dialog offers at a place: files, and in folders more of them. */
async function offered(nodeRed: NodeRedProcess, place: string): Promise<string[]> {
  const entries = (await nodeRed.get(place)) as (string | { fn: string })[];
  const names = entries.map(async (entry) =>
    typeof entry === 'string'
      ? (await offered(nodeRed, `${place}/${encodeURIComponent(entry)}`)).map((name) => `${entry}/${name}`)
      : entry.fn,
  );
  return (await Promise.all(names)).flat();
}

/** The demo reads its site, with the workers and kernels as they were packed. */
async function checkDemo(nodeRed: NodeRedProcess): Promise<void> {
  const comms = await Comms.open(nodeRed.url);
  await nodeRed.deploy(readJson('examples/Demo without a radio.json') as object[]);
  await until(
    () => comms.statuses.some(({ node, text }) => node === 'demo-decoder' && /^\d+ msg\/s$/.test(text ?? '')),
    'the trunk decoder to lock',
  );
  comms.close();
}
