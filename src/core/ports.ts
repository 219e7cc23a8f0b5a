import { TrunkflowError } from './errors';
import {
  type AudioInfo,
  type EventObject,
  IQ_BYTES,
  type IqInfo,
  type PortMessage,
  type PortType,
  type StreamMessage,
  type StreamPort,
  type SymbolsInfo,
  type VoiceInfo,
} from './messages';

/** A message as it travels on a Node-RED wire. */
export interface WireMessage {
  payload?: unknown;
  topic?: string;
  iq?: IqInfo;
  audio?: AudioInfo;
  symbols?: SymbolsInfo;
  voice?: VoiceInfo;
  [property: string]: unknown;
}

const STREAM_PORTS: readonly StreamPort[] = ['iq', 'audio', 'symbols', 'voice'];

/** What each port carries, in words for people. */
export const PORT_WORDS: Readonly<Record<PortType, string>> = {
  iq: 'IQ blocks from an sdr source or channelizer',
  audio: 'audio from a demod or voice decoder',
  symbols: 'soft symbols from a demod',
  voice: 'coded voice from a trunk decoder or call follower',
  event: 'events from a trunk decoder or channelizer',
};

/**
 * Reads a wire message as a port message.
 * @throws TrunkflowError 'wrong-port' when it is of a type not accepted, 'bad-message' when its fields cannot be used
 */
export function fromNodeMessage(msg: WireMessage, accepts: readonly PortType[]): PortMessage {
  const port = portOf(msg);
  if (!port || !accepts.includes(port)) {
    throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
      expected: accepts.map((name) => PORT_WORDS[name]).join(' or '),
      got: port ? PORT_WORDS[port] : describe(msg),
      hint: 'Check which output is wired to this node',
      status: 'wrong input',
    });
  }
  if (port === 'event') return { port, payload: msg.payload as EventObject };
  const message = { port, payload: msg.payload, info: msg[port] } as StreamMessage;
  check(message);
  return message;
}

/** Puts a port message on a wire; `topic` is set on events. */
export function toNodeMessage(message: PortMessage, topic?: string): WireMessage {
  if (message.port === 'event') return { payload: message.payload, ...(topic ? { topic } : {}) };
  return { payload: message.payload, [message.port]: message.info, topic: topic ?? message.info.stream };
}

function portOf(msg: WireMessage): PortType | undefined {
  for (const port of STREAM_PORTS) {
    const info = msg[port];
    if (info && typeof info === 'object' && !Buffer.isBuffer(info) && 'stream' in info) return port;
  }
  const payload = msg.payload;
  if (payload && typeof payload === 'object' && typeof (payload as EventObject).type === 'string') return 'event';
  return undefined;
}

function check(message: StreamMessage): void {
  const { info, payload, port } = message;
  if (!Buffer.isBuffer(payload)) reject(port, 'a Buffer in msg.payload', typeof payload);
  if (typeof info.stream !== 'string' || info.stream === '') reject(port, `a name in msg.${port}.stream`, 'none');
  needNumber(port, 'seq', info.seq);
  needNumber(port, 'time', info.time);
  if (message.port === 'voice') return;
  const rate = (info as { rate: number }).rate;
  if (!(Number.isFinite(rate) && rate > 0)) reject(port, `samples per second in msg.${port}.rate`, String(rate));
  if (message.port === 'iq') {
    if (!Object.hasOwn(IQ_BYTES, message.info.format))
      reject(port, `one of ${Object.keys(IQ_BYTES).join(', ')} in msg.iq.format`, String(message.info.format));
    needNumber(port, 'sample', message.info.sample);
    needNumber(port, 'center', message.info.center);
  }
  if (message.port === 'symbols' && !Array.isArray(message.info.frames))
    reject(port, 'a list in msg.symbols.frames', 'none');
}

function needNumber(port: PortType, field: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value))
    reject(port, `a number in msg.${port}.${field}`, String(value));
}

function reject(port: PortType, expected: string, got: string): never {
  throw new TrunkflowError('bad-message', `Unusable ${port} message`, { expected, got, status: 'bad message' });
}

function describe(msg: WireMessage): string {
  const payload = msg.payload;
  if (payload === undefined) return 'a message without payload';
  if (Buffer.isBuffer(payload)) return 'a Buffer without stream information';
  return `a ${Array.isArray(payload) ? 'list' : typeof payload} payload`;
}
