import { BURST_BITS, ISCH_BITS, SLOT_SYMBOLS, SLOTS } from './superframe';

/** What the scrambling of a system's TDMA channels is made from. */
export interface ScramblingKey {
  /** 20, 12 and 12 bits. */
  wacn: number;
  system: number;
  nac: number;
}

const SLOT_BITS = 2 * SLOT_SYMBOLS;
const SUPERFRAME_BITS = SLOTS * SLOT_BITS;
/** The sequence starts in the middle of the superframe's first ISCH. */
const START = ISCH_BITS / 2;

/** Taps of the shift register, as places from its newest bit (TIA-102.BBAC 7.2.5: x^44+x^40+x^35+x^29+x^24+x^10+1). */
const LENGTH = 44;
const TAPS = [43, 33, 19, 14, 8, 3];

/** The bits each burst of a superframe is scrambled with, as signs: -1 turns a bit over. */
export class Scrambling {
  private readonly signs = new Int8Array(SUPERFRAME_BITS);

  constructor({ wacn, system, nac }: ScramblingKey) {
    // The oldest bit comes out first: the sequence begins with the key itself.
    const bits = new Uint8Array(SUPERFRAME_BITS + LENGTH);
    const put = (value: number, at: number, count: number) => {
      for (let i = 0; i < count; i++) bits[at + i] = (value >> (count - 1 - i)) & 1;
    };
    put(wacn, 0, 20);
    put(system, 20, 12);
    put(nac, 32, 12);
    // A register of zeros would stay so.
    if (!wacn && !system && !nac) bits.fill(1, 0, LENGTH);
    for (let i = 0; i < SUPERFRAME_BITS; i++) {
      for (const tap of TAPS) bits[i + LENGTH] ^= bits[i + LENGTH - 1 - tap];
      this.signs[i] = bits[i] ? -1 : 1;
    }
  }

  /** Takes the scrambling off (or puts it on) the soft bits of the burst in a slot. */
  apply(burst: Float32Array, slot: number): void {
    const start = START + slot * SLOT_BITS;
    for (let i = 0; i < BURST_BITS; i++) burst[i] *= this.signs[start + i];
  }
}
