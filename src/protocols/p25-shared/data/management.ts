import { algorithmName } from '../names';
import { Octets } from '../octets';

/** Management of conventional packet data (TIA-102.BAEJ-A 5 to 9). */

type Fields = Record<string, unknown>;

const REGISTRATIONS: Readonly<Record<number, string>> = {
  0: 'connect',
  1: 'disconnect',
  4: 'accepted',
  5: 'denied',
};
const ADDRESS_AT = 8;

/** Fields of a 'data_registration' event; null when it is none. */
export function readRegistration(bytes: Uint8Array): Fields | null {
  const o = new Octets(bytes);
  const action = REGISTRATIONS[o.u8(0) >> 4];
  if (bytes.length < ADDRESS_AT || !action) return null;
  const hasAddress = bytes.length >= ADDRESS_AT + 4 && o.u32(ADDRESS_AT) !== 0;
  return {
    action,
    unit: o.u24(1),
    ...(hasAddress && { address: [...bytes.subarray(ADDRESS_AT, ADDRESS_AT + 4)].join('.') }),
  };
}

const UNDECIPHERED = 0x01;
const UNDECIPHERED_OCTETS = 7;
const ERRORS: Readonly<Record<number, string>> = { 0: 'key or algorithm not known', 2: 'decryption failed' };

/** Fields of a 'decryption_failure' event, a radio's word that it could not read a packet; null when it is none. */
export function readDecryptionFailure(bytes: Uint8Array): Fields | null {
  const o = new Octets(bytes);
  if (bytes.length < UNDECIPHERED_OCTETS || o.u8(0) !== UNDECIPHERED) return null;
  return {
    key_id: o.u16(2),
    algorithm: o.u8(4),
    algorithm_name: algorithmName(o.u8(4)),
    reason: o.u8(6),
    reason_name: ERRORS[o.u8(6)] ?? `reason ${o.u8(6)}`,
  };
}
