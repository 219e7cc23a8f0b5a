import { foldedTaps } from '../kernels/fir';
import { type KernelArray, kernelFloats, kernels } from '../kernels/wasm';
import { windowedSinc } from './fir';
import type { Mixer } from './mixer';
import { PeakPicker, parabola } from './peaks';
import { DEVIATION_RATIOS, type Fsk4Plan, NOMINAL_RATIO, TEMPLATE_RATE } from './plan';
import type { SyncCandidate, SyncFix, SyncSearch, SyncThresholds, Variant } from './receiver';
import { scratch } from './scratch';
import { SignalHistory } from './signal-history';
import type { Waveform } from './waveform';

/** Least differential correlation worth a look where a sync is expected. */
const LEAST_SEARCH = 0.38;
/**
 * Filter of the search, taps and cut-off (-6 dB) over the rate: 4.6 kHz at 19.2 kS/s. What a strong neighbour sends beyond
 * its channel would drown the sync word, noise too; an offset of 2.5 kHz costs it little.
 */
const SEARCH_FILTER = { length: 31, cutoff: 0.24, beta: 4 };
/** Frequencies tried, radians per symbol, and how many to either side: of the search's estimate, of a measured one. */
const TURN_STEP = 0.04;
const WIDE = 9;
const NARROW = 3;
/** Differential correlation whose estimate of the frequency is right within two steps: Es/N0 11 dB. */
const CLEAR_SEARCH = 0.8;

