import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeAPI } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { PageServer } from '../../src/web/page-server';

/** What stands at a path: its server, and whatever belongs to it. */
export interface WebPage {
  readonly server: PageServer;
  /** The last node that used it is gone. */
  close(): void;
}

interface Opened {
  kind: string;
  page: WebPage;
  /** Nodes that use it. */
  nodes: number;
}

/**
 * The pages of this Node-RED, of all node types, by their path under its user-facing root; nodes of one type with the
 * same path share a page. Routes of Node-RED's servers cannot be taken back, so there is one for all, put there once.
 */
export class WebPages {
  private readonly pages = new Map<string, Opened>();

  private constructor(RED: NodeAPI) {
    RED.httpNode.use((request, response, next) => {
      for (const { server } of this.deepestFirst()) if (server.handle(request, response)) return;
      next();
    });
    // Requests for other paths are left to the other listeners.
    RED.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      for (const { server } of this.deepestFirst()) if (server.handleUpgrade(request, socket, head)) return;
    });
  }

  /**
   * The page at a path, made when it is not there yet; close it once.
   * @param kind what people call it, e.g. 'listening page'
   * @param make gets the full path, for its PageServer
   * @throws TrunkflowError 'bad-setting' for a path that cannot be one or is another kind's, or when Node-RED serves no
   * pages
   */
  static open<P extends WebPage>(
    RED: NodeAPI,
    kind: string,
    path: string,
    make: (fullPath: string) => P,
  ): { page: P; close(): void } {
    const { httpNodeRoot } = RED.settings as { httpNodeRoot?: string | false };
    if (httpNodeRoot === false)
      throw new TrunkflowError('bad-setting', `There can be no ${kind}`, {
        hint: "Node-RED's settings file has httpNodeRoot set to false",
        status: 'no pages here',
      });
    const full = `/${httpNodeRoot ?? ''}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
    return WebPages.of(RED).open(kind, full, make);
  }

  /** Each node type has an API object of its own; the application below it is one. */
  private static of(RED: NodeAPI): WebPages {
    const known = instances.get(RED.httpNode);
    if (known) return known;
    const pages = new WebPages(RED);
    instances.set(RED.httpNode, pages);
    return pages;
  }

  private open<P extends WebPage>(kind: string, path: string, make: (fullPath: string) => P) {
    const opened = this.pages.get(path) ?? { kind, page: make(path), nodes: 0 };
    if (opened.kind !== kind)
      throw new TrunkflowError('bad-setting', `The path ${path} is taken`, {
        got: `a ${opened.kind} there and a ${kind} here`,
        hint: 'Give each its own path',
        status: 'path is taken',
      });
    this.pages.set(path, opened);
    opened.nodes++;
    let closed = false;
    return {
      page: opened.page as P,
      close: () => {
        if (closed) return;
        closed = true;
        this.leave(path, opened);
      },
    };
  }

  private leave(path: string, opened: Opened): void {
    opened.nodes--;
    if (opened.nodes > 0) return;
    this.pages.delete(path);
    opened.page.server.close();
    opened.page.close();
  }

  /** A page below another page's path comes before it. */
  private deepestFirst(): WebPage[] {
    return [...this.pages.entries()].sort(([a], [b]) => b.length - a.length).map(([, { page }]) => page);
  }
}

const instances = new WeakMap<object, WebPages>();
