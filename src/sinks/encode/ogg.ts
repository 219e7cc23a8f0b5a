import { crcBytes } from '../../coding/crc';

/** CRC-32 of a page, RFC 3533 section 6. */
const PAGE_CRC = { width: 32, poly: 0x04c11db7, init: 0, xorOut: 0 };
/** Lacing values of a page. */
const MOST_SEGMENTS = 255;
/** A page that holds so many bytes takes no more. */
const PAGE_BYTES = 4096;

/** Puts the packets of one logical stream into the pages of an Ogg file (RFC 3533). */
export class OggWriter {
  private readonly pages: Buffer[] = [];
  private packets: Buffer[] = [];
  private segments = 0;
  private bytes = 0;
  private position = 0n;

  constructor(private readonly serial: number) {}

  /**
   * @param position granule position after this packet
   * @param alone ends the page behind it, as header packets need
   */
  write(packet: Buffer, position: bigint, alone = false): void {
    const segments = Math.floor(packet.length / 255) + 1;
    if (segments > MOST_SEGMENTS) throw new RangeError(`A packet of ${packet.length} bytes`);
    // Not when it gets full: the last page, which says that it is the last, must hold a packet.
    if (this.bytes >= PAGE_BYTES || this.segments + segments > MOST_SEGMENTS) this.close(false);
    this.packets.push(packet);
    this.segments += segments;
    this.bytes += packet.length;
    this.position = position;
    if (alone) this.close(false);
  }

  /**
   * The file. The last page says where the stream ends.
   * @param position granule position of its end, which may cut the last packet
   */
  finish(position: bigint): Buffer {
    this.position = position;
    this.close(true);
    return Buffer.concat(this.pages);
  }

  private close(last: boolean): void {
    const lacing = this.packets.flatMap(({ length }) => [
      ...new Array<number>(Math.floor(length / 255)).fill(255),
      length % 255,
    ]);
    const header = Buffer.alloc(27 + lacing.length);
    header.write('OggS', 0, 'latin1');
    header[5] = (this.pages.length === 0 ? 2 : 0) | (last ? 4 : 0);
    header.writeBigInt64LE(this.position, 6);
    header.writeUInt32LE(this.serial, 14);
    header.writeUInt32LE(this.pages.length, 18);
    header[26] = lacing.length;
    Buffer.from(lacing).copy(header, 27);
    const page = Buffer.concat([header, ...this.packets]);
    page.writeUInt32LE(crcBytes(page, PAGE_CRC), 22);
    this.pages.push(page);
    this.packets = [];
    this.segments = this.bytes = 0;
  }
}
