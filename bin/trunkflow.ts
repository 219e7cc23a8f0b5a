#!/usr/bin/env node
import { asTrunkflowError } from '../src/core/errors';
import { type Command, UsageError } from './command';

/** Loaded when used, so that `trunkflow devices` does not load a decoder. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  decode: () => import('./commands/decode.js'),
  run: () => import('./commands/run.js'),
  devices: () => import('./commands/devices.js'),
  generate: () => import('./commands/generate.js'),
};

const USAGE = `trunkflow: software-defined radio from the command line

  trunkflow decode FILE    decode a recording, one JSON event per line, then a summary
  trunkflow run FLOW.json  run a Node-RED flow without the editor
  trunkflow devices        list the radios that are connected
  trunkflow generate FILE  write a test signal

trunkflow COMMAND --help tells more.`;

async function main([name, ...args]: string[]): Promise<number> {
  if (!name || name === '--help' || name === '-h' || name === 'help') {
    console.log(USAGE);
    return name ? 0 : 2;
  }
  const load = commands[name];
  if (!load) throw new UsageError(`There is no command '${name}'.\n\n${USAGE}`);
  const { command } = await load();
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.usage);
    return 0;
  }
  return command.run(args);
}

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof UsageError ? error.message : asTrunkflowError(error, 'worker', 'trunkflow').message);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
