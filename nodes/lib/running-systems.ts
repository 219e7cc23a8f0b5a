import type { SystemNode } from '../system/system-node';

const running = new Set<SystemNode>();

/** A radio system runs, until the function it gives is called. */
export function add(system: SystemNode): () => void {
  running.add(system);
  return () => running.delete(system);
}

/** The radio system with this short name that runs. */
export function named(shortName: string): SystemNode | undefined {
  return [...running].find((system) => system.shortName === shortName);
}
