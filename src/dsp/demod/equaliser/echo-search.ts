import type { FrameHeader, FrameReader } from '../../air-interface';
import { VECTOR } from '../../kernels/equalise-channel';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import type { Fsk4Plan } from '../plan';
import type { SyncFix } from '../receiver';
import type { ChannelState, Effort, FrameEqualiser } from './frame-equaliser';
import type { FrameSignal } from './frame-signal';
import { SyncFit } from './sync-fit';
import type { Tracking } from './tracking';
import type { Trainer } from './trainer';

const HEADER_ONLY: Effort = { forget: 0.95, window: 0, usePrior: false, passes: 1, rounds: 0 };
/** Least likelihood ratio of a sync where one is expected, and elsewhere. */
const LEAST_EXPECTED = 0.4;
const LEAST_ELSEWHERE = 0.5;
/** What leaving the grid must gain in ratio. */
const WORTH_MOVING = 0.06;
/** Share the ratio has in noise: taps over samples. */
const noiseShare = (length: number): number => 6 / (2 * length);
/** Places tried to either side of where a sync is expected, and elsewhere, half symbols. */
const REACH = { expected: 2, elsewhere: 3 };
/** Frequencies tried to either side where a sync is expected, and elsewhere; steps, then finer ones around the best; Hz. */
const SPAN = { expected: 60, elsewhere: 720 };
const STEP = 60;
const FINE = { span: 40, step: 10 };
/** A header's symbols are believed when they leave at most this share of the power, */
export const MOST_LEFT = 0.75;
/** and at most this part of what the next best header leaves. */
const CLEARLY = 0.93;
/** Bits said to be corrected in a header found so: it is no sure one. */
const DOUBTFUL = 8;
/** A header of which nothing was known before may have so many bits corrected. */
const MOST_CORRECTED = 7;

/** A sync found by its likelihood ratio. */
export interface DeepFix {
  fix: SyncFix;
  header: FrameHeader | null;
}

/** The best place of a sync: half symbols from where it was looked for, and Hz. */
interface Found {
  n: number;
  ratio: number;
  frequency: number;
}

