import type { NodeAPI } from 'node-red';
import type { Names, TalkgroupNames } from '../../src/sinks/mqtt/names';
import { System } from '../../src/trunking/system';
import type { SystemNode } from '../system/system-node';

/** Names from the tables of the flows' radio systems. */
export class SystemNames implements Names {
  private systems = new Map<string, System>();
  /** Tables that were read, by the node that has them: a changed one is another node. */
  private readonly known = new WeakMap<SystemNode, System>();

  constructor(private readonly RED: NodeAPI) {}

  /** Looks which systems there are; call when flows were started. */
  refresh(): void {
    const systems = new Map<string, System>();
    this.RED.nodes.eachNode(({ id, type }) => {
      const node = type === 'radio-system' ? (this.RED.nodes.getNode(id) as SystemNode | null) : null;
      const system = node && this.read(node);
      if (system) systems.set(system.shortName, system);
    });
    this.systems = systems;
  }

  talkgroup(system: string, talkgroup: number): TalkgroupNames | undefined {
    return this.systems.get(system)?.talkgroup(talkgroup);
  }

  unit(system: string, unit: number): string {
    return this.systems.get(system)?.unitName(unit) ?? '';
  }

  private read(node: SystemNode): System | undefined {
    const known = this.known.get(node);
    if (known) return known;
    try {
      const system = new System(node.options());
      this.known.set(node, system);
      return system;
    } catch {
      // The nodes that use the system say what is wrong with it; here it has no names.
      return undefined;
    }
  }
}
