import { TrunkflowError } from './errors';
import {
  type AudioInfo,
  type CallHappening,
  type CallInfo,
  type CallMessage,
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
  /** What happened to the call in the payload. */
  event?: CallHappening;
  [property: string]: unknown;
}

/** Everything a wire can carry. */
export type PortOrCallMessage = PortMessage | CallMessage;
export type WirePort = PortType | CallMessage['port'];

const STREAM_PORTS: readonly StreamPort[] = ['iq', 'audio', 'symbols', 'voice'];

const HAPPENINGS: readonly CallHappening[] = ['start', 'update', 'end', 'not_followed', 'recorded'];

/** What each port carries, in words for people. */
export const PORT_WORDS: Readonly<Record<WirePort, string>> = {
  iq: 'IQ blocks from an sdr source or channelizer',
  audio: 'audio from a demod or voice decoder',
  symbols: 'soft symbols from a demod',
  voice: 'coded voice from a trunk decoder or call follower',
  event: 'events from a trunk decoder or channelizer',
  call: 'calls from a call follower or call recorder',
};

/**
 * Reads a wire message as a port message.
 * @throws TrunkflowError 'wrong-port' when it is of a type not accepted, 'bad-message' when its fields cannot be used
 */
export function fromNodeMessage<P extends WirePort>(
  msg: WireMessage,
  accepts: readonly P[],
): Extract<PortOrCallMessage, { port: P }> {
  type Result = Extract<PortOrCallMessage, { port: P }>;
  const port = portOf(msg);
  if (!port || !(accepts as readonly WirePort[]).includes(port)) {
    throw new TrunkflowError('wrong-port', 'Wrong kind of message', {
      expected: accepts.map((name) => PORT_WORDS[name]).join(' or '),
      got: port ? PORT_WORDS[port] : describe(msg),
      hint: 'Check which output is wired to this node',
      status: 'wrong input',
    });
  }
  if (port === 'event') return { port, payload: msg.payload as EventObject } as Result;
  if (port === 'call') return { port, payload: msg.payload as CallInfo, event: msg.event! } as Result;
  const message = { port, payload: msg.payload, info: msg[port] } as StreamMessage;
  check(message);
  return message as Result;
}

/** Puts a port message on a wire; `topic` is set on events. */
export function toNodeMessage(message: PortOrCallMessage, topic?: string): WireMessage {
  if (message.port === 'event') return { payload: message.payload, ...(topic ? { topic } : {}) };
  if (message.port === 'call') {
    const { payload, event } = message;
    return { payload, event, topic: topic ?? `${payload.sys_name}/${payload.talkgroup}` };
  }
  return { payload: message.payload, [message.port]: message.info, topic: topic ?? message.info.stream };
}

function portOf(msg: WireMessage): WirePort | undefined {
  for (const port of STREAM_PORTS) {
    const info = msg[port];
    if (info && typeof info === 'object' && !Buffer.isBuffer(info) && 'stream' in info) return port;
  }
  const payload = msg.payload;
  if (!payload || typeof payload !== 'object' || Buffer.isBuffer(payload)) return undefined;
  if (typeof (payload as EventObject).type === 'string') return 'event';
  const { id, sys_name: system, talkgroup } = payload as Partial<CallInfo>;
  const isCall = typeof id === 'string' && typeof system === 'string' && Number.isFinite(talkgroup);
  return isCall && HAPPENINGS.includes(msg.event as CallHappening) ? 'call' : undefined;
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
