import { countFrames, MpegFrame } from './mpeg-frame';

/** Samples by which LAME's encoder is late; decoders add 529 of their own. */
const ENCODER_DELAY = 576;
const TAG_BYTES = 120;
const LAME_BYTES = 36;

/**
 * The first frame of an MP3 file: silent itself, it tells players how long the file is and how many samples to drop at
 * either end, so that recordings begin and end where the call does (the "Info" tag with LAME's extension).
 * @param stream the frames that follow
 * @param samples how many samples were encoded
 */
export function infoFrame(stream: Buffer, samples: number): Buffer {
  const like = new MpegFrame(stream.subarray(0, 4));
  const place = 4 + like.sideInfo;
  const { header, bytes } = like.holding(place + TAG_BYTES + LAME_BYTES);
  const frames = countFrames(stream);
  const frame = Buffer.alloc(bytes);
  header.copy(frame);
  const tag = frame.subarray(place);
  tag.write('Info', 0, 'latin1');
  tag.writeUInt32BE(0x0f, 4); // frames, bytes, table of contents and quality follow
  tag.writeUInt32BE(frames, 8);
  tag.writeUInt32BE(bytes + stream.length, 12);
  for (let i = 0; i < 100; i++) tag[16 + i] = Math.floor((256 * i) / 100); // constant bit rate
  tag.writeUInt32BE(50, 116);
  const lame = tag.subarray(TAG_BYTES);
  const padding = Math.max(0, frames * like.samples - samples - ENCODER_DELAY);
  lame.write('LAME3.100', 0, 'latin1');
  lame[9] = 1; // constant bit rate
  lame[20] = Math.min(255, like.kbits);
  lame.writeUIntBE((ENCODER_DELAY << 12) | Math.min(4095, padding), 21, 3);
  lame.writeUInt32BE(bytes + stream.length, 28);
  lame.writeUInt16BE(crc16(stream), 32);
  lame.writeUInt16BE(crc16(frame.subarray(0, place + TAG_BYTES + 34)), 34);
  return frame;
}

/** CRC-16 with the reflected generator 0x8005, as the tag wants it. */
function crc16(data: Buffer): number {
  let crc = 0;
  for (const byte of data) crc = (crc >> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return crc;
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});
