import { DIBIT_METRIC } from './dibits';
import {
  AIR_OF_STEP,
  HALF_RATE,
  THREE_QUARTER_RATE,
  TRELLIS_STEPS,
  TRELLIS_SYMBOLS,
  type TrellisCode,
} from './trellis-tables';

export { TRELLIS_SYMBOLS } from './trellis-tables';

/** The longest list the decoders keep. */
export const MAX_LIST = 16;

export interface TrellisBlock {
  /** The information bits. */
  bits: Uint8Array;
  /** Which of the likeliest paths was accepted: 0 = the first. */
  rank: number;
  /** Dibits of the block whose hard decision differs from the path's. */
  corrected: number;
}

/** The dibit with the largest of the four metrics from `at`. */
function likeliest(metrics: Float32Array, at: number): number {
  let best = 0;
  for (let dibit = 1; dibit < 4; dibit++)
    if (metrics[at + DIBIT_METRIC[dibit]] > metrics[at + DIBIT_METRIC[best]]) best = dibit;
  return best;
}

/**
 * Parallel list Viterbi decoder of one code: keeps the `listSize` best paths into each state, so the best few whole
 * paths come out in order. All memory is taken once.
 */
class Trellis {
  private readonly states: number;
  private readonly inputBits: number;
  private readonly outputs: Uint8Array;
  private readonly size: number;
  private metric: Float64Array;
  private next: Float64Array;
  /** The same for a list of one. */
  private readonly one: Float64Array;
  private readonly nextOne: Float64Array;
  /** For each step, state and rank: where the path came from, as state * MAX_LIST + rank. */
  private readonly from: Uint8Array;
  private readonly branch = new Float64Array(16);
  private readonly head = new Uint8Array(8);
  private readonly path = new Uint8Array(TRELLIS_STEPS);
  private readonly bits: Uint8Array;

  constructor({ states, inputBits, pairs }: TrellisCode) {
    this.states = states;
    this.inputBits = inputBits;
    this.outputs = pairs;
    this.size = this.states * MAX_LIST;
    this.metric = new Float64Array(this.size);
    this.next = new Float64Array(this.size);
    this.one = new Float64Array(this.states);
    this.nextOne = new Float64Array(this.states);
    this.from = new Uint8Array(TRELLIS_STEPS * this.size);
    this.bits = new Uint8Array((TRELLIS_STEPS - 1) * inputBits);
  }

