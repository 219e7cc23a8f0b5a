import { createServer, request as forward, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A reverse proxy that puts a prefix before everything, as people run one before Node-RED. */
export class PrefixProxy {
  private constructor(
    private readonly server: Server,
    /** Address of the prefix, with a slash at the end. */
    readonly url: string,
    /** Where it forwards to; may change while it runs. */
    public target: string,
  ) {}

  static async start(prefix: string, target: string): Promise<PrefixProxy> {
    const server = createServer((incoming, outgoing) => {
      const path = stripped(incoming.url!);
      if (path === undefined) {
        outgoing.writeHead(404).end();
        return;
      }
      const onward = forward(`${proxy.target}${path}`, { method: incoming.method, headers: incoming.headers });
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    server.on('upgrade', (incoming, socket, head) => {
      const path = stripped(incoming.url!);
      const { hostname, port } = new URL(proxy.target);
      const onward = connect(Number(port), hostname, () => {
        const lines = [`${incoming.method} ${path} HTTP/1.1`];
        for (let i = 0; i < incoming.rawHeaders.length; i += 2)
          lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
        onward.write(`${lines.join('\r\n')}\r\n\r\n`);
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket])
        end.on('error', () => {
          onward.destroy();
          socket.destroy();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new PrefixProxy(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}/`,
      target,
    );
    return proxy;

    function stripped(url: string): string | undefined {
      return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined;
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
