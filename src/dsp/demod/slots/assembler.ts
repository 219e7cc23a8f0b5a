import { Mixer } from '../mixer';
import type { SignalHistory } from '../signal-history';
import { CycleEqualiser } from './cycle-equaliser';
import { SlotDetector } from './detector';
import { type PairFix, PairMeasure } from './measure';
import { PER_SYMBOL, receiveFilter, type SlotPlan } from './plan';
import { type PairCandidate, PairSearch } from './search';

/** Coherent correlation of a pair that noise and data never reach. */
const SURE = 0.78;
/** That of a pair where one is expected; two such, one cycle apart, are believed too. */
const EXPECTED = 0.5;
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
/** Error power from which on echoes may be why. */
const LEAST_ERROR = 0.05;
/** Below this a pair may be one sync word and something like it: the places a slot away are looked at too. */
const DOUBTED = 0.9;
/** Those must be better by this much, twice in a row for a signal that is followed. */
const CLEARLY = 0.05;
/**
 * Mean quality of the pairs of a signal below which it is none: other signals keep to 0.6, Es/N0 4 dB has 0.85, two rays in
 * opposite phase 0.8.
 */
const LEAST_MEAN = 0.64;
const MEAN_GAIN = 0.15;
/** Share of a slot by which the stream's first may begin too early. */
const BEGINNING = 0.01;
/** Clocks are believed to be off by this much at most. */
const MOST_RATE = 1.5e-4;

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