  encode(bits: Uint8Array): Uint8Array {
    const dibits = new Uint8Array(TRELLIS_SYMBOLS);
    let state = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      let input = 0;
      if (step < TRELLIS_STEPS - 1) {
        for (let i = 0; i < this.inputBits; i++) input = (input << 1) | bits[step * this.inputBits + i];
      }
      const pair = this.outputs[state * this.states + input];
      const at = 2 * AIR_OF_STEP[step];
      dibits[at] = pair >> 2;
      dibits[at + 1] = pair & 3;
      state = input;
    }
    return dibits;
  }

  decode(
    metrics: Float32Array,
    listSize: number,
    accept: (bits: Uint8Array) => boolean,
    offset: number,
  ): TrellisBlock | null {
    // Where no dibit is wrong the likeliest ones are a path themselves, and then the likeliest: nothing needs to be compared.
    if (listSize === 1 && this.walk(metrics, offset)) {
      this.tell();
      if (accept(this.bits)) return { bits: this.bits.slice(), rank: 0, corrected: 0 };
      return null;
    }
    const list = Math.min(listSize, MAX_LIST);
    if (list === 1) this.forwardOne(metrics, offset);
    else this.forward(metrics, list, offset);
    for (let rank = 0; rank < list; rank++) {
      // Only paths that end in state 0 (the flushing symbol) count.
      if (this.metric[rank] === Number.NEGATIVE_INFINITY) break;
      this.trace(rank);
      if (accept(this.bits)) return { bits: this.bits.slice(), rank, corrected: this.differences(metrics, offset) };
    }
    return null;
  }

  /** As forward with a list of one: what most blocks need, at a third of the cost. */
  private forwardOne(metrics: Float32Array, offset: number): void {
    const { states, outputs, branch, from } = this;
    let { one, nextOne } = this;
    one.fill(Number.NEGATIVE_INFINITY);
    one[0] = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      this.weigh(metrics, offset + AIR_OF_STEP[step] * 8);
      for (let to = 0; to < states; to++) {
        let best = Number.NEGATIVE_INFINITY;
        let bestState = 0;
        for (let s = 0; s < states; s++) {
          const value = one[s] + branch[outputs[s * states + to]];
          if (value > best) {
            best = value;
            bestState = s;
          }
        }
        nextOne[to] = best;
        from[step * this.size + to * MAX_LIST] = bestState * MAX_LIST;
      }
      const swap = one;
      one = nextOne;
      nextOne = swap;
    }
    this.metric[0] = one[0];
  }

  /** Metrics of the 16 dibit pairs of the step whose metrics begin at `first`. */
  private weigh(metrics: Float32Array, first: number): void {
    for (let pair = 0; pair < 16; pair++) {
      this.branch[pair] = metrics[first + DIBIT_METRIC[pair >> 2]] + metrics[first + 4 + DIBIT_METRIC[pair & 3]];
    }
  }

  private forward(metrics: Float32Array, list: number, offset: number): void {
    const { states, outputs, branch, head, from } = this;
    this.metric.fill(Number.NEGATIVE_INFINITY);
    this.metric[0] = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      this.weigh(metrics, offset + AIR_OF_STEP[step] * 8);
      const { metric, next } = this;
      for (let to = 0; to < states; to++) {
        // Each state's list is sorted, so the best of their union is a merge of the list heads.
        head.fill(0);
        for (let rank = 0; rank < list; rank++) {
          let best = Number.NEGATIVE_INFINITY;
          let bestState = 0;
          for (let s = 0; s < states; s++) {
            if (head[s] === list) continue;
            const value = metric[s * MAX_LIST + head[s]] + branch[outputs[s * states + to]];
            if (value > best) {
              best = value;
              bestState = s;
            }
          }
          next[to * MAX_LIST + rank] = best;
          from[step * this.size + to * MAX_LIST + rank] = bestState * MAX_LIST + head[bestState];
          head[bestState]++;
        }
      }
      this.metric = next;
      this.next = metric;
    }
  }

  /** Writes the information bits of the rank-th best path. */
  private trace(rank: number): void {
    let at = rank;
    for (let step = TRELLIS_STEPS - 1; step >= 0; step--) {
      this.path[step] = Math.floor(at / MAX_LIST);
      at = this.from[step * this.size + at];
    }
    this.tell();
  }

  /** Writes the information bits of `path`. */
  private tell(): void {
    for (let step = 0; step < TRELLIS_STEPS - 1; step++) {
      for (let i = 0; i < this.inputBits; i++) {
        this.bits[step * this.inputBits + i] = (this.path[step] >> (this.inputBits - 1 - i)) & 1;
      }
    }
  }

  /** Follows the likeliest dibits through the trellis into `path`; false where they leave it or do not end in state 0. */
  private walk(metrics: Float32Array, offset: number): boolean {
    const { states, outputs, path } = this;
    let state = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      const first = offset + AIR_OF_STEP[step] * 8;
      const pair = 4 * likeliest(metrics, first) + likeliest(metrics, first + 4);
      let input = 0;
      while (input < states && outputs[state * states + input] !== pair) input++;
      if (input === states) return false;
      path[step] = input;
      state = input;
    }
    return state === 0;
  }

  /** Dibits of the traced path that the metrics alone would have decided otherwise. */
  private differences(metrics: Float32Array, offset: number): number {
    let count = 0;
    let state = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      const pair = this.outputs[state * this.states + this.path[step]];
      const first = offset + AIR_OF_STEP[step] * 8;
      for (let half = 0; half < 2; half++) {
        const at = first + 4 * half;
        const chosen = metrics[at + DIBIT_METRIC[half === 0 ? pair >> 2 : pair & 3]];
        if (Math.max(metrics[at], metrics[at + 1], metrics[at + 2], metrics[at + 3]) > chosen) count++;
      }
      state = this.path[step];
    }
    return count;
  }
}

const half = new Trellis(HALF_RATE);
const threeQuarters = new Trellis(THREE_QUARTER_RATE);

/** 96 bits to the 98 dibits of a block in the order of the air. */
export function encodeTrellis12(bits: Uint8Array): Uint8Array {
  return half.encode(bits);
}

/** 144 bits to the 98 dibits of a block in the order of the air. */
export function encodeTrellis34(bits: Uint8Array): Uint8Array {
  return threeQuarters.encode(bits);
}

/**
 * Decodes a rate 1/2 block: 98 x 4 symbol metrics (larger = likelier, in the order of the levels -3, -1, +1, +3) from
 * `metrics[offset]`, in the order of the air. Tries the likeliest path alone first and, if it is not accepted, the
 * `listSize` (at most MAX_LIST) best ones in order. `accept` sees bits that change after it returns.
 */
export function decodeTrellis12(
  metrics: Float32Array,
  listSize: number,
  accept: (bits: Uint8Array) => boolean,
  offset = 0,
): TrellisBlock | null {
  return decodeList(half, metrics, listSize, accept, offset);
}

/** As decodeTrellis12 for a rate 3/4 block of 144 bits. */
export function decodeTrellis34(
  metrics: Float32Array,
  listSize: number,
  accept: (bits: Uint8Array) => boolean,
  offset = 0,
): TrellisBlock | null {
  return decodeList(threeQuarters, metrics, listSize, accept, offset);
}

function decodeList(
  trellis: Trellis,
  metrics: Float32Array,
  listSize: number,
  accept: (bits: Uint8Array) => boolean,
  offset: number,
): TrellisBlock | null {
  const first = trellis.decode(metrics, 1, accept, offset);
  return first || listSize <= 1 ? first : trellis.decode(metrics, listSize, accept, offset);
}
