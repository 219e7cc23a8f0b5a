import { packBits } from '../../coding/bits';
import { type CrcSpec, crcFits, P25_CRC_CCITT } from '../../coding/crc';
import { DUID } from './duid';
import { HexbitCode, hexbitPlaces } from './hexbits';

/** x^12+x^11+x^7+x^4+x^2+x+1, inverted (TIA-102.BBAC 8.2.1). */
export const CRC_12: CrcSpec = { width: 12, poly: 0x897, init: 0, xorOut: 0xfff };

/** A control burst: where its symbols stand and how it is checked (TIA-102.BBAC 5.4, 7.4). */
export interface AcchLayout {
  code: HexbitCode;
  places: readonly number[];
  crc: CrcSpec;
  /** Octets of the MAC PDU before what follows it and the CRC. */
  octets: number;
}

/** The hexbit that the second DUID dibit cuts lies in two runs. */
const LONG = hexbitPlaces([2, 74], [76, 244], [246, 318]);
const SHORT_BITS = [
  [2, 74],
  [76, 138],
  [180, 244],
  [246, 318],
] as const;

const SACCH: AcchLayout = { code: new HexbitCode(30, 22), places: LONG, crc: CRC_12, octets: 21 };
/** Twelve bits of colour code stand before the CRC. */
const LCCH: AcchLayout = { code: SACCH.code, places: LONG, crc: P25_CRC_CCITT, octets: 19 };
/** Its runs are no multiples of six bits: they are brought together first. */
const FACCH: AcchLayout = { code: new HexbitCode(26, 19), places: hexbitPlaces([0, 270]), crc: CRC_12, octets: 18 };

export function acchLayout(duid: number): AcchLayout {
  if (duid === DUID.LCCH_CLEAR) return LCCH;
  return duid === DUID.FACCH || duid === DUID.FACCH_CLEAR ? FACCH : SACCH;
}

/** A MAC PDU whose CRC fitted. */
export interface MacPdu {
  octets: Uint8Array;
  /** Network access code ("colour code"), which only the LCCH carries. */
  nac?: number;
  /** Bits corrected. */
  corrected: number;
}

const gathered = new Float32Array(270);

/** Reads a SACCH, FACCH or LCCH burst of soft bits that are not scrambled (any more). */
export function readAcch(burst: Float32Array, duid: number): MacPdu | null {
  const layout = acchLayout(duid);
  let llr = burst;
  if (layout === FACCH) {
    let at = 0;
    for (const [from, to] of SHORT_BITS) {
      gathered.set(burst.subarray(from, to), at);
      at += to - from;
    }
    llr = gathered;
  }
  // A word of zeros is in the code, but its CRC is not zero.
  const found = layout.code.decode(llr, layout.places, (bits) => crcFits(bits, layout.crc));
  if (!found) return null;
  const { bits, corrected } = found;
  const octets = packBits(bits.subarray(0, 8 * layout.octets));
  if (layout !== LCCH) return { octets, corrected };
  let nac = 0;
  for (let i = 0; i < 12; i++) nac = (nac << 1) | bits[8 * layout.octets + i];
  return { octets, nac, corrected };
}
