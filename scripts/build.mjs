// Builds dist/ from the sources: kernels (AssemblyScript to WebAssembly, embedded as text), TypeScript to CommonJS, and
// the files Node-RED wants beside the compiled nodes.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const dist = join(root, 'dist');

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
else {
  buildKernels();
  execFileSync(bin('tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  copyNodeFiles();
}

function buildKernels() {
  const folder = join(root, 'src', 'dsp', 'kernels');
  const target = join(folder, 'kernels.generated.ts');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.as.ts'));
  const newest = Math.max(...sources.map((name) => statSync(join(folder, name)).mtimeMs));
  if (existsSync(target) && statSync(target).mtimeMs > newest) return;
  const wasm = join(dist, 'kernels.wasm');
  mkdirSync(dist, { recursive: true });
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
  writeFileSync(
    target,
    `/** Made by scripts/build.mjs from the .as.ts files; do not edit. */\nexport const KERNELS_BASE64 =\n  '${text}';\n`,
  );
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
