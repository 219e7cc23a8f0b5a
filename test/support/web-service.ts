import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a service takes from a request; thrown by one that does not like it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A service of the web on this machine, in the place of the real one: it takes what is in its format, and nothing else. */
export class WebService<Taken> {
  readonly taken: Taken[] = [];
  readonly refused: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param take reads a request or throws a Refusal; gives what is kept, and the answer */
  static async start<Taken>(
    take: (request: ServiceRequest) => Promise<{ taken: Taken; answer: object }> | { taken: Taken; answer: object },
  ): Promise<WebService<Taken>> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url = '', headers } = request;
      let status = 200;
      let answer: object;
      try {
        const result = await take({ method, path: url, headers, body: Buffer.concat(chunks) });
        service.taken.push(result.taken);
        answer = result.answer;
      } catch (error) {
        status = error instanceof Refusal ? error.status : 500;
        service.refused.push(`${method} ${url}: ${(error as Error).message}`);
        answer = { error: (error as Error).message };
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const service = new WebService<Taken>(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return service;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Refuses when this does not hold. */
export function need(holds: unknown, message: string, status = 400): asserts holds {
  if (!holds) throw new Refusal(status, message);
}

/** The fields of a form as the standard encodings have them, read by Node's own reader. */
export async function readForm({ headers, body }: ServiceRequest): Promise<FormData> {
  const type = headers['content-type'] ?? '';
  need(/^(multipart\/form-data; *boundary=|application\/x-www-form-urlencoded)/.test(type), `content type ${type}`);
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}
