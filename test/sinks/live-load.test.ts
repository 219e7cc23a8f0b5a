import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { LiveHub } from '../../src/sinks/live/live-hub';
import { liveServer } from '../../src/sinks/live/live-server';
import { collectGarbage } from '../support/collect-garbage';
import { audio, callInfo } from './audio';

const LISTENERS = 50;
const SLOW = 10;
/** 20 ms blocks of four calls at once, two minutes of each. */
const CALLS = 4;
const BLOCKS = 6000;

describe('50 listeners', function () {
  this.timeout(120_000);

  it('get every packet, whoever else takes nothing, and memory stays flat', async () => {
    const hub = new LiveHub();
    const live = liveServer(hub, { path: '/listen' });
    const server = createServer((request, response) => void live.handle(request, response));
    server.on('upgrade', (request, socket, head) => void live.handleUpgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `127.0.0.1:${(server.address() as AddressInfo).port}/listen`;
    const received = new Array<number>(LISTENERS).fill(0);
    const sockets = await Promise.all(
      received.map(async (_, index) => {
        const { token } = (await (await fetch(`http://${base}/session`)).json()) as { token: string };
        const socket = new WebSocket(`ws://${base}/live?token=${token}`);
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        socket.send(JSON.stringify({ listen: true }));
        socket.on('message', (_data, binary) => {
          if (binary) received[index]++;
        });
        if (index < SLOW) (socket as unknown as { _socket: Socket })._socket.pause();
        return socket;
      }),
    );
    while (hub.listeners < LISTENERS) await sleep(5);
    collectGarbage();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const before = heapUsed + external + arrayBuffers;
    let most = 0;
    for (let block = 0; block < BLOCKS; block++) {
      for (let call = 0; call < CALLS; call++)
        hub.publish(audio(`c${call}`, block * 20, 20, { call: callInfo({ id: `c${call}` }), seq: block }));
      // The readers share this process: they get their turn, or their packets would pile up here.
      const sent = (block + 1) * CALLS;
      while (received.slice(SLOW).some((count) => count < sent - 40)) await new Promise(setImmediate);
      if (block % 500 !== 0) continue;
      collectGarbage();
      const memory = process.memoryUsage();
      most = Math.max(most, memory.heapUsed + memory.external + memory.arrayBuffers - before);
    }
    while (received.slice(SLOW).some((count) => count < BLOCKS * CALLS)) await sleep(5);
    assert.deepEqual(received.slice(SLOW), new Array(LISTENERS - SLOW).fill(BLOCKS * CALLS));
    const { packets, dropped_packets: dropped, kept_seconds: kept } = hub.counters();
    assert.equal(packets, BLOCKS * CALLS);
    // Those who take nothing keep 15 s, and what the system buffers for them, of eight minutes.
    assert.ok(dropped > SLOW * 1000, `${dropped} packets were dropped for those who take nothing`);
    assert.ok(kept <= CALLS * 30 + 0.1, `${kept} s are kept for those who come late`);
    assert.ok(most < 100e6, `${Math.round(most / 1e6)} MB more at most`);
    for (const socket of sockets) socket.terminate();
    live.close();
    hub.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
