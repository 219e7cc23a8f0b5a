import { Reader } from './reader';

/** A datagram of the internet protocol (RFC 791) and what a user datagram in it says of itself (RFC 768). */
export interface Datagram {
  fields: Record<string, unknown>;
  /** Contents of a user datagram; of other ones what follows the internet header. */
  payload: Uint8Array;
  sourcePort?: number;
  destinationPort?: number;
}

const TRANSPORTS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };
const UDP = 17;
const TCP = 6;
/** Parts of a datagram after the first begin in the middle. */
const FRAGMENT = 0x1fff;

/** Services by their port: Motorola's, and those of TIA-102.BAJD-A. */
const SERVICES: Readonly<Record<number, string>> = {
  231: 'cellocator',
  4001: 'lrrp',
  4004: 'xcmp',
  4005: 'ars',
  4007: 'text_message',
  4008: 'telemetry',
  4009: 'over_the_air_programming',
  4012: 'battery_management',
  4013: 'job_ticket',
  49198: 'location',
  64414: 'over_the_air_rekeying',
};

const dotted = (address: Uint8Array): string => address.join('.');

/** Reads a datagram; null for what is none, or is cut off. */
export function readDatagram(bytes: Uint8Array): Datagram | null {
  const r = new Reader(bytes);
  const version = r.u8();
  const header = (version & 0x0f) * 4;
  r.u8();
  const length = r.u16();
  if (version >> 4 !== 4 || header < 20 || length < header || length > bytes.length) return null;
  r.u16();
  const fragment = r.u16() & FRAGMENT;
  r.u8();
  const protocol = r.u8();
  r.u16();
  const fields: Record<string, unknown> = {
    source_address: dotted(r.take(4)),
    destination_address: dotted(r.take(4)),
    transport: TRANSPORTS[protocol] ?? `protocol ${protocol}`,
  };
  const contents = bytes.subarray(header, length);
  if (fragment !== 0 || (protocol !== UDP && protocol !== TCP) || contents.length < 8)
    return { fields, payload: contents };
  const ports = new Reader(contents);
  const sourcePort = ports.u16();
  const destinationPort = ports.u16();
  const application = SERVICES[destinationPort] ?? SERVICES[sourcePort];
  Object.assign(fields, {
    source_port: sourcePort,
    destination_port: destinationPort,
    ...(application && { application }),
  });
  if (protocol !== UDP) return { fields, payload: contents, sourcePort, destinationPort };
  const size = ports.u16();
  const end = size >= 8 && size <= contents.length ? size : contents.length;
  return { fields, payload: contents.subarray(8, end), sourcePort, destinationPort };
}
