import { Mixer } from '../mixer';
import type { SignalHistory } from '../signal-history';
import { CycleEqualiser } from './cycle-equaliser';
import { SlotDetector } from './detector';
import { type PairFix, PairMeasure } from './measure';
import { CLEARLY, DOUBTED, EXPECTED, isNext, LEAST_MEAN, PairTrack } from './pair-track';
import { PER_SYMBOL, receiveFilter, type SlotPlan } from './plan';
import { type PairCandidate, PairSearch } from './search';

/** Coherent correlation of a pair that noise and data never reach. */
const SURE = 0.78;
/** Error power from which on echoes may be why. */
const LEAST_ERROR = 0.05;
/** Share of a slot by which the stream's first may begin too early. */
const BEGINNING = 0.01;

/** A slot ready to be sent on. */
export interface FoundSlot {
  fix: PairFix;
  /** Sample of its first symbol's centre. */
  start: number;
  /** Whether it begins with a sync word. */
  sync: boolean;
  /** 4 per symbol. */
  metrics: Float32Array;
}

/** What the assembler counted since its stream began. */
export interface SlotCounters {
  candidates: number;
  syncs: number;
  missed: number;
  rejected: number;
  losses: number;
  /** Cycles received through their channel, and those of them that were better for it. */
  equalised: number;
  channels: number;
  frames: number;
}

/** Before there is an assembler. */
export const NOTHING_COUNTED: Readonly<SlotCounters> = {
  candidates: 0,
  syncs: 0,
  missed: 0,
  rejected: 0,
  losses: 0,
  equalised: 0,
  channels: 0,
  frames: 0,
};

/**
 * Finds pairs of sync words, follows them from cycle to cycle, and gives every slot once it is received. Feed-forward:
 * each pair tells time and frequency of the slots up to the next one, and a lost pair is bridged.
 */
export class SlotAssembler {
  readonly counters: SlotCounters = { ...NOTHING_COUNTED };
  /** Samples from here on do not exist (the stream ended). */
  limit = Infinity;
  /** No slot that begins before this sample will be given any more. */
  settled = 0;
  private readonly search: PairSearch;
  private readonly mixer: Mixer;
  private readonly measure: PairMeasure;
  private readonly detector: SlotDetector;
  private readonly equaliser: CycleEqualiser;
  private track: PairTrack | null = null;
  private waiting: PairCandidate[] = [];
  /** A pair that may be one: another a cycle later proves it. */
  private doubtful: PairFix[] = [];

  constructor(
    private readonly plan: SlotPlan,
    private readonly history: SignalHistory,
    polarities: readonly (1 | -1)[],
  ) {
    this.search = new PairSearch(plan, history, polarities);
    this.mixer = new Mixer(history, plan.rate, receiveFilter(plan));
    this.measure = new PairMeasure(plan, this.mixer);
    this.detector = new SlotDetector(plan, this.mixer);
    this.equaliser = new CycleEqualiser(plan.air, plan, history);
  }

  /** Call after each hop; gives the slots that are complete now. */
  advance(): FoundSlot[] {
    // A signal that is received well is not searched.
    if (!this.track || this.track.misses > 0) this.waiting.push(...this.search.scan());
    else this.search.skip();
    const reach = this.measure.reach + this.plan.slot + 4;
    while (this.waiting.length > 0 && this.history.end >= this.waiting[0].at + reach) {
      const candidate = this.waiting.shift()!;
      this.counters.candidates++;
      if (candidate.at < this.limit) this.consider(candidate);
    }
    const given: FoundSlot[] = [];
    while (this.track && this.step(this.track, given)) {}
    if (!this.track) {
      // A pair may be found by the next one, and the slots before it are given too.
      const { cycle, slot } = this.plan;
      const open = Math.min(this.search.scanned, this.waiting[0]?.at ?? Infinity) - cycle - 3 * slot;
      this.settled = Math.max(this.settled, open);
    }
    return given;
  }

  /** The pair that tells how the signal is received now. */
  get recentFix(): PairFix | null {
    return this.track?.fix ?? null;
  }

  reset(): void {
    this.search.reset();
    this.track = null;
    this.waiting = [];
    this.doubtful = [];
    this.limit = Infinity;
    this.settled = 0;
  }

  free(): void {
    this.search.free();
    this.mixer.free();
    this.equaliser.free();
  }

