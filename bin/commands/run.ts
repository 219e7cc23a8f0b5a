import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrunkflowError } from '../../src/core/errors';
import { type Command, parse, positiveOption } from '../command';
import { interruption } from '../interrupt';
import { debugLine } from '../run/debug-line';
import { findNodeRed, type NodeRed, type RuntimeState, runSettings } from '../run/node-red';

const usage = `trunkflow run FLOW.json [--seconds N] [--user-dir DIR]

Runs a Node-RED flow without the editor. What reaches its active debug nodes is printed as JSON lines
{"node": name, "topic": ..., "payload": ...}; warnings and errors of nodes go to standard error.

  --seconds N     stop after N seconds (default: until interrupted)
  --user-dir DIR  Node-RED user folder: relative paths of the flow begin there, and it may use the nodes installed
                  there (default: this folder)`;

/** Longest time a timer can wait, ms. */
const FOREVER = 2 ** 31 - 1;

export const command: Command = {
  usage,
  async run(args) {
    const options = { seconds: { type: 'string' }, 'user-dir': { type: 'string' } } as const;
    const { values, file } = parse(args, options, 'flow to run');
    const seconds = positiveOption('seconds', values.seconds, 'seconds above 0', FOREVER / 1000);
    const flow = readFlow(file);
    const red = findNodeRed();
    const stop = interruption();
    const userDir = resolve(values['user-dir'] ?? '.');
    const print = console.log;
    // Whatever Node-RED or a node prints, standard output holds JSON lines only.
    console.log = console.error;
    let code = 0;
    try {
      red.init(null, runSettings(flow, userDir));
      red.hooks.add('onReceive.trunkflow', (event) => {
        const { type, active } = event.destination.node;
        if (type === 'debug' && active !== false && !stop.aborted) print(debugLine(event));
      });
      const broken = cannotStart(red);
      await red.start();
      const time = sleep(seconds === undefined ? FOREVER : seconds * 1000, undefined, { signal: stop }).catch(() => {});
      await Promise.race([broken, time]);
      await red.stop();
    } catch (error) {
      code = 1;
      console.error(`trunkflow: ${(error as Error).message}`);
    }
    // Nodes of other packages may leave handles open; the flow is stopped, so nothing is lost.
    process.exit(code);
  },
};

function readFlow(file: string): object[] {
  try {
    const flow: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(flow)) return flow;
    throw new Error('something else');
  } catch (error) {
    throw new TrunkflowError('bad-file', `Cannot read the flow ${file}`, {
      expected: 'a flow exported from the Node-RED editor (a JSON list of nodes)',
      got: (error as Error).message.split('\n')[0],
      cause: error,
    });
  }
}

/** Rejects when Node-RED finds that the flow cannot start. */
function cannotStart(red: NodeRed): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    red.events.on('runtime-event', ({ id, payload }) => {
      if (id === 'runtime-state' && payload?.error) reject(notStarted(payload));
    });
  });
  // It may be told while the flow is still being started.
  broken.catch(() => {});
  return broken;
}

function notStarted({ error, types = [], modules = [] }: RuntimeState): TrunkflowError {
  const missing = [...new Set([...types, ...modules.map(({ module }) => module)])].join(', ');
  return new TrunkflowError('bad-file', 'The flow cannot be started', {
    got: missing ? `nodes that are not installed: ${missing}` : String(error),
    hint: missing ? 'Name a Node-RED user folder where they are: --user-dir DIR' : undefined,
  });
}
