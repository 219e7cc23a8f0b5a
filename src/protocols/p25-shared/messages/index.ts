import type { BandPlan } from '../band-plan';
import { MFID } from '../names';
import { Octets } from '../octets';
import type { MessageEvent, MessageTable } from './definition';
import { LC_CALLS } from './lc-calls';
import { LC_HARRIS, LC_MOTOROLA, LC_TAIT } from './lc-manufacturers';
import { LC_SITE } from './lc-site';
import { isProtected, isStandard, read, unknown } from './reading';
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

/** Trunking messages of one manufacturer and direction. */
export function tsbkTable(mfid: number, inbound: boolean): MessageTable {
  if (isStandard(mfid)) return inbound ? INBOUND : OUTBOUND;
  if (mfid === MFID.MOTOROLA) return inbound ? TSBK_MOTOROLA_INBOUND : TSBK_MOTOROLA;
  return mfid === MFID.HARRIS && !inbound ? TSBK_HARRIS : {};
}

function lcTable(mfid: number): MessageTable {
  if (isStandard(mfid)) return LINK_CONTROL;
  if (mfid === MFID.MOTOROLA) return LC_MOTOROLA;
  if (mfid === MFID.HARRIS) return LC_HARRIS;
  return mfid === MFID.TAIT ? LC_TAIT : {};
}

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
  if (octets.u8(0) & TSBK_PROTECTED) return isProtected(opcode, mfid, octets, definition);
  return definition ? read(definition, octets, bands) : unknown(opcode, mfid, octets);
}

/** Manufacturer of a link control word of 9 octets. */
export const lcManufacturer = (bytes: Uint8Array): number => (bytes[0] & IMPLICIT_MFID ? MFID.STANDARD : bytes[1]);

/** Events of one link control word of 9 octets. */
export function parseLinkControl(bytes: Uint8Array, bands: BandPlan): MessageEvent[] {
  const octets = new Octets(bytes);
  const opcode = octets.u8(0) & 0x3f;
  const mfid = lcManufacturer(bytes);
  const definition = lcTable(mfid)[opcode];
  if (octets.u8(0) & LC_PROTECTED) return isProtected(opcode, mfid, octets, definition);
  return definition ? read(definition, octets, bands) : unknown(opcode, mfid, octets);
}