  private consider(candidate: PairCandidate): void {
    const { track, plan } = this;
    if (track && (track.misses === 0 || track.isOnGrid(candidate.at))) return;
    const fix = this.measured(candidate);
    const earlier = this.doubtful.find((one) => isNext(plan, one, fix));
    const mean = earlier ? (earlier.quality + fix.quality) / 2 : 0;
    if (fix.quality >= SURE || (fix.quality >= EXPECTED && mean >= LEAST_MEAN)) {
      this.begin(fix);
      return;
    }
    this.counters.rejected++;
    if (fix.quality < EXPECTED) return;
    this.doubtful = this.doubtful.filter(({ at }) => at > fix.at - 2 * plan.cycle).slice(-16);
    this.doubtful.push(fix);
  }

  private measured(candidate: PairCandidate): PairFix {
    const { plan } = this;
    const { symbolRate } = plan.air;
    const rough = this.search.offsetAt(candidate);
    // The rough offset is ambiguous by the symbol rate near its ends.
    const aliases = Math.abs(rough) > 0.42 * symbolRate ? [rough, rough - Math.sign(rough) * symbolRate] : [rough];
    const { at, polarity } = candidate;
    const fixes = aliases.map((offset) => {
      const first = this.measure.measure(at, offset, polarity, 4, 9);
      return this.measure.measure(first.at, first.offset, polarity, 3, 2);
    });
    const best = fixes.reduce((one, other) => (other.quality > one.quality ? other : one));
    if (best.quality >= DOUBTED) return best;
    // Echoes make one sync word beside a slot's first symbols look like two.
    const beside = [-plan.slot, plan.slot]
      .filter((away) => best.at + away > -PER_SYMBOL)
      .map((away) => this.measure.measure(best.at + away, best.offset, polarity, 4, 2));
    return beside.reduce((one, other) => (other.quality > one.quality + CLEARLY ? other : one), best);
  }

  private begin(fix: PairFix): void {
    const { slot } = this.plan;
    this.counters.syncs++;
    this.doubtful = [];
    // The slots before the pair are received as well as those after it, as long as nothing was told of that time.
    const earliest = Math.max(this.settled, this.history.end - this.plan.keep + this.detector.reach + slot, 0);
    const before = Math.max(0, Math.floor((fix.at - earliest) / slot + BEGINNING));
    this.equaliser.reset();
    this.track = new PairTrack(this.plan, this.measure, this.counters, fix, -before);
  }

  /** Gives the slots up to the next pair and moves on to that; false when more signal is needed. */
  private step(track: PairTrack, given: FoundSlot[]): boolean {
    const { plan, history, measure, equaliser } = this;
    const { due } = track;
    if (history.end < due + Math.max(measure.reach, equaliser.reach) + 4) return false;
    const slots: FoundSlot[] = [];
    const errors: number[] = [];
    for (let slot = track.next; slot < plan.slots.cycle; slot++) {
      slots.push(this.detect(track, slot));
      if (slot >= 0) errors.push(this.detector.error);
    }
    if (due <= this.limit) this.equalise(track, errors, slots);
    const whole = slots.filter(({ start }) => start + plan.slot <= this.limit + PER_SYMBOL);
    given.push(...whole);
    this.counters.frames += whole.length;
    if (whole.length < slots.length) {
      this.track = null;
      this.settled = this.limit;
      return false;
    }
    this.settled = due - plan.slot / 2;
    if (track.advance()) return true;
    this.track = null;
    return false;
  }

  private detect({ fix, perSymbol }: PairTrack, slot: number): FoundSlot {
    const { plan, detector } = this;
    const { cycle } = plan.slots;
    const start = fix.at + slot * plan.air.maxFrameSymbols * perSymbol;
    const metrics = detector.detect({ at: start, perSymbol, offset: fix.offset, polarity: fix.polarity });
    return { fix, start, sync: (slot + 2 * cycle * cycle) % cycle < 2, metrics };
  }

  /** Receives a cycle with errors through its channel; takes that where it leaves clearly less of them. */
  private equalise({ fix, perSymbol }: PairTrack, errors: readonly number[], slots: FoundSlot[]): void {
    const { plan, equaliser, counters } = this;
    const error = errors.reduce((sum, one) => sum + one, 0) / errors.length;
    if (!(error > LEAST_ERROR) || fix.polarity < 0 || errors.length < plan.slots.cycle) return;
    counters.equalised++;
    const found = equaliser.receive(fix.at, perSymbol, fix.offset, error);
    if (!found) return;
    counters.channels++;
    const size = 4 * plan.air.maxFrameSymbols;
    const first = slots.length - plan.slots.cycle;
    // A carrier that ends leaves good slots before bad ones.
    for (let i = 0; i < plan.slots.cycle; i++)
      if (errors[i] > LEAST_ERROR) slots[first + i].metrics = found.metrics.subarray(size * i, size * (i + 1));
  }
}
