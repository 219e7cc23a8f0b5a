import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { createContext, runInContext } from 'node:vm';

export const ROOT = join(__dirname, '..', '..');

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

export interface ExampleNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** The examples, named by their path under examples/ without '.json': folders are folders in the import dialog too. */
export function examples(): { name: string; nodes: ExampleNode[] }[] {
  return readdirSync(join(ROOT, 'examples'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.split(sep).join('/').slice(0, -'.json'.length),
      nodes: readJson(join('examples', file)) as ExampleNode[],
    }));
}

/** What a node's html registers with the editor. */
export interface Definition {
  category: string;
  color?: string;
  icon?: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, { value: unknown; validate?: (this: object, value: unknown, opt: object) => true | string }>;
  label: (this: object) => string;
  inputLabels?: (this: object, index: number) => string;
  outputLabels?: (this: object, index: number) => string;
}

export interface NodeForm {
  /** Folder under nodes/. */
  name: string;
  /** Text of its html. */
  html: string;
  type: string;
  definition: Definition;
}

/** The node folders, each with the text of its html. */
export function nodeFiles(): { name: string; html: string }[] {
  return readdirSync(join(ROOT, 'nodes'))
    .filter((name) => existsSync(join(ROOT, 'nodes', name, `${name}.html`)))
    .map((name) => ({ name, html: readFileSync(join(ROOT, 'nodes', name, `${name}.html`), 'utf8') }));
}

/** The scripts of an html that the editor runs, found as the scorecard finds them. */
export function scriptsOf(html: string): string[] {
  return [...html.matchAll(/<script.+?type=['"]text\/javascript['"].*?>([\S\s]*?)<\/script>/gi)].map(
    ([, code]) => code,
  );
}

/** What the forms share in the browser, as resources/forms.js defines it. */
export interface Forms {
  parse(text: unknown, unit: string): number;
  format(value: unknown, unit: string): string;
  isVariable(text: unknown): boolean;
}

/**
 * A browser as far as forms.js and the definitions need one while no dialog is open: jQuery finds nothing.
 * @param nodes the nodes of the flow, by id
 */
export function fakeBrowser(nodes: Record<string, object> = {}) {
  const registered: { type: string; definition: Definition }[] = [];
  const window: Record<string, unknown> = {};
  const nothing = { length: 0, val: () => undefined, prop: () => undefined };
  const context = createContext({
    window,
    $: () => nothing,
    RED: {
      nodes: {
        registerType: (type: string, definition: Definition) => registered.push({ type, definition }),
        node: (id: string) => nodes[id],
      },
    },
  });
  runInContext(readFileSync(join(ROOT, 'resources', 'forms.js'), 'utf8'), context);
  runInContext('trunkflow = window.trunkflow', context);
  return {
    forms: window.trunkflow as Forms,
    load(html: string) {
      for (const code of scriptsOf(html)) runInContext(code, context);
      return registered.splice(0);
    },
  };
}

export const NODES: NodeForm[] = nodeFiles().flatMap(({ name, html }) =>
  fakeBrowser()
    .load(html)
    .map(({ type, definition }) => ({ name, html, type, definition })),
);
