/** One part of a form as it was on the wire. */
export interface Part {
  name: string;
  filename?: string;
  type?: string;
  data: Buffer;
}

const CRLF = Buffer.from('\r\n');

/**
 * Reads multipart/form-data by the letter of RFC 7578 and RFC 2046 and throws at everything that a lenient parser would
 * forgive: bare line feeds, unknown headers, text around the parts, a missing last boundary, repeated names.
 */
export function readForm(contentType: string, body: Buffer): Part[] {
  const match = /^multipart\/form-data; boundary=([0-9A-Za-z'()+_,./:=?-]{1,70})$/.exec(contentType);
  if (!match) throw new Error(`no multipart/form-data: ${contentType}`);
  const delimiter = Buffer.from(`--${match[1]}`);
  const parts: Part[] = [];
  let position = expect(body, 0, delimiter);
  for (;;) {
    if (body.subarray(position, position + 2).toString('latin1') === '--') {
      position = expect(body, position + 2, CRLF);
      if (position !== body.length) throw new Error('text after the last boundary');
      break;
    }
    position = expect(body, position, CRLF);
    const headEnd = body.indexOf('\r\n\r\n', position);
    if (headEnd < 0) throw new Error('a part without end of its headers');
    const part = readHead(body.toString('utf8', position, headEnd));
    const end = body.indexOf(Buffer.concat([CRLF, delimiter]), headEnd + 4);
    if (end < 0) throw new Error('a part without end');
    parts.push({ ...part, data: body.subarray(headEnd + 4, end) });
    position = end + 2 + delimiter.length;
  }
  const names = parts.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new Error(`repeated fields: ${names}`);
  return parts;
}

function readHead(head: string): Omit<Part, 'data'> {
  const [disposition, ...others] = head.split('\r\n');
  const match = /^Content-Disposition: form-data; name="([^"\r\n]+)"(?:; filename="([^"\r\n]*)")?$/.exec(disposition);
  if (!match) throw new Error(`unusable header: ${disposition}`);
  const [, name, filename] = match;
  const type = /^Content-Type: ([\w-]+\/[\w.+-]+)$/.exec(others[0] ?? '')?.[1];
  if (others.length > 1 || (others.length === 1 && !type)) throw new Error(`unexpected headers: ${others}`);
  if (filename !== undefined && !type) throw new Error('a file without type');
  if (filename === undefined && type) throw new Error('a plain field with a type');
  return { name, filename, type };
}

function expect(body: Buffer, position: number, wanted: Buffer): number {
  const end = position + wanted.length;
  if (body.subarray(position, end).equals(wanted)) return end;
  throw new Error(`expected ${JSON.stringify(wanted.toString())} at ${position}`);
}

/** The plain fields as text. */
export function texts(parts: Part[]): Record<string, string> {
  const plain = parts.filter(({ filename }) => filename === undefined);
  return Object.fromEntries(plain.map(({ name, data }) => [name, data.toString('utf8')]));
}

export function file(parts: Part[], name: string): Part {
  const part = parts.find((one) => one.name === name);
  if (part?.filename === undefined) throw new Error(`no file ${name}`);
  return part;
}
