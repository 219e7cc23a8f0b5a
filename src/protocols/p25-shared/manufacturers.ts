import { MFID } from './names';
import { hex } from './octets';

/** Assigned manufacturer ids (the registry behind TIA-102.BAAC-D 2.3, as Wireshark and sdrtrunk list it). */
const MANUFACTURERS: ReadonlyMap<number, string> = new Map([
  [MFID.STANDARD, 'standard'],
  [MFID.STANDARD_ALTERNATE, 'standard'],
  [0x09, 'Aselsan'],
  [0x10, 'Relm / BK Radio'],
  [0x20, 'Cycomm'],
  [0x28, 'Efratom'],
  [0x30, 'Com-Net Ericsson'],
  [0x34, 'Etherstack'],
  [0x38, 'Datron'],
  [0x40, 'Icom'],
  [0x48, 'Garmin'],
  [0x50, 'GTE'],
  [0x55, 'IFR Systems'],
  [0x5a, 'INIT'],
  [0x60, 'GEC-Marconi'],
  [0x68, 'Kenwood'],
  [0x70, 'Glenayre'],
  [0x74, 'Japan Radio'],
  [0x78, 'Kokusai'],
  [0x7c, 'Maxon'],
  [0x80, 'Midland'],
  [0x86, 'Daniels'],
  [MFID.MOTOROLA, 'Motorola'],
  [0xa0, 'Thales'],
  [MFID.HARRIS, 'L3Harris'],
  [0xb0, 'Raytheon'],
  [0xc0, 'SEA'],
  [0xc8, 'Securicor'],
  [0xd0, 'ADI'],
  [MFID.TAIT, 'Tait'],
  [0xe0, 'Teletec'],
  [0xf0, 'Transcrypt'],
  [0xf8, 'Vertex Standard'],
  [0xfc, 'Zetron'],
]);

/** Name of a manufacturer id; 'manufacturer 0x..' where none is assigned. */
export const manufacturerName = (mfid: number): string => MANUFACTURERS.get(mfid) ?? `manufacturer 0x${hex(mfid, 2)}`;
