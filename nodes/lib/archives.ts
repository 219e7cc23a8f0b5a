import type { Archive } from '../../src/sinks/archive/archive';

const archives = new Map<string, Archive>();

/** Makes a running recorder's archive known under its node's id; gives the function that takes it back. */
export function add(id: string, archive: Archive): () => void {
  archives.set(id, archive);
  return () => {
    if (archives.get(id) === archive) archives.delete(id);
  };
}

/** The archive of the recorder with this node id, while it runs. */
export function get(id: string): Archive | undefined {
  return archives.get(id);
}

/** The archives of all running recorders, by node id. */
export function all(): ReadonlyMap<string, Archive> {
  return archives;
}
