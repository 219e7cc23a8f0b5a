import type { Node, NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';

/** What people call the config nodes, by the end of their type. */
type Kind = 'device' | 'system';

/**
 * The config node a node refers to.
 * @throws TrunkflowError 'bad-setting' when none is set, or it is missing, disabled or of another type
 */
export function configNode<T extends Node>(RED: NodeAPI, id: string, kind: Kind): T {
  const node = id ? (RED.nodes.getNode(id) as T | null) : null;
  if (node?.type === `radio-${kind}`) return node;
  const problem = id ? `The ${kind} that was set is not there` : `No ${kind} is set`;
  throw new TrunkflowError('bad-setting', problem, {
    hint: id
      ? `It was deleted or disabled: open the node and choose a ${kind}, or enable it`
      : `Open the node and choose a ${kind}`,
    status: id ? `${kind} is missing` : `no ${kind} set`,
  });
}
