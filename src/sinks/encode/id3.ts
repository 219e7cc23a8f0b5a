import type { AudioTags } from './encoder';

const UTF8 = 3;

/** An ID3v2.4 tag, for the beginning of an MP3 file. */
export function id3({ title, artist, album, genre, time, comment }: AudioTags): Buffer {
  const date = new Date(time).toISOString().slice(0, 19);
  const frames = [
    text('TIT2', title),
    text('TPE1', artist),
    text('TALB', album),
    text('TCON', genre),
    text('TDRC', date),
    // Language, an empty description, the comment.
    comment ? frame('COMM', Buffer.from(`eng\0${comment}`)) : Buffer.alloc(0),
  ];
  const body = Buffer.concat(frames);
  return Buffer.concat([Buffer.from('ID3\x04\x00\x00', 'latin1'), synchsafe(body.length), body]);
}

function text(id: string, value: string): Buffer {
  return value ? frame(id, Buffer.from(value)) : Buffer.alloc(0);
}

function frame(id: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([UTF8]), content]);
  return Buffer.concat([Buffer.from(id, 'latin1'), synchsafe(body.length), Buffer.alloc(2), body]);
}

/** 28 bits in four bytes whose highest bits are 0. */
function synchsafe(size: number): Buffer {
  return Buffer.from([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
}
