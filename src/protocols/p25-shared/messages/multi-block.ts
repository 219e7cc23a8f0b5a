import type { BandPlan } from '../band-plan';
import { MFID } from '../names';
import { Octets } from '../octets';
import { type MessageEvent, type MessageTable, messageTable } from './definition';
import { tsbkTable } from './index';
import { groupGrantExplicit, MULTI_BLOCK_CALLS } from './multi-block-calls';
import { DIALLING, MULTI_BLOCK_INBOUND } from './multi-block-inbound';
import { MULTI_BLOCK_REGISTRATION } from './multi-block-registration';
import { MULTI_BLOCK_SITE } from './multi-block-site';
import { isProtected, isStandard, read, unknown } from './reading';

/** Octets of the header of a multi-block message and of each data block. */
export const BLOCK_OCTETS = 12;

/** How a multi-block message with the standard header (that of unconfirmed data) begins; else it is the alternative one. */
const STANDARD_HEADER = 0x15;

/** The service access point of encrypted trunking messages (TIA-102.BAAC-D 2.9). */
const PROTECTED_ACCESS_POINT = 63;

/**
 * Multi-block trunking messages, outbound, alternative header (TIA-102.AABC-E, AABB-B 5): octets 0-11 are the header,
 * the data blocks follow from octet 12.
 */
export const MULTI_BLOCK: MessageTable = { ...MULTI_BLOCK_CALLS, ...MULTI_BLOCK_REGISTRATION, ...MULTI_BLOCK_SITE };

/** Motorola's (TIA-102.AABH 3.2). */
export const MULTI_BLOCK_MOTOROLA: MessageTable = messageTable([
  { opcode: 0x02, name: 'MOT_GRG_CN_GRANT_EXP', parse: groupGrantExplicit(12, { supergroup: true }) },
]);

function multiBlockTable(mfid: number, isInbound: boolean, isStandardHeader: boolean): MessageTable {
  if (isStandardHeader) return isInbound && isStandard(mfid) ? DIALLING : {};
  if (isStandard(mfid)) return isInbound ? MULTI_BLOCK_INBOUND : MULTI_BLOCK;
  return mfid === MFID.MOTOROLA && !isInbound ? MULTI_BLOCK_MOTOROLA : {};
}

/**
 * Events of one multi-block trunking message: 12 octets of header, then the data blocks. The opcode is in the header, or
 * with the standard header in the first data block. Messages that are only known by name give their octets.
 */
export function parseMultiBlock(bytes: Uint8Array, bands: BandPlan): MessageEvent[] {
  const octets = new Octets(bytes);
  const isStandardHeader = (octets.u8(0) & 0x1f) === STANDARD_HEADER;
  // A header alone has no data block to read the opcode from.
  const opcode = (octets.bytes[isStandardHeader ? BLOCK_OCTETS : 7] ?? 0) & 0x3f;
  const mfid = octets.u8(2);
  const isInbound = !octets.flag(0, 5);
  const definition = multiBlockTable(mfid, isInbound, isStandardHeader)[opcode];
  if ((octets.u8(1) & 0x3f) === PROTECTED_ACCESS_POINT) {
    return isProtected(opcode, mfid, octets, definition ?? tsbkTable(mfid, isInbound)[opcode]);
  }
  if (definition && bytes.length >= BLOCK_OCTETS * (1 + (definition.blocks ?? 1))) {
    return read(definition, octets, bands);
  }
  const name = tsbkTable(mfid, isInbound)[opcode]?.name;
  if (!name) return unknown(opcode, mfid, octets);
  const unit = octets.u24(3);
  return [
    { type: 'multi_block', message: name, ...(isInbound ? { source: unit } : { target: unit }), hex: octets.hex() },
  ];
}
