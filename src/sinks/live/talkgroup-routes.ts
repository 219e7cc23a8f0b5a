import type { ServerResponse } from 'node:http';
import { send, type WebRequest } from '../../web/http';
import { notAllowed } from '../../web/page-server';
import type { ListedTalkgroup } from './call-history';

/** The list may be this old, ms: many pages may ask at once. */
const FRESH = 5000;
const MOST = 50_000;

/** The talkgroups there are over HTTP: `GET talkgroups`. Later lists win where several name one. */
export function talkgroupRoutes(lists: () => readonly (readonly ListedTalkgroup[])[]) {
  let text = '';
  let made = Number.NEGATIVE_INFINITY;

  return (request: WebRequest, response: ServerResponse, name: string): boolean => {
    if (name !== 'talkgroups') return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      notAllowed(request, response);
      return true;
    }
    if (performance.now() - made > FRESH) {
      text = JSON.stringify({ talkgroups: merge(lists()) });
      made = performance.now();
    }
    response.setHeader('Cache-Control', 'no-store');
    send(request, response, 200, 'application/json; charset=utf-8', text);
    return true;
  };
}

function merge(lists: readonly (readonly ListedTalkgroup[])[]): ListedTalkgroup[] {
  const merged = new Map<string, ListedTalkgroup>();
  for (const list of lists)
    for (const entry of list) {
      const key = `${entry.system}/${entry.talkgroup}`;
      if (merged.size < MOST || merged.has(key)) merged.set(key, entry);
    }
  return [...merged.values()];
}
