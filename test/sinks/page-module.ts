import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A script of the listening page: they are plain modules of the browser. */
export function pageModule<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(__dirname, '..', '..', 'resources', 'listen', name)).href);
}
