import type { NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { Control } from '../../src/core/messages';
import { joinCommanded } from '../../src/trunking/commanded';
import { answering, type Request, runningSystem, send } from './system-requests';

/** What the dialog of a radio system shows of talkgroups that messages have changed, and how it lifts that. */
export function serveCommands(RED: NodeAPI): void {
  const handle = answering();

  RED.httpAdmin.get(
    '/trunkflow/systems/:id/commands',
    RED.auth.needsPermission('radio-system.read'),
    handle(async ({ params }, response) => {
      const followers = runningSystem(RED, params.id).followers();
      send(response, JSON.stringify(joinCommanded(followers.map((one) => one.commanded()))));
    }),
  );

  RED.httpAdmin.put(
    '/trunkflow/systems/:id/commands',
    RED.auth.needsPermission('radio-system.write'),
    handle(async (request, response) => {
      const system = runningSystem(RED, request.params.id);
      const command = readCommand(request);
      for (const follower of system.followers()) follower.command(command);
      send(response, '{}');
    }),
  );
}

/** Something else than JSON comes as an empty object, which followers refuse. */
function readCommand({ body }: Request): Control {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Control;
  throw new TrunkflowError('bad-message', 'Unusable command', {
    expected: 'an object as in msg.control, e.g. {"lift": {"talkgroup": 1}}',
    got: String(body).slice(0, 100),
    status: 'bad command',
  });
}
