import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { type Command, numberOption, parse } from '../command';

const usage = `trunkflow run FLOW.json [--seconds N] [--user-dir DIR]

Runs a Node-RED flow without the editor. What reaches its debug nodes is printed as JSON lines
{"node": name, "topic": ..., "payload": ...}; warnings and errors of nodes go to standard error.

  --seconds N     stop after N seconds (default: until interrupted)
  --user-dir DIR  Node-RED user folder whose installed nodes the flow may use (default: a temporary one)`;

/** Node-RED as far as it is used here; it is the host, not a dependency. */
interface NodeRed {
  init(server: unknown, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  hooks: { add(name: string, callback: (event: ReceiveEvent) => void): void };
}

interface ReceiveEvent {
  msg: { topic?: unknown; payload?: unknown };
  destination: { node: { id: string; type: string; name?: string } };
}

export const command: Command = {
  usage,
  async run(args) {
    const { values, file } = parse(
      args,
      { seconds: { type: 'string' }, 'user-dir': { type: 'string' } },
      usage,
      'flow file',
    );
    const seconds = numberOption('seconds', values.seconds, usage);
    const flow = readFlow(file);
    const red = findNodeRed();
    const userDir = values['user-dir'] ? resolve(values['user-dir']) : temporaryUserDir();
    red.init(null, settings(flow, userDir));
    red.hooks.add('onReceive.trunkflow', ({ msg, destination: { node } }) => {
      if (node.type !== 'debug') return;
      console.log(JSON.stringify({ node: node.name || node.id, topic: msg.topic, payload: printable(msg.payload) }));
    });
    await red.start();
    await stopSignal(seconds);
    await red.stop();
    if (!values['user-dir']) rmSync(userDir, { recursive: true, force: true });
    // Nodes of other packages may leave handles open; the flow is stopped, so nothing is lost.
    process.exit(0);
  },
};

function readFlow(file: string): object[] {
  try {
    const flow: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(flow)) return flow;
    throw new Error('not a list of nodes');
  } catch (error) {
    throw new TrunkflowError('bad-file', `Cannot read the flow ${file}`, {
      expected: 'a flow exported from the Node-RED editor',
      got: (error as Error).message,
      cause: error,
    });
  }
}

function findNodeRed(): NodeRed {
  const places = [join(process.cwd(), 'x'), __filename];
  try {
    places.push(join(execFileSync('npm', ['root', '-g'], { encoding: 'utf8', stdio: 'pipe' }).trim(), 'x'));
  } catch {
    // Without npm there is no global folder to look in.
  }
  for (const place of places) {
    try {
      return createRequire(place)('node-red');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND')
        throw asTrunkflowError(error, 'missing-program', 'Node-RED cannot be loaded');
    }
  }
  throw new TrunkflowError('missing-program', 'Node-RED is not installed', {
    hint: 'Install it with: npm install -g node-red',
  });
}

/** A user folder that holds nothing but a link to this package. */
function temporaryUserDir(): string {
  const userDir = mkdtempSync(join(tmpdir(), 'trunkflow-run-'));
  const scope = join(userDir, 'node_modules', '@trunkflow');
  mkdirSync(scope, { recursive: true });
  symlinkSync(packageRoot(), join(scope, 'node-red'), 'junction');
  return userDir;
}

function packageRoot(): string {
  let folder = __dirname;
  while (JSON.parse(tryRead(join(folder, 'package.json')) ?? '{}').name !== '@trunkflow/node-red')
    folder = dirname(folder);
  return folder;
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function settings(flow: object[], userDir: string): object {
  const nothing = async () => ({});
  return {
    userDir,
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    credentialSecret: false,
    logging: {
      console: { level: 'warn', handler: () => (entry: { msg: unknown }) => console.error(String(entry.msg)) },
    },
    // The flow lives in memory: running it must not write into anybody's user folder.
    storageModule: {
      init: nothing,
      getFlows: async () => flow,
      saveFlows: nothing,
      getCredentials: nothing,
      saveCredentials: nothing,
      getSettings: nothing,
      saveSettings: nothing,
      getSessions: nothing,
      saveSessions: nothing,
      getLibraryEntry: nothing,
      saveLibraryEntry: nothing,
    },
  };
}

function stopSignal(seconds?: number): Promise<void> {
  return new Promise((stop) => {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    if (seconds !== undefined) setTimeout(stop, seconds * 1000);
    else setInterval(() => {}, 2 ** 30);
  });
}

/** Buffers are named, not printed. */
function printable(payload: unknown): unknown {
  return Buffer.isBuffer(payload) ? `Buffer of ${payload.length} bytes` : payload;
}
