import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { LiveServer } from '../../src/sinks/live/live-server';

interface Page {
  hub: LiveHub;
  server: LiveServer;
  /** Audio sinks that use it. */
  sinks: number;
}

/**
 * The listening pages of this Node-RED, by path under its user-facing root; audio sinks with the same path share a page.
 * Routes of Node-RED's servers cannot be taken back, so there is one for all pages, put there once.
 */
export class ListeningPages {
  private readonly pages = new Map<string, Page>();
  private mounted = false;

  constructor(private readonly RED: NodeAPI) {}

  /**
   * The page at a path, made when it is not there yet; close it once.
   * @throws TrunkflowError 'bad-setting' for a path that cannot be one, or when Node-RED serves no pages
   */
  open(path: string, title: string): { hub: LiveHub; close(): void } {
    const { httpNodeRoot } = this.RED.settings as { httpNodeRoot?: string | false };
    if (httpNodeRoot === false)
      throw new TrunkflowError('bad-setting', 'There can be no listening page', {
        hint: "Node-RED's settings file has httpNodeRoot set to false",
        status: 'no pages here',
      });
    const full = `/${httpNodeRoot ?? ''}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
    const page = this.pages.get(full) ?? this.make(full, title);
    page.sinks++;
    return { hub: page.hub, close: () => this.leave(full, page) };
  }

  private make(path: string, title: string): Page {
    const hub = new LiveHub({ title });
    const page = { hub, server: new LiveServer(hub, { path }), sinks: 0 };
    this.pages.set(path, page);
    this.mount();
    return page;
  }

  private leave(path: string, page: Page): void {
    page.sinks--;
    if (page.sinks > 0) return;
    this.pages.delete(path);
    page.server.close();
    page.hub.close();
  }

  private mount(): void {
    if (this.mounted) return;
    this.mounted = true;
    this.RED.httpNode.use((request, response, next) => {
      for (const { server } of this.pages.values()) if (server.handle(request, response)) return;
      next();
    });
    // Requests for other paths are left to the other listeners.
    this.RED.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      for (const { server } of this.pages.values()) if (server.handleUpgrade(request, socket, head)) return;
    });
  }
}
