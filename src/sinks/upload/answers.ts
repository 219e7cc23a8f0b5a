import { TrunkflowError } from '../../core/errors';
import type { HttpReply } from './http-client';
import { shortAnswer } from './redact';
import type { UploadResult } from './service';

/** Longest time a service's Retry-After is believed, ms. */
const MAX_AFTER = 3_600_000;

/** Milliseconds of a Retry-After header, in seconds or as a date; undefined when there is none that makes sense. */
export function retryAfter(reply: HttpReply, now = Date.now()): number | undefined {
  const text = reply.headers['retry-after'];
  if (!text) return undefined;
  const wait = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(MAX_AFTER, Math.max(0, wait)) : undefined;
}

/** True for a web page, which no upload service sends: a proxy, a captive portal or another server answered. */
export function isWebPage({ headers, body }: HttpReply): boolean {
  return /text\/html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

/** What an answer means by its status alone, where the service has no words of its own for it. */
export function judge(reply: HttpReply, host: string, secrets: readonly string[]): UploadResult {
  const { status } = reply;
  const after = retryAfter(reply);
  const said = shortAnswer(reply.body, secrets);
  const error = (what: string, details: { status: string; hint?: string }) =>
    new TrunkflowError('network', what, { got: `${status}${said ? ` ${said}` : ''}`, ...details });

  if (status >= 200 && status < 300) {
    const hint = 'Is the address right? A proxy may be in between';
    return wait(error(`${host} answers, but not as such a service does`, { status: 'odd answer', hint }));
  }
  if (status >= 300 && status < 400) {
    const hint = 'Calls and keys go only to the address that was set: correct it';
    return wait(error(`${host} sends us elsewhere${elsewhere(reply)}`, { status: 'moved', hint }));
  }
  if (status === 401 || status === 403) {
    return refused(error(`${host} refuses the key`, { status: 'key refused', hint: KEY_HINT }));
  }
  if (status === 404 || status === 405 || status === 410) {
    const hint = 'Correct the address in the node';
    return wait(error(`${host} has no such service`, { status: 'wrong address', hint }));
  }
  if (status === 413) {
    return { outcome: 'rejected', error: error(`The recording is too large for ${host}`, { status: 'too large' }) };
  }
  if (status === 429) return wait(error(`${host} gets too many calls`, { status: 'too many calls' }));
  if ([407, 408, 425, 502, 503, 504].includes(status) || status > 505) {
    return wait(error(`${host} is busy or down`, { status: 'service down' }));
  }
  if (status >= 500) {
    const trouble = error(`${host} has trouble with a call`, { status: 'service error' });
    return { outcome: 'retry', scope: 'call', error: trouble, after };
  }
  return { outcome: 'rejected', error: error(`${host} rejects a call`, { status: 'rejected' }) };

  function wait(reason: TrunkflowError): UploadResult {
    return { outcome: 'retry', scope: 'service', error: reason, after };
  }
}

const KEY_HINT = 'Check the key in the node';

export function refused(error: TrunkflowError): UploadResult {
  return { outcome: 'rejected', error, key: true };
}

/** A service's own words against a call. */
export function rejection(what: string, said: string, details = { status: 'rejected' }): UploadResult {
  return { outcome: 'rejected', error: new TrunkflowError('network', what, { got: said, ...details }) };
}

/** Refusal of the key in the service's own words. */
export function keyRefusal(host: string, said: string): UploadResult {
  const details = { got: said, status: 'key refused', hint: KEY_HINT };
  return refused(new TrunkflowError('network', `${host} refuses the key`, details));
}

/** Where a redirect points, without what may be secret in it. */
function elsewhere({ headers }: HttpReply): string {
  try {
    return `, to ${new URL(headers.location ?? '').origin}`;
  } catch {
    return '';
  }
}
