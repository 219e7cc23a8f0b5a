import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

export interface Received {
  command: number;
  value: number;
}

/** An rtl_tcp server on the loopback that does what a test tells it and keeps the commands it gets. */
export class FakeRtlTcp {
  readonly commands: Received[] = [];
  readonly clients: Socket[] = [];
  /** What a new client gets first; cut it, change it or make it empty to misbehave. */
  greeting = FakeRtlTcp.greet(5, 29);
  /** Called with each new client, after its greeting. */
  onClient: (client: Socket, index: number) => void = () => {};

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => this.serve(client));
  }

  static async start(): Promise<FakeRtlTcp> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeRtlTcp(server);
  }

  static greet(tuner: number, gains: number): Buffer {
    const bytes = Buffer.from('RTL0xxxxyyyy', 'latin1');
    bytes.writeUInt32BE(tuner, 4);
    bytes.writeUInt32BE(gains, 8);
    return bytes;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  values(command: number): number[] {
    return this.commands.filter((received) => received.command === command).map((received) => received.value);
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    this.clients.push(client);
    client.on('error', () => {});
    let pending = Buffer.alloc(0);
    client.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      for (; pending.length >= 5; pending = pending.subarray(5))
        this.commands.push({ command: pending[0], value: pending.readUInt32BE(1) });
    });
    if (this.greeting.length > 0) client.write(this.greeting);
    this.onClient(client, this.clients.length - 1);
  }
}
