import type { WebSocket } from 'ws';
import { PageServer, type PageServerOptions } from '../../web/page-server';
import type { LiveHub, Packet } from './live-hub';

const FILES = ['index.html', 'listen.css', 'listen.js', 'call-queue.js', 'player.js', 'worklet.js', 'icon.svg'];

/**
 * The listening page of a hub, for mounting in a server that is there already.
 * @throws TrunkflowError 'bad-setting' for a path that cannot be one
 */
export function liveServer(
  hub: LiveHub,
  options: Pick<PageServerOptions, 'path'> & Partial<Pick<PageServerOptions, 'maxSockets'>>,
): PageServer {
  return new PageServer({ folder: 'listen', files: FILES, ...options, connect: (socket) => join(hub, socket) });
}

function join(hub: LiveHub, socket: WebSocket): void {
  const deliver = (packet: Packet) =>
    new Promise<void>((resolve, reject) => socket.send(packet, (error) => (error ? reject(error) : resolve())));
  socket.on(
    'close',
    hub.join({ deliver }, () => socket.terminate()),
  );
}
