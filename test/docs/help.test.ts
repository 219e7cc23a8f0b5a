import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODES, ROOT } from '../package/package-files';
import { nodeStatuses, plain } from './reasons';

const LANGUAGES = {
  'en-US': { folder: 'docs', mistakes: 'Common mistakes', status: 'Status' },
  de: { folder: 'docs/de', mistakes: 'Häufige Fehler', status: 'Status' },
  es: { folder: 'docs/es', mistakes: 'Errores frecuentes', status: 'Estado' },
} as const;

function helpOf(name: string, language: string): string {
  const path = join(ROOT, 'nodes', name, 'locales', language, `${name}.html`);
  assert.ok(existsSync(path), `${name} has no help in ${language}`);
  return readFileSync(path, 'utf8');
}

/** Texts in code font. */
function inCode(help: string): string[] {
  return [...help.matchAll(/`([^`]+)`/g)].map(([, text]) => plain(text));
}

describe('help', () => {
  for (const { name, type, definition } of NODES)
    for (const [language, { folder, mistakes, status }] of Object.entries(LANGUAGES)) {
      const isConfig = definition.category === 'config';

      it(`${type} tells what each of its statuses means (${language})`, () => {
        const help = helpOf(name, language);
        const known = inCode(help);
        const missing = nodeStatuses(name, language)
          .map(plain)
          .filter((text) => text !== '…' && !known.includes(text));
        assert.deepEqual(missing, []);
        if (!isConfig) assert.match(help, new RegExp(`^#### ${status}$`, 'm'));
      });

      it(`${type} warns of mistakes and leads to troubleshooting (${language})`, () => {
        const help = helpOf(name, language);
        assert.match(help, new RegExp(`^#### ${mistakes}$`, 'm'));
        assert.match(help, new RegExp(`blob/main/${folder}/troubleshooting\\.md#[\\w-]+\\)`));
      });

      it(`${type} says as much as the English help: outputs, properties, lists, headings (${language})`, () => {
        const shape = (help: string) => {
          const lines = help.split('\n');
          const starting = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
          const [outputs, properties, points] = [/^\d+\. /, /^: /, /^- /].map(starting);
          return { outputs, properties, points, headings: starting(/^#/) };
        };
        assert.deepEqual(shape(helpOf(name, language)), shape(helpOf(name, 'en-US')));
      });

      it(`${type} is written as Node-RED's help is: no emphasis, no tables (${language})`, () => {
        for (const line of helpOf(name, language).split('\n')) {
          if (line.startsWith(': ')) continue;
          assert.doesNotMatch(line.replace(/`[^`]*`/g, ''), /\*|(^|\s)_\w|^\|/, line);
        }
      });
    }
});
