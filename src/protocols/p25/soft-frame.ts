import { dibitLlr } from '../../coding/dibits';
import { MAX_DIBITS, MAX_SYMBOLS, STATUS_PERIOD } from './data-units';

/**
 * One frame without its status symbols, as metrics per dibit and as soft bits. One instance serves all frames of a
 * stream: what stands in it is valid until the next load.
 */
export class SoftFrame {
  /** Four metrics per data dibit, in the order of the levels; zeros after the frame's end. */
  readonly metrics = new Float32Array(MAX_DIBITS * 4);
  /** Two soft bits per data dibit, > 0 for a 1; zeros after the frame's end. */
  readonly llr = new Float32Array(MAX_DIBITS * 2);
  /** Data dibits loaded, up to the last one that says something: where the signal ends within a frame the rest is zeros. */
  dibits = 0;

  /** Takes the first `symbols` (at most 864) symbols of a frame that starts with its sync. */
  load(metrics: Float32Array, symbols: number): void {
    const count = Math.min(symbols, MAX_SYMBOLS, metrics.length >> 2);
    let to = 0;
    this.dibits = 0;
    for (let i = 0; i < count; i++) {
      if (i % STATUS_PERIOD === STATUS_PERIOD - 1) continue;
      let known = false;
      for (let j = 0; j < 4; j++) {
        const value = metrics[i * 4 + j];
        // Infinity and NaN would spread through every sum of the decoders.
        this.metrics[to * 4 + j] = value - value === 0 ? value : 0;
        known ||= this.metrics[to * 4 + j] !== 0;
      }
      dibitLlr(this.metrics, to * 4, this.llr, to * 2);
      to++;
      if (known) this.dibits = to;
    }
    this.metrics.fill(0, to * 4);
    this.llr.fill(0, to * 2);
  }
}
