import { connect, type Socket } from 'node:net';
import { TrunkflowError } from '../../core/errors';
import type { Control } from '../../core/messages';
import { type Link, LiveSource, type LiveTiming } from '../live-source';
import { cannot, checkFrequency, checkRate } from '../settings';
import type { SourceSink } from '../source';
import { decodeGreeting, encodeCommand, GREETING_BYTES, type Greeting } from './commands';
import { encodeSettings, type RtlTcpSettings, settingsOf } from './settings';

export interface RtlTcpOptions extends RtlTcpSettings {
  driver: 'rtl-tcp';
  stream: string;
  host: string;
  /** Default 1234. */
  port?: number;
  /** Centre frequency, Hz. */
  center: number;
  /** Samples per second. */
  rate: number;
}

/** Patience with a server that does not answer or greet, ms. */
const GREETING_TIMEOUT = 5000;

/** Client of an rtl_tcp server, or of any program that speaks its protocol. */
export class RtlTcpSource extends LiveSource {
  private readonly host: string;
  private readonly port: number;
  private settings: RtlTcpSettings;
  private socket?: Socket;
  /** What the server last said about its tuner. */
  greeting?: Greeting;

  constructor(options: RtlTcpOptions, sink: SourceSink, timing?: Partial<LiveTiming>) {
    const { stream, host, port = 1234 } = options;
    const rate = checkRate(options.rate);
    super({ stream, format: 'cu8', rate, center: checkFrequency(options.center) }, sink, timing);
    if (!host || !Number.isInteger(port) || port < 1 || port > 65535)
      throw cannot(`There is no server at "${host}" port ${port}`, 'Give a host name and a port from 1 to 65535');
    this.host = host;
    this.port = port;
    this.settings = { gain: 'auto', ...settingsOf(options) };
    if (this.settings.gainIndex !== undefined) this.settings.gain = undefined;
    encodeSettings(this.settings);
  }

  protected async connect(stop: AbortSignal): Promise<Link> {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    const closed = closeOf(socket);
    const giveUp = () => socket.destroy();
    stop.addEventListener('abort', giveUp);
    try {
      const early = await this.greet(socket, closed);
      this.sendAll(socket);
      this.socket = socket;
      this.received(early);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      stop.removeEventListener('abort', giveUp);
    }
    const stopPouring = this.pour(socket);
    return {
      lost: closed.then((reason) => this.lost(reason)),
      close: async () => {
        this.socket = undefined;
        stopPouring();
        socket.destroy();
      },
    };
  }

  protected async apply(command: Control): Promise<void> {
    const changed = settingsOf(command);
    const bytes = encodeSettings(changed);
    if (command.tune !== undefined) checkFrequency(command.tune);
    if (changed.gain !== undefined) this.settings.gainIndex = undefined;
    if (changed.gainIndex !== undefined) this.settings.gain = undefined;
    this.settings = { ...this.settings, ...changed };
    this.socket?.write(bytes);
    if (command.tune === undefined) return;
    this.socket?.write(encodeCommand('frequency', command.tune));
    this.retuned(command.tune);
  }

  private sendAll(socket: Socket): void {
    socket.write(encodeSettings(this.settings));
    socket.write(encodeCommand('rate', this.description.rate));
    socket.write(encodeCommand('frequency', this.description.center));
  }

  /** Waits for the server's first bytes; gives what came after its greeting. */
  private async greet(socket: Socket, closed: Promise<Error | undefined>): Promise<Buffer> {
    let connected = false;
    socket.once('connect', () => {
      connected = true;
    });
    socket.setTimeout(GREETING_TIMEOUT, () => socket.destroy());
    const early = await Promise.race([readGreeting(socket), closed]);
    socket.setTimeout(0);
    if (!Buffer.isBuffer(early)) throw connected ? this.silent(early) : this.unreachable(early);
    this.greeting = decodeGreeting(early);
    if (!this.greeting) throw this.stranger(early);
    return early.subarray(GREETING_BYTES);
  }

  private get address(): string {
    return `${this.host}:${this.port}`;
  }

  private unreachable(cause?: Error): TrunkflowError {
    return new TrunkflowError('network', `No connection to rtl_tcp at ${this.address}`, {
      got: cause?.message ?? 'no answer',
      hint: 'Start rtl_tcp there (rtl_tcp -a 0.0.0.0), check address, port and firewall; it is tried again',
      status: 'no connection',
      cause,
    });
  }

  private silent(cause?: Error): TrunkflowError {
    return new TrunkflowError('network', `The server at ${this.address} took the connection but did not greet`, {
      expected: 'the 12 bytes of an rtl_tcp greeting',
      hint: 'rtl_tcp serves one client at a time: close the other one',
      status: 'server busy',
      cause,
    });
  }

  private stranger(bytes: Buffer): TrunkflowError {
    const start = bytes.toString('latin1', 0, GREETING_BYTES).replace(/[^\x20-\x7e]/g, '.');
    return new TrunkflowError('network', `The server at ${this.address} is not rtl_tcp`, {
      expected: 'a greeting that begins with "RTL0"',
      got: `"${start}"`,
      hint: 'Check the port number',
      status: 'not rtl_tcp',
    });
  }

  private lost(cause?: Error): TrunkflowError {
    return new TrunkflowError('network', `The rtl_tcp server at ${this.address} closed the connection`, {
      got: cause?.message,
      hint: 'See what it prints: another client, or a dongle that was unplugged',
      status: 'server closed',
      cause,
    });
  }
}

/** Resolves when the socket is closed, with the error that closed it. */
function closeOf(socket: Socket): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let reason: Error | undefined;
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('close', () => resolve(reason));
  });
}

/** Resolves with the first bytes as soon as there are enough of them; leaves the socket paused. */
function readGreeting(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const take = (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      if (bytes.length < GREETING_BYTES) return;
      socket.off('data', take).pause();
      resolve(bytes);
    };
    socket.on('data', take);
  });
}
