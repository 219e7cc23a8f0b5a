import type { ServerResponse } from 'node:http';
import { inSlices, type Sliced } from '../../trunking/slices';
import { send, type WebRequest } from '../../web/http';
import { notAllowed } from '../../web/page-server';
import type { ListedTalkgroup } from './call-history';

/** The list may be this old, ms: many pages may ask at once. */
const FRESH = 5000;
const MOST = 50_000;
/** Talkgroups put into the text between two chances for others. */
const AT_ONCE = 64;

/** The talkgroups there are over HTTP: `GET talkgroups`. Later lists win where several name one. */
export function talkgroupRoutes(lists: () => readonly Iterable<ListedTalkgroup>[]) {
  let text: Promise<string> | undefined;
  let made = Number.NEGATIVE_INFINITY;

  return (request: WebRequest, response: ServerResponse, name: string): boolean => {
    if (name !== 'talkgroups') return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      notAllowed(request, response);
      return true;
    }
    if (!text || performance.now() - made > FRESH) {
      text = inSlices(listText(lists()));
      made = performance.now();
    }
    text
      .then((body) => {
        response.setHeader('Cache-Control', 'no-store');
        send(request, response, 200, 'application/json; charset=utf-8', body);
      })
      .catch(() => response.destroy());
    return true;
  };
}

function* listText(lists: readonly Iterable<ListedTalkgroup>[]): Sliced<string> {
  const merged = new Map<string, ListedTalkgroup>();
  let count = 0;
  for (const list of lists)
    for (const entry of list) {
      if (++count % AT_ONCE === 0) yield;
      const key = `${entry.system}/${entry.talkgroup}`;
      if (merged.size < MOST || merged.has(key)) merged.set(key, entry);
    }
  const parts: string[] = [];
  for (const entry of merged.values()) {
    parts.push(JSON.stringify(entry));
    if (parts.length % AT_ONCE === 0) yield;
  }
  return `{"talkgroups":[${parts.join(',')}]}`;
}
