import { randomBytes } from 'node:crypto';

export interface FormFile {
  filename: string;
  type: string;
  data: Buffer;
}

/** Fields in the order in which they are sent; undefined ones are left out. */
export type FormFields = readonly (readonly [name: string, value: string | number | FormFile | undefined])[];

/** A multipart/form-data body (RFC 7578) in one piece, so that its length can be told beforehand. */
export function multipart(fields: FormFields): { type: string; body: Buffer } {
  const boundary = `trunkflow-${randomBytes(18).toString('hex')}`;
  const pieces: Buffer[] = [];
  for (const [name, value] of fields) {
    if (value === undefined) continue;
    const isFile = typeof value === 'object';
    const file = isFile ? `; filename="${quoted(value.filename)}"\r\nContent-Type: ${value.type}` : '';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n\r\n`;
    pieces.push(Buffer.from(head), isFile ? value.data : Buffer.from(String(value)), Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(pieces) };
}

/** Line ends and quotes as browsers write them (WHATWG HTML, multipart/form-data). */
function quoted(text: string): string {
  return text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
