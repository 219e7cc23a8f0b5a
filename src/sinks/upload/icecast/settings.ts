import { TrunkflowError } from '../../../core/errors';
import { serverUrl } from '../http-client';
import { needText } from '../settings';

export const STREAM_FORMATS = ['mp3', 'opus'] as const;
export type StreamFormat = (typeof STREAM_FORMATS)[number];

/** Bit rates of the stream, kbit/s. */
export const BITRATES = [16, 24, 32, 48, 64] as const;

export interface IcecastSettings {
  /** Address of the server, e.g. http://icecast.local:8000. */
  url: string;
  /** Mount point, e.g. /scanner.mp3. */
  mount: string;
  /** Empty = source. */
  user: string;
  password: string;
  format: StreamFormat;
  /** kbit/s. */
  bitrate: number;
  /** Name of the stream in the server's lists. */
  name: string;
  /** Seconds between the air and the stream. */
  delay: number;
  /** Pattern of the title while a call is heard. */
  title: string;
  /** Title between the calls. */
  idleTitle: string;
  /** False accepts certificates nobody vouches for. */
  verify: boolean;
}

/** Longest delay, s. */
export const MOST_DELAY = 600;

/** What a connection needs, checked. */
export interface Target {
  url: URL;
  mount: string;
  /** Header value of Basic authentication. */
  authorization: string;
  /** What must not be shown. */
  secrets: string[];
}

/** @throws TrunkflowError 'bad-setting' */
export function target({ url, mount, user, password }: IcecastSettings): Target {
  const server = serverUrl(url);
  const path = needText(mount, 'mount point', { status: 'no mount point' });
  const secret = needText(password, 'password', { status: 'no password' });
  const rooted = path.startsWith('/') ? path : `/${path}`;
  if (!/^\/[\w.~/-]+$/.test(rooted)) {
    throw new TrunkflowError('bad-setting', 'Unusable mount point', {
      expected: 'a path of letters, digits, dots and dashes, such as /scanner.mp3',
      got: rooted,
      hint: 'Open the node and correct it',
      status: 'bad mount point',
    });
  }
  const credentials = Buffer.from(`${user.trim() || 'source'}:${secret}`).toString('base64');
  return { url: server, mount: rooted, authorization: `Basic ${credentials}`, secrets: [secret, credentials] };
}
