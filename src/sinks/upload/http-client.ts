import * as http from 'node:http';
import * as https from 'node:https';
import { TrunkflowError } from '../../core/errors';
import { networkError } from './network-error';

export interface HttpReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** At most 64 KiB of it. */
  body: string;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  headers?: Record<string, string>;
  body?: Buffer;
  signal?: AbortSignal;
}

export interface HttpOptions {
  /** Milliseconds from the first packet to the last byte of the answer. */
  timeout: number;
  /** False accepts certificates nobody vouches for. */
  verify: boolean;
  userAgent: string;
}

export const HTTP_DEFAULTS: HttpOptions = { timeout: 60_000, verify: true, userAgent: 'Trunkflow' };

const MAX_BODY = 65_536;

/**
 * Sends one request and reads its whole answer. The body goes with its length, never chunked, and without "Expect". It
 * follows no redirect: a key must not reach another host than the one it was typed for.
 */
export class HttpClient {
  private readonly options: HttpOptions;

  constructor(options: Partial<HttpOptions> = {}) {
    this.options = { ...HTTP_DEFAULTS, ...options };
  }

  /** Rejects with a TrunkflowError 'network' when there is no complete answer in time. */
  send({ method, url, headers = {}, body, signal }: HttpRequest): Promise<HttpReply> {
    const { timeout, verify, userAgent } = this.options;
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method,
        // A connection of its own: one that was kept open may have been closed at the other end.
        agent: false,
        ...(secure ? { rejectUnauthorized: verify } : {}),
        headers: {
          'User-Agent': userAgent,
          Accept: '*/*',
          Connection: 'close',
          ...headers,
          ...(body ? { 'Content-Length': String(body.length) } : {}),
        },
      });
      const timer = setTimeout(() => fail(late(url)), timeout);
      const abort = () => fail(Object.assign(new Error('stopped'), { code: 'ABORT_ERR' }));
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();

      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          if (length < MAX_BODY) chunks.push(chunk);
          length += chunk.length;
          // Whoever sends that much is no upload service; what has come says enough.
          if (length >= MAX_BODY) done();
        });
        response.on('end', done);
        response.on('error', fail);
        response.on('close', () => fail(Object.assign(new Error('half an answer'), { code: 'ECONNRESET' })));

        function done(): void {
          finish();
          const text = Buffer.concat(chunks).toString('utf8').slice(0, MAX_BODY);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        }
      });
      request.on('error', fail);
      request.end(body);

      function finish(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        request.off('error', fail);
        // What still fails after the answer is of no interest.
        request.on('error', () => {});
        request.destroy();
      }

      function fail(error: unknown): void {
        finish();
        reject(networkError(error, url));
      }
    });
  }
}

function late(url: URL): TrunkflowError {
  return new TrunkflowError('network', `${url.host} does not answer in time`, { status: 'no answer' });
}

/**
 * The address typed into a form.
 * @throws TrunkflowError 'bad-setting' unless it is an http or https URL without user name and password
 */
export function serverUrl(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(/^\w+:\/\//.test(text) ? text : `http://${text}`);
  } catch {}
  if (text && url && /^https?:$/.test(url.protocol) && url.hostname && !url.username && !url.password) return url;
  throw new TrunkflowError('bad-setting', 'Unusable address of the server', {
    expected: 'an address such as https://calls.example.org',
    // Not what was typed: a password may be part of it.
    got: text ? 'something else' : 'nothing',
    hint: 'Open the node and correct it',
    status: text ? 'bad address' : 'no address',
  });
}

/** The address with a path added, unless it ends with that path already. */
export function withPath(url: URL, path: string): URL {
  const base = url.pathname.replace(/\/+$/, '');
  const result = new URL(url);
  result.pathname = base.endsWith(path) ? base : base + path;
  result.search = '';
  result.hash = '';
  return result;
}
