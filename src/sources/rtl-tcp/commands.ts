/**
 * The rtl_tcp protocol (osmocom rtl-sdr, rtl_tcp.c): the server greets with 12 bytes, then sends 8-bit unsigned IQ
 * without end; the client sends commands of one byte and a 32-bit big-endian value.
 */
const RTL_TCP_COMMAND = {
  frequency: 0x01,
  rate: 0x02,
  /** 0 = automatic, 1 = manual. */
  gainMode: 0x03,
  /** Tenths of a dB. */
  gain: 0x04,
  ppm: 0x05,
  /** Stage number in the upper 16 bits, tenths of a dB (signed) in the lower. */
  ifGain: 0x06,
  testMode: 0x07,
  /** The RTL2832's own digital AGC. */
  agc: 0x08,
  /** 0 = off, 1 = I input, 2 = Q input. */
  directSampling: 0x09,
  offsetTuning: 0x0a,
  rtlXtal: 0x0b,
  tunerXtal: 0x0c,
  gainIndex: 0x0d,
  biasTee: 0x0e,
} as const;

export type RtlTcpCommand = keyof typeof RTL_TCP_COMMAND;

/** One command as it goes over the wire; the value's low 32 bits are sent. */
export function encodeCommand(command: RtlTcpCommand, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = RTL_TCP_COMMAND[command];
  bytes.writeUInt32BE(Math.round(value) >>> 0, 1);
  return bytes;
}

export const GREETING_BYTES = 12;

export interface Greeting {
  tuner: string;
  /** Number of gain steps the tuner has. */
  gains: number;
}

const TUNERS = ['unknown tuner', 'E4000', 'FC0012', 'FC0013', 'FC2580', 'R820T', 'R828D'];

/** Reads the server's greeting; undefined when these bytes are not one. */
export function decodeGreeting(bytes: Buffer): Greeting | undefined {
  if (bytes.length < GREETING_BYTES || bytes.toString('latin1', 0, 4) !== 'RTL0') return undefined;
  return { tuner: TUNERS[bytes.readUInt32BE(4)] ?? TUNERS[0], gains: bytes.readUInt32BE(8) };
}
