import { popCount } from './bits';
import { type Decoded, hardWord, type SoftBits } from './soft';

/** The shortened cyclic code (16,8,5) of P25 low speed data (TIA-102.BAAA-B 4): g(x) = x^8 + x^5 + x^4 + x^3 + 1. */
const GENERATOR = 0x139;

const CODEWORDS = Uint16Array.from({ length: 256 }, (_, data) => {
  let rest = data << 8;
  for (let bit = 15; bit >= 8; bit--) if ((rest >>> bit) & 1) rest ^= GENERATOR << (bit - 8);
  return (data << 8) | rest;
});

/** 8 information bits to a 16-bit codeword, information first. */
export function encodeCyclic16(data: number): number {
  return CODEWORDS[data];
}

/** Corrects up to two errors; null when no codeword is that near. */
export function decodeCyclic16(word: number): Decoded | null {
  for (let data = 0; data < 256; data++) {
    const corrected = popCount(CODEWORDS[data] ^ word);
    if (corrected <= 2) return { data, corrected };
  }
  return null;
}

/** The maximum-likelihood codeword for 16 soft bits from `offset` (all 256 are tried). */
export function decodeCyclic16Soft(llr: SoftBits, offset = 0): Decoded {
  const word = hardWord(llr, offset, 16);
  let best = Number.POSITIVE_INFINITY;
  let data = 0;
  for (let i = 0; i < 256; i++) {
    let cost = 0;
    for (let rest = CODEWORDS[i] ^ word; rest !== 0 && cost < best; rest &= rest - 1) {
      cost += Math.abs(llr[offset + 15 - (31 - Math.clz32(rest & -rest))]);
    }
    if (cost < best) {
      best = cost;
      data = i;
    }
  }
  return { data, corrected: popCount(CODEWORDS[data] ^ word) };
}
