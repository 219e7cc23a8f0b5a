import { type Encryption, encryption } from '../encryption';
import type { MessageEvent } from '../messages/definition';
import { Octets } from '../octets';
import { readArs } from './ars';
import { readDatagram } from './ip';
import { readLrrp } from './lrrp';
import { readDecryptionFailure, readRegistration } from './management';
import { readNmea } from './nmea';
import { DATA_HEADER_OCTETS, readContext, readDataHeader } from './sndcp';

/** Service access points (TIA-102.BAAC-D 2.9) whose contents are read. */
const SAP = {
  USER_DATA: 0,
  ENCRYPTED_USER_DATA: 1,
  PACKET_DATA: 4,
  SNDCP_CONTROL: 6,
  ENCRYPTION_SUPPORT: 29,
  EXTENDED_ADDRESS: 31,
  REGISTRATION: 32,
  LOCATION: 48,
} as const;

/** A second header names the sending unit too (TIA-102.BAAA-B 5.4.3). */
const SECOND_HEADER_OCTETS = 12;
/** Message indicator (9 octets), algorithm, key, the access point of what is encrypted (TIA-102.AAAD-B). */
const ENCRYPTION_HEADER_OCTETS = 13;

const LRRP_PORTS = [4001, 49198];
const ARS_PORT = 4005;

export interface Packet {
  accessPoint: number;
  outbound: boolean;
  /** The unit whose packet it is: it sends inbound packets and receives outbound ones. */
  unit: number;
  /** Where user data begin after their header, octets. */
  offset: number;
  /** Contents without padding and check. */
  payload: Uint8Array;
}

export interface Contents {
  /** Fields for the packet's own event. */
  fields: Record<string, unknown>;
  events: MessageEvent[];
}

/** What is in a packet whose check fitted: fields of its own event, and the events of the services it carries. */
export function readContents(packet: Packet): Contents {
  let { accessPoint, payload } = packet;
  let source = packet.outbound ? undefined : packet.unit;
  const fields: Record<string, unknown> = {};
  if (accessPoint === SAP.EXTENDED_ADDRESS && payload.length >= SECOND_HEADER_OCTETS) {
    const o = new Octets(payload);
    accessPoint = o.u8(1) & 0x3f;
    source = o.u24(3);
    fields.source = source;
    payload = payload.subarray(SECOND_HEADER_OCTETS);
  }
  if (accessPoint === SAP.ENCRYPTED_USER_DATA && payload.length >= ENCRYPTION_HEADER_OCTETS) {
    const key = encryptionHeader(payload);
    Object.assign(fields, key);
    if (key.encrypted) return { fields, events: [] };
    accessPoint = payload[ENCRYPTION_HEADER_OCTETS - 1] & 0x3f;
    payload = payload.subarray(ENCRYPTION_HEADER_OCTETS);
  }
  const who = {
    unit: packet.unit,
    ...(source !== undefined && { source }),
    ...(packet.outbound && { target: packet.unit }),
  };
  return { fields, events: readService(accessPoint, { ...packet, payload }, who) };
}

function encryptionHeader(payload: Uint8Array): Encryption {
  const o = new Octets(payload);
  return encryption(o.u8(9), o.u16(10), o.hex(0, 9));
}

function readService(accessPoint: number, packet: Packet, who: Record<string, unknown>): MessageEvent[] {
  const { payload, outbound, offset } = packet;
  const one = (type: string, fields: Record<string, unknown> | null): MessageEvent[] =>
    fields ? [{ type, ...who, ...fields }] : [];
  switch (accessPoint) {
    case SAP.USER_DATA:
    case SAP.PACKET_DATA:
      return readUserData(payload, offset, who);
    case SAP.SNDCP_CONTROL:
      return one('data_context', readContext(payload, outbound));
    case SAP.REGISTRATION:
      return one('data_registration', readRegistration(payload));
    case SAP.ENCRYPTION_SUPPORT:
      return one('decryption_failure', readDecryptionFailure(payload));
    case SAP.LOCATION:
      return one('location', readNmea(Buffer.from(payload).toString('latin1')));
    default:
      return [];
  }
}

/** A datagram, with the convergence protocol's header before it where the packet leaves room for that. */
function readUserData(payload: Uint8Array, offset: number, who: Record<string, unknown>): MessageEvent[] {
  const header = offset === DATA_HEADER_OCTETS ? readDataHeader(payload) : null;
  const connection = header ? { nsapi: header.nsapi } : {};
  const datagram = header?.compressed ? null : readDatagram(payload.subarray(offset));
  if (!datagram) return [];
  const { fields, sourcePort = 0, destinationPort = 0 } = datagram;
  const ports = [sourcePort, destinationPort];
  const events: MessageEvent[] = [
    { type: 'ip_packet', ...who, ...connection, ...fields, hex: new Octets(datagram.payload).hex() },
  ];
  const service = ports.some((port) => LRRP_PORTS.includes(port))
    ? readLrrp(datagram.payload)
    : ports.includes(ARS_PORT)
      ? readArs(datagram.payload)
      : null;
  if (service) events.push({ ...service, ...who });
  return events;
}
