import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Part, readForm } from './strict-form';

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  parts: Part[];
}

export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** A way to misbehave: gets the connection before the request's body is read. */
export type Fault = (request: IncomingMessage, response: ServerResponse, socket: Socket) => void;

/**
 * A server on loopback. Requests go to `answer` once they are read whole and found to be well-formed HTTP as the services
 * demand it: with a length, not chunked, without "Expect". Faults come first, one for each request.
 */
export class UploadServer {
  readonly requests: Received[] = [];
  readonly faults: Fault[] = [];
  /** What was wrong with requests; tests demand that it stays empty. */
  readonly complaints: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(
    answer: (request: Received) => Answer | Promise<Answer>,
    { tls, port = 0 }: { tls?: { key: string; cert: string }; port?: number } = {},
  ): Promise<UploadServer> {
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const fault = self.faults.shift();
      if (fault) fault(request, response, request.socket);
      else self.serve(request, response, answer);
    };
    const server = tls ? createSecure(tls, handle) : createServer(handle);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const scheme = tls ? 'https' : 'http';
    const self = new UploadServer(server, `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (socket) => {
      self.sockets.add(socket);
      socket.on('close', () => self.sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    return self;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse, answer: (r: Received) => Answer | Promise<Answer>) {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', async () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks);
      let parts: Part[] = [];
      try {
        if (headers['transfer-encoding']) throw new Error('chunked');
        if (headers.expect) throw new Error('expect');
        if (!headers['user-agent']) throw new Error('no user agent');
        if (method !== 'GET' && headers['content-length'] !== String(body.length)) throw new Error('wrong length');
        if (headers['content-type']?.startsWith('multipart/')) parts = readForm(headers['content-type'], body);
      } catch (error) {
        this.complaints.push(`${method} ${url}: ${(error as Error).message}`);
      }
      const received = { method, path: url, headers, body, parts };
      this.requests.push(received);
      const { status, body: text, headers: more } = await answer(received);
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...more }).end(text);
    });
  }
}

/** Answers at once, whatever came. */
export function reply(status: number, body: string, headers: Record<string, string> = {}): Fault {
  return (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(body));
  };
}

/** Cuts the connection in the middle of the request's body. */
export const resetMidBody: Fault = (request, _response, socket) => {
  request.once('data', () => socket.resetAndDestroy());
};

/** Takes everything and never answers. */
export const silence: Fault = (request) => {
  request.resume();
};

/** Promises more than it sends. */
export const halfAnswer: Fault = (request, response, socket) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('Call imp');
    setTimeout(() => socket.destroy(), 20);
  });
};

/** Takes the request whole, then cuts the connection without an answer. */
export const lostAnswer: Fault = (request, _response, socket) => {
  request.resume();
  request.on('end', () => socket.destroy());
};

/** Drips an answer that never ends. */
export const drip: Fault = (request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  });
};

/** Sends without end. */
export const flood: Fault = (request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', pour);
    pour();
  });
};
