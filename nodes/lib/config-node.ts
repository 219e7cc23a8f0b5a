import type { Node, NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';

/**
 * The config node a node refers to.
 * @throws TrunkflowError 'bad-setting' when none is set, or it is missing or disabled
 */
export function configNode<T extends Node>(RED: NodeAPI, id: string, what: string): T {
  const node = RED.nodes.getNode(id) as T | null;
  if (node) return node;
  throw new TrunkflowError('bad-setting', `No ${what} is set`, {
    hint: `Open the node and choose a ${what}; it may be disabled`,
    status: `no ${what} set`,
  });
}
