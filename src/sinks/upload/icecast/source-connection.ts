import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { TrunkflowError } from '../../../core/errors';
import { networkError } from '../network-error';
import { oneLine } from '../one-line';
import { shortAnswer } from '../redact';
import { type IcecastSettings, target } from './settings';

/** Milliseconds for connecting and for the server's answer. */
const TIMEOUT = 15_000;
const MAX_HEAD = 16_384;
/** Milliseconds in which a refusal's text may follow its head. */
const TEXT_TIME = 200;

export type RefusalKind = 'password' | 'in_use' | 'refused';

const REFUSALS: Readonly<Record<RefusalKind, { what: string; status: string; hint: string }>> = {
  password: {
    what: 'refuses the password',
    status: 'password refused',
    hint: 'Check user and password of the source',
  },
  in_use: {
    what: 'gets a stream for this mount point already',
    status: 'mount in use',
    hint: 'Choose another mount point, or stop the other program',
  },
  refused: {
    what: 'does not take the stream',
    status: 'stream refused',
    hint: 'Check the address and the mount point',
  },
};

/** The server answered, and does not take the stream. */
export class SourceRefused extends TrunkflowError {
  constructor(
    readonly kind: RefusalKind,
    host: string,
    said: string,
  ) {
    const { what, status, hint } = REFUSALS[kind];
    super('network', `${host} ${what}`, { got: said, status, hint });
  }
}

/**
 * Connects as a source client: with PUT, as Icecast has it since 2.4, or as older servers want it with SOURCE. The socket
 * that comes back takes the stream's bytes.
 * @param contentType of the stream
 * Rejects with SourceRefused, or a TrunkflowError 'network' or 'bad-setting'.
 */
export async function connectSource(
  settings: IcecastSettings,
  contentType: string,
  { signal, timeout = TIMEOUT }: { signal?: AbortSignal; timeout?: number } = {},
): Promise<Socket> {
  const put = await attempt('PUT', settings, contentType, timeout, signal);
  if (put.socket) return put.socket;
  // Servers before 2.4 know no PUT; they say so, or say nothing.
  const old = put.status === 0 || [400, 404, 405, 501].includes(put.status);
  const { socket, status, said } = old ? await attempt('SOURCE', settings, contentType, timeout, signal) : put;
  if (socket) return socket;
  const { host } = target(settings).url;
  if (status === 401) throw new SourceRefused('password', host, said);
  throw new SourceRefused(status === 403 && /in use/i.test(said) ? 'in_use' : 'refused', host, said || 'no answer');
}

interface Attempt {
  /** Set when the server takes the stream. */
  socket?: Socket;
  /** 0 when it closed the connection without a word. */
  status: number;
  said: string;
}

function attempt(
  method: 'PUT' | 'SOURCE',
  settings: IcecastSettings,
  contentType: string,
  timeout: number,
  signal?: AbortSignal,
): Promise<Attempt> {
  const { url, mount, authorization, secrets } = target(settings);
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port) || (secure ? 443 : 80);
    // A name for the certificate; addresses are not allowed there.
    const servername = isIP(host) ? undefined : host;
    const socket = secure
      ? connectSecure({ host, port, servername, rejectUnauthorized: settings.verify })
      : connectPlain({ host, port });
    let head = Buffer.alloc(0);
    const timer = setTimeout(() => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), timeout);
    const abort = () => fail(Object.assign(new Error('stopped'), { code: 'ABORT_ERR' }));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();

    socket.setNoDelay(true);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.write(request(method, mount, url.host, authorization, contentType, settings));
    });
    socket.on('error', fail);
    socket.on('data', received);
    socket.on('end', ended);

    function received(chunk: Buffer): void {
      head = Buffer.concat([head, chunk]);
      const text = head.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 && head.length < MAX_HEAD) return;
      const status = Number(/^(?:HTTP|ICE)\/\d\.\d (\d{3})/.exec(text)?.[1] ?? 999);
      if (status === 100 || status === 200) {
        release();
        // What a server still says is of no interest, but must be read.
        socket.resume();
        resolve({ socket, status, said: '' });
      } else if (end >= 0 && head.length < MAX_HEAD) {
        // The reason may come after the head.
        setTimeout(() => finish(status), TEXT_TIME);
      } else finish(status);
    }

    function ended(): void {
      const text = head.toString('latin1');
      finish(Number(/^(?:HTTP|ICE)\/\d\.\d (\d{3})/.exec(text)?.[1] ?? 0));
    }

    function finish(status: number): void {
      release();
      socket.on('error', () => {});
      socket.destroy();
      const [first, ...rest] = head.toString('utf8').split('\r\n\r\n');
      const line = first.split('\r\n')[0].replace(/^\S+ /, '');
      resolve({ status, said: shortAnswer(`${line} ${rest.join(' ')}`, secrets) });
    }

    function fail(error: unknown): void {
      release();
      socket.on('error', () => {});
      socket.destroy();
      reject(networkError(error, url));
    }

    function release(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail).off('data', received).off('end', ended);
    }
  });
}

function request(
  method: 'PUT' | 'SOURCE',
  mount: string,
  host: string,
  authorization: string,
  contentType: string,
  { name, bitrate }: IcecastSettings,
): string {
  const lines = [
    `${method} ${mount} HTTP/${method === 'PUT' ? '1.1' : '1.0'}`,
    `Host: ${host}`,
    `Authorization: ${authorization}`,
    'User-Agent: Trunkflow',
    'Accept: */*',
    `Content-Type: ${contentType}`,
    'ice-public: 0',
    // Nothing that was typed may begin a line of its own.
    `ice-name: ${oneLine(name, 100) || 'Trunkflow'}`,
    `ice-bitrate: ${bitrate}`,
    `ice-audio-info: channels=1;samplerate=16000;bitrate=${bitrate}`,
    ...(method === 'PUT' ? ['Expect: 100-continue'] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
