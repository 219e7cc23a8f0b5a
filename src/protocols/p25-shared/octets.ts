/** Upper-case hexadecimal without prefix, as P25 identities are written. */
export function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** Reads the fields of a message; octets are numbered from 0 as in the standards' figures. */
export class Octets {
  constructor(readonly bytes: Uint8Array) {}

  u8(at: number): number {
    return this.bytes[at];
  }

  u16(at: number): number {
    return (this.bytes[at] << 8) | this.bytes[at + 1];
  }

  u24(at: number): number {
    return (this.u16(at) << 8) | this.bytes[at + 2];
  }

  u32(at: number): number {
    return this.u16(at) * 0x10000 + this.u16(at + 2);
  }

  /** Bit `bit` (7 = first on air) of an octet. */
  flag(at: number, bit: number): boolean {
    return ((this.bytes[at] >> bit) & 1) === 1;
  }

  /** The 20 bits from the start of octet `at`, five digits. */
  wacn(at: number): string {
    return hex(this.u24(at) >> 4, 5);
  }

  /** The low 12 bits of octets `at` and `at + 1`, three digits. */
  system(at: number): string {
    return hex(this.u16(at) & 0xfff, 3);
  }

  hex(from = 0, to = this.bytes.length): string {
    return Array.from(this.bytes.subarray(from, to), (byte) => hex(byte, 2)).join('');
  }
}
