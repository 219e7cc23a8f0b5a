// Builds dist/ from the sources: kernels (AssemblyScript to WebAssembly, embedded as text), TypeScript to CommonJS, and
// the files Node-RED wants beside the compiled nodes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const dist = join(root, 'dist');

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
else {
  buildKernels();
  execFileSync(bin('tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  // What pages share with the nodes, as a module for browsers.
  execFileSync(bin('tsc'), ['-p', 'tsconfig.pages.json'], { cwd: root, stdio: 'inherit' });
  copyNodeFiles();
  removeStale();
}

function buildKernels() {
  const folder = join(root, 'src', 'dsp', 'kernels');
  const target = join(folder, 'kernels.generated.ts');
  // By what the sources say: a copied folder or another branch has files whose times tell nothing.
  const sources = readdirSync(folder).filter((name) => name.endsWith('.as.ts'));
  const hash = createHash('sha256');
  for (const name of sources.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  const head = `/** Made by scripts/build.mjs from the .as.ts files (${hash.digest('hex').slice(0, 16)}); do not edit. */`;
  if (existsSync(target) && readFileSync(target, 'utf8').startsWith(head)) return;
  const temporary = mkdtempSync(join(tmpdir(), 'trunkflow-kernels-'));
  const wasm = join(temporary, 'kernels.wasm');
  const args = [
    join(folder, 'index.as.ts'),
    '-o',
    wasm,
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
    '--runtime',
    'minimal',
  ];
  execFileSync(bin('asc'), args, { cwd: root, stdio: 'inherit' });
  const text = readFileSync(wasm).toString('base64');
  rmSync(temporary, { recursive: true });
  writeFileSync(target, `${head}\nexport const KERNELS_BASE64 =\n  '${text}';\n`);
}

/** Removes what sources that are gone have left behind; files in use are never touched. */
function removeStale() {
  for (const path of filesBelow(dist)) {
    const name = relative(dist, path);
    const source = name.replace(/(\.d\.ts|\.js)$/, '.ts');
    const icon = /^nodes\/\w+\/icons\//.test(name.replaceAll('\\', '/')) && join('icons', basename(name));
    if (!existsSync(join(root, icon || source))) rmSync(path);
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function copyNodeFiles() {
  const nodes = join(root, 'nodes');
  for (const name of readdirSync(nodes)) {
    const from = join(nodes, name);
    if (!statSync(from).isDirectory()) continue;
    const to = join(dist, 'nodes', name);
    cpSync(from, to, { recursive: true, filter: (path) => !basename(path).endsWith('.ts') });
    // Node-RED looks for icons only beside each node file.
    const icon = join('icons', `radio-${name}.svg`);
    if (existsSync(join(root, icon))) cpSync(join(root, icon), join(to, icon));
  }
}
