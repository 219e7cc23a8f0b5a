import { crcBytes, P25_CRC_CCITT } from '../../coding/crc';
import { Octets } from './octets';

/**
 * A Motorola talker's alias once its blocks are put together: WACN (20 bits), system (12), unit (24), the name in
 * UTF-16 hidden by a fixed cipher, CRC-16 over all before it, zeros to the end of the last block. Its maker has not
 * published it; sdrtrunk, dsd-neo and GopherTrunk agree.
 */
export interface MotorolaAlias {
  wacn: string;
  system: string;
  source: number;
  text: string;
}

const IDENTITY_OCTETS = 7;
const CRC_OCTETS = 2;

/** What an octet of the hidden name stands for, before the running sum is taken away. */
const SUBSTITUTION = Uint8Array.from(
  Buffer.from(
    [
      'd2f6d42b6349945ea75c7069f708b17d38cfccd8518fd5936af3ef7efb64f435',
      '2707311487987634ca92331b4f8c094032367712d3c301ab728195c9c0e96552',
      '24301cdb88e8979d58260439ac2a9eaa25d7ceeb96f50e8ddca92fdd1fea91b7',
      'd6898bd1b099137ae79ab586ff4685b273dabfd071cb4d801567161a208e453e',
      'f22e6690748a6f78bb53031168cd4417285f1e8475796e9b2cbe622df17cb883',
      'd94e6d02613da806b9f89c373a23c150ed9faf3bbd82baa0dfc24722f0eea1fe',
      'a2105b4857a305607b0df96cb3564cbc29a40fecb6a5a63c7f6bb421adaec4c8',
      'c55ddee01d194bc60c3f5ac7e15955544a4342e2e3fa00e4e518410b0ae6fcfd',
    ].join(''),
    'hex',
  ),
);

/** The number whose product with an odd one is 1 modulo 256. */
function inverse(odd: number): number {
  // Each step doubles the bits that are right; three are from the start.
  let x = odd;
  for (let i = 0; i < 2; i++) x = (x * (2 - odd * x)) & 0xff;
  return x;
}

/** The name behind the cipher: a running sum of the octets sent, which starts at their number, moves the substitution. */
function reveal(hidden: Uint8Array): string {
  let sum = hidden.length;
  let text = '';
  let first = 0;
  hidden.forEach((octet, i) => {
    const mixed = (sum * 293 + 0x72e9) & 0xffff;
    const value = ((SUBSTITUTION[octet] - (mixed >> 8)) * inverse((mixed | 1) & 0xff)) & 0xff;
    sum = (sum + octet + 1) & 0xffff;
    if (i & 1) text += String.fromCharCode((first << 8) | value);
    else first = value;
  });
  return text;
}

/** The alias in the octets of all its blocks; null when no CRC fits, however many zeros follow it. */
export function readMotorolaAlias(octets: Uint8Array): MotorolaAlias | null {
  const o = new Octets(octets);
  const least = IDENTITY_OCTETS + 2 + CRC_OCTETS;
  for (let length = octets.length; length >= least; length--) {
    const end = length - CRC_OCTETS;
    // Characters are of two octets.
    if ((end - IDENTITY_OCTETS) % 2 !== 0) continue;
    if (crcBytes(octets.subarray(0, end), P25_CRC_CCITT) === o.u16(end)) {
      return {
        wacn: o.wacn(0),
        system: o.system(2),
        source: o.u24(4),
        text: printable(reveal(octets.subarray(IDENTITY_OCTETS, end))),
      };
    }
    // Only zeros may follow the alias.
    if (octets[length - 1] !== 0) break;
  }
  return null;
}

/** Without control characters and the blanks around it. */
export const printable = (text: string): string =>
  Array.from(text)
    .filter((character) => character >= ' ' && !(character >= '\u007f' && character < '\u00a0'))
    .join('')
    .trim();
