import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeAPI } from 'node-red';
import type { ScopeHub } from '../../src/sinks/scope/scope-hub';
import { ScopeRoom } from '../../src/sinks/scope/scope-room';
import type { WebRequest } from '../../src/web/http';
import { PageServer } from '../../src/web/page-server';
import { type WebPage, WebPages } from '../lib/web-pages';

/** The page's files. */
const FILES = [
  'index.html',
  'page.js',
  'scope.css',
  'icon.svg',
  'actions.js',
  'band.js',
  'canvas.js',
  'channel-marks.js',
  'controls.js',
  'cursor.js',
  'frame.js',
  'layout.js',
  'markup.js',
  'colours.js',
  'picture.js',
  'pictures.css',
  'pointer.js',
  'readout.js',
  'room.css',
  'scope-view.js',
  'signal.js',
  'spectrum-plot.js',
  'symbol-plots.js',
  'traces.js',
  'waterfall-plot.js',
];
const MOST_VIEWERS = 32;
/** A request is a few dozen bytes. */
const MOST_BYTES = 1024;

/** Who may look at a scope. */
export interface ScopeEntry {
  id: string;
  title: string;
  hub: ScopeHub;
}

interface ScopePage extends WebPage {
  room: ScopeRoom;
}

/**
 * Puts a scope on the page at a path; scopes with the same path share the page.
 * @throws TrunkflowError 'bad-setting' for a path that cannot be one, or when Node-RED serves no pages
 */
export function openScopePage(RED: NodeAPI, path: string, scope: ScopeEntry, mayControl: boolean): () => void {
  const { page, close } = WebPages.open<ScopePage>(RED, 'scope page', path, (fullPath) => {
    const room = new ScopeRoom();
    const server = new PageServer({ ...options(fullPath), files: FILES, connect: (socket) => room.join(socket) });
    return { room, server, close: () => {} };
  });
  const leave = page.room.add({ ...scope, mayControl });
  return () => {
    leave();
    close();
  };
}

function options(path: string) {
  return { path, folder: 'scope', maxSockets: MOST_VIEWERS, maxMessage: MOST_BYTES };
}

/** What a person may do who comes through a door of the editor. */
export type Right = 'read' | 'write';

/**
 * The editor's own way to all scopes: sockets below the admin root, whose tokens are given to those only who have the
 * permission. Routes and listeners of Node-RED's servers cannot be taken back, so they are put there once.
 */
export class EditorDoors {
  private readonly rooms: Record<Right, ScopeRoom> = { read: new ScopeRoom(), write: new ScopeRoom() };
  private servers?: Record<Right, PageServer>;

  constructor(private readonly RED: NodeAPI) {
    for (const right of ['read', 'write'] as const)
      RED.httpAdmin.get(
        `/trunkflow/scope/${right}/session`,
        RED.auth.needsPermission(`radio-scope.${right}`),
        (request, response) => {
          // Express does not mind upper case; the server below does.
          if (!this.open()[right].handle(request as WebRequest, response)) response.sendStatus(404);
        },
      );
  }

  /** Adds a scope; the result takes it out again. */
  add(scope: ScopeEntry): () => void {
    const leave = (['read', 'write'] as const).map((right) =>
      this.rooms[right].add({ ...scope, mayControl: right === 'write' }),
    );
    return () => {
      for (const one of leave) one();
    };
  }

  private open(): Record<Right, PageServer> {
    if (this.servers) return this.servers;
    const { httpAdminRoot } = this.RED.settings as { httpAdminRoot?: string };
    const make = (right: Right) =>
      new PageServer({
        ...options(`/${httpAdminRoot ?? ''}/trunkflow/scope/${right}`.replace(/\/+/g, '/')),
        files: [],
        connect: (socket) => this.rooms[right].join(socket),
      });
    const servers = { read: make('read'), write: make('write') };
    this.servers = servers;
    this.RED.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!servers.read.handleUpgrade(request, socket, head)) servers.write.handleUpgrade(request, socket, head);
    });
    return servers;
  }
}
