import { foldedTaps } from '../kernels/fir';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { windowedSinc } from './fir';
import type { Mixer } from './mixer';
import { PeakPicker } from './peaks';
import type { Fsk4Plan } from './plan';
import type { SyncCandidate, SyncFix, SyncSearch, SyncThresholds, Variant } from './receiver';
import { scratch } from './scratch';
import { SignalHistory } from './signal-history';
import { SyncMeasure } from './sync-measure';

/** Least differential correlation worth a look where a sync is expected. */
const LEAST_SEARCH = 0.38;
/**
 * Filter of the search, taps and cut-off (-6 dB) over the rate: 4.6 kHz at 19.2 kS/s. What a strong neighbour sends beyond
 * its channel would drown the sync word, noise too; an offset of 2.5 kHz costs it little.
 */
const SEARCH_FILTER = { length: 31, cutoff: 0.24, beta: 4 };

/**
 * Sync search on a complex signal. The search correlates products of samples one symbol apart, which any carrier offset
 * leaves alike, with those of the sync word; both polarities fall out of the same sums. What it finds is then measured
 * coherently.
 */
export class ComplexSyncSearch implements SyncSearch {
  /**
   * Differential: data and noise reach 0.59, nineteen of twenty syncs at Es/N0 5 dB 0.62. Coherent: noise and data 0.57,
   * syncs 0.71.
   */
  readonly thresholds: SyncThresholds = { search: 0.53, sure: 0.62, header: 0.55, grid: 0.42 };
  scanned = 0;
  /** The signal the search looks at: sample n + delay is the history's sample n through the search filter. */
  private readonly filtered: SignalHistory;
  private readonly taps: KernelArray<Float32Array>;
  private readonly delay: number;
  private readonly references: { re: KernelArray<Float32Array>; im: KernelArray<Float32Array>; lags: number }[];
  private readonly variants: Variant[];
  private readonly picker: PeakPicker;
  /** Samples of the longest sync word. */
  private readonly span: number;
  private readonly measuring: SyncMeasure;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly history: SignalHistory,
    mixer: Mixer,
    polarities: readonly (1 | -1)[],
  ) {
    const lag = plan.perSymbol;
    this.span = plan.syncLength * lag;
    this.measuring = new SyncMeasure(plan, mixer);
    this.references = plan.syncs.map(({ search }) => {
      const lags = search.re.length - lag;
      const re = kernelFloats(lags);
      const im = kernelFloats(lags);
      for (let i = 0; i < lags; i++) {
        re.view[i] = search.re[i + lag] * search.re[i] + search.im[i + lag] * search.im[i];
        im.view[i] = search.im[i + lag] * search.re[i] - search.re[i + lag] * search.im[i];
      }
      return { re, im, lags };
    });
    const taps = foldedTaps(windowedSinc(SEARCH_FILTER.length, SEARCH_FILTER.cutoff, SEARCH_FILTER.beta));
    this.taps = kernelFloats(taps.length);
    this.taps.view.set(taps);
    this.delay = taps.length;
    // A candidate is measured when its header is there.
    this.filtered = new SignalHistory(2, this.span + (plan.air.headerSymbols + 256) * lag, plan.hop);
    this.variants = plan.syncs.flatMap((_, sync) => polarities.map((polarity) => ({ sync, polarity })));
    this.picker = new PeakPicker(this.variants, plan.hop, 8 * lag, LEAST_SEARCH);
  }

  scan(): SyncCandidate[] {
    const { plan, filtered } = this;
    const { hop } = plan;
    this.filter();
    // Position n is the first sample of the sync word; the last one known is end - span.
    const first = filtered.end - this.span - hop + 1;
    const count = hop + this.span;
    const d = ['products-re', 'products-im', 'products-abs'].map((name) => scratch(name, count + 8).pointer);
    const [re, im] = [filtered.pointer(0, first), filtered.pointer(1, first)];
    kernels().fsk4Products(re, im, plan.perSymbol, d[0], d[1], d[2], count);
    const planes = this.references.map((reference, sync) => {
      const direct = scratch(`direct-${sync}`, hop);
      const mirrored = scratch(`mirrored-${sync}`, hop);
      kernels().fsk4Correlate(
        d[0],
        d[1],
        d[2],
        reference.re.pointer,
        reference.im.pointer,
        reference.lags,
        direct.pointer,
        mirrored.pointer,
        hop,
      );
      return { direct, mirrored };
    });
    // Only now: memory for another sync word may have moved what was there.
    const rows = this.variants.map(({ sync, polarity }) => planes[sync][polarity > 0 ? 'direct' : 'mirrored'].view);
    this.scanned = first - this.delay + hop - 16 * plan.perSymbol;
    const candidates = this.picker.push(first - this.delay, rows);
    for (const candidate of candidates) candidate.at += (plan.perSymbol - 1) / 2;
    return candidates;
  }

  measure(candidate: SyncCandidate, variant: Variant): SyncFix | null {
    const { symbolRate } = this.plan.air;
    const rough = this.roughOffset(candidate, variant);
    let best: SyncFix | null = null;
    // The rough estimate is ambiguous by the symbol rate near its ends.
    const aliases = Math.abs(rough) > 0.42 * symbolRate ? [rough, rough - Math.sign(rough) * symbolRate] : [rough];
    for (const offset of aliases) {
      const fix = this.measuring.measure(candidate, variant, offset);
      if (!best || fix.quality > best.quality) best = fix;
    }
    return best;
  }

  reset(): void {
    this.filtered.clear();
    this.picker.reset();
    this.scanned = 0;
  }

  free(): void {
    this.filtered.free();
    this.taps.free();
    for (const { re, im } of this.references) {
      re.free();
      im.free();
    }
  }

  /** Brings the filtered signal up to the history's end. */
  private filter(): void {
    const { history, filtered, taps, delay } = this;
    const { hop } = this.plan;
    filtered.reserve(hop);
    for (const plane of [0, 1]) {
      const centre = history.pointer(plane, filtered.end - delay);
      kernels().fir(centre, taps.pointer, taps.length, 1, hop, filtered.pointer(plane, filtered.end));
    }
    filtered.end += hop;
  }

  /** Carrier offset from the angle of the differential correlation, Hz, within half the symbol rate. */
  roughOffset(candidate: SyncCandidate, { sync, polarity }: Variant): number {
    const { plan, filtered } = this;
    const lag = plan.perSymbol;
    const reference = this.references[sync];
    const refRe = reference.re.view;
    const refIm = reference.im.view;
    const n = candidate.at - (lag - 1) / 2 + this.delay;
    const re = filtered.view(0, n);
    const im = filtered.view(1, n);
    let sumRe = 0;
    let sumIm = 0;
    for (let i = 0; i < reference.lags; i++) {
      const a = re[i + lag] * re[i] + im[i + lag] * im[i];
      const b = im[i + lag] * re[i] - re[i + lag] * im[i];
      sumRe += a * refRe[i] + polarity * b * refIm[i];
      sumIm += b * refRe[i] - polarity * a * refIm[i];
    }
    return (Math.atan2(sumIm, sumRe) * plan.air.symbolRate) / (2 * Math.PI);
  }
}