/** Finds syncs that echoes have bent beyond recognition, by a likelihood ratio, and reads the headers behind them. */
export class EchoSearch {
  private readonly words: SyncFit[];
  private readonly trial: ChannelState = { taps: new Float64Array(VECTOR), valid: false };

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly reader: FrameReader | null,
    private readonly tracking: Tracking,
    private readonly signal: FrameSignal,
    private readonly trainer: Trainer,
    private readonly equaliser: FrameEqualiser,
  ) {
    this.words = plan.syncs.map(({ levels }) => new SyncFit(levels));
  }

  /** The likeliest place of a sync near `at` (its first symbol's centre), with the carrier where it was; null when there is none. */
  expected(at: number, sync: number, polarity: 1 | -1): { at: number; quality: number } | null {
    const { plan, tracking, signal } = this;
    if (!tracking.lock) return null;
    const half = plan.perSymbol / 2;
    const anchor = tracking.onGrid(at + half);
    signal.read(anchor, tracking.lock.offset, polarity, 3, plan.syncLength + 3);
    const found = this.bestPlace(REACH.expected, 0, sync);
    if (found.ratio < LEAST_EXPECTED) return null;
    return { at: anchor + found.n * half - half, quality: this.qualityOf(found) };
  }

  /** Looks closely at a place where a sync may begin, `offset` (Hz) being roughly the carrier's. */
  examine(at: number, sync: number, polarity: 1 | -1, offset: number, expected: boolean): DeepFix | null {
    const { plan, tracking, signal } = this;
    const half = plan.perSymbol / 2;
    const lock = expected ? tracking.lock : null;
    const anchor = lock ? tracking.onGrid(at + half) : at + half;
    const centre = lock ? lock.offset : offset;
    signal.read(anchor, centre, polarity, 4, plan.syncLength + 4);
    const found = lock
      ? this.bestPlace(REACH.expected, SPAN.expected, sync)
      : this.bestPlace(REACH.elsewhere, SPAN.elsewhere, sync);
    if (found.ratio < (expected ? LEAST_EXPECTED : LEAST_ELSEWHERE)) return null;
    const instant = anchor + found.n * half;
    const fix = this.fixOf(instant, centre + polarity * found.frequency, sync, polarity, found);
    signal.read(instant, fix.offset, polarity, 0, this.headerSymbols);
    const header = this.likelyHeader(fix, instant) ?? this.readHeader(sync);
    return { fix, header };
  }

  /** Symbols of sync and header, and two that the equaliser's reach needs. */
  private get headerSymbols(): number {
    return this.plan.air.headerSymbols + 2;
  }

  /** The one of the headers that this stream may have whose symbols clearly fit best; moves the fix where they say so. */
  private likelyHeader(fix: SyncFix, instant: number): FrameHeader | null {
    const { trainer, signal } = this;
    const { sync } = fix;
    const likely = this.reader?.training(null) ?? [];
    let trained = trainer.trainBest(sync, likely);
    if (!trained || trained.share >= MOST_LEFT) return null;
    // The likelihood ratio hardly tells half a symbol; the header's symbols do.
    const shift = (trainer.bestShift(sync, trained) * this.plan.perSymbol) / 2;
    if (shift !== 0) {
      fix.at += shift;
      signal.read(instant + shift, fix.offset, fix.polarity, 0, this.headerSymbols);
      trained = trainer.trainBest(sync, likely) ?? trained;
    }
    return trained.share < CLEARLY * trained.second ? { ...trained.header, corrected: DOUBTFUL } : null;
  }

  /** The header as the equaliser reads it, trained with the sync alone. */
  private readHeader(sync: number): FrameHeader | null {
    const { reader, trainer, equaliser, trial } = this;
    if (!reader) return null;
    trainer.train(sync, null);
    trainer.mark(sync, null, this.headerSymbols, false);
    trial.valid = false;
    equaliser.detect(trainer.tables, this.headerSymbols, this.plan.syncs[sync].levels.length, trial, HEADER_ONLY, null);
    const header = reader.header(equaliser.metrics);
    return header && header.corrected <= MOST_CORRECTED ? header : null;
  }

  private bestPlace(reach: number, span: number, sync: number): Found {
    const fit = this.words[sync];
    const { signal } = this.equaliser.training;
    const perHz = (2 * Math.PI) / this.plan.air.symbolRate;
    const best: Found = { n: 0, ratio: 0, frequency: 0 };
    const look = (n: number, frequency: number): void => {
      const ratio = fit.at(signal, n + SIGNAL_LEAD, frequency * perHz);
      if (ratio > best.ratio) Object.assign(best, { n, ratio, frequency });
    };
    for (let f = -span; f <= span; f += STEP) for (let n = -reach; n <= reach; n++) look(n, f);
    if (span > 0) {
      const { n, frequency } = best;
      for (let f = -FINE.span; f <= FINE.span; f += FINE.step) look(n, frequency + f);
    }
    if (reach !== REACH.expected) return best;
    const ratio = fit.at(signal, SIGNAL_LEAD, best.frequency * perHz);
    return ratio > best.ratio - WORTH_MOVING ? { ...best, n: 0, ratio } : best;
  }

  private qualityOf({ ratio }: Found): number {
    const share = noiseShare(this.plan.syncLength - 2);
    return Math.sqrt(Math.min(0.9999, Math.max(0, (ratio - share) / (1 - share))));
  }

  private fixOf(instant: number, offset: number, sync: number, polarity: 1 | -1, found: Found): SyncFix {
    const { plan } = this;
    const quality = this.qualityOf(found);
    const signal = Math.min(0.9999, quality * quality);
    const snr = 10 * Math.log10(((signal / (1 - signal)) * 2 * plan.channelCutoff) / plan.air.symbolRate);
    const at = instant - plan.perSymbol / 2;
    return { at, quality, offset, deviation: plan.air.deviation, snr, sync, polarity };
  }
}
