// Starts Node-RED with Trunkflow and its demo flow in a user folder of its own: .demo, or the one given. What is changed
// in the editor is kept there; delete the folder to begin anew. PORT chooses another port than 1880.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HOST = '127.0.0.1';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const userDir = resolve(process.argv[2] ?? join(root, '.demo'));
const port = Number(process.env.PORT || 1880);

try {
  await assertFree(port);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
prepareUserFolder();
const nodeRed = spawn(
  process.execPath,
  [createRequire(import.meta.url).resolve('node-red/red.js'), '--userDir', userDir],
  {
    stdio: 'inherit',
  },
);
nodeRed.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 0)));
// Ctrl-C reaches Node-RED by itself; this process only waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => nodeRed.kill());

const editor = `http://${HOST}:${port}`;
while (!(await answers(`${editor}/settings`))) await sleep(200);
console.log(`
The editor, with a flow that is already decoding:  ${editor}
Hear its calls:                                    ${editor}/radio/listen

Stop with Ctrl-C.
`);

async function assertFree(wanted) {
  if (!(Number.isInteger(wanted) && wanted > 0 && wanted < 65536))
    throw new Error(`PORT must be a number from 1 to 65535, not '${process.env.PORT}'.`);
  await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${wanted} is taken, perhaps by another Node-RED. Choose another: PORT=${wanted + 1} npm start`,
            )
          : error,
      ),
    );
    probe.listen(wanted, HOST, () => probe.close(resolve));
  });
}

function prepareUserFolder() {
  const link = join(userDir, 'node_modules', '@trunkflow', 'node-red');
  mkdirSync(dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(root, link, 'junction');
  const flows = join(userDir, 'flows.json');
  if (!existsSync(flows)) copyFileSync(join(root, 'examples', 'Demo without a radio.json'), flows);
  writeFileSync(
    join(userDir, 'settings.js'),
    `module.exports = ${JSON.stringify(
      {
        uiHost: HOST,
        uiPort: port,
        flowFile: 'flows.json',
        flowFilePretty: true,
        credentialSecret: 'trunkflow-demo',
        logging: { console: { level: 'error', metrics: false, audit: false } },
        telemetry: { enabled: false, updateNotification: false },
        editorTheme: { tours: false, palette: { catalogues: [] } },
        paletteCategories: ['radio', 'common', 'function', 'network', 'sequence', 'parser', 'storage'],
      },
      null,
      2,
    )};\n`,
  );
}

async function answers(url) {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
