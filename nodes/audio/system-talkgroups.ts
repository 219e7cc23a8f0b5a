import type { NodeAPI } from 'node-red';
import type { ListedTalkgroup } from '../../src/sinks/live/call-history';
import type { Talkgroup } from '../../src/trunking/talkgroups';
import type { SystemNode } from '../system/system-node';

/** The talkgroups in the tables of all radio systems of this Node-RED, for choosing among them. */
export function* systemTalkgroups(RED: NodeAPI): Generator<ListedTalkgroup, void> {
  const systems: SystemNode[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    const node = type === 'radio-system' ? (RED.nodes.getNode(id) as SystemNode | null) : null;
    if (node) systems.push(node);
  });
  for (const node of systems)
    for (const { id: talkgroup, alphaTag: name, description, category: group, tag, listen } of rowsOf(node)) {
      const { shortName: system } = node;
      yield { system, talkgroup, name, description, group, tag, ...(listen === false ? { listen } : {}) };
    }
}

/** Of a system that is not set up the call follower tells; here nothing is known of it. */
function rowsOf(node: SystemNode): readonly Talkgroup[] {
  try {
    return node.store().tables.talkgroups.rows;
  } catch {
    return [];
  }
}
