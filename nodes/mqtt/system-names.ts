import type { NodeAPI } from 'node-red';
import type { Names, TalkgroupNames } from '../../src/sinks/mqtt/names';
import { System } from '../../src/trunking/system';
import type { SystemNode } from '../system/system-node';

/** Names from the tables of the flows' radio systems. */
export class SystemNames implements Names {
  private systems = new Map<string, { node: SystemNode; system: System }>();
  /** By the node that has the settings: a changed one is another node. Its tables may change while it runs. */
  private readonly known = new WeakMap<SystemNode, System>();

  constructor(private readonly RED: NodeAPI) {}

  /** Looks which systems there are; call when flows were started. */
  refresh(): void {
    const systems = new Map<string, { node: SystemNode; system: System }>();
    this.RED.nodes.eachNode(({ id, type }) => {
      const node = type === 'radio-system' ? (this.RED.nodes.getNode(id) as SystemNode | null) : null;
      const system = node && this.read(node);
      if (node && system) systems.set(system.shortName, { node, system });
    });
    this.systems = systems;
  }

  talkgroup(system: string, talkgroup: number): TalkgroupNames | undefined {
    return this.current(system)?.talkgroup(talkgroup);
  }

  unit(system: string, unit: number): string {
    return this.current(system)?.unitName(unit) ?? '';
  }

  /** A system with its tables as they are now. */
  private current(name: string): System | undefined {
    const found = this.systems.get(name);
    found?.system.use(found.node.store().tables);
    return found?.system;
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
