import type { Mixer } from '../mixer';
import { turnedPower } from '../turned-power';
import { PER_SYMBOL, type SlotPlan } from './plan';

/** Symbols read before and after a slot, for the carrier's phase at its ends. */
export const MARGIN = 16;
/** Symbols to either side over which the carrier's phase is averaged. */
const WINDOW = 20;
/** Frequency errors looked for, and the step: radians per symbol of the fourth power's turning. */
const TURN_STEP = 0.012;
const TURNS = 10;

/** Where a slot begins and how it is to be received. */
export interface SlotFix {
  /** Sample of its first symbol, and samples per symbol. */
  at: number;
  perSymbol: number;
  offset: number;
  polarity: 1 | -1;
}

/**
 * Coherent detection of a slot of pi/4-DQPSK. Turned back by pi/4 a symbol it is QPSK, whose fourth power shows the carrier's
 * phase (Viterbi and Viterbi 1983) but for a quarter turn, which does not matter where changes of phase carry the symbols.
 * Each change is then judged from the likelihoods of both phases it lies between.
 */
export class SlotDetector {
  private readonly count: number;
  private readonly y: Float64Array;
  private readonly fourth: Float64Array;
  private readonly phase: Float64Array;
  /** Log-likelihoods of the four phases of each symbol. */
  private readonly likelihood: Float64Array;
  /** Error power of the last slot's symbols, relative to their own. */
  error = 0;

  constructor(
    private readonly plan: SlotPlan,
    private readonly mixer: Mixer,
  ) {
    this.count = plan.air.maxFrameSymbols + 2 * MARGIN;
    this.y = new Float64Array(2 * this.count);
    this.fourth = new Float64Array(2 * this.count);
    this.phase = new Float64Array(this.count);
    this.likelihood = new Float64Array(4 * this.count);
  }

  /** Samples it reads before the slot's first and after its last symbol. */
  get reach(): number {
    return (MARGIN + 1) * PER_SYMBOL + this.mixer.reach;
  }

  /** Metrics (4 per symbol, index = (level + 3) / 2) of all symbols of the slot. */
  detect(fix: SlotFix): Float32Array {
    const { mixer, count } = this;
    const start = fix.at - MARGIN * fix.perSymbol;
    mixer.tune(start - 1, start + (count + 1) * fix.perSymbol, fix.offset, fix.polarity);
    const { re, im } = mixer.read(start, fix.perSymbol, count, 'slot');
    this.derotate(re, im);
    const turn = this.carrierTurn();
    this.carrierPhase(turn);
    this.judgePhases();
    return this.judgeChanges();
  }

  /** Turns symbol k back by k pi/4, and raises it to the fourth power (keeping its magnitude). */
  private derotate(re: Float32Array, im: Float32Array): void {
    const { y, fourth, count } = this;
    for (let k = 0; k < count; k++) {
      const c = Math.cos((-k * Math.PI) / 4);
      const s = Math.sin((-k * Math.PI) / 4);
      const a = re[k] * c - im[k] * s;
      const b = re[k] * s + im[k] * c;
      y[2 * k] = a;
      y[2 * k + 1] = b;
      const magnitude = a * a + b * b + 1e-30;
      const a2 = a * a - b * b;
      const b2 = 2 * a * b;
      const scale = magnitude ** -1.5;
      fourth[2 * k] = (a2 * a2 - b2 * b2) * scale;
      fourth[2 * k + 1] = 2 * a2 * b2 * scale;
    }
  }

  /** How fast the fourth power turns over the whole slot, radians per symbol. */
  private carrierTurn(): number {
    let best = 0;
    let most = -1;
    const sums: number[] = [];
    for (let i = -TURNS; i <= TURNS; i++) {
      const sum = turnedPower(this.fourth, 0, this.count, i * TURN_STEP);
      sums.push(sum);
      if (sum > most) {
        most = sum;
        best = i;
      }
    }
    const k = best + TURNS;
    if (k === 0 || k === sums.length - 1) return best * TURN_STEP;
    const bend = sums[k - 1] - 2 * sums[k] + sums[k + 1];
    return (best + (bend < 0 ? (0.5 * (sums[k - 1] - sums[k + 1])) / bend : 0)) * TURN_STEP;
  }

