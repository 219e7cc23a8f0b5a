import { DIBIT_METRIC } from './dibits';
import {
  AIR_OF_STEP,
  HALF_RATE,
  THREE_QUARTER_RATE,
  TRELLIS_STEPS,
  TRELLIS_SYMBOLS,
  type TrellisCode,
} from './trellis-tables';

/** Metrics of a coded block: four for each of its dibits. */
export const BLOCK_METRICS = 4 * TRELLIS_SYMBOLS;

/** Stands for a path that does not exist: finite, so that differences of two are numbers. */
const NEVER = -1e30;

/**
 * Soft-in soft-out decoder of a trellis code (the algorithm of Bahl, Cocke, Jelinek and Raviv with sums of likelihoods
 * replaced by the largest): what the code alone says of each dibit, for a receiver that decodes the block again with
 * it (turbo equalisation). Starts and ends in state 0. Takes no memory after its construction.
 */
class TrellisSiso {
  private readonly states: number;
  /** Pair of each branch as 4 * first + second, both in the order of the metrics. */
  private readonly pairs: Uint8Array;
  private readonly input = new Float64Array(BLOCK_METRICS);
  /** Best way into each state before each step. */
  private readonly alpha: Float64Array;
  private beta: Float64Array;
  private before: Float64Array;
  private readonly branch = new Float64Array(16);
  /** Best way around each pair: all of the block but the pair itself. */
  private readonly around = new Float64Array(16);

  constructor(code: TrellisCode) {
    this.states = code.states;
    this.pairs = code.pairs.map((pair) => 4 * DIBIT_METRIC[pair >> 2] + DIBIT_METRIC[pair & 3]);
    this.alpha = new Float64Array((TRELLIS_STEPS + 1) * this.states);
    this.beta = new Float64Array(this.states);
    this.before = new Float64Array(this.states);
  }

  run(
    metrics: Float32Array,
    offset: number,
    priors: Float32Array | null,
    priorsOffset: number,
    extrinsic: Float32Array,
    to: number,
    scale: number,
    limit: number,
  ): void {
    const { input } = this;
    for (let i = 0; i < BLOCK_METRICS; i++) input[i] = metrics[offset + i];
    if (priors) for (let i = 0; i < BLOCK_METRICS; i++) input[i] -= priors[priorsOffset + i];
    this.forward();
    this.beta.fill(NEVER);
    this.beta[0] = 0;
    for (let step = TRELLIS_STEPS - 1; step >= 0; step--) {
      this.backward(step);
      this.tell(8 * AIR_OF_STEP[step], extrinsic, to, scale, limit);
    }
  }

  /** Metrics of the 16 pairs of the step whose metrics begin at `first`. */
  private weigh(first: number): void {
    const { input, branch } = this;
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) branch[4 * a + b] = input[first + a] + input[first + 4 + b];
    }
  }

  private forward(): void {
    const { states, pairs, alpha, branch } = this;
    alpha.fill(NEVER, 0, states);
    alpha[0] = 0;
    for (let step = 0; step < TRELLIS_STEPS; step++) {
      this.weigh(8 * AIR_OF_STEP[step]);
      const at = step * states;
      for (let next = 0; next < states; next++) {
        let best = NEVER;
        for (let state = 0; state < states; state++) {
          const value = alpha[at + state] + branch[pairs[state * states + next]];
          if (value > best) best = value;
        }
        alpha[at + states + next] = best;
      }
    }
  }

  /** One step back: `around` for the step's pairs, and beta before the step. */
  private backward(step: number): void {
    const { states, pairs, alpha, branch, beta, before, around } = this;
    this.weigh(8 * AIR_OF_STEP[step]);
    around.fill(NEVER);
    for (let state = 0; state < states; state++) {
      const past = alpha[step * states + state];
      let best = NEVER;
      for (let next = 0; next < states; next++) {
        const pair = pairs[state * states + next];
        const future = beta[next];
        if (future + branch[pair] > best) best = future + branch[pair];
        if (past + future > around[pair]) around[pair] = past + future;
      }
      before[state] = best;
    }
    this.beta = before;
    this.before = beta;
  }

  /** What is known of each dibit of a pair from the rest of the block, the other dibit included. */
  private tell(first: number, extrinsic: Float32Array, to: number, scale: number, limit: number): void {
    const { input, around } = this;
    for (let half = 0; half < 2; half++) {
      const other = first + 4 * (1 - half);
      const own = to + first + 4 * half;
      const step = half === 0 ? 1 : 4;
      let most = NEVER;
      for (let a = 0; a < 4; a++) {
        const at = half === 0 ? 4 * a : a;
        let best = NEVER;
        for (let b = 0; b < 4; b++) {
          const value = around[at + step * b] + input[other + b];
          if (value > best) best = value;
        }
        extrinsic[own + a] = best;
        if (best > most) most = best;
      }
      for (let a = 0; a < 4; a++) extrinsic[own + a] = Math.max(-limit, scale * (extrinsic[own + a] - most));
    }
  }
}

const half = new TrellisSiso(HALF_RATE);
const threeQuarters = new TrellisSiso(THREE_QUARTER_RATE);

export interface SisoOptions {
  /** What the receiver was told before (98 x 4, same scale as the metrics): taken off before, so it is not heard twice. */
  priors?: Float32Array | null;
  /** Where the block's priors begin. */
  priorsOffset?: number;
  /** Extrinsic metrics are multiplied by this: max-log overstates what it knows. */
  scale?: number;
  /** No extrinsic metric is less than minus this. */
  limit?: number;
}

const DEFAULTS: SisoOptions = {};

/**
 * Soft-in soft-out decoding of a rate 1/2 block. Metrics as for decodeTrellis12: 98 x 4 from `metrics[offset]`, larger =
 * likelier (minus a cost), in the order of the levels -3, -1, +1, +3 and of the air. Writes 98 x 4 extrinsic metrics of
 * the same kind from `extrinsic[to]`: of each dibit's four the likeliest is 0, the others less. `extrinsic` may be the
 * priors' own array.
 */
export function sisoTrellis12(
  metrics: Float32Array,
  offset: number,
  extrinsic: Float32Array,
  to: number,
  { priors = null, priorsOffset = 0, scale = 1, limit = Number.POSITIVE_INFINITY }: SisoOptions = DEFAULTS,
): void {
  half.run(metrics, offset, priors, priorsOffset, extrinsic, to, scale, limit);
}

/** As sisoTrellis12 for a rate 3/4 block. */
export function sisoTrellis34(
  metrics: Float32Array,
  offset: number,
  extrinsic: Float32Array,
  to: number,
  { priors = null, priorsOffset = 0, scale = 1, limit = Number.POSITIVE_INFINITY }: SisoOptions = DEFAULTS,
): void {
  threeQuarters.run(metrics, offset, priors, priorsOffset, extrinsic, to, scale, limit);
}
