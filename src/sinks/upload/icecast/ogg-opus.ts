import { randomInt } from 'node:crypto';
import { Encoder } from '@evan/opus';
import type { StreamEncoder } from './stream-encoder';

/** Packets each second. */
const PACKETS = 50;
/** Samples of one packet at 48 kHz, in which Opus counts time. */
const PACKET_TIME = 48_000 / PACKETS;
/** Samples at 48 kHz that the encoder is behind. */
const PRE_SKIP = 312;
const VENDOR = 'Trunkflow';

const [BEGIN, END] = [2, 4];

/** Ogg Opus (RFC 3533, RFC 7845). Each title begins another logical stream, as live streams have it. */
export class OggOpusEncoder implements StreamEncoder {
  readonly contentType = 'audio/ogg';
  readonly step: number;
  private readonly encoder: Encoder;
  private serial = 0;
  private page = 0;
  private granule = 0;

  /** @param bitrate kbit/s */
  constructor(
    private readonly rate: 8000 | 12000 | 16000 | 24000 | 48000,
    bitrate: number,
  ) {
    this.step = rate / PACKETS;
    this.encoder = new Encoder({ channels: 1, sample_rate: rate, application: 'voip' });
    this.encoder.bitrate = bitrate * 1000;
  }

  begin(title: string): Buffer {
    this.serial = randomInt(2 ** 32);
    this.page = 0;
    this.granule = 0;
    return Buffer.concat([this.pages([this.head()], BEGIN), this.pages([tags(title)], 0)]);
  }

  encode(samples: Float32Array): Buffer {
    const packets: Buffer[] = [];
    for (let start = 0; start + this.step <= samples.length; start += this.step) {
      const block = new Int16Array(this.step);
      for (let i = 0; i < block.length; i++)
        block[i] = Math.max(-32_768, Math.min(32_767, Math.round(samples[start + i] * 32_767)));
      packets.push(Buffer.from(this.encoder.encode(block)));
    }
    if (packets.length === 0) return Buffer.alloc(0);
    this.granule += packets.length * PACKET_TIME;
    return this.pages(packets, 0);
  }

  title(title: string): Buffer {
    const last = this.pages([], END);
    return Buffer.concat([last, this.begin(title)]);
  }

  private head(): Buffer {
    const head = Buffer.alloc(19);
    head.write('OpusHead', 'latin1');
    head.writeUInt8(1, 8); // version
    head.writeUInt8(1, 9); // channels
    head.writeUInt16LE(PRE_SKIP, 10);
    head.writeUInt32LE(this.rate, 12);
    return head;
  }

  /** One page with these packets. */
  private pages(packets: Buffer[], flags: number): Buffer {
    const lacing = packets.flatMap(({ length }) => [...Array(Math.floor(length / 255)).fill(255), length % 255]);
    const header = Buffer.alloc(27 + lacing.length);
    header.write('OggS', 'latin1');
    header.writeUInt8(flags, 5);
    header.writeBigInt64LE(BigInt(this.granule), 6);
    header.writeUInt32LE(this.serial, 14);
    header.writeUInt32LE(this.page++, 18);
    header.writeUInt8(lacing.length, 26);
    header.set(lacing, 27);
    const page = Buffer.concat([header, ...packets]);
    page.writeUInt32LE(checksum(page), 22);
    return page;
  }
}

function tags(title: string): Buffer {
  const comment = `TITLE=${title}`;
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const one = Buffer.alloc(4);
  one.writeUInt32LE(1);
  return Buffer.concat([Buffer.from('OpusTags'), text(VENDOR), one, text(comment)]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value >>> 0;
});

/** Ogg's CRC: polynomial 04C11DB7, not reflected, beginning with 0. */
function checksum(page: Buffer): number {
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ TABLE[((crc >>> 24) ^ byte) & 255]) >>> 0;
  return crc;
}
