import { MFID } from '../../p25-shared/names';

/**
 * Octets of each MAC message, opcode included, where the opcode alone tells (TIA-102.BBAD tables; 0 = not defined, or the
 * message tells its own length). From 0x40 on the messages of phase 1 in short form, from 0xC0 on in long form.
 */
// biome-ignore format: a table
const LENGTHS: Readonly<Record<number, number>> = {
  1: 7, 2: 8, 3: 7, 5: 16, 33: 14, 34: 15, 37: 15, 48: 5, 49: 7,
  64: 9, 65: 7, 66: 9, 68: 9, 69: 8, 70: 9, 72: 10, 73: 10, 74: 9, 76: 10,
  84: 9, 85: 7, 88: 10, 90: 7, 92: 10, 93: 8, 94: 14, 95: 7,
  96: 9, 97: 9, 100: 9, 103: 9, 104: 10, 106: 7, 107: 10, 108: 10, 109: 7, 111: 9,
  112: 9, 113: 29, 114: 9, 115: 9, 116: 9, 117: 9, 118: 10, 119: 13, 120: 9, 121: 9, 122: 9, 123: 11, 124: 9, 125: 9,
  136: 5, 144: 7,
  192: 11, 195: 8, 196: 15, 197: 12, 198: 15, 199: 32, 200: 12, 201: 12, 203: 27, 204: 14, 205: 29, 206: 29, 207: 32,
  214: 9, 216: 14, 217: 29, 218: 11, 219: 27, 220: 14, 222: 40, 223: 11,
  224: 28, 228: 17, 229: 14, 232: 16, 233: 8, 234: 11, 236: 13, 237: 19,
  242: 16, 243: 14, 246: 12, 248: 22, 250: 11, 251: 13, 252: 11, 254: 15,
};

/** Manufacturers' messages that do not say how long they are. */
const FIXED: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  [MFID.MOTOROLA]: { 128: 8, 131: 7 },
  [MFID.HARRIS]: {},
};

/** Opcodes 0x80 to 0xBF: the second octet names the manufacturer, the third has the length. */
export const isManufacturers = (opcode: number): boolean => opcode >> 6 === 2;

const VARIABLE = { AVOID_ZERO_BIAS: 0x08, CONTINUATION: 0x10, GROUP_PAGING: 0x11, INDIVIDUAL_PAGING: 0x12 };

/** Length in octets of the message these octets begin with; 0 when it is not known. */
export function macLength(octets: Uint8Array): number {
  const [opcode, second = 0, third = 0] = octets;
  switch (opcode) {
    case VARIABLE.AVOID_ZERO_BIAS:
    case VARIABLE.CONTINUATION:
      return Math.max(2, second & 0x3f);
    case VARIABLE.GROUP_PAGING:
      return 2 * ((second & 3) + 1) + 2;
    case VARIABLE.INDIVIDUAL_PAGING:
      return 3 * ((second & 3) + 1) + 2;
  }
  if (!isManufacturers(opcode) || (opcode in LENGTHS && (second === MFID.STANDARD || opcode === 144)))
    return LENGTHS[opcode] ?? 0;
  return FIXED[second]?.[opcode] ?? ((third & 0x3f) >= 3 ? third & 0x3f : 0);
}