  /** Phase of the carrier at each symbol, followed over quarter turns. */
  private carrierPhase(turn: number): void {
    const { fourth, phase, count } = this;
    for (let k = 0; k < count; k++) {
      const c = Math.cos(-turn * k);
      const s = Math.sin(-turn * k);
      const a = fourth[2 * k];
      fourth[2 * k] = a * c - fourth[2 * k + 1] * s;
      fourth[2 * k + 1] = a * s + fourth[2 * k + 1] * c;
    }
    let re = 0;
    let im = 0;
    for (let k = 0; k < WINDOW; k++) {
      re += fourth[2 * k];
      im += fourth[2 * k + 1];
    }
    let last = Math.atan2(im, re);
    for (let k = 0; k < count; k++) {
      if (k + WINDOW < count) {
        re += fourth[2 * (k + WINDOW)];
        im += fourth[2 * (k + WINDOW) + 1];
      }
      if (k - WINDOW - 1 >= 0) {
        re -= fourth[2 * (k - WINDOW - 1)];
        im -= fourth[2 * (k - WINDOW - 1) + 1];
      }
      const angle = Math.atan2(im, re);
      last += Math.atan2(Math.sin(angle - last), Math.cos(angle - last));
      phase[k] = (last + turn * k) / 4;
    }
  }

  /** Log-likelihood of each of the four phases of every symbol. */
  private judgePhases(): void {
    const { y, phase, likelihood, count } = this;
    let amplitude = 0;
    for (let k = 0; k < count; k++) {
      const c = Math.cos(phase[k]);
      const s = Math.sin(phase[k]);
      const a = y[2 * k] * c + y[2 * k + 1] * s;
      y[2 * k + 1] = y[2 * k + 1] * c - y[2 * k] * s;
      y[2 * k] = a;
      amplitude += Math.max(Math.abs(a), Math.abs(y[2 * k + 1]));
    }
    amplitude /= count;
    let noise = 0;
    for (let k = 0; k < count; k++) {
      const a = Math.abs(y[2 * k]);
      const b = Math.abs(y[2 * k + 1]);
      noise += (Math.max(a, b) - amplitude) ** 2 + Math.min(a, b) ** 2;
    }
    this.error = noise / count / (amplitude * amplitude + 1e-30);
    const weight = (2 * amplitude) / (noise / count + 0.003 * amplitude * amplitude + 1e-30);
    for (let k = 0; k < count; k++) {
      likelihood[4 * k] = weight * y[2 * k];
      likelihood[4 * k + 1] = weight * y[2 * k + 1];
      likelihood[4 * k + 2] = -weight * y[2 * k];
      likelihood[4 * k + 3] = -weight * y[2 * k + 1];
    }
  }

  /** Metrics of the changes of phase: levels -3, -1, 1, 3 are 2, 3, 0 and 1 quarter turns beyond pi/4 a symbol. */
  private judgeChanges(): Float32Array {
    const { likelihood } = this;
    const symbols = this.plan.air.maxFrameSymbols;
    const metrics = new Float32Array(4 * symbols);
    exponentials(likelihood, 4 * (MARGIN - 1), before);
    for (let k = 0; k < symbols; k++) {
      exponentials(likelihood, 4 * (k + MARGIN), now);
      for (let level = 0; level < 4; level++) {
        let sum = LEAST;
        for (let from = 0; from < 4; from++) sum += before[from] * now[(from + level + 2) & 3];
        metrics[4 * k + level] = Math.log(sum);
      }
      before.set(now);
    }
    return metrics;
  }
}

const before = new Float64Array(4);
const now = new Float64Array(4);
/** What is less likely than this is not told apart. */
const LEAST = 1e-30;

/** Likelihoods of the four phases of the symbol at `at`, the greatest 1. */
function exponentials(likelihood: Float64Array, at: number, out: Float64Array): void {
  let most = likelihood[at];
  for (let i = 1; i < 4; i++) if (likelihood[at + i] > most) most = likelihood[at + i];
  for (let i = 0; i < 4; i++) out[i] = Math.exp(likelihood[at + i] - most);
}
