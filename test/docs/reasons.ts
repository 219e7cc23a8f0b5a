import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODES, ROOT, readJson } from '../package/package-files';

/** What stands for any number or name in a text that people see. */
const ANY = '…';

/** Files whose 'status' is that of a USB transfer or a field of a message, which no node shows. */
const OTHER_STATUS = /web-usb-device|sinks\/mqtt\/(tr-messages|trunk-recorder)/;

/** Where the codes of diagnoses stand. */
const DIAGNOSES = [
  'src/protocols/reception.ts',
  'src/protocols/stage.ts',
  'src/protocols/p25/decoder.ts',
  'src/protocols/p25-phase2/decoder.ts',
  'nodes/source/overload.ts',
  'src/trunking/follow-diagnosis.ts',
];

function sources(folder: string): { path: string; code: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, code: readFileSync(join(ROOT, path), 'utf8') }));
}

/** A text with what varies in it taken out, so that those of the code and of the page can be compared. */
export function plain(text: string): string {
  return text
    .replace(/\$\{[^}]*\}|__\w+?__|[+-]?\d+(?:\.\d+)?[kM]?/g, ANY)
    .replace(new RegExp(`${ANY}+`, 'g'), ANY)
    .trim();
}

/** The members of a union of string literals. */
function unionOf(code: string, name: string): string[] {
  const [, body] = new RegExp(`export type ${name} =([^;]+);`).exec(code) ?? [];
  if (!body) throw new Error(`no type ${name}`);
  return [...body.matchAll(/'(\w[^']*)'/g)].map(([, member]) => member);
}

/** Statuses of the errors, of the sources, and of what keeps a decoder from reading, as the code has them. */
function statuses(): string[] {
  const found: string[] = [];
  for (const { path, code } of [...sources('src'), ...sources('nodes')]) {
    if (OTHER_STATUS.test(path)) continue;
    // status: 'text', and both sides of status: condition ? 'text' : `text`; the same for what nodes show as text.
    for (const [, , first, , second] of code.matchAll(
      /(?<!locked: true, )\b(?:status|text): (?:[^,'`\n(){}]* \? )?(['`])([^'`\n]+)\1(?: : (['`])([^'`\n]+)\3)?/g,
    ))
      for (const text of [first, second]) if (text && !/^\w+\.\w+$/.test(text)) found.push(text);
    // A source's states, and files that cannot be read.
    for (const [, text] of code.matchAll(/state: '\w+', text: [^}]*?'([a-z][^'.,]+)'/g)) found.push(text);
    for (const [, text] of code.matchAll(/\bunreadable\([^;]*?'([^']+)',?\s*(?:error,?\s*)?\)/g)) found.push(text);
  }
  // An error without a status of its own shows its code.
  const errors = readFileSync(join(ROOT, 'src/core/errors.ts'), 'utf8');
  for (const code of unionOf(errors, 'ErrorCode')) found.push(code.replace('-', ' '));
  // What diagnoses call it.
  for (const path of DIAGNOSES) {
    const code = readFileSync(join(ROOT, path), 'utf8');
    for (const [, name] of code.matchAll(/\bcode: '(\w+)'/g)) found.push(name);
    for (const [, , words] of code.matchAll(/\bwords: (['`])([^'`\n]+)\1/g)) found.push(words);
  }
  const scrambling = readFileSync(join(ROOT, 'src/protocols/p25-phase2/scrambling-state.ts'), 'utf8');
  for (const [, text] of scrambling.matchAll(/'([\w ]+ unknown)'/g)) found.push(text);
  for (const protocol of ['p25', 'p25-phase2']) {
    const decoder = readFileSync(join(ROOT, `src/protocols/${protocol}/decoder.ts`), 'utf8');
    for (const [, , text] of decoder.matchAll(/locked: false, text: (?:[^'`}]*)(['`])([^'`]+)\1/g)) found.push(text);
  }
  for (const [, text] of readFileSync(join(ROOT, 'src/protocols/stage.ts'), 'utf8').matchAll(/\|\| '([a-z ]+)'/g))
    found.push(text);
  return found;
}

/** Reasons why a call is not followed, recorded or uploaded, how one ended, and why a channel is refused. */
function reasons(): string[] {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const words = (code: string, pattern: RegExp) =>
    [...code.matchAll(pattern)].flatMap(([found]) => [...found.matchAll(/'(\w+)'/g)].map(([, word]) => word));
  const options = read('src/trunking/options.ts');
  const refused = sources('src/dsp/channelizer').flatMap(({ code }) => words(code, /refuse\([^;]*?'\w+'/g));
  const notRecorded = [
    ...words(read('src/sinks/call-recorder.ts'), /notRecorded\??\.add\([^;]*;/g),
    ...words(read('src/sinks/not-recorded.ts'), /const reason = [^;]*;/g),
    ...words(read('src/sinks/archive/read-calls.ts'), /reason: '\w+'/g),
  ];
  const notUploaded = [
    ...unionOf(read('src/sinks/upload/rules.ts'), 'Refusal'),
    ...unionOf(read('src/sinks/upload/upload-queue.ts'), 'Dropped'),
    ...words(read('src/sinks/upload/uploader.ts'), /reason: '[^;]*;/g),
    ...words(read('nodes/upload/call-uploads.ts'), /function reasonOf\([^)]*\): [^{]*/g),
  ];
  return [
    ...unionOf(options, 'SkipReason'),
    ...unionOf(options, 'EndReason'),
    ...refused,
    ...notRecorded,
    ...notUploaded,
  ];
}

/** The texts of a node's own statuses in a language, in English where it is not translated. */
export function nodeStatuses(name: string, wanted: string): string[] {
  const language = existsSync(join(ROOT, 'nodes', name, 'locales', wanted)) ? wanted : 'en-US';
  const { status = {} } = readJson(join('nodes', name, 'locales', language, `${name}.json`)) as {
    status?: Record<string, string>;
  };
  return Object.values(status);
}

/** All that nodes can show in a language, each with what varies taken out. */
export function everyReason(language: string): string[] {
  const nodes = NODES.flatMap(({ name }) => nodeStatuses(name, language));
  return [...new Set([...statuses(), ...reasons(), ...nodes].map(plain))].filter((text) => text !== ANY).sort();
}
