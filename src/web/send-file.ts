import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { send } from './http';

export interface FileToSend {
  /** Absolute. */
  path: string;
  mime: string;
  bytes: number;
  /** Name for saving it; absent = it is shown or played. */
  saveAs?: string;
}

/** Milliseconds without a byte after which a client is given up. */
const STALLED = 120_000;

/** Answers with a file, or with the part of it that was asked for; players need that to find their way in it. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: FileToSend): void {
  const { path, mime, bytes, saveAs } = file;
  const range = readRange(request.headers.range, bytes);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === 'outside') {
    response.setHeader('Content-Range', `bytes */${bytes}`);
    send(request, response, 416, 'text/plain', 'No such part');
    return;
  }
  const { first, last } = range ?? { first: 0, last: bytes - 1 };
  response.statusCode = range ? 206 : 200;
  if (range) response.setHeader('Content-Range', `bytes ${first}-${last}/${bytes}`);
  response.setHeader('Content-Type', mime);
  response.setHeader('Content-Length', last - first + 1);
  response.setHeader('Cache-Control', 'private, max-age=600');
  if (saveAs !== undefined) response.setHeader('Content-Disposition', disposition(saveAs));
  if (request.method === 'HEAD' || bytes === 0) {
    response.end();
    return;
  }
  // Who takes nothing for so long has gone, or keeps the place of others.
  response.setTimeout(STALLED, () => response.destroy());
  const stream = createReadStream(path, { start: first, end: last });
  // A file that goes away while it is read, or a client that does: the connection tells.
  stream.once('error', () => response.destroy());
  pipeline(stream, response, () => {});
}

/** A single range as browsers ask for it; undefined when there is none that is understood. */
function readRange(header: string | undefined, bytes: number): { first: number; last: number } | 'outside' | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return first > last ? 'outside' : { first, last };
}

const MOST_NAME = 150;

/** For browsers that know UTF-8 in headers, and for those that do not. */
function disposition(name: string): string {
  // Halves of characters and what turns the direction of writing go too, and what else no file name has.
  const safe = name
    .slice(0, MOST_NAME)
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029"'\\/:*?<>|%;]+/gu, '_')
    .replace(/^[.\s]+/, '_');
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(safe)}`;
}
