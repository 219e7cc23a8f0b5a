import { decodeCyclic16Soft } from '../../coding/cyclic';
import { RS_24_12_13, RS_24_16_9 } from '../../coding/reed-solomon';
import { type Encryption, encryption } from '../p25-shared/encryption';
import { Octets } from '../p25-shared/octets';
import { HEADER_DIBITS } from './data-units';
import { HAMMING_10, HexwordCode } from './hexwords';
import type { SoftFrame } from './soft-frame';

/**
 * Logical link data units: nine IMBE codewords, and between them 24 hexbits of link control (LDU1) or encryption sync
 * (LDU2) and 32 bits of low speed data (TIA-102.BAAA-B 7.2.2).
 */

export const IMBE_BITS = 144;
export const VOICE_FRAMES = 9;
const START = HEADER_DIBITS * 2;

/** First bit of each voice codeword. The first two are adjacent; 40 bits follow each of the next six, 32 the eighth. */
const VOICE_STARTS = [0, 144, 328, 512, 696, 880, 1064, 1248, 1424].map((bit) => START + bit);
/** First bits of the 24 words of ten bits: four after each of the second to seventh voice codewords. */
const WORD_STARTS = [288, 472, 656, 840, 1024, 1208].flatMap((bit) => [0, 10, 20, 30].map((i) => START + bit + i));
const LOW_SPEED_DATA_STARTS = [1392, 1408].map((bit) => START + bit);

/** Data dibits a whole logical link data unit has. */
export const LDU_DIBITS = (START + 1424 + IMBE_BITS) / 2;
/** Data dibits up to the end of its link control or encryption sync. */
export const LDU_WORDS_DIBITS = (START + 1208 + 40) / 2;

/** Soft bits are scaled so that their mean magnitude is this. */
const MEAN_CONFIDENCE = 32;

/** Voice codewords that are wholly inside the frame, as 144 int8 each in the order of the air. */
export function voiceBits(frame: SoftFrame): Int8Array {
  const frames = VOICE_STARTS.filter((start) => start + IMBE_BITS <= frame.dibits * 2).length;
  let sum = 0;
  for (let i = 0; i < frames; i++) {
    for (let j = 0; j < IMBE_BITS; j++) sum += Math.abs(frame.llr[VOICE_STARTS[i] + j]);
  }
  const scale = sum > 0 ? (MEAN_CONFIDENCE * frames * IMBE_BITS) / sum : 0;
  const bits = new Int8Array(frames * IMBE_BITS);
  for (let i = 0; i < frames; i++) {
    for (let j = 0; j < IMBE_BITS; j++) {
      const value = frame.llr[VOICE_STARTS[i] + j];
      const size = Math.min(127, Math.max(1, Math.round(Math.abs(value) * scale)));
      bits[i * IMBE_BITS + j] = value > 0 ? size : -size;
    }
  }
  return bits;
}

/** Link control of an LDU1. */
export const LINK_CONTROL = new HexwordCode(WORD_STARTS, HAMMING_10, RS_24_12_13, { agreement: 0.8, evidence: 6 });

/** Encryption sync of an LDU2. One that was not sent would silence a clear call, and its code is the weakest. */
export const ENCRYPTION_SYNC = new HexwordCode(WORD_STARTS, HAMMING_10, RS_24_16_9, { agreement: 0.88, evidence: 7 });

/** Fields of the encryption sync: message indicator, algorithm, key. */
export function parseEncryptionSync(octets: Uint8Array): Encryption {
  const o = new Octets(octets);
  return encryption(o.u8(9), o.u16(10), o.hex(0, 9));
}

export interface LowSpeedData {
  /** Two octets. */
  value: number;
  corrected: number;
}

/** The two octets of low speed data, each in a cyclic code (16,8,5). */
export function decodeLowSpeedData(frame: SoftFrame): LowSpeedData {
  const [first, second] = LOW_SPEED_DATA_STARTS.map((start) => decodeCyclic16Soft(frame.llr, start));
  return { value: (first.data << 8) | second.data, corrected: first.corrected + second.corrected };
}
