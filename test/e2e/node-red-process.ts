import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..');

export interface NodeRedOptions {
  /** The node program and Node-RED's red.js; default the installed ones. */
  node?: string;
  redJs?: string;
  /** A user folder with the package installed; default a temporary one that links to this package. */
  userDir?: string;
  /** More for the settings file. */
  settings?: object;
  /** Other packages of this clone that the temporary user folder has installed too. */
  modules?: string[];
  /** More environment variables. */
  env?: Record<string, string>;
  /** Nodes for tests: TypeScript modules by file name, put into the user folder. */
  nodes?: Record<string, string>;
}

/** A Node-RED of its own, on a free port of this machine. */
export class NodeRedProcess {
  private constructor(
    readonly url: string,
    readonly userDir: string,
    private readonly process: ChildProcess,
    private readonly output: string[],
    private readonly temporary: boolean,
  ) {}

  static async start(options: NodeRedOptions = {}): Promise<NodeRedProcess> {
    const userDir = options.userDir ?? linkedUserDir(options.modules);
    const port = await freePort();
    writeFileSync(join(userDir, 'settings.js'), settings(port, options.settings));
    for (const [name, path] of Object.entries(options.nodes ?? {})) addNode(userDir, name, path);
    const output: string[] = [];
    const redJs = options.redJs ?? require.resolve('node-red/red.js');
    const child = spawn(options.node ?? process.execPath, [redJs, '--userDir', userDir], {
      stdio: 'pipe',
      env: { ...process.env, ...options.env },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    const url = `http://127.0.0.1:${port}`;
    const instance = new NodeRedProcess(url, userDir, child, output, !options.userDir);
    while (!(await answers(`${url}/nodes`))) {
      if (child.exitCode !== null) throw new Error(`Node-RED ended: ${instance.log}`);
      await sleep(100);
    }
    return instance;
  }

  /** What it has printed. */
  get log(): string {
    return this.output.join('');
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(this.url + path, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  }

  async post(path: string, body?: object): Promise<void> {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(this.url + path, { method: 'POST', ...json });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  }

  /** Presses an inject node's button; `props` are the message's properties instead of the node's own. */
  async inject(id: string, props?: Record<string, unknown>): Promise<void> {
    const own = Object.entries(props ?? {}).map(([p, value]) => ({ p, v: JSON.stringify(value), vt: 'json' }));
    const body = props && { __user_inject_props__: own };
    // A deployment is answered before its flows have started.
    for (let tries = 0; ; tries++)
      try {
        return await this.post(`/inject/${id}`, body);
      } catch (error) {
        if (tries === 100 || !String(error).endsWith('404')) throw error;
        await sleep(50);
      }
  }

  /** Replaces all flows; 'nodes' leaves nodes alone that did not change. */
  async deploy(flows: object[], type: 'full' | 'nodes' = 'full'): Promise<void> {
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': type },
      body: JSON.stringify({ flows }),
    });
    if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill();
      const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
    if (this.temporary) rmSync(this.userDir, { recursive: true, force: true });
  }
}

/** A temporary user folder that links to this package, for a Node-RED that is started more than once. */
export function linkedUserDir(modules: string[] = []): string {
  const userDir = mkdtempSync(join(tmpdir(), 'trunkflow-node-red-'));
  const folders = modules.map((name) => [name, join(ROOT, 'node_modules', name)]);
  for (const [name, folder] of [['@trunkflow/node-red', ROOT], ...folders]) {
    const link = join(userDir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link, 'junction');
  }
  return userDir;
}

/**
 * A node of the user folder; Node-RED wants an html beside it. It is given Node's own `require` too: what it loads by its
 * own is not shared with the other nodes.
 */
function addNode(userDir: string, name: string, path: string): void {
  const folder = join(userDir, 'nodes');
  mkdirSync(folder, { recursive: true });
  const loader = `require(${JSON.stringify(require.resolve('tsx/cjs/api'))})`;
  const node = `${loader}.require(${JSON.stringify(path)}, __filename)`;
  writeFileSync(join(folder, `${name}.js`), `module.exports = (RED) => ${node}(RED, require);\n`);
  writeFileSync(join(folder, `${name}.html`), '');
}

function settings(port: number, more: object = {}): string {
  const values = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: 'test',
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false } },
    editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
    ...more,
  };
  return `module.exports = ${JSON.stringify(values)};\n`;
}

/** A port nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { headers: { accept: 'application/json' } }).then(
    // Asking for a password is an answer too.
    ({ ok, status }) => ok || status === 401,
    () => false,
  );
}
