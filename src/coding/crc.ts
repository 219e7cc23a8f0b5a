/** A cyclic redundancy check, most significant bit first, nothing reflected. */
export interface CrcSpec {
  /** Number of check bits, at most 32. */
  width: number;
  /** Generator without its leading term, e.g. 0x1021. */
  poly: number;
  init: number;
  xorOut: number;
}

/**
 * TSBKs, packet headers and headers of multi-block trunking messages: x^16+x^12+x^5+1, inverted (TIA-102.BAAA-B 5.2,
 * AABB-B 4.2).
 */
export const P25_CRC_CCITT: CrcSpec = { width: 16, poly: 0x1021, init: 0, xorOut: 0xffff };
/**
 * Confirmed data blocks: x^9+x^6+x^4+x^3+1, inverted, over the 7 bits of the serial number and then the user data
 * (TIA-102.BAAA-B 5.4.2).
 */
export const P25_CRC_9: CrcSpec = { width: 9, poly: 0x059, init: 0, xorOut: 0x1ff };
/** Whole packets and multi-block trunking messages: the usual CRC-32 generator, inverted (TIA-102.BAAA-B 5.3.3). */
export const P25_CRC_32: CrcSpec = { width: 32, poly: 0x04c11db7, init: 0, xorOut: 0xffffffff };

/** The check value over `count` bits from `start`. */
export function crc(bits: Uint8Array, spec: CrcSpec, start = 0, count = bits.length - start): number {
  const top = spec.width - 1;
  const mask = spec.width === 32 ? 0xffffffff : (1 << spec.width) - 1;
  let register = spec.init;
  for (let i = start; i < start + count; i++) {
    const feedback = ((register >>> top) ^ bits[i]) & 1;
    register = (register << 1) & mask;
    if (feedback) register ^= spec.poly;
  }
  return (register ^ spec.xorOut) >>> 0;
}

/** The check value over whole bytes. */
export function crcBytes(bytes: Uint8Array, spec: CrcSpec): number {
  const top = spec.width - 1;
  const mask = spec.width === 32 ? 0xffffffff : (1 << spec.width) - 1;
  let register = spec.init;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const feedback = ((register >>> top) ^ (byte >> bit)) & 1;
      register = (register << 1) & mask;
      if (feedback) register ^= spec.poly;
    }
  }
  return (register ^ spec.xorOut) >>> 0;
}

/** True when the last `spec.width` of the `count` bits from `start` are the check value of those before. */
export function crcFits(bits: Uint8Array, spec: CrcSpec, start = 0, count = bits.length - start): boolean {
  const dataBits = count - spec.width;
  const value = crc(bits, spec, start, dataBits);
  for (let i = 0; i < spec.width; i++) {
    if (bits[start + dataBits + i] !== ((value >>> (spec.width - 1 - i)) & 1)) return false;
  }
  return true;
}
