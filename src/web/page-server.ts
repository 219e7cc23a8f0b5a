import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { TrunkflowError } from '../core/errors';
import { clientOf, refuse, send, urlOf, type WebRequest } from './http';
import { type PageFile, pageFiles } from './page-files';
import { RateLimit, type RateLimitOptions } from './rate-limit';

export interface PageServerOptions {
  /** Full path of the page on the server, without a slash at the end, e.g. '/radio/listen'. */
  path: string;
  /** The page's folder under resources/. */
  folder: string;
  /** Its files, the first page (index.html) included; `locales/<language>.json` and `web/*` are served besides. */
  files: readonly string[];
  /** WebSockets at the same time. */
  maxSockets: number;
  /** Bytes of the longest message a WebSocket may send. */
  maxMessage: number;
  /** How often a client may ask for what `routes` answers. */
  rate: RateLimitOptions;
  /**
   * Answers requests for names below the path that are no files, of any method; false when there is no such name.
   * Must not throw; what it answers later must not reject.
   */
  routes?(request: WebRequest, response: ServerResponse, name: string, search: URLSearchParams): boolean;
  /** A WebSocket was opened at `<path>/live`. */
  connect?(socket: WebSocket, request: IncomingMessage): void;
}

const DEFAULTS = { maxSockets: 64, maxMessage: 4096, rate: { burst: 60, perSecond: 10, all: 20 } };

