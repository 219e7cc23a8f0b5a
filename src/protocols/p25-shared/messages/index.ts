import type { BandPlan } from '../band-plan';
import { MFID } from '../names';
import { Octets } from '../octets';
import type { Definition, MessageEvent, MessageTable } from './definition';
import { LC_CALLS } from './lc-calls';
import { LC_HARRIS, LC_MOTOROLA } from './lc-manufacturers';
import { LC_SITE } from './lc-site';
import { MULTI_BLOCK, MULTI_BLOCK_MOTOROLA } from './multi-block';
import { TSBK_GRANTS } from './tsbk-grants';
import { TSBK_HARRIS } from './tsbk-harris';
import { TSBK_INBOUND } from './tsbk-inbound';
import { TSBK_MOTOROLA, TSBK_MOTOROLA_INBOUND } from './tsbk-motorola';
import { TSBK_REGISTRATION } from './tsbk-registration';
import { TSBK_SITE } from './tsbk-site';
import { TSBK_STATUS } from './tsbk-status';

/** Every standard outbound trunking message by opcode (TIA-102.AABC-E annex D). */
export const OUTBOUND: MessageTable = { ...TSBK_GRANTS, ...TSBK_STATUS, ...TSBK_REGISTRATION, ...TSBK_SITE };
/** Every standard inbound trunking message by opcode (the same annex). */
export const INBOUND: MessageTable = TSBK_INBOUND;
/** Every standard link control word by opcode (TIA-102.AABF-D 7.3). */
export const LINK_CONTROL: MessageTable = { ...LC_CALLS, ...LC_SITE };

export const TSBK_OCTETS = 12;
export const LC_OCTETS = 9;

/** Bit 6 of a link control word's first octet: no manufacturer id follows, the word is standard. */
const IMPLICIT_MFID = 0x40;
/** Bit 6 of a TSBK's, bit 7 of a link control word's first octet: the rest is encrypted. */
const TSBK_PROTECTED = 0x40;
const LC_PROTECTED = 0x80;

const isStandard = (mfid: number): boolean => mfid === MFID.STANDARD || mfid === MFID.STANDARD_ALTERNATE;

function tsbkTable(mfid: number, inbound: boolean): MessageTable {
  if (isStandard(mfid)) return inbound ? INBOUND : OUTBOUND;
  if (mfid === MFID.MOTOROLA) return inbound ? TSBK_MOTOROLA_INBOUND : TSBK_MOTOROLA;
  return mfid === MFID.HARRIS && !inbound ? TSBK_HARRIS : {};
}

function lcTable(mfid: number): MessageTable {
  if (isStandard(mfid)) return LINK_CONTROL;
  if (mfid === MFID.MOTOROLA) return LC_MOTOROLA;
  return mfid === MFID.HARRIS ? LC_HARRIS : {};
}

function read(definition: Definition, octets: Octets, bands: BandPlan): MessageEvent[] {
  const events = [definition.parse(octets, bands)].flat();
  return events.map(({ type, ...fields }) => ({ type, message: definition.name, ...fields }));
}

const unknown = (opcode: number, mfid: number, octets: Octets): MessageEvent[] => [
  { type: 'unknown', opcode, mfid, hex: octets.hex() },
];

const isProtected = (opcode: number, mfid: number, name: string | undefined): MessageEvent[] => [
  { type: 'protected', ...(name && { message: name }), opcode, mfid },
];

/** True when a trunking block with these first two octets is one this decoder can name. */
export function isKnownTsbk(first: number, mfid: number, inbound: boolean): boolean {
  return (first & 0x3f) in tsbkTable(mfid, inbound);
}

/** Events of one trunking signalling block of 12 octets whose CRC fitted. */
export function parseTsbk(bytes: Uint8Array, bands: BandPlan, inbound: boolean): MessageEvent[] {
  const octets = new Octets(bytes);
  const opcode = octets.u8(0) & 0x3f;
  const mfid = octets.u8(1);
  const definition = tsbkTable(mfid, inbound)[opcode];
  if (octets.u8(0) & TSBK_PROTECTED) return isProtected(opcode, mfid, definition?.name);
  return definition ? read(definition, octets, bands) : unknown(opcode, mfid, octets);
}

/** Events of one link control word of 9 octets. */
export function parseLinkControl(bytes: Uint8Array, bands: BandPlan): MessageEvent[] {
  const octets = new Octets(bytes);
  const opcode = octets.u8(0) & 0x3f;
  const mfid = octets.u8(0) & IMPLICIT_MFID ? MFID.STANDARD : octets.u8(1);
  const definition = lcTable(mfid)[opcode];
  if (octets.u8(0) & LC_PROTECTED) return isProtected(opcode, mfid, definition?.name);
  return definition ? read(definition, octets, bands) : unknown(opcode, mfid, octets);
}

/** Octets of the header of a multi-block message and of each data block. */
export const BLOCK_OCTETS = 12;

/** How a multi-block message with the standard header (that of unconfirmed data) begins; else it is the alternative one. */
const STANDARD_HEADER = 0x15;

/**
 * Events of one multi-block trunking message: 12 octets of header, then the data blocks. The opcode is in the header, or
 * with the standard header in the first data block. Messages that are only known by name give their octets.
 */
export function parseMultiBlock(bytes: Uint8Array, bands: BandPlan): MessageEvent[] {
  const octets = new Octets(bytes);
  const isStandardHeader = (octets.u8(0) & 0x1f) === STANDARD_HEADER;
  const opcode = octets.u8(isStandardHeader ? BLOCK_OCTETS : 7) & 0x3f;
  const mfid = octets.u8(2);
  const isInbound = !octets.flag(0, 5);
  const definition = isInbound || isStandardHeader ? undefined : multiBlockTable(mfid)[opcode];
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

function multiBlockTable(mfid: number): MessageTable {
  if (isStandard(mfid)) return MULTI_BLOCK;
  return mfid === MFID.MOTOROLA ? MULTI_BLOCK_MOTOROLA : {};
}
