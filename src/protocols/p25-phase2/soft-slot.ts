import { dibitLlr } from '../../coding/dibits';
import { BURST_BITS, ISCH_BITS, ISCH_SYMBOLS, SLOT_SYMBOLS } from './superframe';

/** One slot as soft bits; what stands in it is valid until the next load. */
export class SoftSlot {
  /** Of the inter-slot signalling channel, and of the burst after it. */
  readonly isch = new Float32Array(ISCH_BITS);
  readonly burst = new Float32Array(BURST_BITS);
  private readonly usable = new Float32Array(4);

  /** Takes the metrics of a slot's symbols; false when some of them are missing. */
  load(metrics: Float32Array, symbols: number): boolean {
    if (symbols < SLOT_SYMBOLS || metrics.length < 4 * SLOT_SYMBOLS) return false;
    for (let i = 0; i < SLOT_SYMBOLS; i++) {
      for (let j = 0; j < 4; j++) {
        const value = metrics[4 * i + j];
        // Infinity and NaN would spread through every sum of the decoders.
        this.usable[j] = value - value === 0 ? value : 0;
      }
      if (i < ISCH_SYMBOLS) dibitLlr(this.usable, 0, this.isch, 2 * i);
      else dibitLlr(this.usable, 0, this.burst, 2 * (i - ISCH_SYMBOLS));
    }
    return true;
  }
}
