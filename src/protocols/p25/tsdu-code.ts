import { packBits } from '../../coding/bits';
import { crcFits, P25_CRC_CCITT } from '../../coding/crc';
import { DIBIT_METRIC } from '../../coding/dibits';
import { decodeTrellis12, encodeTrellis12 } from '../../coding/trellis';
import { sisoTrellis12 } from '../../coding/trellis-siso';
import type { FrameCode } from '../../dsp/air-interface';
import { isKnownTsbk } from '../p25-shared/messages';
import { BLOCK_DIBITS, HEADER_DIBITS, MAX_SYMBOLS, STATUS_PERIOD } from './data-units';

const MAX_BLOCKS = 3;
const LAST_BLOCK = 0x80;
const METRICS = 4 * BLOCK_DIBITS;
/** After so many tries a fitting CRC-16 proves little: the block must be of a known kind too, or have come before. */
const FREE_TRIES = 10;
const MOST_TRIES = 50;
/** Blocks remembered: control channels say most things several times a second. */
const REMEMBERED = 64;

/** Symbol of each data dibit: a status symbol follows every 35. */
const SYMBOL_OF = Uint16Array.from(
  { length: MAX_SYMBOLS },
  (_, dibit) => dibit + Math.floor(dibit / (STATUS_PERIOD - 1)),
);

/**
 * The trellis-coded blocks of a TSDU as a code that an equaliser can use: blocks whose CRC fits become known symbols, the others feed
 * back what their trellis says.
 */
export class TsduCode implements FrameCode {
  private blocks = 0;
  private readonly done = new Uint8Array(MAX_BLOCKS);
  private readonly tries = new Uint8Array(MAX_BLOCKS);
  private readonly own = new Float32Array(METRICS);
  private readonly extrinsic = new Float32Array(METRICS);
  private readonly heard: string[] = [];

  /** Begins a TSDU of this length; false when no block fits in. */
  begin(symbols: number): boolean {
    const dibits = symbols - Math.floor(symbols / STATUS_PERIOD);
    this.blocks = Math.min(MAX_BLOCKS, Math.floor((dibits - HEADER_DIBITS) / BLOCK_DIBITS));
    this.done.fill(0);
    this.tries.fill(0);
    return this.blocks > 0;
  }

  verify(metrics: Float32Array, priors: Float32Array | null, known: Int8Array): boolean {
    let all = true;
    for (let block = 0; block < this.blocks; block++) {
      if (!this.done[block] && !this.verifyBlock(block, metrics, priors, known)) all = false;
    }
    return all;
  }

  feedback(metrics: Float32Array, priors: Float32Array | null, extrinsic: Float32Array): void {
    extrinsic.fill(0);
    for (let block = 0; block < this.blocks; block++) {
      if (this.done[block]) continue;
      this.gather(block, metrics, priors);
      sisoTrellis12(this.own, 0, this.extrinsic, 0);
      for (let i = 0; i < BLOCK_DIBITS; i++) {
        const to = 4 * SYMBOL_OF[HEADER_DIBITS + block * BLOCK_DIBITS + i];
        for (let a = 0; a < 4; a++) extrinsic[to + a] = this.extrinsic[4 * i + a];
      }
    }
  }

  finish(metrics: Float32Array): void {
    // What failed so many tries must not pass the decoder's own because its CRC fits by chance.
    for (let block = 0; block < this.blocks; block++) {
      if (this.done[block] || this.tries[block] <= FREE_TRIES) continue;
      for (let i = 0; i < BLOCK_DIBITS; i++) {
        const at = 4 * SYMBOL_OF[HEADER_DIBITS + block * BLOCK_DIBITS + i];
        // Not all zero: the block is there, it only says nothing.
        metrics.fill(0, at, at + 4);
        if (i === 0 || i === BLOCK_DIBITS - 1) metrics[at] = -1e-3;
      }
    }
  }

  private verifyBlock(block: number, metrics: Float32Array, priors: Float32Array | null, known: Int8Array): boolean {
    for (const without of priors ? [priors, null] : [null]) {
      if (this.tries[block] >= MOST_TRIES) return false;
      this.tries[block]++;
      this.gather(block, metrics, without);
      const found = decodeTrellis12(this.own, 1, (bits) => crcFits(bits, P25_CRC_CCITT) && bits.includes(1));
      if (!found || !this.believes(block, found.bits)) continue;
      this.done[block] = 1;
      const dibits = encodeTrellis12(found.bits);
      for (let i = 0; i < BLOCK_DIBITS; i++)
        known[SYMBOL_OF[HEADER_DIBITS + block * BLOCK_DIBITS + i]] = DIBIT_METRIC[dibits[i]];
      if (found.bits[0]) this.blocks = block + 1;
      return true;
    }
    return false;
  }

  private believes(block: number, bits: Uint8Array): boolean {
    const octets = packBits(bits);
    const last = octets[0] & LAST_BLOCK;
    const key = Buffer.from(octets).toString('latin1', 0, 10);
    const again = this.heard.includes(key);
    if (this.tries[block] > FREE_TRIES && !again && !isKnownTsbk(octets[0], octets[1], false)) return false;
    if (last && block + 1 < this.blocks && this.done.subarray(block + 1, this.blocks).includes(1)) return false;
    if (!again) {
      if (this.heard.length === REMEMBERED) this.heard.shift();
      this.heard.push(key);
    }
    return true;
  }

  /** Metrics of a block, less what they were told before. */
  private gather(block: number, metrics: Float32Array, priors: Float32Array | null): void {
    const { own } = this;
    for (let i = 0; i < BLOCK_DIBITS; i++) {
      const from = 4 * SYMBOL_OF[HEADER_DIBITS + block * BLOCK_DIBITS + i];
      for (let a = 0; a < 4; a++) own[4 * i + a] = metrics[from + a] - (priors ? priors[from + a] : 0);
    }
  }
}
