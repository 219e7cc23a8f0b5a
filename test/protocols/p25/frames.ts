import { encodeNid } from '../../../src/coding/bch63';
import { unpackBits } from '../../../src/coding/bits';
import { crcBytes, P25_CRC_32, P25_CRC_CCITT } from '../../../src/coding/crc';
import { DIBIT_LEVELS } from '../../../src/coding/dibits';
import { encodeGolay18, encodeGolay24 } from '../../../src/coding/golay';
import { encodeHamming10 } from '../../../src/coding/hamming';
import { type ReedSolomon, RS_24_12_13, RS_24_16_9, RS_36_20_17 } from '../../../src/coding/reed-solomon';
import { encodeTrellis12 } from '../../../src/coding/trellis';
import type { SymbolFrame, SymbolsInfo } from '../../../src/core/messages';
import { SYNC_LEVELS } from '../../../src/protocols/p25/air-interface';
import { DUID } from '../../../src/protocols/p25/data-units';
import { gaussian } from '../../support/channel-simulator';

/** Builds P25 frames out of contents. The decoder's own acceptance is the recordings; this makes the cases they lack. */

/** '0A 0B..' to bytes. */
export const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

/** Ten octets to a trunking block with its CRC. */
export function withCrc(hex: string): Uint8Array {
  const data = octets(hex);
  const check = crcBytes(data, P25_CRC_CCITT);
  return Uint8Array.from([...data, check >> 8, check & 0xff]);
}

/** Bits to a whole frame of dibits with sync, NID, status symbols (`status`) and null symbols at its end. */
export function frame(nac: number, duid: number, bits: number[], status = 2): Uint8Array {
  const all = [...encodeNid(nac, duid), ...bits];
  const data = SYNC_LEVELS.map((level) => DIBIT_LEVELS.indexOf(level));
  for (let i = 0; i < all.length; i += 2) data.push((all[i] << 1) | all[i + 1]);
  while (data.length % 35 !== 0) data.push(0);
  return Uint8Array.from(data.flatMap((dibit, i) => (i % 35 === 34 ? [dibit, status] : [dibit])));
}

const toBits = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);

/** Octets to hexbits of a Reed-Solomon codeword. */
function codeword(data: Uint8Array, code: ReedSolomon): Uint8Array {
  const bits = unpackBits(data);
  const hexbits = Uint8Array.from({ length: code.k }, (_, i) =>
    bits.subarray(6 * i, 6 * i + 6).reduce((sum, bit) => sum * 2 + bit, 0),
  );
  return code.encode(hexbits);
}

const block = (bytes: Uint8Array): number[] =>
  [...encodeTrellis12(unpackBits(bytes))].flatMap((dibit) => toBits(dibit, 2));

/** A TSDU of one to three trunking blocks (ten octets each, CRC added; the last-block flag is the caller's). */
export const tsdu = (nac: number, ...blocks: string[]): Uint8Array =>
  frame(
    nac,
    DUID.TSDU,
    blocks.flatMap((hex) => block(withCrc(hex))),
  );

export const tdu = (nac: number): Uint8Array => frame(nac, DUID.TDU, new Array(28).fill(0));

/** A terminator with nine octets of link control. */
export function tdulc(nac: number, linkControl: string): Uint8Array {
  const words = codeword(octets(linkControl), RS_24_12_13);
  const bits: number[] = [];
  for (let i = 0; i < 24; i += 2) bits.push(...toBits(encodeGolay24((words[i] << 6) | words[i + 1]), 24));
  return frame(nac, DUID.TDULC, bits);
}

/** A header with fifteen octets. */
export const hdu = (nac: number, header: string): Uint8Array =>
  frame(
    nac,
    DUID.HDU,
    [...codeword(octets(header), RS_36_20_17)].flatMap((word) => toBits(encodeGolay18(word), 18)),
  );

/** An LDU1 with nine octets of link control, or an LDU2 with twelve of encryption sync; `voice` = 9 x 144 bits. */
export function ldu(nac: number, words: string, voice: Uint8Array): Uint8Array {
  const data = octets(words);
  const isFirst = data.length === 9;
  const code = isFirst ? RS_24_12_13 : RS_24_16_9;
  const hexbits = [...codeword(data, code)].map((word) => toBits(encodeHamming10(word), 10));
  const bits: number[] = [];
  for (let i = 0; i < 9; i++) {
    bits.push(...voice.subarray(144 * i, 144 * i + 144));
    if (i >= 1 && i <= 6) bits.push(...hexbits.slice(4 * (i - 1), 4 * i).flat());
    if (i === 7) bits.push(...new Array(32).fill(0));
  }
  return frame(nac, isFirst ? DUID.LDU1 : DUID.LDU2, bits);
}

/** A packet data unit: header of ten octets, then data blocks of twelve; the last four of the last are the CRC-32. */
export function pdu(nac: number, header: string, ...data: string[]): Uint8Array {
  const bytes = octets(data.join(''));
  if (bytes.length > 0) {
    const check = crcBytes(bytes.subarray(0, bytes.length - 4), P25_CRC_32);
    new DataView(bytes.buffer).setUint32(bytes.length - 4, check);
  }
  const blocks = [withCrc(header)];
  for (let i = 0; i < bytes.length; i += 12) blocks.push(bytes.subarray(i, i + 12));
  return frame(nac, DUID.PDU, blocks.flatMap(block));
}

/** Metrics of dibits received with noise of this standard deviation (levels are 2 apart). */
export function metricsOf(dibits: Uint8Array, sigma = 0, seed = 1): Float32Array {
  const normal = gaussian(seed);
  const metrics = new Float32Array(dibits.length * 4);
  dibits.forEach((dibit, i) => {
    const received = DIBIT_LEVELS[dibit] + (sigma > 0 ? sigma * normal() : 0);
    for (let j = 0; j < 4; j++) metrics[i * 4 + j] = -((received - (2 * j - 3)) ** 2);
  });
  return metrics;
}

export const symbolFrame = (start: number, symbols: number, time: number): SymbolFrame => ({
  start,
  symbols,
  time,
  sync: 'frame sync',
  quality: 1,
  offset: 0,
  snr: 20,
  polarity: 1,
});

/** A symbols message of frames that follow each other from `time` on. */
export function symbolsMessage(
  frames: { dibits: Uint8Array; sigma?: number }[],
  info: Partial<SymbolsInfo> = {},
): { port: 'symbols'; payload: Buffer; info: SymbolsInfo } {
  const parts = frames.map(({ dibits, sigma }, i) => metricsOf(dibits, sigma, i + 1));
  const payload = Buffer.concat(parts.map((part) => Buffer.from(part.buffer)));
  const time = info.time ?? 0;
  let start = 0;
  const list = frames.map(({ dibits }) => {
    const at = start;
    start += dibits.length;
    return symbolFrame(at, dibits.length, time + (1000 * at) / 4800);
  });
  return {
    port: 'symbols',
    payload,
    info: {
      stream: 'test',
      seq: 0,
      time,
      protocol: 'p25',
      modulation: 'C4FM',
      rate: 4800,
      levels: 4,
      frames: list,
      duration: (1000 * start) / 4800,
      frequency: 851_000_000,
      ...info,
    },
  };
}
