import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the sources write an endpoint that there is for each right. */
const RIGHT = /\$\{right\}/;
const ROOT = join(__dirname, '..', '..');

export interface AdminEndpoint {
  method: string;
  /** As the source has it, e.g. `/trunkflow/systems/:id/:table`. */
  path: string;
  /** E.g. `radio-system.read`. */
  permission: string;
}

/** All TypeScript of a folder, by its path below the clone. */
export function sources(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name.endsWith('.ts'))
      found.set(path.slice(ROOT.length + 1), readFileSync(path, 'utf8'));
  }
  return found;
}

/**
 * The endpoints of the editor's server, as the sources have them.
 * @throws Error for one that does not say in place what it is and which permission it needs
 */
export function adminEndpoints(): AdminEndpoint[] {
  const found: AdminEndpoint[] = [];
  for (const [file, text] of sources('nodes')) {
    const uses = text.match(/httpAdmin\s*[.[]/g)?.length ?? 0;
    const told = [
      ...text.matchAll(
        /httpAdmin\.(\w+)\(\s*(['`])(\/[^'`]+)\2,\s*(?:RED\.)?auth\.needsPermission\((['`])([^'`]+)\4\),/g,
      ),
    ];
    if (uses !== told.length) throw new Error(`${file}: an endpoint does not say its path and permission in place`);
    for (const [, method, , path, , permission] of told)
      for (const right of RIGHT.test(path) ? ['read', 'write'] : [''])
        found.push({
          method: method.toUpperCase(),
          path: path.replace(RIGHT, right),
          permission: permission.replace(RIGHT, right),
        });
  }
  return found;
}