interface Lock {
  fix: PairFix;
  /** Relative error of the site's clock. */
  rate: number;
  misses: number;
  /** Slots since the pair, of the next one to be given. */
  next: number;
  /** Mean quality of the pairs, those that were missed included. */
  mean: number;
  /** Slots by which the last pair seemed to stand elsewhere. */
  beside: number;
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
  private lock: Lock | null = null;
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
    if (!this.lock || this.lock.misses > 0) this.waiting.push(...this.search.scan());
    else this.search.skip();
    const reach = this.measure.reach + this.plan.slot + 4;
    while (this.waiting.length > 0 && this.history.end >= this.waiting[0].at + reach) {
      const candidate = this.waiting.shift()!;
      this.counters.candidates++;
      if (candidate.at < this.limit) this.consider(candidate);
    }
    const given: FoundSlot[] = [];
    while (this.lock && this.step(this.lock, given)) {}
    if (!this.lock) {
      // A pair may be found by the next one, and the slots before it are given too.
      const { cycle, slot } = this.plan;
      const open = Math.min(this.search.scanned, this.waiting[0]?.at ?? Infinity) - cycle - 3 * slot;
      this.settled = Math.max(this.settled, open);
    }
    return given;
  }

  /** The pair that tells how the signal is received now. */
  get recentFix(): PairFix | null {
    return this.lock?.fix ?? null;
  }

  reset(): void {
    this.search.reset();
    this.lock = null;
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
    const { lock, plan } = this;
    if (lock && (lock.misses === 0 || this.onGrid(lock.fix, candidate.at))) return;
    const fix = this.measured(candidate);
    const earlier = this.doubtful.find((one) => this.follows(one, fix));
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
    this.lock = { fix, rate: 0, misses: 0, next: -before, mean: fix.quality, beside: 0 };
  }

  /** Gives the slots up to the next pair and moves on to that; false when more signal is needed. */
  private step(lock: Lock, given: FoundSlot[]): boolean {
    const { plan, history, measure, equaliser } = this;
    const due = lock.fix.at + plan.cycle * (1 + lock.rate);
    if (history.end < due + Math.max(measure.reach, equaliser.reach) + 4) return false;
    const perSymbol = PER_SYMBOL * (1 + lock.rate);
    const slots: FoundSlot[] = [];
    const errors: number[] = [];
    for (let slot = lock.next; slot < plan.slots.cycle; slot++) {
      slots.push(this.detect(lock, slot, perSymbol));
      if (slot >= 0) errors.push(this.detector.error);
    }
    if (due <= this.limit) this.equalise(lock, perSymbol, errors, slots);
    const whole = slots.filter(({ start }) => start + plan.slot <= this.limit + PER_SYMBOL);
    given.push(...whole);
    this.counters.frames += whole.length;
    if (whole.length < slots.length) {
      this.lock = null;
      this.settled = this.limit;
      return false;
    }
    lock.next = 0;
    this.follow(lock, due);
    this.settled = due - plan.slot / 2;
    return this.lock !== null;
  }

  private detect({ fix }: Lock, slot: number, perSymbol: number): FoundSlot {
    const { plan, detector } = this;
    const { cycle } = plan.slots;
    const start = fix.at + slot * plan.air.maxFrameSymbols * perSymbol;
    const metrics = detector.detect({ at: start, perSymbol, offset: fix.offset, polarity: fix.polarity });
    return { fix, start, sync: (slot + 2 * cycle * cycle) % cycle < 2, metrics };
  }

  /** Receives a cycle with errors through its channel; takes that where it leaves clearly less of them. */
  private equalise({ fix }: Lock, perSymbol: number, errors: readonly number[], slots: FoundSlot[]): void {
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

  /** The next pair of a signal that is followed. */
  private follow(lock: Lock, due: number): void {
    const { fix } = lock;
    const found = this.measure.measure(due, fix.offset, fix.polarity, 5, 3);
    lock.mean += MEAN_GAIN * (found.quality - lock.mean);
    if (lock.mean < LEAST_MEAN) {
      this.counters.losses++;
      this.lock = null;
      return;
    }
    if (found.quality < DOUBTED && this.moved(lock, due, found.quality)) return;
    const late = found.at - due;
    const drift = found.offset - fix.offset;
    if (found.quality < EXPECTED || Math.abs(late) > TOLERANCE || Math.abs(drift) > OFFSET_TOLERANCE) {
      this.counters.missed++;
      lock.misses++;
      lock.fix = { ...fix, at: due };
      if (lock.misses <= MOST_MISSES) return;
      this.counters.losses++;
      this.lock = null;
      return;
    }
    this.counters.syncs++;
    lock.misses = 0;
    lock.rate = Math.max(-MOST_RATE, Math.min(MOST_RATE, lock.rate + (RATE_GAIN * late) / this.plan.cycle));
    lock.fix = { ...found, at: due + TIME_GAIN * late, offset: fix.offset + OFFSET_GAIN * drift };
  }

  /** Moves to the sync words when they stand a slot away from where they are taken to be; true when it did. */
  private moved(lock: Lock, due: number, quality: number): boolean {
    const { plan, measure } = this;
    const { slot, slots } = plan;
    const { offset, polarity } = lock.fix;
    // A slot before, and the cycle before's a slot behind: later ones are not received yet.
    const places = [
      { slots: -1, at: due - slot },
      { slots: 1, at: due - (slots.cycle - 1) * slot },
    ];
    for (const place of places) {
      const fix = measure.measure(place.at, offset, polarity, 5, 3);
      if (fix.quality < quality + CLEARLY) continue;
      if (lock.beside !== place.slots) {
        lock.beside = place.slots;
        return false;
      }
      this.counters.syncs++;
      Object.assign(lock, { misses: 0, next: -place.slots, mean: fix.quality, beside: 0 });
      lock.fix = { ...fix, at: due + place.slots * slot + fix.at - place.at };
      return true;
    }
    lock.beside = 0;
    return false;
  }

  private onGrid(fix: PairFix, at: number): boolean {
    const cycles = (at - fix.at) / this.plan.cycle;
    return Math.abs(cycles - Math.round(cycles)) * this.plan.cycle < 2 * TOLERANCE;
  }

  /** True for a pair that stands just one cycle after another, on the same carrier. */
  private follows(earlier: PairFix, fix: PairFix): boolean {
    return (
      Math.abs(fix.at - earlier.at - this.plan.cycle) < TOLERANCE &&
      fix.polarity === earlier.polarity &&
      Math.abs(fix.offset - earlier.offset) < OFFSET_TOLERANCE
    );
  }
}
