/**
 * The trellis codes of P25 data blocks (TIA-102.BAAA-B 6; ETSI TS 102 361-1 B.2.4 uses the rate 3/4 one for DMR): a block
 * of 98 dibits on air carries 96 bits (rate 1/2, 48 dibits) or 144 bits (rate 3/4, 48 tribits) and one flushing symbol.
 */

/** Dibits of a coded block. */
export const TRELLIS_SYMBOLS = 98;

/** Dibit pairs of a block: one a step of the trellis. */
export const TRELLIS_STEPS = TRELLIS_SYMBOLS / 2;

/** Dibit pair, as a nibble with the first dibit high, of each constellation point. */
const POINT = [0x2, 0xa, 0x7, 0xf, 0xe, 0x6, 0xb, 0x3, 0xd, 0x5, 0x8, 0x0, 0x1, 0x9, 0x4, 0xc];

/** A code: from each of its states each input leads to the state of the same number. */
export interface TrellisCode {
  states: number;
  /** Information bits a step. */
  inputBits: number;
  /** Dibit pair sent in state s with input i, at [s * states + i]. */
  pairs: Uint8Array;
}

const code = (points: readonly (readonly number[])[], inputBits: number): TrellisCode => ({
  states: points.length,
  inputBits,
  pairs: Uint8Array.from(points.flat(), (point) => POINT[point]),
});

export const HALF_RATE = code(
  [
    [0, 15, 12, 3],
    [4, 11, 8, 7],
    [13, 2, 1, 14],
    [9, 6, 5, 10],
  ],
  2,
);
export const THREE_QUARTER_RATE = code(
  [
    [0, 8, 4, 12, 2, 10, 6, 14],
    [4, 12, 2, 10, 6, 14, 0, 8],
    [1, 9, 5, 13, 3, 11, 7, 15],
    [5, 13, 3, 11, 7, 15, 1, 9],
    [3, 11, 7, 15, 1, 9, 5, 13],
    [7, 15, 1, 9, 5, 13, 3, 11],
    [2, 10, 6, 14, 0, 8, 4, 12],
    [6, 14, 0, 8, 4, 12, 2, 10],
  ],
  3,
);

/** The interleaver moves dibit pairs: the pair sent i-th is pair AIR_PAIR[i] of the code. */
const AIR_PAIR = [0, 1, 2, 3].flatMap((first) =>
  Array.from({ length: first === 0 ? 13 : 12 }, (_, k) => first + 4 * k),
);

/** Where on air, counted in pairs, the pair of each step stands. */
export const AIR_OF_STEP = Uint8Array.from({ length: TRELLIS_STEPS }, (_, step) => AIR_PAIR.indexOf(step));
