import type { NodeAPI } from 'node-red';
import type { ListedTalkgroup } from '../../src/sinks/live/call-history';
import { TalkgroupTable } from '../../src/trunking/talkgroups';
import type { SystemNode } from '../system/system-node';

interface Read {
  /** The table's text as it was. */
  text: string;
  list: ListedTalkgroup[];
}

const read = new WeakMap<SystemNode, Read>();

/** The talkgroups in the tables of all radio systems of this Node-RED, for choosing among them. */
export function systemTalkgroups(RED: NodeAPI): ListedTalkgroup[] {
  const all: ListedTalkgroup[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    const node = type === 'radio-system' ? (RED.nodes.getNode(id) as SystemNode | null) : null;
    if (node) all.push(...talkgroupsOf(node));
  });
  return all;
}

/** Of a table that cannot be read the call follower tells; here nothing is known of it. */
function talkgroupsOf(node: SystemNode): ListedTalkgroup[] {
  try {
    const { shortName: system, talkgroups: text = '' } = node.options();
    const before = read.get(node);
    if (before?.text === text) return before.list;
    const list = [...TalkgroupTable.parse(text)].map((row): ListedTalkgroup => {
      const { id: talkgroup, alphaTag: name, description, category: group, tag, listen } = row;
      return { system, talkgroup, name, description, group, tag, ...(listen === false ? { listen } : {}) };
    });
    read.set(node, { text, list });
    return list;
  } catch {
    return [];
  }
}
