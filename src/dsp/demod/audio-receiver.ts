import { kernels } from '../kernels/wasm';
import { PHASES, type PolyphaseTable, releasePolyphase, sharePolyphase } from './fir';
import { writeMetrics } from './metrics';
import { PeakPicker, parabola } from './peaks';
import type { Fsk4Plan } from './plan';
import type { FrameDetector, Receiver, SyncCandidate, SyncFix, SyncSearch, SyncThresholds, Variant } from './receiver';
import { scratch } from './scratch';
import { SignalHistory } from './signal-history';
import { receiveFilter } from './soft-discriminator';

/** Least correlation coefficient worth a look where a sync is expected. */
const LEAST_SEARCH = 0.75;
const FILTER_SYMBOLS = 13;
/** 10 log10 of Es/N0 times the noise power after the receive filter in units of a level squared, measured. */
const SNR_AT_UNIT_NOISE = 3.4;

/**
 * Receiver of FM-discriminator audio: any gain, either sign, any DC offset. The same frames as from a complex signal, but
 * without its envelope, so that the metrics carry no weights.
 */
export class AudioReceiver implements Receiver {
  readonly history: SignalHistory;
  readonly search: AudioSync;
  readonly detector: AudioSync;

  constructor(plan: Fsk4Plan, polarities: readonly (1 | -1)[]) {
    this.history = new SignalHistory(1, plan.keep, plan.hop);
    this.search = this.detector = new AudioSync(plan, this.history, polarities);
  }

  close(): void {
    this.search.free();
    this.history.free();
  }
}

/** Correlates filtered audio with sync words at the symbol instants, and reads symbols there. */
class AudioSync implements SyncSearch, FrameDetector {
  /** Correlation coefficients over 24 symbols: at a symbol error rate of 0.3 a sync has 0.93. */
  readonly thresholds: SyncThresholds = { search: 0.82, sure: 0.92, header: 0.87, grid: 0.8 };
  scanned = 0;
  readonly reach: number;
  private readonly key: string;
  private readonly table: PolyphaseTable;
  private readonly variants: Variant[];
  private readonly picker: PeakPicker;
  /** Filtered samples: the last sync word's worth and one hop. */
  private readonly filtered: Float32Array;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly history: SignalHistory,
    private readonly polarities: readonly (1 | -1)[],
  ) {
    // The filter is designed on a fine grid and read off between its points.
    const fine = 64;
    const response = receiveFilter(plan, fine * plan.perSymbol, FILTER_SYMBOLS * plan.perSymbol * fine);
    const middle = (response.length - 1) / 2;
    this.key = `receive/${plan.air.pulse.kind}/${plan.air.pulse.rolloff}/${plan.perSymbol}`;
    this.table = sharePolyphase(
      this.key,
      FILTER_SYMBOLS * plan.perSymbol,
      (t) => response[Math.round(middle + t * fine)] ?? 0,
    );
    this.reach = this.table.length / 2 + 2;
    this.variants = plan.syncs.flatMap((_, sync) => polarities.map((polarity) => ({ sync, polarity })));
    this.picker = new PeakPicker(this.variants, plan.hop, 8 * plan.perSymbol, LEAST_SEARCH);
    this.filtered = new Float32Array(plan.hop + plan.syncLength * plan.perSymbol);
  }

  scan(): SyncCandidate[] {
    const { plan, filtered } = this;
    const { hop, perSymbol } = plan;
    filtered.copyWithin(0, hop);
    const newest = this.history.end - this.reach - hop;
    filtered.set(this.read(newest, 1, hop), filtered.length - hop);
    // filtered[0] is sample `first`, the earliest sync position that this hop completes.
    const first = newest + hop - filtered.length;
    const rows: Float32Array[] = [];
    for (const { levels } of plan.syncs) {
      const row = new Float32Array(hop);
      for (let i = 0; i < hop; i++) row[i] = fit(filtered, i, perSymbol, levels).correlation;
      for (const polarity of this.polarities) rows.push(polarity > 0 ? row : row.map((value) => -value));
    }
    this.scanned = first + hop - 16 * perSymbol;
    return this.picker.push(first, rows);
  }

  measure(candidate: SyncCandidate, { sync, polarity }: Variant): SyncFix | null {
    const { plan } = this;
    const { levels } = plan.syncs[sync];
    const correlationAt = (at: number) => {
      const symbols = this.read(at, plan.perSymbol, levels.length);
      return polarity * fit(symbols, 0, 1, levels).correlation;
    };
    let at = candidate.at;
    for (const spacing of [plan.perSymbol / 4, plan.perSymbol / 16]) {
      const tries = [-2, -1, 0, 1, 2].map((i) => correlationAt(at + i * spacing));
      const best = Math.max(1, Math.min(3, tries.indexOf(Math.max(...tries))));
      at += (best - 2 + parabola(tries[best - 1], tries[best], tries[best + 1])) * spacing;
    }
    const { correlation, gain, zero, noise } = fit(this.read(at, plan.perSymbol, levels.length), 0, 1, levels);
    if (gain * polarity <= 0) return null;
    return {
      sync,
      polarity,
      at,
      quality: Math.min(0.9999, polarity * correlation),
      offset: (zero / Math.abs(gain)) * plan.air.deviation,
      deviation: Math.abs(gain),
      snr: SNR_AT_UNIT_NOISE - 10 * Math.log10(noise / (gain * gain) + 1e-4),
    };
  }

  detect(fix: SyncFix, first: number, count: number, metrics: Float32Array): number {
    const { plan } = this;
    const values = this.read(fix.at + first * plan.perSymbol, plan.perSymbol, count);
    const zero = (fix.offset / plan.air.deviation) * fix.deviation;
    return writeMetrics(values, zero, fix.polarity / fix.deviation, null, count, metrics);
  }

  reset(): void {
    this.picker.reset();
    this.filtered.fill(0);
    this.scanned = 0;
  }

  free(): void {
    releasePolyphase(this.key);
  }

  /** Filtered audio at `count` instants from `start` on, `step` samples apart; a view that the next call overwrites. */
  private read(start: number, step: number, count: number): Float32Array {
    const origin = Math.floor(start);
    const out = scratch('audio-symbols', count);
    kernels().fmInterpolate(
      this.history.pointer(0, origin),
      0,
      this.table.taps.pointer,
      this.table.length,
      PHASES,
      start - origin,
      step,
      out.pointer,
      0,
      count,
    );
    return out.view.subarray(0, count);
  }
}

/** Least-squares fit value = zero + gain * level to `levels.length` values that lie `step` apart. */
function fit(values: Float32Array, from: number, step: number, levels: readonly number[]) {
  const n = levels.length;
  let sumV = 0;
  let sumVV = 0;
  let sumL = 0;
  let sumLL = 0;
  let sumVL = 0;
  for (let k = 0; k < n; k++) {
    const value = values[from + k * step];
    const level = levels[k];
    sumV += value;
    sumVV += value * value;
    sumL += level;
    sumLL += level * level;
    sumVL += value * level;
  }
  const varianceL = sumLL - (sumL * sumL) / n;
  const varianceV = Math.max(0, sumVV - (sumV * sumV) / n);
  const covariance = sumVL - (sumV * sumL) / n;
  const gain = covariance / varianceL;
  return {
    gain,
    zero: (sumV - gain * sumL) / n,
    correlation: varianceV > 1e-12 * n ? covariance / Math.sqrt(varianceV * varianceL) : 0,
    noise: Math.max(0, varianceV - covariance * gain) / (n - 2),
  };
}
