import { type ExampleNode, examples } from '../package/package-files';

/** An example's nodes, by its path under examples/ without '.json'. */
export function example(name: string): ExampleNode[] {
  const found = examples().find((one) => one.name === name);
  if (!found) throw new Error(`no example ${name}`);
  return found.nodes;
}

/** Nodes with some settings changed, by type or id: what a person would set in the dialogs. */
export function changed(nodes: ExampleNode[], changes: Record<string, object>): ExampleNode[] {
  for (const key of Object.keys(changes))
    if (!nodes.some(({ id, type }) => id === key || type === key)) throw new Error(`no node ${key}`);
  return nodes.map((node) => ({ ...node, ...changes[node.type], ...changes[node.id] }));
}

/** Settings that put the generated site in the place of a dongle. */
export const GENERATED = {
  'radio-device': { driver: 'generator', signal: 'p25-site', snr: 25 },
  'radio-source': { frequency: 851_500_000, rate: 240_000 },
  'radio-channelizer': { channels: [{ id: 'control', frequency: 851_437_500 }] },
};

/** Examples without a tab of their own, put on the tab of this id. */
export function onTab(nodes: ExampleNode[], tab: string): ExampleNode[] {
  return nodes.map((node) => (node.z ? { ...node, z: tab } : node));
}

/** Draws one more wire. */
export function wire(nodes: ExampleNode[], from: string, output: number, to: string): void {
  const node = nodes.find(({ id }) => id === from);
  if (!node || !nodes.some(({ id }) => id === to)) throw new Error(`no wire from ${from} to ${to}`);
  const wires = (node.wires as string[][]).map((targets) => [...targets]);
  wires[output].push(to);
  node.wires = wires;
}
