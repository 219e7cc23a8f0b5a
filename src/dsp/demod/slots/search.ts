import { type KernelArray, kernelFloats, kernels } from '../../kernels/wasm';
import { scratch } from '../scratch';
import type { SignalHistory } from '../signal-history';
import { PER_SYMBOL, type SlotPlan } from './plan';

/** Two sync words a slot apart. */
export interface PairCandidate {
  /** Sample of the first one's first symbol, roughly. */
  at: number;
  /** Mean of their correlations, 0 .. 1. */
  quality: number;
  polarity: 1 | -1;
}

/** A pair is the best one within this many samples to either side. */
const REACH = 8 * PER_SYMBOL;
/** Least mean correlation of a pair that is looked at. */
export const LEAST_PAIR = 0.5;

/**
 * Looks for two sync words a slot apart. Correlates products of samples one symbol apart, which any carrier offset leaves
 * alike, with those of the sync word; both polarities fall out of the same sums.
 */
export class PairSearch {
  /** Pairs that begin before this sample have been reported. */
  scanned = 0;
  private readonly reference: { re: KernelArray<Float32Array>; im: KernelArray<Float32Array>; lags: number };
  /** Correlation at the last positions, for each polarity; the last element is position `scored` - 1. */
  private readonly rows: Float32Array[];
  private readonly pairs: Float32Array;
  private readonly span: number;
  private skipped = false;

  constructor(
    private readonly plan: SlotPlan,
    private readonly history: SignalHistory,
    private readonly polarities: readonly (1 | -1)[],
  ) {
    const { re, im } = plan.waveform;
    this.span = re.length;
    const lags = re.length - PER_SYMBOL;
    this.reference = { re: kernelFloats(lags), im: kernelFloats(lags), lags };
    for (let i = 0; i < lags; i++) {
      const j = i + PER_SYMBOL;
      this.reference.re.view[i] = re[j] * re[i] + im[j] * im[i];
      this.reference.im.view[i] = im[j] * re[i] - re[j] * im[i];
    }
    const positions = plan.slot + plan.hop + 2 * REACH;
    this.rows = polarities.map(() => new Float32Array(positions));
    this.pairs = new Float32Array(plan.hop + 2 * REACH);
  }

  /** Looks at the hop just appended; candidates in order of time. */
  scan(): PairCandidate[] {
    const { plan, history, span, reference } = this;
    this.skipped = false;
    const { hop, slot } = plan;
    const first = history.end - span - hop + 1;
    const count = hop + span;
    const d = ['products-re', 'products-im', 'products-abs'].map((name) => scratch(name, count + 8).pointer);
    kernels().fsk4Products(history.pointer(0, first), history.pointer(1, first), PER_SYMBOL, d[0], d[1], d[2], count);
    const direct = scratch('direct-0', hop);
    const mirrored = scratch('mirrored-0', hop);
    const { re, im, lags } = reference;
    kernels().fsk4Correlate(d[0], d[1], d[2], re.pointer, im.pointer, lags, direct.pointer, mirrored.pointer, hop);
    const found: PairCandidate[] = [];
    this.polarities.forEach((polarity, i) => {
      const row = this.rows[i];
      row.copyWithin(0, hop);
      row.set((polarity > 0 ? direct : mirrored).view.subarray(0, hop), row.length - hop);
      const { pairs } = this;
      for (let n = 0; n < pairs.length; n++) pairs[n] = (row[n] + row[n + slot]) / 2;
      for (let n = REACH; n < REACH + hop; n++) {
        if (pairs[n] < LEAST_PAIR || !isPeak(pairs, n)) continue;
        // Row element 0 is this position.
        const at = first + hop - row.length + n + (PER_SYMBOL - 1) / 2;
        found.push({ at, quality: pairs[n], polarity });
      }
    });
    this.scanned = first + hop - slot - REACH;
    return found.sort((a, b) => a.at - b.at);
  }

  /** Carrier offset at a candidate, from the angle of its correlation: Hz, within half the symbol rate. */
  offsetAt({ at, polarity }: PairCandidate): number {
    const { plan, history, reference } = this;
    let sumRe = 0;
    let sumIm = 0;
    for (const word of [0, 1]) {
      const n = Math.round(at - (PER_SYMBOL - 1) / 2) + word * plan.slot;
      const re = history.view(0, n);
      const im = history.view(1, n);
      for (let i = 0; i < reference.lags; i++) {
        const j = i + PER_SYMBOL;
        const a = re[j] * re[i] + im[j] * im[i];
        const b = im[j] * re[i] - re[j] * im[i];
        sumRe += a * reference.re.view[i] + polarity * b * reference.im.view[i];
        sumIm += b * reference.re.view[i] - polarity * a * reference.im.view[i];
      }
    }
    return (Math.atan2(sumIm, sumRe) * plan.air.symbolRate) / (2 * Math.PI);
  }

  /** Leaves out the hop just appended: pairs that reach into it are not found. */
  skip(): void {
    const { plan, history } = this;
    if (!this.skipped) for (const row of this.rows) row.fill(0);
    this.skipped = true;
    this.scanned = history.end - this.span + 1 - plan.slot - REACH;
  }

  reset(): void {
    for (const row of this.rows) row.fill(0);
    this.scanned = 0;
  }

  free(): void {
    this.reference.re.free();
    this.reference.im.free();
  }
}

function isPeak(values: Float32Array, at: number): boolean {
  for (let j = 1; j <= REACH; j++) if (values[at - j] >= values[at] || values[at + j] > values[at]) return false;
  return true;
}
