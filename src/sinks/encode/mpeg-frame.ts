/** Bit rates of layer III by index, kbit/s: MPEG-1, and MPEG-2 and 2.5. */
const KBITS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Sample rates of MPEG-1 by index; MPEG-2 has half of them, 2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000];

/** A mono frame of MPEG audio layer III (ISO 11172-3, 13818-3), from its header. */
export class MpegFrame {
  readonly mpeg1: boolean;
  readonly rate: number;
  readonly kbits: number;
  readonly samples: number;
  /** Bytes, the header included. */
  readonly bytes: number;

  constructor(readonly header: Buffer) {
    const version = (header[1] >> 3) & 3;
    this.mpeg1 = version === 3;
    this.kbits = this.table[header[2] >> 4];
    this.rate = RATES[(header[2] >> 2) & 3] / { 0: 4, 2: 2, 3: 1 }[version as 0 | 2 | 3];
    this.samples = this.mpeg1 ? 1152 : 576;
    this.bytes = Math.floor((this.samples / 8) * ((1000 * this.kbits) / this.rate)) + ((header[2] >> 1) & 1);
  }

  /** Bytes of a mono frame's side information. */
  get sideInfo(): number {
    return this.mpeg1 ? 17 : 9;
  }

  /** A frame of the same kind, without padding and at the lowest bit rate that makes it at least so many bytes long. */
  holding(least: number): MpegFrame {
    for (let index = 1; ; index++) {
      const header = Buffer.from(this.header.subarray(0, 4));
      header[2] = (index << 4) | (header[2] & 0x0d);
      const frame = new MpegFrame(header);
      if (frame.bytes >= least) return frame;
    }
  }

  private get table(): number[] {
    return this.mpeg1 ? KBITS_1 : KBITS_2;
  }
}

/** Number of frames in a stream of nothing else. */
export function countFrames(stream: Buffer): number {
  let frames = 0;
  for (let at = 0; at + 4 <= stream.length; at += new MpegFrame(stream.subarray(at, at + 4)).bytes) frames++;
  return frames;
}
