import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import type { SystemNode } from './system-node';

export type Request = IncomingMessage & {
  params: Record<string, string>;
  query: Record<string, string>;
  /** What was sent as JSON. */
  body?: unknown;
};

/** Bodies read at once. */
const MAX_REQUESTS = 4;

type Handler = (request: unknown, response: unknown) => void;

/** Makes the handlers of some addresses, of which only a few work at once; what goes wrong is answered. */
export function answering(): (work: (request: Request, response: ServerResponse) => Promise<void>) => Handler {
  let running = 0;
  return (work) => (request, response) => {
    const answer = response as ServerResponse;
    if (running >= MAX_REQUESTS) {
      fail(answer, new TrunkflowError('bad-message', 'Too many requests at once', { hint: 'Try again' }));
      return;
    }
    running++;
    work(request as Request, answer)
      .catch((error) => fail(answer, asTrunkflowError(error, 'bad-message', 'This could not be used')))
      .finally(() => running--);
  };
}

/** The radio system with this node id. @throws TrunkflowError 'bad-setting' */
export function runningSystem(RED: NodeAPI, id: string): SystemNode {
  const node = RED.nodes.getNode(id) as SystemNode | null;
  if (node?.type === 'radio-system') return node;
  throw new TrunkflowError('bad-setting', 'This radio system does not run', { hint: 'Deploy the flow first' });
}

/** A table that cannot be used is an answer, not a failed request, which browsers would list as an error of the page. */
function fail(response: ServerResponse, error: TrunkflowError): void {
  if (response.headersSent) response.destroy();
  else send(response, JSON.stringify({ error: error.message, code: error.code }));
}

export function send(response: ServerResponse, text: string): void {
  headers(response);
  response.end(text);
}

export function headers(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
}
