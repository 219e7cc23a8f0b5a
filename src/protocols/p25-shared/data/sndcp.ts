import { Octets } from '../octets';

/** Subnetwork dependent convergence protocol: the connections that carry internet datagrams (TIA-102.BAEB-B 6). */

type Fields = Record<string, unknown>;

const ADDRESS_KINDS: Readonly<Record<number, string>> = { 0: 'static', 1: 'dynamic', 15: 'none' };
const addressKind = (code: number): string => ADDRESS_KINDS[code] ?? `kind ${code}`;

const DEVICES = [
  'trunked data',
  'trunked voice and data',
  'conventional data',
  'conventional voice and data',
  'trunked and conventional data',
  'trunked and conventional voice and data',
];

const REJECT_REASONS = [
  'any reason',
  'unit not provisioned for data',
  'kind of unit not supported',
  'too many connections',
  'version not supported',
  'data not supported at this site',
  'data not supported in this system',
  'static address not correct',
  'static address not supported',
  'static address in use',
  'IPv4 not supported',
  'no dynamic address left',
  'dynamic address not supported',
];

/** Seconds of the two timers' codes; 0 = not allowed. The last one of the second means never. */
const READY = [0, 1, 2, 4, 6, 8, 10, 15, 20, 25, 30, 60, 120, 180, 300, 86_400];
const STANDBY = [0, 10, 30, 60, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 259_200];
/** Largest datagram, octets. */
const SIZES: Readonly<Record<number, number>> = { 1: 296, 2: 510, 3: 1020, 4: 1500 };

const address = (o: Octets, at: number, kind: number): Fields =>
  kind <= 1 ? { address: [0, 1, 2, 3].map((i) => o.u8(at + i)).join('.') } : {};

function request(o: Octets): Fields {
  const kind = o.u8(1) & 0x0f;
  return {
    action: 'activation_request',
    version: o.u8(0) & 0x0f,
    nsapi: o.u8(1) >> 4,
    address_kind: addressKind(kind),
    ...address(o, 2, kind),
    device: DEVICES[o.u8(6) >> 4] ?? 'other',
    udp_compression: (o.u8(6) & 0x0f) !== 0,
    ip_compression: o.u8(7) !== 0,
  };
}

function accept(o: Octets): Fields {
  const kind = o.u8(2) & 0x0f;
  const standby = STANDBY[o.u8(2) >> 4];
  const size = SIZES[o.u8(9) >> 4];
  return {
    action: 'activation_accept',
    nsapi: o.u8(0) & 0x0f,
    priority: o.u8(1) >> 4,
    ready_seconds: READY[o.u8(1) & 0x0f],
    ...(standby !== undefined && { standby_seconds: standby }),
    address_kind: addressKind(kind),
    ...address(o, 3, kind),
    ip_compression: o.u8(7) !== 0,
    ...(size !== undefined && { largest_datagram: size }),
    udp_compression: (o.u8(9) & 0x0f) !== 0,
    access_control: o.u16(11),
  };
}

const reject = (o: Octets): Fields => ({
  action: 'activation_reject',
  nsapi: o.u8(0) & 0x0f,
  reason: o.u8(1),
  reason_name: REJECT_REASONS[o.u8(1)] ?? `reason ${o.u8(1)}`,
});

const deactivate = (o: Octets): Fields => ({
  action: 'deactivation_request',
  nsapi: o.u8(0) & 0x0f,
  // Type 0: every connection of the unit.
  all: o.u8(1) === 0,
});

const deactivated = (o: Octets): Fields => ({ action: 'deactivation_accept', nsapi: o.u8(0) & 0x0f });

interface Kind {
  read: (o: Octets) => Fields;
  /** Octets it needs. */
  length: number;
}

const DEACTIVATIONS: Readonly<Record<number, Kind>> = {
  1: { read: deactivated, length: 1 },
  2: { read: deactivate, length: 2 },
};
const OUTBOUND: Readonly<Record<number, Kind>> = {
  ...DEACTIVATIONS,
  0: { read: accept, length: 13 },
  3: { read: reject, length: 2 },
};
const INBOUND: Readonly<Record<number, Kind>> = { ...DEACTIVATIONS, 0: { read: request, length: 10 } };

/** Fields of a 'data_context' event; null when it is none or is cut off. */
export function readContext(bytes: Uint8Array, outbound: boolean): Fields | null {
  if (bytes.length === 0) return null;
  const kind = (outbound ? OUTBOUND : INBOUND)[bytes[0] >> 4];
  return kind && bytes.length >= kind.length ? kind.read(new Octets(bytes)) : null;
}

/** Octets before a datagram: kind of data, connection, compressions (TIA-102.BAEB-B 6.1.5). */
export const DATA_HEADER_OCTETS = 2;
const UNCONFIRMED = 4;
const CONFIRMED = 5;

/** Fields of the header of data; null when it is none. */
export function readDataHeader(bytes: Uint8Array): { nsapi: number; compressed: boolean } | null {
  if (bytes.length < DATA_HEADER_OCTETS) return null;
  const o = new Octets(bytes);
  const kind = o.u8(0) >> 4;
  return kind === UNCONFIRMED || kind === CONFIRMED ? { nsapi: o.u8(0) & 0x0f, compressed: o.u8(1) !== 0 } : null;
}
