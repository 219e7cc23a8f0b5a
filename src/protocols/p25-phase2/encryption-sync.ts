import { packBits } from '../../coding/bits';
import { type Encryption, encryption } from '../p25-shared/encryption';
import { Octets } from '../p25-shared/octets';
import { HexbitCode } from './hexbits';

/**
 * Encryption sync (TIA-102.BBAC 7.4.3): RS (44,16,29) of which a 4V burst carries four information symbols (ESS-B) and the
 * 2V burst after the fourth the 28 parity symbols (ESS-A).
 */
const CODE = new HexbitCode(16, 28);
const PART_START = 148;
const PART_BITS = 24;
const PARTS = 4;
const PARITY_RUNS = [
  [148, 244],
  [246, 318],
] as const;
const WORD_BITS = 6 * (16 + 28);

/** Gathers the parts of the encryption sync of one channel. */
export class EncryptionSync {
  /** Information parts of the latest four voice bursts, by the burst's number; NaN where there is none. */
  private readonly parts = new Float32Array(PARTS * PART_BITS);
  private readonly numbers = new Array<number>(PARTS).fill(Number.NaN);
  private readonly word = new Float32Array(WORD_BITS);
  private readonly places: number[] = Array.from({ length: 44 }, (_, i) => 6 * i);

  reset(): void {
    this.numbers.fill(Number.NaN);
  }

  /** A 4V burst; `number` counts the channel's voice slots. */
  part(burst: Float32Array, number: number): void {
    const slot = number % PARTS;
    this.numbers[slot] = number;
    this.parts.set(burst.subarray(PART_START, PART_START + PART_BITS), slot * PART_BITS);
  }

  /** The 2V burst that ends the word; parts that were lost are erased. Null when it cannot be read. */
  finish(burst: Float32Array, number: number): { encryption: Encryption; corrected: number } | null {
    const { word, places } = this;
    for (let part = 0; part < PARTS; part++) {
      const wanted = number - PARTS + part;
      const slot = ((wanted % PARTS) + PARTS) % PARTS;
      const known = this.numbers[slot] === wanted;
      for (let i = 0; i < 4; i++) places[4 * part + i] = known ? 24 * part + 6 * i : -1;
      if (known) word.set(this.parts.subarray(slot * PART_BITS, (slot + 1) * PART_BITS), 24 * part);
    }
    let at = PARTS * PART_BITS;
    for (const [from, to] of PARITY_RUNS) {
      word.set(burst.subarray(from, to), at);
      at += to - from;
    }
    const found = CODE.decode(word, places, () => true);
    if (!found) return null;
    const o = new Octets(packBits(found.bits));
    return { encryption: encryption(o.u8(0), o.u16(1), o.hex(3, 12)), corrected: found.corrected };
  }
}
