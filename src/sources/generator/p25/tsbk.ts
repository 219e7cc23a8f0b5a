import { writeBits } from '../../../coding/bits';
import { crc, P25_CRC_CCITT } from '../../../coding/crc';
import { encodeTrellis12 } from '../../../coding/trellis';
import { type Field, fields } from './fields';
import { composeFrame, DUID, dibitsToBits } from './frame';

/** Trunking signalling blocks, outbound (TIA-102.AABC-E; numbers in brackets are its clauses). */

/** A channel as messages name it: 4-bit identifier of the frequency table, 12-bit number. */
export interface Channel {
  identifier: number;
  number: number;
}

/** Bit 6 of the service options: the call is encrypted. */
export const SERVICE_PROTECTED = 0x40;

/** The 80 bits before the CRC: no last block flag yet, not protected, standard manufacturer id. */
const block = (opcode: number, ...rest: readonly Field[]) => fields([opcode, 8], [0, 8], ...rest);

const channel = ({ identifier, number }: Channel): Field => [(identifier << 12) | number, 16];

/** GRP_V_CH_GRANT (4.2.1). */
export function groupGrant(options: number, on: Channel, talkgroup: number, source: number): Uint8Array {
  return block(0x00, [options, 8], channel(on), [talkgroup, 16], [source, 24]);
}

/** GRP_V_CH_GRANT_UPDT (4.2.2): two running calls, or the same one twice. */
export function groupGrantUpdate(a: Channel, talkgroupA: number, b: Channel, talkgroupB: number): Uint8Array {
  return block(0x02, channel(a), [talkgroupA, 16], channel(b), [talkgroupB, 16]);
}

/** GRP_AFF_RSP (6.2.8): accepted. */
export function groupAffiliation(announcement: number, talkgroup: number, unit: number): Uint8Array {
  return block(0x28, [0, 8], [announcement, 16], [talkgroup, 16], [unit, 24]);
}

/** U_REG_RSP (6.2.21): accepted. */
export function unitRegistration(system: number, unit: number): Uint8Array {
  return block(0x2c, [0, 4], [system, 12], [unit, 24], [unit, 24]);
}

/** SYS_SRV_BCST (6.2.19). */
export function systemServices(available: number, supported: number): Uint8Array {
  return block(0x38, [0, 8], [available, 24], [supported, 24], [0, 8]);
}

interface SiteFields {
  /** Location registration area. */
  lra: number;
  system: number;
  rfss: number;
  site: number;
  control: Channel;
  /** System service class. */
  services: number;
}

/** RFSS_STS_BCST (6.2.15), with the active network connection flag. */
export function rfssStatus({ lra, system, rfss, site, control, services }: SiteFields): Uint8Array {
  return block(0x3a, [lra, 8], [1, 4], [system, 12], [rfss, 8], [site, 8], channel(control), [services, 8]);
}

/** NET_STS_BCST (6.2.11). */
export function networkStatus({ lra, system, control, services }: SiteFields, wacn: number): Uint8Array {
  return block(0x3b, [lra, 8], [wacn, 20], [system, 12], channel(control), [services, 8]);
}

/** ADJ_STS_BCST (6.2.2), with the flag for valid information. */
export function adjacentStatus({ lra, system, rfss, site, control, services }: SiteFields): Uint8Array {
  return block(0x3c, [lra, 8], [0b0010, 4], [system, 12], [rfss, 8], [site, 8], channel(control), [services, 8]);
}

/** A row of the frequency table: channel n is at base + n * spacing. All in Hz. */
export interface FrequencyTable {
  identifier: number;
  base: number;
  spacing: number;
  bandwidth: number;
  /** Subscriber transmit frequency minus this one. */
  transmitOffset: number;
}

/** IDEN_UP (6.2.9). */
export function identifierUpdate(table: FrequencyTable): Uint8Array {
  return block(
    0x3d,
    [table.identifier, 4],
    [table.bandwidth / 125, 9],
    [table.transmitOffset > 0 ? 1 : 0, 1],
    [Math.abs(table.transmitOffset) / 250_000, 8],
    [table.spacing / 125, 10],
    [Math.round(table.base / 5), 32],
  );
}

/** A block with its last block flag and CRC: 96 bits. */
export function finishTsbk(message: Uint8Array, last: boolean): Uint8Array {
  const bits = new Uint8Array(96);
  bits.set(message);
  bits[0] = last ? 1 : 0;
  writeBits(bits, 80, 16, crc(bits, P25_CRC_CCITT, 0, 80));
  return bits;
}

/** A trunking signalling data unit with one to three blocks (TIA-102.AABB-B 4.2), as dibits. */
export function composeTsdu(nac: number, messages: readonly Uint8Array[], status: number): Uint8Array {
  const payload = new Uint8Array(196 * messages.length);
  messages.forEach((message, i) => {
    const coded = encodeTrellis12(finishTsbk(message, i === messages.length - 1));
    payload.set(dibitsToBits(coded), 196 * i);
  });
  return composeFrame(nac, DUID.TSDU, payload, status);
}
