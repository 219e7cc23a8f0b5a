import type { NodeAPI } from 'node-red';
import type { ListedTalkgroup } from '../../src/sinks/live/call-history';
import type { SystemNode } from '../system/system-node';

/** The talkgroups in the tables of all radio systems of this Node-RED, for choosing among them. */
export function systemTalkgroups(RED: NodeAPI): ListedTalkgroup[] {
  const all: ListedTalkgroup[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    const node = type === 'radio-system' ? (RED.nodes.getNode(id) as SystemNode | null) : null;
    if (node) all.push(...talkgroupsOf(node));
  });
  return all;
}

/** Of a system that is not set up the call follower tells; here nothing is known of it. */
function talkgroupsOf(node: SystemNode): ListedTalkgroup[] {
  try {
    const { shortName: system } = node;
    return node.store().tables.talkgroups.rows.map((row): ListedTalkgroup => {
      const { id: talkgroup, alphaTag: name, description, category: group, tag, listen } = row;
      return { system, talkgroup, name, description, group, tag, ...(listen === false ? { listen } : {}) };
    });
  } catch {
    return [];
  }
}
