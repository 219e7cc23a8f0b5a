import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Languages the pages speak. */
const LANGUAGES = ['en-US', 'de', 'es'];

/** What every page may use besides its own files; served below `web/`. */
const SHARED = ['i18n.js', 'connection.js'];

export interface PageFile {
  /** Absolute. */
  path: string;
  type: string;
}

/**
 * The files a page consists of, by their names below the page's address: those named, its texts in every language and
 * what all pages share.
 * @param folder its folder under resources/
 */
export function pageFiles(folder: string, names: readonly string[]): ReadonlyMap<string, PageFile> {
  const root = resourcesFolder();
  const files = new Map<string, PageFile>();
  const add = (name: string, path: string) => files.set(name, { path, type: TYPES[extname(name)] });
  for (const name of [...names, ...LANGUAGES.map((language) => `locales/${language}.json`)])
    add(name, join(root, folder, name));
  for (const name of SHARED) add(`web/${name}`, join(root, 'web', name));
  return files;
}

/** The package's resources, from the sources as well as from the build. */
function resourcesFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const resources = join(folder, 'resources');
    if (existsSync(join(resources, 'web'))) return resources;
    if (folder === dirname(folder)) throw new Error('The folder resources is missing in this installation');
  }
}
