#!/usr/bin/env node
import { TrunkflowError } from '../src/core/errors';
import { type Command, UsageError } from './command';

/** Loaded when used, so that `trunkflow devices` does not load a decoder. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  decode: () => import('./commands/decode.js'),
  run: () => import('./commands/run.js'),
  devices: () => import('./commands/devices.js'),
  generate: () => import('./commands/generate.js'),
};

const USAGE = `trunkflow: software-defined radio from the command line

  trunkflow decode FILE    decode a recording or what another program pours in: events, calls, a summary
  trunkflow run FLOW.json  run a Node-RED flow without the editor
  trunkflow devices        list the radios that are connected
  trunkflow generate FILE  write a test signal

trunkflow COMMAND --help tells more, trunkflow --version which version this is.`;

async function main([name, ...args]: string[]): Promise<number> {
  if (!name || ['help', '--help', '-h'].includes(name)) {
    console.log(USAGE);
    return name ? 0 : 2;
  }
  if (name === '--version' || name === '-v') {
    const { version } = await import('./package.js');
    console.log(version());
    return 0;
  }
  if (!Object.hasOwn(commands, name))
    throw new UsageError(`There is no command '${name}'; there are ${Object.keys(commands).join(', ')}`);
  const { command } = await commands[name]();
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.usage);
    return 0;
  }
  return command.run(args);
}

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Says in one line what went wrong; gives the exit code. */
function report(error: unknown, [name]: string[]): number {
  if (!(error instanceof UsageError || error instanceof TrunkflowError)) {
    console.error('trunkflow: This is a mistake in Trunkflow, please report it:', error);
    return 1;
  }
  const usage = error instanceof UsageError || error.code === 'bad-setting';
  const help = Object.hasOwn(commands, name) ? `trunkflow ${name} --help` : 'trunkflow --help';
  console.error(`trunkflow: ${error.message}${usage ? `. Try: ${help}` : ''}`);
  return usage ? 2 : 1;
}

const args = process.argv.slice(2);
main(args)
  .catch((error) => report(error, args))
  .then((code) => {
    process.exitCode = code;
  });