/**
 * Sync search on a complex signal. The search correlates products of samples one symbol apart, which any carrier offset
 * leaves alike, with those of the sync word; both polarities fall out of the same sums. The measurement then correlates
 * coherently over time, frequency and deviation.
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
  /** Interleaved: the samples of a sync word, and one correlation per symbol. */
  private readonly samples: Float64Array;
  private readonly symbols: Float64Array;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly history: SignalHistory,
    private readonly mixer: Mixer,
    polarities: readonly (1 | -1)[],
  ) {
    const lag = plan.perSymbol;
    this.span = plan.syncLength * lag;
    this.samples = new Float64Array(2 * plan.syncLength * TEMPLATE_RATE);
    this.symbols = new Float64Array(2 * plan.syncLength);
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
    const rows: Float32Array[] = [];
    this.references.forEach((reference, sync) => {
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
      for (const { polarity } of this.variants.filter((variant) => variant.sync === sync))
        rows.push((polarity > 0 ? direct : mirrored).view);
    });
    this.scanned = first - this.delay + hop - 16 * plan.perSymbol;
    const candidates = this.picker.push(first - this.delay, rows);
    for (const candidate of candidates) candidate.at += (plan.perSymbol - 1) / 2;
    return candidates;
  }

  measure(candidate: SyncCandidate, variant: Variant): SyncFix | null {
    const { plan } = this;
    const { symbolRate } = plan.air;
    const template = plan.syncs[variant.sync];
    const rough = this.roughOffset(candidate, variant);
    let best: SyncFix | null = null;
    // The rough estimate is ambiguous by the symbol rate near its ends.
    const aliases = Math.abs(rough) > 0.42 * symbolRate ? [rough, rough - Math.sign(rough) * symbolRate] : [rough];
    for (const offset of aliases) {
      const length = template.levels.length;
      this.mixer.tune(candidate.at - plan.perSymbol, candidate.at + (length + 1) * plan.perSymbol, offset);
      const fix = this.measureAt(candidate, variant, length, offset);
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

  /** Time on a grid of an eighth of a symbol, then deviation, then time again, finer and with that deviation. */
  private measureAt(candidate: SyncCandidate, variant: Variant, length: number, offset: number): SyncFix {
    const { plan } = this;
    const clear = candidate.quality >= CLEAR_SEARCH;
    let { at } = candidate;
    const { waveforms } = plan.syncs[variant.sync];
    const { polarity } = variant;
    const eighth = plan.perSymbol / 8;
    const coarse = best([-2, -1, 0, 1, 2], (i) => {
      this.read(at + i * eighth, length);
      const near = clear ? this.fit(waveforms[NOMINAL_RATIO], polarity, length, 0, NARROW) : null;
      return near?.inside ? near : this.fit(waveforms[NOMINAL_RATIO], polarity, length, 0, WIDE);
    });
    at += coarse.place * eighth;
    this.read(at, length);
    const deviation = climb(NOMINAL_RATIO, waveforms.length - 1, (i) =>
      this.fit(waveforms[i], polarity, length, coarse.turn, NARROW),
    );
    const ratio = DEVIATION_RATIOS[0] + deviation.place * (DEVIATION_RATIOS[1] - DEVIATION_RATIOS[0]);
    const waveform = waveforms[Math.round(deviation.place)];
    const fine = best([-1, 0, 1], (i) => {
      this.read(at + (i * eighth) / 2, length);
      return this.fit(waveform, polarity, length, coarse.turn, NARROW);
    });
    const quality = Math.min(fine.quality, 0.9999);
    const coherent = quality * quality;
    // Of the power in the channel filter's bandwidth, the coherent part is signal, the rest noise.
    const snr = 10 * Math.log10(((coherent / (1 - coherent)) * 2 * plan.channelCutoff) / plan.air.symbolRate);
    return {
      ...variant,
      at: at + (fine.place * eighth) / 2,
      quality,
      offset: offset + (fine.turn * plan.air.symbolRate) / (2 * Math.PI),
      deviation: ratio * plan.air.deviation,
      snr,
    };
  }

  /** Reads the samples of `length` symbols from `at` on, TEMPLATE_RATE per symbol, scaled to unit power over all. */
  private read(at: number, length: number): void {
    const step = this.plan.perSymbol / TEMPLATE_RATE;
    const count = length * TEMPLATE_RATE;
    this.mixer.read(at - ((TEMPLATE_RATE - 1) / 2) * step, step, count, 'sync');
    const re = scratch('sync-re', 0).view;
    const im = scratch('sync-im', 0).view;
    let power = 1e-30;
    for (let i = 0; i < count; i++) power += re[i] * re[i] + im[i] * im[i];
    const scale = 1 / Math.sqrt(power * count);
    for (let i = 0; i < count; i++) {
      this.samples[2 * i] = re[i] * scale;
      this.samples[2 * i + 1] = im[i] * scale;
    }
  }

  /**
   * How well the samples read fit a waveform or its mirror image, 0..1, at the best frequency within `steps` steps of
   * `turn` (radians per symbol).
   */
  private fit(waveform: Waveform, polarity: number, length: number, turn: number, steps: number): Fit {
    this.correlate(waveform, polarity, length);
    let most = 0;
    let mostAt = 0;
    const sums: number[] = [];
    for (let i = -steps; i <= steps; i++) {
      const sum = this.coherentSum(turn + i * TURN_STEP, length);
      sums.push(sum);
      if (sum > most) {
        most = sum;
        mostAt = i;
      }
    }
    const k = mostAt + steps;
    const inside = k > 0 && k < sums.length - 1;
    const shift = inside ? parabola(sums[k - 1], most, sums[k + 1]) : 0;
    const found = turn + (mostAt + shift) * TURN_STEP;
    return { quality: this.coherentSum(found, length), turn: found, inside };
  }

  /** Correlates each symbol's samples: `symbols` then holds one complex number per symbol. */
  private correlate(waveform: Waveform, polarity: number, length: number): void {
    const { samples, symbols } = this;
    const perSymbol = TEMPLATE_RATE;
    for (let k = 0; k < length; k++) {
      let re = 0;
      let im = 0;
      for (let i = k * perSymbol; i < (k + 1) * perSymbol; i++) {
        const mirrored = polarity * waveform.im[i];
        re += samples[2 * i] * waveform.re[i] + samples[2 * i + 1] * mirrored;
        im += samples[2 * i + 1] * waveform.re[i] - samples[2 * i] * mirrored;
      }
      symbols[2 * k] = re;
      symbols[2 * k + 1] = im;
    }
  }

  /** Magnitude of the symbols' sum when each is turned back by `turn` more than the one before. */
  private coherentSum(turn: number, length: number): number {
    const { symbols } = this;
    const c = Math.cos(turn);
    const s = Math.sin(turn);
    // Horner's rule in exp(-j turn), from the last symbol down.
    let re = 0;
    let im = 0;
    for (let k = length - 1; k >= 0; k--) {
      const next = re * c + im * s + symbols[2 * k];
      im = im * c - re * s + symbols[2 * k + 1];
      re = next;
    }
    return Math.sqrt(re * re + im * im);
  }
}

interface Fit {
  quality: number;
  turn: number;
  /** The best frequency was not the first or last of those tried. */
  inside: boolean;
}

/** The best of equally spaced places, with a parabola between them; frequency and quality are those of the best one. */
function best(places: number[], fitAt: (place: number) => Fit): Fit & { place: number } {
  const fits = places.map(fitAt);
  let k = 0;
  for (let i = 1; i < fits.length; i++) if (fits[i].quality > fits[k].quality) k = i;
  return { ...fits[k], place: places[k] + shiftOf(fits[k - 1], fits[k], fits[k + 1]) };
}

/** As `best` of the places 0 .. last where there is one hill only: goes uphill from `place`. */
function climb(place: number, last: number, fitAt: (place: number) => Fit): Fit & { place: number } {
  const at = (i: number): Fit | undefined => (i < 0 || i > last ? undefined : fitAt(i));
  let top = fitAt(place);
  let below = at(place - 1);
  let above = at(place + 1);
  while (above && above.quality > top.quality) {
    [below, top] = [top, above];
    above = at(++place + 1);
  }
  while (below && below.quality > top.quality) {
    [above, top] = [top, below];
    below = at(--place - 1);
  }
  return { ...top, place: place + shiftOf(below, top, above) };
}

function shiftOf(before: Fit | undefined, middle: Fit, after: Fit | undefined): number {
  return before && after ? parabola(before.quality, middle.quality, after.quality) : 0;
}
