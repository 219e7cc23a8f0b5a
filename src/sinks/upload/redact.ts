import { oneLine } from './one-line';

/** What stands for a secret. */
const HIDDEN = '***';
/** Characters of an answer that are looked at. */
const MOST_BODY = 4096;

/**
 * Text without secrets: keys and passwords (also as they look in URLs and in Basic authentication) and whatever follows
 * the host in a URL, which may be a permission by itself.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/(https?:\/\/[^\s/?#"'<>]+)[^\s"'<>]*/g, '$1/…');
  for (const secret of secrets) {
    if (!secret) continue;
    // Half a surrogate pair cannot be written in a URL.
    const inUrl = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\ufffd'));
    for (const form of [secret, inUrl, Buffer.from(secret).toString('base64')]) clean = clean.replaceAll(form, HIDDEN);
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
