import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { LiveHub } from '../../src/sinks/live/live-hub';
import { LiveServer } from '../../src/sinks/live/live-server';

/**
 * The listening pages of this Node-RED, by path under its user-facing root. Routes of Node-RED's servers cannot be taken
 * back, so there is one for all pages, put there once.
 */
export class ListeningPages {
  private readonly pages = new Map<string, LiveServer>();
  private mounted = false;

  constructor(private readonly RED: NodeAPI) {}

  /**
   * Opens a page; the result closes it.
   * @throws TrunkflowError 'bad-setting' for a path that is taken or cannot be one, or when Node-RED serves no pages
   */
  open(path: string, hub: LiveHub): () => void {
    const { httpNodeRoot } = this.RED.settings as { httpNodeRoot?: string | false };
    if (httpNodeRoot === false)
      throw new TrunkflowError('bad-setting', 'There can be no listening page', {
        hint: "Node-RED's settings file has httpNodeRoot set to false",
        status: 'no pages here',
      });
    const full = `/${httpNodeRoot ?? ''}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
    if (this.pages.has(full))
      throw new TrunkflowError('bad-setting', `Another audio sink has the path ${full}`, {
        hint: 'Give each audio sink a path of its own',
        status: 'path is taken',
      });
    const page = new LiveServer(hub, { path: full });
    this.pages.set(full, page);
    this.mount();
    return () => {
      this.pages.delete(full);
      page.close();
    };
  }

  private mount(): void {
    if (this.mounted) return;
    this.mounted = true;
    this.RED.httpNode.use((request, response, next) => {
      for (const page of this.pages.values()) if (page.handle(request, response)) return;
      next();
    });
    // Requests for other paths are left to the other listeners.
    this.RED.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      for (const page of this.pages.values()) if (page.handleUpgrade(request, socket, head)) return;
    });
  }
}
