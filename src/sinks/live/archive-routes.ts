import type { ServerResponse } from 'node:http';
import { TrunkflowError } from '../../core/errors';
import { clientOf, send, sendJson, type WebRequest } from '../../web/http';
import { notAllowed } from '../../web/page-server';
import { sendFile } from '../../web/send-file';
import type { ArchivedCall, ArchiveQuery } from '../archive/archive';
import type { ArchiveUnion } from './archive-union';
import { type PublicCall, publicCall } from './public-call';

export interface ArchiveRoutesOptions {
  /** Recordings may be saved; asked each time. */
  downloads(): boolean;
}

/** A call of the archive, as the page gets it. */
export interface FoundCall {
  /** For `audio/<id>`. */
  id: string;
  call: PublicCall;
  /** Who talked, in order. */
  units: { unit: number; name: string; pos: number }[];
  /** Seconds. */
  length: number;
  /** It can be played. */
  playable: boolean;
  reason?: string;
  transcript?: string;
}

const MAX_LIMIT = 100;
const MAX_TEXT = 200;
const MAX_UNITS = 30;
/** Searches, and files sent, at once, of all and of one client; whoever comes beyond is told to try again. */
const MAX_BUSY = 256;
const MAX_BUSY_OF_ONE = 160;

/** The archive over HTTP: `GET calls?...` searches, `GET audio/<id>` plays and `GET audio/<id>?download` saves. */
export function archiveRoutes(archive: ArchiveUnion, { downloads }: ArchiveRoutesOptions) {
  let busy = 0;
  const busyOf = new Map<string, number>();

  return (request: WebRequest, response: ServerResponse, name: string, search: URLSearchParams): boolean => {
    const id = name.startsWith('audio/') ? decode(name.slice('audio/'.length)) : undefined;
    if (name !== 'calls' && id === undefined) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') notAllowed(request, response);
    else if (!begin(clientOf(request), response)) send(request, response, 503, 'text/plain', 'Too much at once');
    else {
      const answer = id === undefined ? find(request, response, search) : play(request, response, id, search);
      answer.catch((error) => fail(request, response, error));
    }
    return true;
  };

  /** Counts an answer until it has been given; false when there are too many. */
  function begin(client: string, response: ServerResponse): boolean {
    const own = busyOf.get(client) ?? 0;
    if (busy >= MAX_BUSY || own >= MAX_BUSY_OF_ONE) return false;
    busy++;
    busyOf.set(client, own + 1);
    response.once('close', () => {
      busy--;
      const left = busyOf.get(client)! - 1;
      if (left > 0) busyOf.set(client, left);
      else busyOf.delete(client);
    });
    return true;
  }

  async function find(request: WebRequest, response: ServerResponse, search: URLSearchParams): Promise<void> {
    const query = readQuery(search);
    if (typeof query === 'string') {
      sendJson(request, response, 400, { error: query });
      return;
    }
    const { calls, next } = await archive.search(query, search.get('next') ?? undefined);
    sendJson(request, response, 200, { calls: calls.map(foundCall), ...(next ? { next } : {}) });
  }

  async function play(request: WebRequest, response: ServerResponse, id: string, search: URLSearchParams) {
    const save = search.has('download');
    if (save && !downloads()) {
      send(request, response, 403, 'text/plain', 'Saving recordings is switched off');
      return;
    }
    const found = await archive.find(id);
    if (found) sendFile(request, response, { ...found.audio, ...(save ? { saveAs: fileName(found.call) } : {}) });
    else send(request, response, 404, 'text/plain', 'There is no such recording');
  }
}

function fail(request: WebRequest, response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof TrunkflowError && error.status === 'too many searches')
    send(request, response, 503, 'text/plain', 'Too much at once');
  else send(request, response, 500, 'text/plain', 'The archive cannot be read');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The query, or what is wrong with it. */
function readQuery(search: URLSearchParams): Omit<ArchiveQuery, 'before'> | string {
  const query: Record<string, string | number | boolean> = { limit: MAX_LIMIT / 2 };
  for (const name of ['system', 'text', 'group', 'tag']) {
    const value = search.get(name)?.trim();
    if (value && value.length > MAX_TEXT) return `${name}: at most ${MAX_TEXT} characters`;
    if (value) query[name] = value;
  }
  for (const name of ['talkgroup', 'unit', 'from', 'to', 'limit']) {
    const value = search.get(name)?.trim();
    if (!value) continue;
    if (!/^\d{1,15}$/.test(value)) return `${name}: a whole number`;
    query[name] = Number(value);
  }
  if (Number(query.limit) < 1 || Number(query.limit) > MAX_LIMIT) return `limit: 1 to ${MAX_LIMIT}`;
  const recorded = search.get('recorded');
  if (recorded) query.recorded = recorded === 'true';
  return query;
}

function foundCall({ id, call, length, file, reason, transcript }: ArchivedCall): FoundCall {
  const units = call.sources.slice(0, MAX_UNITS).map(({ src, tag, pos }) => ({ unit: src, name: tag, pos }));
  return { id, call: publicCall(call), units, length, playable: file !== null, reason, transcript };
}

/** `2026-03-05_12-00-00_county_9101_FIRE 1.mp3`, in the server's time. */
function fileName({ call, file }: ArchivedCall): string {
  const time = new Date(call.start_time_ms - new Date(call.start_time_ms).getTimezoneOffset() * 60_000);
  const when = time.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
  const extension = /\.\w+$/.exec(file ?? '')?.[0] ?? '';
  const parts = [when, call.sys_name, call.talkgroup, call.talkgroup_alpha_tag];
  return parts.filter(Boolean).join('_').slice(0, 140) + extension;
}
