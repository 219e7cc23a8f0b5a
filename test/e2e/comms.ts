import WebSocket from 'ws';

/** What the runtime tells editors: what reached debug nodes, and what nodes show. */
export class Comms {
  readonly debug: { node: string; topic?: string; value: unknown }[] = [];
  readonly statuses: { node: string; fill?: string; text?: string }[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      for (const { topic, data: content } of JSON.parse(String(data)) as { topic: string; data: never }[]) {
        if (topic === 'debug') this.debug.push(readDebug(content));
        else if (topic?.startsWith('status/'))
          this.statuses.push({ node: topic.slice('status/'.length), ...(content as object) });
      }
    });
  }

  static async open(url: string): Promise<Comms> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
    const comms = new Comms(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
    return comms;
  }

  /** What a debug node of this name received. */
  at(node: string): unknown[] {
    return this.debug.filter((entry) => entry.node === node).map(({ value }) => value);
  }

  close(): void {
    this.socket.close();
  }
}

/** Objects come as text. */
function readDebug(entry: { name?: string; id: string; topic?: string; format: string; msg: string }) {
  const value = /^(Object|array|number|boolean|error)/.test(entry.format) ? JSON.parse(entry.msg) : entry.msg;
  return { node: entry.name || entry.id, topic: entry.topic, value };
}
