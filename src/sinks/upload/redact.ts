import { oneLine } from './one-line';

/** What stands for a secret. */
const HIDDEN = '***';
/** Characters of an answer that are looked at. */
const MOST_BODY = 4096;
const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  ' ': 'nbsp',
};

/**
 * Text without secrets: keys and passwords, also as they look in URLs, forms, HTML, JSON and Basic authentication, and
 * whatever follows the host in a URL, which may be a permission by itself.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/(https?:\/\/[^\s/?#"'<>]+)[^\s"'<>]*/g, '$1/…');
  for (const secret of secrets) {
    if (!secret) continue;
    clean = clean.replace(looks(secret), HIDDEN);
    for (const coding of ['base64', 'base64url'] as const)
      clean = clean.replaceAll(Buffer.from(secret).toString(coding), HIDDEN);
  }
  return clean;
}

/** What a service said, in one line short enough for a message: markup and secrets removed. */
export function shortAnswer(body: string, secrets: readonly string[]): string {
  // Secrets first, so that none is cut in two; then only as much as the rest can be worked on at once.
  const start = redact(body, secrets).slice(0, MOST_BODY);
  const text = start.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return oneLine(redact(text, secrets), 160);
}

/** Finds a text however it is written: each of its signs may be escaped by itself. */
function looks(secret: string): RegExp {
  return new RegExp([...secret].map((sign) => `(?:${spellings(sign).map(quoted).join('|')})`).join(''), 'g');
}

/** Ways to write a sign, the longest first: '&' is also the beginning of '&amp;'. */
function spellings(sign: string): string[] {
  if (/^[A-Za-z0-9]$/.test(sign)) return [sign];
  const bytes = Buffer.from(sign);
  const code = sign.codePointAt(0)!;
  const units = Array.from({ length: sign.length }, (_, i) => sign.charCodeAt(i));
  // The second is what its bytes are to who takes them for Latin letters.
  const all = [sign, bytes.toString('latin1'), `&#${code};`, `\\${sign}`];
  if (NAMED[sign]) all.push(`&${NAMED[sign]};`);
  // In forms.
  if (sign === ' ') all.push('+');
  for (const change of [(digits: string) => digits, (digits: string) => digits.toUpperCase()]) {
    const hex = (number: number, digits: number) => change(number.toString(16).padStart(digits, '0'));
    all.push([...bytes].map((byte) => `%${hex(byte, 2)}`).join(''), `&#x${hex(code, 2)};`);
    all.push(units.map((unit) => `\\u${hex(unit, 4)}`).join(''));
  }
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