const HEADERS = {
  'Cache-Control': 'no-cache',
  // Its own files only; a dashboard of the same server may show it in a frame.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** A token for the WebSocket is good for this long, ms, and once. */
const TOKEN_MS = 30_000;
const MAX_TOKENS = 1000;
/** How often a WebSocket is asked for a sign of life, and gives one: scripts of a page do not see pings. */
const BEAT_MS = 20_000;
/** Pages know this text, and that nothing for much longer means that the connection is over (resources/web/connection.js). */
const BEAT = '{"type":"beat"}';
/** How often a client may ask for the page's files and tokens: a page has some forty files, and a house one address. */
const FILES_RATE = { burst: 6000, perSecond: 200, all: 2 };
/** How often a WebSocket may say something, pings included. */
const WORDS_RATE = { burst: 1000, perSecond: 50, all: 1 };
/** Bytes that may wait for a WebSocket that is still answered when it pings. */
const MOST_WAITING = 64 * 1024;

/**
 * A page of its own with a WebSocket, for mounting in a server that is there already. Whoever may fetch
 * `<path>/session` may connect: it gives the token the WebSocket asks for, so that the server's password protects the
 * WebSocket too and pages of other origins cannot connect.
 */
export class PageServer {
  private readonly options: PageServerOptions;
  private readonly files: ReadonlyMap<string, PageFile>;
  private readonly sockets: WebSocketServer;
  private readonly tokens = new Map<string, number>();
  private readonly limit: RateLimit;
  private readonly filesLimit = new RateLimit(FILES_RATE);
  private readonly beats: NodeJS.Timeout;

  /** @throws TrunkflowError 'bad-setting' for a path that cannot be one */
  constructor(options: Partial<PageServerOptions> & Pick<PageServerOptions, 'path' | 'folder' | 'files'>) {
    this.options = { ...DEFAULTS, ...options };
    const { path, folder, files, maxMessage, rate } = this.options;
    if (!/^(\/[\w.~-]+)+$/.test(path)) {
      throw new TrunkflowError('bad-setting', 'Unusable path of a page', {
        expected: 'a path such as /radio/listen',
        got: String(path),
        status: 'bad path',
      });
    }
    this.files = pageFiles(folder, files);
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessage,
      perMessageDeflate: false,
      autoPong: false,
    });
    this.limit = new RateLimit(rate);
    this.beats = setInterval(() => this.beat(), BEAT_MS);
    this.beats.unref();
  }

  get path(): string {
    return this.options.path;
  }

  /** Answers a request for the page or what is below it; false when it is for something else. */
  handle(request: WebRequest, response: ServerResponse): boolean {
    const { pathname, searchParams } = urlOf(request.originalUrl ?? request.url);
    const { path } = this.options;
    if (pathname !== path && !pathname.startsWith(`${path}/`)) return false;
    const name = pathname.slice(path.length + 1) || 'index.html';
    const file = this.files.get(name);
    const isOwn = pathname === path || name === 'session' || file !== undefined;
    if (!isOwn) this.route(request, response, name, searchParams);
    else if (request.method !== 'GET' && request.method !== 'HEAD') notAllowed(request, response);
    else if (!this.filesLimit.take(clientOf(request))) tooMany(request, response);
    else if (file && pathname !== path) void this.sendFile(request, response, file);
    else if (name === 'session') {
      response.setHeader('Cache-Control', 'no-store');
      send(request, response, 200, 'application/json', JSON.stringify({ token: this.newToken() }));
    } else {
      // Relative, so that it also holds behind a proxy that puts something before the path.
      response.setHeader('Location', `${path.slice(path.lastIndexOf('/') + 1)}/`);
      send(request, response, 302, 'text/plain', '');
    }
    return true;
  }

  /** Takes a WebSocket's upgrade request; false when it is for something else, and nothing was done. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { pathname, searchParams } = urlOf(request.url);
    const { path, maxSockets, connect } = this.options;
    if (!connect || pathname !== `${path}/live`) return false;
    if (!this.takeToken(searchParams.get('token') ?? '')) refuse(socket, '403 Forbidden');
    else if (this.sockets.clients.size >= maxSockets) refuse(socket, '503 Service Unavailable');
    else this.sockets.handleUpgrade(request, socket, head, (client) => this.opened(client, request));
    return true;
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.beats);
    this.tokens.clear();
    for (const client of this.sockets.clients) client.close(1001, 'closing');
    for (const client of this.sockets.clients) setTimeout(() => client.terminate(), 500).unref();
    this.sockets.close();
  }

  private route(request: WebRequest, response: ServerResponse, name: string, search: URLSearchParams): void {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!this.options.routes) notFound(request, response);
    else if (!this.limit.take(clientOf(request))) tooMany(request, response);
    else if (!this.options.routes(request, response, name, search)) notFound(request, response);
  }

  private opened(client: WebSocket, request: IncomingMessage): void {
    alive.add(client);
    client.on('pong', () => alive.add(client));
    client.on('error', () => client.terminate());
    // Whoever floods is let go, and who does not take the answers gets none: they would fill the memory.
    const words = new RateLimit(WORDS_RATE);
    client.on('message', () => words.take('') || client.terminate());
    client.on('ping', (data) => {
      if (!words.take('')) client.terminate();
      else if (client.bufferedAmount < MOST_WAITING) client.pong(data);
    });
    this.options.connect!(client, request);
  }

  /** Connections that did not answer the last ping are dead. */
  private beat(): void {
    for (const client of this.sockets.clients) {
      if (!alive.delete(client)) client.terminate();
      else {
        client.ping();
        // One that has not taken what was sent will hear of us by that.
        if (client.bufferedAmount < MOST_WAITING) client.send(BEAT);
      }
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

  private async sendFile(request: IncomingMessage, response: ServerResponse, file: PageFile): Promise<void> {
    try {
      const body = await readFile(file.path);
      for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
      send(request, response, 200, file.type, body);
    } catch {
      send(request, response, 500, 'text/plain', 'The page is missing in this installation');
    }
  }
}

const alive = new WeakSet<WebSocket>();

function tooMany(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Retry-After', '2');
  send(request, response, 429, 'text/plain', 'Too many requests');
}

/** For routes that only read. */
export function notAllowed(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Allow', 'GET, HEAD');
  send(request, response, 405, 'text/plain', 'GET only');
}

function notFound(request: IncomingMessage, response: ServerResponse): void {
  send(request, response, 404, 'text/plain', 'Not found');
}
