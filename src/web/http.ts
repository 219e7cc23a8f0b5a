import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request as a server or a framework on top of it gives it. */
export type WebRequest = IncomingMessage & { originalUrl?: string };

/** Answers a request at once; to HEAD without the body. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Answers with data that nobody may keep. */
export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, data: unknown): void {
  response.setHeader('Cache-Control', 'no-store');
  send(request, response, status, 'application/json; charset=utf-8', JSON.stringify(data));
}

/** Answers an upgrade request that is not wanted. */
export function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function urlOf(url = '/'): URL {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    return new URL('http://localhost');
  }
}

/**
 * Whom a request comes from, for limits. A proxy on this machine or in a private network adds the client's address as
 * the last of X-Forwarded-For; anyone else's header is not believed.
 */
export function clientOf(request: IncomingMessage): string {
  const address = request.socket?.remoteAddress ?? '';
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim();
  return forwarded && NEAR.test(address) ? forwarded.slice(0, 64) : address;
}

const NEAR = /^(::ffff:)?(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd]/i;
