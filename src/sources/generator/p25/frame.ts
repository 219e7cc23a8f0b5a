import { encodeNid } from '../../../coding/bch63';
import { unpackBits } from '../../../coding/bits';

/** Data unit ids (TIA-102.BAAA-B 7.5.1; AABB-B 4.2 for the trunking signalling unit). */
export const DUID = { HDU: 0x0, TDU: 0x3, LDU1: 0x5, TSDU: 0x7, LDU2: 0xa, TDULC: 0xf } as const;

/** Status symbols of a repeater: what the inbound channel is doing (TIA-102.BAAA-B 7). */
export const STATUS = { BUSY: 0b01, UNKNOWN: 0b10, IDLE: 0b11 } as const;

/** 48 bits that begin every data unit. */
const FRAME_SYNC = unpackBits(Buffer.from('5575F5FF77FF', 'hex'));

/** Dibits between two status symbols. */
const STATUS_SPACING = 35;

/**
 * Puts a data unit together: frame sync, network identifier, the payload and zeros up to a whole number of 35 dibits, a
 * status symbol after each of those (TIA-102.BAAA-B 7 and annex A).
 * @returns the dibits to send, a multiple of 36
 */
export function composeFrame(nac: number, duid: number, payload: Uint8Array, status: number): Uint8Array {
  const header = FRAME_SYNC.length + 64;
  const groups = Math.ceil((header + payload.length) / (2 * STATUS_SPACING));
  const bits = new Uint8Array(groups * 2 * STATUS_SPACING);
  bits.set(FRAME_SYNC);
  bits.set(encodeNid(nac, duid), FRAME_SYNC.length);
  bits.set(payload, header);
  const dibits = new Uint8Array(groups * (STATUS_SPACING + 1));
  let at = 0;
  for (let i = 0; i < dibits.length; i++) {
    if (i % (STATUS_SPACING + 1) === STATUS_SPACING) dibits[i] = status;
    else {
      dibits[i] = (bits[at] << 1) | bits[at + 1];
      at += 2;
    }
  }
  return dibits;
}

/** Dibits as bits, high bit first. */
export function dibitsToBits(dibits: Uint8Array): Uint8Array {
  const bits = new Uint8Array(2 * dibits.length);
  dibits.forEach((dibit, i) => {
    bits[2 * i] = dibit >> 1;
    bits[2 * i + 1] = dibit & 1;
  });
  return bits;
}
