import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../e2e/node-red-process';

/** An MQTT broker on a port of this machine, which can go away and come back there. */
export interface Broker {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** Ends in the midst of whatever it does; what it keeps it still has when it starts again. */
  stop(): Promise<void>;
  /** Ends it and removes what it kept. */
  close(): Promise<void>;
}

const PROGRAM = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(existsSync);

/** Debian's mosquitto, which keeps sessions and retained messages on disk; undefined where it is not installed. */
export async function mosquitto(): Promise<Broker | undefined> {
  if (!PROGRAM) return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'trunkflow-mosquitto-'));
  const settings = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'max_queued_messages 0',
    'user root',
  ];
  writeFileSync(join(folder, 'mosquitto.conf'), settings.join('\n'));
  let child: ChildProcess | undefined;
  const broker: Broker = {
    name: 'mosquitto',
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(PROGRAM, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
      while (!(await answers(port))) {
        if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      if (!child || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child!.once('exit', resolve));
      child.kill();
      await ended;
    },
    async close() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

/** A broker of another make in this process; what it keeps survives its restarts. */
export async function aedes(): Promise<Broker> {
  const { Aedes } = await import('aedes');
  const port = await freePort();
  const instance = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const broker: Broker = {
    name: 'aedes',
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        instance.handle(socket);
      });
      await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    },
    async stop() {
      const ended = new Promise((resolve) => server!.close(resolve));
      for (const socket of sockets) socket.destroy();
      await ended;
    },
    async close() {
      if (server?.listening) await broker.stop();
      await new Promise<void>((resolve) => instance.close(resolve));
    },
  };
  await broker.start();
  return broker;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
