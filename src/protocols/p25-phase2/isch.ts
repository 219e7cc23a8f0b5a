import { ISCH_BITS, ISCH_PLACES, SLOTS } from './superframe';

/** Sync pattern of the S-ISCH (TIA-102.BBAC 7.3), 40 bits. */
const SYNC = 0x575d57f7ff;

/** Rows of the (40,9,16) code, the first for the information's first bit, and what is added to every word (7.3.3). */
const GENERATOR = [
  0x8816ce36d7, 0x201dfd4f64, 0x100f4b1758, 0x0c00ded18e, 0x020807f7ff, 0x09048d9b72, 0x009da3a171, 0x0058cbaa4e,
  0x00343d8597,
];
const OFFSET = 0x184229d461;
const INFO_BITS = 9;

/** Signs of a word's bits: +1 for a 1, as soft bits have them. */
function signs(word: number): Int8Array {
  return Int8Array.from({ length: ISCH_BITS }, (_, bit) =>
    Math.floor(word / 2 ** (ISCH_BITS - 1 - bit)) % 2 ? 1 : -1,
  );
}

/** The S-ISCH's bits. */
export const SYNC_SIGNS = signs(SYNC);

/** The bits of the informational ISCH that carries these nine. */
export function ischSigns(info: number): Int8Array {
  const word = signs(OFFSET);
  GENERATOR.forEach((row, i) => {
    if (!((info >> (INFO_BITS - 1 - i)) & 1)) return;
    const flips = signs(row);
    for (let bit = 0; bit < ISCH_BITS; bit++) if (flips[bit] > 0) word[bit] = -word[bit];
  });
  return word;
}

/** The information of an I-ISCH: channel type, channel, location, free or busy, number of the superframe in four. */
export interface IschInfo {
  type: number;
  channel: number;
  location: number;
  flag: boolean;
  superframe: number;
}

/** All words for each slot of the superframe; slots with the sync have that one. */
const WORDS: readonly Int8Array[][] = ISCH_PLACES.map((place) => {
  if (place === 'sync') return [SYNC_SIGNS];
  // Type, flag and superframe are free.
  return Array.from({ length: 32 }, (_, free) =>
    ischSigns(((free >> 3) << 7) | (place.channel << 5) | (place.location << 3) | (free & 7)),
  );
});

/** Bits of all informational ISCHs that a slot of this channel may begin with. */
export function ischWords(channel: number): Int8Array[] {
  return ISCH_PLACES.flatMap((place, slot) => (place !== 'sync' && place.channel === channel ? WORDS[slot] : []));
}

/** Scores of one ISCH for each place in the superframe. */
export interface IschReading {
  /** How well the best word of each slot correlates, -1 .. 1. */
  scores: Float64Array;
  /** The index of that word among the slot's. */
  words: Uint8Array;
}

/** Compares 40 soft bits with every word there is at each place. */
export function readIsch(llr: Float32Array, into: IschReading): void {
  let total = 1e-30;
  for (let bit = 0; bit < ISCH_BITS; bit++) total += Math.abs(llr[bit]);
  for (let slot = 0; slot < SLOTS; slot++) {
    // The slots that have the sync are all alike.
    if (slot % 4 === 3 || (slot % 4 === 2 && slot > 2)) {
      into.scores[slot] = into.scores[2];
      continue;
    }
    let most = Number.NEGATIVE_INFINITY;
    const words = WORDS[slot];
    for (let word = 0; word < words.length; word++) {
      const sign = words[word];
      let sum = 0;
      for (let bit = 0; bit < ISCH_BITS; bit++) sum += sign[bit] * llr[bit];
      if (sum <= most) continue;
      most = sum;
      into.words[slot] = word;
    }
    into.scores[slot] = most / total;
  }
}

export const ischReading = (): IschReading => ({ scores: new Float64Array(SLOTS), words: new Uint8Array(SLOTS) });

/** What the word read at a slot says; undefined for the sync. */
export function ischInfo(reading: IschReading, slot: number): IschInfo | undefined {
  const place = ISCH_PLACES[slot];
  if (place === 'sync') return undefined;
  const free = reading.words[slot];
  return { ...place, type: free >> 3, flag: (free & 4) !== 0, superframe: free & 3 };
}
