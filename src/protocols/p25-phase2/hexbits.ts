import { popCount } from '../../coding/bits';
import { ReedSolomon } from '../../coding/reed-solomon';

const HEXBIT = 6;
/** Parity symbols of RS (63,35,29), of which all of phase 2's codes are shortened forms. */
const PARITY = 28;
/** Parity symbols never spent on erasures, so that noise does not come out as data. */
const KEPT = 6;

/** A shortened and punctured form of the Reed-Solomon code (63,35,29) over GF(64) (TIA-102.BBAC 7.4). */
export class HexbitCode {
  private readonly code: ReedSolomon;
  private readonly punctured: number[];
  private readonly word: Uint8Array;
  private readonly reliability: Float64Array;

  /** `info` information symbols and `sent` parity symbols on the air. */
  constructor(
    readonly info: number,
    readonly sent: number,
  ) {
    this.code = new ReedSolomon(info + PARITY, info);
    this.punctured = Array.from({ length: PARITY - sent }, (_, i) => info + sent + i);
    this.word = new Uint8Array(info + PARITY);
    this.reliability = new Float64Array(info + sent);
  }

  /**
   * Decodes soft bits, symbol i from `places[i]` on; -1 = not received. Tries again with the 0, 2, 4 ... least reliable
   * symbols erased until `accept` takes the information bits. Null when nothing fits.
   */
  decode(
    llr: Float32Array,
    places: readonly number[],
    accept: (bits: Uint8Array) => boolean,
  ): { bits: Uint8Array; corrected: number } | null {
    const { word, reliability, punctured } = this;
    places.forEach((place, i) => {
      let symbol = 0;
      let least = place < 0 ? 0 : Number.POSITIVE_INFINITY;
      for (let bit = 0; bit < HEXBIT && place >= 0; bit++) {
        const value = llr[place + bit];
        symbol = (symbol << 1) | (value > 0 ? 1 : 0);
        least = Math.min(least, Math.abs(value));
      }
      word[i] = symbol;
      reliability[i] = least;
    });
    word.fill(0, places.length);
    const order = places.map((_, i) => i).sort((a, b) => reliability[a] - reliability[b]);
    const lost = order.filter((i) => reliability[i] === 0).length;
    for (let erased = lost; erased + punctured.length <= PARITY - (erased > lost ? KEPT : 0); erased += 2) {
      const decoded = this.code.decode(word, [...punctured, ...order.slice(0, erased)]);
      if (!decoded) continue;
      const bits = hexbitsToBits(decoded.data);
      if (accept(bits)) return { bits, corrected: this.changes(decoded.data, reliability) };
    }
    return null;
  }

  /** Bits of the whole word that the code changed, erased symbols that were received included. */
  private changes(data: Uint8Array, reliability: Float64Array): number {
    const sent = this.code.encode(data);
    let changed = 0;
    for (let i = 0; i < reliability.length; i++) if (reliability[i] > 0) changed += popCount(sent[i] ^ this.word[i]);
    return changed;
  }
}

function hexbitsToBits(symbols: Uint8Array): Uint8Array {
  const bits = new Uint8Array(HEXBIT * symbols.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (symbols[Math.floor(i / HEXBIT)] >> (HEXBIT - 1 - (i % HEXBIT))) & 1;
  return bits;
}

/** First bits of symbols that fill the given runs of a burst, [first, last) each. */
export function hexbitPlaces(...runs: readonly (readonly [number, number])[]): number[] {
  return runs.flatMap(([from, to]) => Array.from({ length: (to - from) / HEXBIT }, (_, i) => from + i * HEXBIT));
}
