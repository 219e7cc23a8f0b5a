import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { TrunkflowError } from '../../core/errors';
import type { LiveHub, Packet } from './live-hub';

export interface LiveServerOptions {
  /** Full path of the page on the server, without a slash at the end, e.g. '/radio/listen'. */
  path: string;
  maxListeners: number;
}

/** The page's files and their types. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'listen.css': 'text/css; charset=utf-8',
  'listen.js': 'text/javascript; charset=utf-8',
  'call-queue.js': 'text/javascript; charset=utf-8',
  'player.js': 'text/javascript; charset=utf-8',
  'worklet.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

const HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws: wss:",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** A token for the WebSocket is good for this long, ms, and once. */
const TOKEN_MS = 30_000;
const MAX_TOKENS = 1000;
const PING_MS = 30_000;

/**
 * The listening page and its WebSocket, for mounting in a server that is there already. Whoever may fetch
 * `<path>/session` may listen: it gives the token the WebSocket asks for, so that the server's password protects the
 * audio too and pages of other origins cannot connect.
 */
export class LiveServer {
  private readonly options: LiveServerOptions;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  private readonly tokens = new Map<string, number>();
  private readonly pings: NodeJS.Timeout;

  /** @throws TrunkflowError 'bad-setting' */
  constructor(
    private readonly hub: LiveHub,
    options: Partial<LiveServerOptions> & Pick<LiveServerOptions, 'path'>,
  ) {
    this.options = { maxListeners: 32, ...options };
    if (!/^(\/[\w.~-]+)+$/.test(this.options.path)) {
      throw new TrunkflowError('bad-setting', 'Unusable path of the listening page', {
        expected: 'a path such as /radio/listen',
        got: String(this.options.path),
        status: 'bad path',
      });
    }
    this.pings = setInterval(() => this.ping(), PING_MS);
    this.pings.unref();
  }

  /** Answers a request for the page or one of its files; false when it is for something else. */
  handle(request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): boolean {
    const { pathname } = urlOf(request.originalUrl ?? request.url);
    const { path } = this.options;
    if (pathname !== path && !pathname.startsWith(`${path}/`)) return false;
    const name = pathname.slice(path.length + 1) || 'index.html';
    if (request.method !== 'GET' && request.method !== 'HEAD') send(request, response, 405, 'text/plain', 'GET only');
    else if (pathname === path) {
      // Relative, so that it also holds behind a proxy that puts something before the path.
      response.setHeader('Location', `${path.slice(path.lastIndexOf('/') + 1)}/`);
      send(request, response, 302, 'text/plain', '');
    } else if (name === 'session') {
      response.setHeader('Cache-Control', 'no-store');
      send(request, response, 200, 'application/json', JSON.stringify({ token: this.newToken() }));
    } else if (Object.hasOwn(FILES, name)) void this.sendFile(request, response, name);
    else send(request, response, 404, 'text/plain', 'Not found');
    return true;
  }

  /** Takes a WebSocket's upgrade request; false when it is for something else, and nothing was done. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { pathname, searchParams } = urlOf(request.url);
    if (pathname !== `${this.options.path}/live`) return false;
    if (!this.takeToken(searchParams.get('token') ?? '')) refuse(socket, '403 Forbidden');
    else if (this.sockets.clients.size >= this.options.maxListeners) refuse(socket, '503 Service Unavailable');
    else this.sockets.handleUpgrade(request, socket, head, (client) => this.connect(client));
    return true;
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.pings);
    this.tokens.clear();
    for (const client of this.sockets.clients) client.close(1001, 'closing');
    for (const client of this.sockets.clients) setTimeout(() => client.terminate(), 500).unref();
    this.sockets.close();
  }

  private connect(client: WebSocket): void {
    const deliver = (packet: Packet) =>
      new Promise<void>((resolve, reject) => client.send(packet, (error) => (error ? reject(error) : resolve())));
    const leave = this.hub.join({ deliver }, () => client.terminate());
    alive.add(client);
    client.on('pong', () => alive.add(client));
    client.on('error', () => client.terminate());
    client.on('close', leave);
  }

  /** Connections that did not answer the last ping are dead. */
  private ping(): void {
    for (const client of this.sockets.clients) {
      if (!alive.delete(client)) client.terminate();
      else client.ping();
    }
  }

  private newToken(): string {
    const token = randomBytes(16).toString('hex');
    this.tokens.set(token, Date.now() + TOKEN_MS);
    if (this.tokens.size > MAX_TOKENS) this.tokens.delete(this.tokens.keys().next().value!);
    return token;
  }

  private takeToken(token: string): boolean {
    const until = this.tokens.get(token) ?? 0;
    this.tokens.delete(token);
    return until > Date.now();
  }

  private async sendFile(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    try {
      const body = await readFile(join(pageFolder(), name));
      for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
      send(request, response, 200, FILES[name], body);
    } catch {
      send(request, response, 500, 'text/plain', 'The page is missing in this installation');
    }
  }
}

const alive = new WeakSet<WebSocket>();

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string | Buffer) {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function urlOf(url = '/'): URL {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    return new URL('http://localhost');
  }
}

/** The page's folder in the package, from the sources as well as from the build. */
function pageFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const page = join(folder, 'resources', 'listen');
    if (existsSync(join(page, 'index.html'))) return page;
    if (folder === dirname(folder)) throw new Error('resources/listen is missing');
  }
}
