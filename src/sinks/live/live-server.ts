import type { ServerResponse } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { WebRequest } from '../../web/http';
import { PageServer, type PageServerOptions } from '../../web/page-server';
import { RateLimit } from '../../web/rate-limit';
import type { Packet } from './listener-queue';
import type { LiveHub } from './live-hub';

const FILES = [
  'air-view.js',
  'alerts.js',
  'archive-view.js',
  'archive.css',
  'archive.js',
  'base.css',
  'call-queue.js',
  'calls.js',
  'chips-view.js',
  'controls.js',
  'dialogs.js',
  'dom.js',
  'history-view.js',
  'icon-180.png',
  'icon-192.png',
  'icon-512.png',
  'icon-maskable-512.png',
  'icon.svg',
  'index.html',
  'keys.js',
  'listen.js',
  'listening-rules.js',
  'live-feed.js',
  'live.css',
  'manifest.webmanifest',
  'notes.js',
  'now-view.js',
  'panels.css',
  'phone.js',
  'player.js',
  'selection.js',
  'sound.js',
  'stored.js',
  'talkgroups-view.js',
  'talkgroups.css',
  'talkgroups.js',
  'tape-view.js',
  'views.js',
  'worklet.js',
];
/** Pages open at once. */
const MAX_PAGES = 128;
/** Questions of one address: behind a proxy that does not say for whom it asks, all pages have the same. */
const RATE = { burst: 2 * MAX_PAGES, perSecond: 20, all: 10 };
/** How often a page may switch its sound on and off: with it come the running calls. */
const SWITCHING = { burst: 10, perSecond: 0.5, all: 1 };

/** Answers a request for what is below the page; false when it is for something else. */
export type Route = (request: WebRequest, response: ServerResponse, name: string, search: URLSearchParams) => boolean;

export interface LiveServerOptions
  extends Pick<PageServerOptions, 'path'>,
    Partial<Pick<PageServerOptions, 'maxSockets'>> {
  routes?: readonly Route[];
}

/**
 * The listening page of a hub, for mounting in a server that is there already.
 * @throws TrunkflowError 'bad-setting' for a path that cannot be one
 */
export function liveServer(hub: LiveHub, { routes = [], ...options }: LiveServerOptions): PageServer {
  return new PageServer({
    folder: 'listen',
    files: FILES,
    maxSockets: MAX_PAGES,
    maxMessage: 256,
    rate: RATE,
    ...options,
    routes: (...request) => routes.some((route) => route(...request)),
    connect: (socket) => join(hub, socket),
  });
}

function join(hub: LiveHub, socket: WebSocket): void {
  const deliver = (packet: Packet) =>
    new Promise<void>((resolve, reject) => socket.send(packet, (error) => (error ? reject(error) : resolve())));
  const joined = hub.join({ deliver }, () => socket.terminate());
  const limit = new RateLimit(SWITCHING);
  socket.on('close', joined.leave);
  socket.on('message', (data, binary) => {
    const listen = binary ? undefined : readListen(data);
    // Switching off costs nothing.
    if (listen === false || (listen === true && limit.take(''))) joined.listen(listen);
    else if (listen) socket.close(1013, 'too often');
  });
}

/** The one thing a page says: {listen: boolean}. Anything else is no page of ours. */
function readListen(data: RawData): boolean | undefined {
  try {
    const { listen } = JSON.parse(String(data)) as { listen?: unknown };
    return typeof listen === 'boolean' ? listen : undefined;
  } catch {
    return undefined;
  }
}
