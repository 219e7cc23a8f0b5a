/** Reads octets one after the other; past the end it gives zeros and says so in `overrun`. */
export class Reader {
  at = 0;
  overrun = false;

  constructor(readonly bytes: Uint8Array) {}

  get left(): number {
    return Math.max(0, this.bytes.length - this.at);
  }

  u8(): number {
    if (this.at >= this.bytes.length) this.overrun = true;
    return this.bytes[this.at++] ?? 0;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  take(count: number): Uint8Array {
    if (count > this.left) this.overrun = true;
    const bytes = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return bytes;
  }
}
