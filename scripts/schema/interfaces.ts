import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Field {
  name: string;
  optional: boolean;
  /** As the code writes it. */
  type: string;
  /** The docstring or the comment behind it; empty without. */
  text: string;
}

const ROOT = join(__dirname, '..', '..');

/**
 * The fields of an interface with their docstrings, those of the interfaces it extends first. Reads the layout Biome gives
 * the code, one field to a line.
 * @throws Error when the interface is not there or a line is not understood
 */
export function fieldsOf(file: string, name: string): Field[] {
  const code = readFileSync(join(ROOT, file), 'utf8');
  const found = new RegExp(`^(?:export )?interface ${name}(?: extends (\\w+))? \\{\\n([^]*?)^\\}`, 'm').exec(code);
  if (!found) throw new Error(`${file} has no interface ${name}`);
  const [, base, body] = found;
  const inherited = base && new RegExp(`interface ${base}\\b`).test(code) ? fieldsOf(file, base) : [];
  const own = read(body, `${file}, ${name}`);
  return [...inherited.filter((field) => !own.some((one) => one.name === field.name)), ...own];
}

function read(body: string, where: string): Field[] {
  const fields: Field[] = [];
  let text: string[] = [];
  let inComment = false;
  for (const line of body.split('\n')) {
    const comment = /^ {2}(?:\/\*\*| \*(?!\/)) ?(.*?)(\*\/)?$/.exec(line);
    if (inComment || line.startsWith('  /**')) {
      inComment = !line.trimEnd().endsWith('*/');
      text.push((comment?.[1] ?? '').replace(/\*\/$/, '').replace(/^\* ?/, '').trim());
      continue;
    }
    const field = /^ {2}(?:readonly )?(\w+)(\??): (.+?);(?: \/\/ (.*))?$/.exec(line);
    if (field) {
      const [, name, optional, type, behind = ''] = field;
      fields.push({ name, optional: optional === '?', type, text: text.filter(Boolean).join(' ') || behind });
    } else if (line.trim() && !/^ {2}\[\w+: string\]: unknown;$/.test(line)) throw new Error(`${where}: ${line}`);
    text = [];
  }
  return fields;
}
