import type { BandPlan } from '../../p25-shared/band-plan';
import { parseTsbk } from '../../p25-shared/messages';
import type { MessageEvent, MessageTable } from '../../p25-shared/messages/definition';
import { read } from '../../p25-shared/messages/reading';
import { MFID } from '../../p25-shared/names';
import { Octets } from '../../p25-shared/octets';
import { isManufacturers } from './lengths';
import { LONG } from './long';
import { HARRIS, MOTOROLA } from './manufacturers';
import { BEGUN } from './multi-fragment';
import { SHORT } from './short';
import { asTsbk } from './tsbk-form';
import { UNIQUE } from './unique';

/**
 * MAC messages by opcode: TDMA's own, phase 1's in short form that differ from the TSBK, phase 1's in long form, the first fragments of
 * those that are too long for a PDU.
 */
export const STANDARD: MessageTable = { ...UNIQUE, ...SHORT, ...LONG, ...BEGUN };

/** Opcodes 0x40 to 0x7F: a TSBK's, with its header shortened. */
const isShortForm = (opcode: number): boolean => opcode >> 6 === 1;

function tableOf(opcode: number, mfid: number): MessageTable {
  if (!isManufacturers(opcode) || mfid === MFID.STANDARD || opcode in UNIQUE) return STANDARD;
  if (mfid === MFID.MOTOROLA) return MOTOROLA;
  return mfid === MFID.HARRIS ? HARRIS : {};
}

/**
 * Events of one MAC message, opcode first. `length` is what it should have: where fewer octets are there, or it is 0
 * (unknown), the message is told as hexadecimal.
 */
export function parseMac(bytes: Uint8Array, length: number, bands: BandPlan): MessageEvent[] {
  const octets = new Octets(bytes);
  const opcode = octets.u8(0);
  const mfid = isManufacturers(opcode) && bytes.length > 1 ? octets.u8(1) : MFID.STANDARD;
  const definition = tableOf(opcode, mfid)[opcode];
  if (definition && (opcode in BEGUN || bytes.length >= length) && bytes.length >= (definition.least ?? 0)) {
    return read(definition, octets, bands);
  }
  const tsbk = isShortForm(opcode) && length > 0 && bytes.length >= length ? asTsbk(bytes, length) : undefined;
  if (tsbk) return parseTsbk(tsbk, bands, false);
  const name = definition?.name;
  return [{ type: 'unknown', ...(name && { message: name }), opcode, mfid, hex: octets.hex() }];
}
