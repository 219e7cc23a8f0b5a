/** One RIFF chunk, padded to an even size. */
export function chunk(id: string, body: Buffer, size = body.length): Buffer {
  const head = Buffer.from(id.padEnd(8), 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

export interface Format {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  extensible?: boolean;
}

export function formatChunk({ tag = 1, channels = 2, rate = 48_000, bits = 16, extensible = false }: Format): Buffer {
  const body = Buffer.alloc(extensible ? 40 : 16);
  const frame = (channels * bits) / 8;
  body.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt32LE((rate * frame) % 2 ** 32, 8);
  body.writeUInt16LE(frame, 12);
  body.writeUInt16LE(bits, 14);
  if (extensible) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(bits, 18);
    body.writeUInt16LE(tag, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(body, 26);
  }
  return chunk('fmt ', body);
}

/** A file of these chunks; the form's size is what a recorder would write, readers do not need it. */
export function riff(chunks: Buffer[], magic = 'RIFF'): Buffer {
  const body = Buffer.concat(chunks);
  const head = Buffer.from(`${magic}xxxxWAVE`, 'latin1');
  head.writeUInt32LE(magic === 'RIFF' ? body.length + 4 : 0xffff_ffff, 4);
  return Buffer.concat([head, body]);
}

export function wav(format: Format, data: Buffer): Buffer {
  return riff([formatChunk(format), chunk('data', data)]);
}
