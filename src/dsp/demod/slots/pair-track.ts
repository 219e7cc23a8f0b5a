import type { SlotCounters } from './assembler';
import type { PairFix, PairMeasure } from './measure';
import { PER_SYMBOL, type SlotPlan } from './plan';

/** Coherent correlation of a pair where one is expected; two such, one cycle apart, are believed too. */
export const EXPECTED = 0.5;
/** Below this a pair may be one sync word and something like it: the places a slot away are looked at too. */
export const DOUBTED = 0.9;
/** Those must be better by this much, twice in a row for a signal that is followed. */
export const CLEARLY = 0.05;
/**
 * Mean quality of the pairs of a signal below which it is none: other signals keep to 0.6, Es/N0 4 dB has 0.85, two rays in
 * opposite phase 0.8.
 */
export const LEAST_MEAN = 0.64;
const MEAN_GAIN = 0.15;
/** How far a pair may lie from where it is expected, samples. */
const TOLERANCE = 2.5;
/** How far the carrier may move from pair to pair, Hz. */
const OFFSET_TOLERANCE = 150;
/** Cycles without a pair after which the signal is taken for lost. */
const MOST_MISSES = 6;
/** Share of a deviation that is believed: of time, of the clock's rate, of the carrier's offset. */
const TIME_GAIN = 0.4;
const RATE_GAIN = 0.05;
const OFFSET_GAIN = 0.3;
/** Clocks are believed to be off by this much at most. */
const MOST_RATE = 1.5e-4;

/** Follows a signal from pair to pair of its sync words: when, how fast, on which carrier. */
export class PairTrack {
  /** Cycles in a row without a pair. */
  misses = 0;
  /** Relative error of the site's clock. */
  private rate = 0;
  /** Mean quality of the pairs, those that were missed included. */
  private mean: number;
  /** Slots by which the last pair seemed to stand elsewhere. */
  private beside = 0;

  /** `next`: slots since the pair, of the next one to be given. */
  constructor(
    private readonly plan: SlotPlan,
    private readonly measure: PairMeasure,
    private readonly counters: Pick<SlotCounters, 'syncs' | 'missed' | 'losses'>,
    public fix: PairFix,
    public next: number,
  ) {
    this.mean = fix.quality;
  }

  /** Sample at which the next pair is expected. */
  get due(): number {
    return this.fix.at + this.plan.cycle * (1 + this.rate);
  }

  /** Samples per symbol. */
  get perSymbol(): number {
    return PER_SYMBOL * (1 + this.rate);
  }

  /** Moves on to the next pair, which has been received; false when the signal is lost. */
  advance(): boolean {
    const { plan, measure, counters, fix, due } = this;
    this.next = 0;
    const found = measure.measure(due, fix.offset, fix.polarity, 5, 3);
    this.mean += MEAN_GAIN * (found.quality - this.mean);
    if (this.mean < LEAST_MEAN) {
      counters.losses++;
      return false;
    }
    if (found.quality < DOUBTED && this.moved(due, found.quality)) return true;
    const late = found.at - due;
    const drift = found.offset - fix.offset;
    if (found.quality < EXPECTED || Math.abs(late) > TOLERANCE || Math.abs(drift) > OFFSET_TOLERANCE) {
      counters.missed++;
      this.misses++;
      this.fix = { ...fix, at: due };
      if (this.misses <= MOST_MISSES) return true;
      counters.losses++;
      return false;
    }
    counters.syncs++;
    this.misses = 0;
    this.rate = Math.max(-MOST_RATE, Math.min(MOST_RATE, this.rate + (RATE_GAIN * late) / plan.cycle));
    this.fix = { ...found, at: due + TIME_GAIN * late, offset: fix.offset + OFFSET_GAIN * drift };
    return true;
  }

  /** True for a place a whole number of cycles from the pair. */
  isOnGrid(at: number): boolean {
    const cycles = (at - this.fix.at) / this.plan.cycle;
    return Math.abs(cycles - Math.round(cycles)) * this.plan.cycle < 2 * TOLERANCE;
  }

  /** Moves to the sync words when they stand a slot away from where they are taken to be; true when it did. */
  private moved(due: number, quality: number): boolean {
    const { measure, counters } = this;
    const { slot, slots } = this.plan;
    const { offset, polarity } = this.fix;
    // A slot before, and the cycle before's a slot behind: later ones are not received yet.
    const places = [
      { slots: -1, at: due - slot },
      { slots: 1, at: due - (slots.cycle - 1) * slot },
    ];
    for (const place of places) {
      const fix = measure.measure(place.at, offset, polarity, 5, 3);
      if (fix.quality < quality + CLEARLY) continue;
      if (this.beside !== place.slots) {
        this.beside = place.slots;
        return false;
      }
      counters.syncs++;
      this.misses = this.beside = 0;
      this.next = -place.slots;
      this.mean = fix.quality;
      this.fix = { ...fix, at: due + place.slots * slot + fix.at - place.at };
      return true;
    }
    this.beside = 0;
    return false;
  }
}

/** True for a pair that stands just one cycle after another, on the same carrier. */
export function isNext({ cycle }: SlotPlan, earlier: PairFix, fix: PairFix): boolean {
  return (
    Math.abs(fix.at - earlier.at - cycle) < TOLERANCE &&
    fix.polarity === earlier.polarity &&
    Math.abs(fix.offset - earlier.offset) < OFFSET_TOLERANCE
  );
}
