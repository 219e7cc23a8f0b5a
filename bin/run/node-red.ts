import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { packageRoot } from '../package';

/** Node-RED as far as it is used here; it is the host, not a dependency. */
export interface NodeRed {
  init(server: unknown, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  hooks: { add(name: string, callback: (event: ReceiveEvent) => void): void };
  events: { on(name: 'runtime-event', callback: (event: { id: string; payload?: RuntimeState }) => void): void };
}

export interface ReceiveEvent {
  msg: Record<string, unknown>;
  destination: { node: { id: string; type: string; name?: string; active?: boolean; complete?: string } };
}

export interface RuntimeState {
  error?: string;
  types?: string[];
  modules?: { module: string }[];
}

/** Node-RED of this folder, beside this package, or installed globally. @throws TrunkflowError 'missing-program' */
export function findNodeRed(): NodeRed {
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

/**
 * Settings for running one flow without the editor.
 * @param userDir where the flow's relative paths begin and further nodes may be installed; Node-RED writes nothing there
 */
export function runSettings(flow: object[], userDir: string): object {
  const nothing = async () => ({});
  return {
    userDir,
    // This package's nodes are there wherever it is installed; as a package, or their statuses had no texts.
    nodesDir: packageRoot(),
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    credentialSecret: false,
    logging: { console: { level: 'warn', handler: () => log } },
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

interface LogEntry {
  level: number;
  msg: unknown;
  /** Of the node that says it; absent when Node-RED itself does. */
  type?: string;
  name?: string;
}

const ERROR = 20;

/** What nodes say, and Node-RED's errors; its own warnings are about settings that are meant here. */
function log({ level, msg, type, name }: LogEntry): void {
  const text = msg instanceof Error ? msg.message : String(msg);
  // A user folder without package.json is no error here: nothing needs to be installed in it.
  if (!type && (level > ERROR || /package\.json'$/.test(text))) return;
  const who = name || type;
  console.error(who ? `${who}: ${text}` : text);
}
