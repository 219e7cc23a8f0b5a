import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'node-red';
import helper from 'node-red-node-test-helper';

/** Every node's folder. */
const NAMES = readdirSync(join(__dirname, '..', '..', 'nodes')).filter((name) => name !== 'lib');
const CORE = ['common/24-complete', 'common/25-catch', 'common/25-status', 'common/90-comment', 'common/21-debug'];

const CONFIG = ['radio-device', 'radio-system', 'mqtt-broker'];

helper.init(require.resolve('node-red'));

/** All our nodes and the core nodes that the tests and examples use. */
export const MODULES = [
  ...NAMES.map((name) => require(`../../nodes/${name}/${name}`)),
  ...[
    ...CORE,
    'network/10-mqtt',
    'function/15-change',
    'function/10-switch',
    'function/10-function',
    'common/20-inject',
  ].map((path) => require(join('@node-red', 'nodes', 'core', `${path}.js`))),
];

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** A radio system with one talkgroup. */
export const SYSTEM: FlowNode = {
  id: 'system',
  type: 'radio-system',
  name: '',
  shortName: 'demo',
  nac: '',
  talkgroups: 'Decimal,Alpha Tag\n1001,Fire',
  talkgroupsIn: 'text',
  unitTags: '',
  unitTagsIn: 'text',
  followUnknown: true,
  bandPlan: [],
};

/** A probe for each output of the node 'node' ('out1' ...), and for what it reports: 'caught', 'shown' and 'done'. */
export function watchers(outputs: number): FlowNode[] {
  return [
    ...Array.from({ length: outputs }, (_, i) => ({ id: `out${i + 1}`, type: 'helper' })),
    { id: 'catch', type: 'catch', scope: ['node'], uncaught: false, wires: [['caught']] },
    { id: 'status', type: 'status', scope: ['node'], wires: [['shown']] },
    { id: 'complete', type: 'complete', scope: ['node'], wires: [['done']] },
    { id: 'caught', type: 'helper' },
    { id: 'shown', type: 'helper' },
    { id: 'done', type: 'helper' },
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: what is on a wire can be anything
export type Message = Record<string, any>;

/** A running flow with probes: what reached each probe, what catch and status nodes heard. */
export class TestFlow {
  readonly messages = new Map<string, Message[]>();

  /**
   * Puts the nodes on one tab; every node of type 'helper' is a probe that keeps its messages.
   * @param credentials by node id
   */
  static async load(nodes: FlowNode[], credentials: Record<string, object> = {}): Promise<TestFlow> {
    // A node without a place is a config node to the runtime.
    const flow = nodes.map((node) =>
      CONFIG.includes(node.type) ? node : { z: 'tab', x: 0, y: 0, wires: [], ...node },
    );
    await helper.load(MODULES, [{ id: 'tab', type: 'tab', label: 'test' }, ...flow] as never, credentials as never);
    const test = new TestFlow();
    for (const { id, type } of nodes) {
      if (type !== 'helper') continue;
      test.messages.set(id, []);
      helper.getNode(id).on('input', (message) => test.messages.get(id)!.push(message as Message));
    }
    return test;
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  /** What a probe received so far. */
  at(id: string): Message[] {
    return this.messages.get(id)!;
  }

  async close(): Promise<void> {
    await helper.unload();
  }
}

export { helper };
