import { decodeGolay23Soft, decodeGolay24Soft } from '../../coding/golay';
import type { VoiceFormat } from '../../core/messages';
import { deinterleave, demodulate, unpackBits } from '../mbe/coding';

/** Coded bits of a frame. */
export const CODED_BITS = 72;
/** Information bits of a frame: u0 and u1 with 12, u2 with 11, u3 with 14. */
export const FRAME_BITS = 49;
/** Bytes of a frame in each format. */
export const FRAME_BYTES: Readonly<Record<VoiceFormat, number>> = { soft: CODED_BITS, packed: 9, bare: 7 };

/** Where c1 (Golay (23,12)) and the bits without code, u2 and u3, start among the coded bits; c0 is Golay (24,12). */
const C1 = 24;
const UNCODED = 47;
/** Information bits in each of u0 and u1. */
const VECTOR_BITS = 12;

/**
 * Coded bit (c0's first bit = 0, in order c0, c1, u2, u3) of each bit on the air: four columns of 18 read row by row.
 * P25 phase 2, DMR, NXDN and dPMR all use it. A protocol with an order of its own (YSF) puts its bits into this one.
 */
export const INTERLEAVE = Uint8Array.from({ length: CODED_BITS }, (_, bit) => 18 * (bit % 4) + Math.floor(bit / 4));

const coded = new Float32Array(CODED_BITS);

/** The content of a frame after error correction. */
export class Ambe2Frame {
  /** The information bits u0 .. u3, one per element, most significant first. */
  readonly bits = new Uint8Array(FRAME_BITS);
  /** Bits corrected in c0 and in c1. */
  readonly errors = new Uint8Array(2);

  /** Takes a frame of FRAME_BYTES[format] bytes. Never fails: what cannot be corrected is counted in `errors`. */
  read(frame: Uint8Array, format: VoiceFormat): void {
    this.errors.fill(0);
    if (format === 'bare') {
      unpackBits(frame, this.bits);
      return;
    }
    deinterleave(frame, format, INTERLEAVE, coded);
    const c0 = decodeGolay24Soft(coded, 0);
    demodulate(coded, c0.data, C1, UNCODED);
    const c1 = decodeGolay23Soft(coded, C1);
    this.errors[0] = c0.corrected;
    this.errors[1] = c1.corrected;
    for (let i = 0; i < VECTOR_BITS; i++) {
      this.bits[i] = (c0.data >> (VECTOR_BITS - 1 - i)) & 1;
      this.bits[VECTOR_BITS + i] = (c1.data >> (VECTOR_BITS - 1 - i)) & 1;
    }
    for (let i = UNCODED; i < CODED_BITS; i++) this.bits[2 * VECTOR_BITS + i - UNCODED] = coded[i] > 0 ? 1 : 0;
  }
}
