import type { FrameHeader } from '../air-interface';
import type { Fsk4Plan } from './plan';
import type { Receiver, SyncCandidate, SyncFix, SyncThresholds } from './receiver';

/** How far the carrier may move between a sync and a doubtful next one, Hz; measuring errors are 12 Hz at Es/N0 5 dB. */
const OFFSET_TOLERANCE = 200;
/** How far a sync may lie from the grid, symbols. */
const GRID_TOLERANCE = 0.75;
/** For how long a sync tells where the grid is and how the signal is received, seconds. */
const SYNC_MEMORY = 2;

/** A frame ready to be sent on. */
export interface FoundFrame {
  fix: SyncFix;
  /** Sample of the first symbol's centre. */
  start: number;
  symbols: number;
  /** 4 per symbol. */
  metrics: Float32Array;
}

interface OpenFrame {
  fix: SyncFix;
  /** What the search made of its sync. */
  searchQuality: number;
  header: FrameHeader | null;
  /** Sample of the first symbol's centre. */
  start: number;
  /** Symbols; Infinity until the next sync or the longest frame tells. */
  symbols: number;
}

/** What the assembler counted since its stream began. */
export interface AssemblerCounters {
  candidates: number;
  syncs: number;
  headers: number;
  rejected: number;
  frames: number;
}

/**
 * Makes frames of sync candidates. A sync is believed when its header verifies, when it is beyond doubt, or when it lies
 * on the frame grid of the last one. With a header the frame's length is known and weaker syncs inside it are data that
 * look alike; without, it lasts until the next sync. Polarity is believed only where a header verified it.
 */
export class FrameAssembler {
  readonly counters: AssemblerCounters = { candidates: 0, syncs: 0, headers: 0, rejected: 0, frames: 0 };
  /** Samples from here on do not exist (the stream ended); symbols there carry no information. */
  limit = Infinity;
  private readonly pending: SyncCandidate[] = [];
  private open: OpenFrame | null = null;
  private done: FoundFrame[] = [];
  private lastFix: SyncFix | null = null;
  private knownPolarity: 1 | -1 | 0;
  private readonly thresholds: SyncThresholds;
  private readonly headerMetrics: Float32Array;
  private readonly headerSymbols: number;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly receiver: Receiver,
    private readonly polarity: 1 | -1 | 0,
  ) {
    this.knownPolarity = polarity;
    this.thresholds = receiver.search.thresholds;
    this.headerSymbols = Math.max(plan.air.headerSymbols, plan.syncLength);
    this.headerMetrics = new Float32Array(4 * plan.air.headerSymbols);
  }

  /** Call after each hop; gives the frames that are complete now. */
  advance(): FoundFrame[] {
    const { receiver, plan, pending } = this;
    for (const candidate of receiver.search.scan()) {
      this.counters.candidates++;
      if (candidate.at < this.limit) pending.push(candidate);
    }
    const wait = (this.headerSymbols + 1) * plan.perSymbol + receiver.detector.reach;
    while (pending.length > 0 && receiver.history.end >= pending[0].at + wait) {
      const candidate = pending.shift()!;
      this.closeBefore(candidate.at);
      this.consider(candidate);
    }
    this.closeBefore(pending[0]?.at ?? receiver.search.scanned);
    const done = this.done;
    this.done = [];
    return done;
  }

  /** All frames that begin before this sample have been given. */
  get settled(): number {
    const { plan } = this;
    const next = (this.pending[0]?.at ?? this.receiver.search.scanned) - (plan.air.syncPosition + 1) * plan.perSymbol;
    return Math.min(next, this.open?.start ?? Infinity);
  }

  /** The last sync believed, as long as it tells something about the signal of now. */
  get recentFix(): SyncFix | null {
    const { lastFix, plan, receiver } = this;
    return lastFix && receiver.history.end - lastFix.at < SYNC_MEMORY * plan.rate ? lastFix : null;
  }

  /** Forgets all signal; what was learnt about polarity stays. */
  reset(): void {
    this.pending.length = 0;
    this.open = null;
    this.lastFix = null;
    this.limit = Infinity;
  }

  private consider(candidate: SyncCandidate): void {
    const { open, thresholds } = this;
    const expected = this.onGrid(candidate.at);
    const inside = open?.header ? this.isInside(open, open.header, candidate.at, expected) : false;
    // Inside a frame only a sync better than the frame's own is worth a closer look.
    const least = inside ? open!.searchQuality : expected ? 0 : thresholds.search;
    if (candidate.quality < least) return;
    const found = this.bestReading(candidate, inside ? open!.fix.quality : thresholds.grid);
    if (found && this.believe(found.fix, found.header, expected, inside))
      this.begin(found.fix, found.header, candidate.quality);
    else this.counters.rejected++;
  }

  /** Of the readings of at least this quality, the one whose header verifies, else the one that correlates best. */
  private bestReading(candidate: SyncCandidate, least: number): { fix: SyncFix; header: FrameHeader | null } | null {
    const { air } = this.plan;
    let best: SyncFix | null = null;
    for (const variant of candidate.variants) {
      const fix = this.receiver.search.measure(candidate, variant);
      if (!fix || fix.quality < least) continue;
      if (air.header) {
        this.receiver.detector.detect(fix, 0, air.headerSymbols, this.headerMetrics);
        const header = air.header(this.headerMetrics);
        if (header) return { fix, header };
      }
      if (!best || fix.quality > best.quality) best = fix;
    }
    return best && { fix: best, header: null };
  }

  private believe(fix: SyncFix, header: FrameHeader | null, expected: boolean, inside: boolean): boolean {
    const { open, lastFix, thresholds } = this;
    const sure = fix.quality >= thresholds.sure;
    if (expected && !sure && Math.abs(fix.offset - lastFix!.offset) > OFFSET_TOLERANCE) return false;
    if (header) {
      if (!expected && fix.quality < thresholds.header) return false;
      return !inside || header.corrected <= open!.header!.corrected;
    }
    if (inside || (this.plan.air.header && fix.polarity !== this.knownPolarity)) return false;
    return sure || expected;
  }

  private begin(fix: SyncFix, header: FrameHeader | null, searchQuality: number): void {
    const { air, perSymbol } = this.plan;
    const start = fix.at - air.syncPosition * perSymbol;
    if (this.open) this.deliver(this.open, Math.min(this.open.symbols, this.symbolsBetween(this.open.start, start)));
    this.counters.syncs++;
    if (header) {
      this.counters.headers++;
      if (this.polarity === 0) this.knownPolarity = fix.polarity;
    }
    this.lastFix = fix;
    const symbols = header ? Math.min(header.symbols, air.maxFrameSymbols) : Infinity;
    this.open = { fix, searchQuality, header, start, symbols };
  }

  /** Delivers the open frame if nothing that begins before `time` can change it any more. */
  private closeBefore(time: number): void {
    const { open, plan, receiver } = this;
    if (!open) return;
    const end = this.endOf(open);
    if (time < end || receiver.history.end < end + receiver.detector.reach) return;
    this.deliver(open, Math.round((end - open.start) / plan.perSymbol));
  }

  /** Sample just after the frame, as far as known. */
  private endOf(frame: OpenFrame): number {
    const { air, perSymbol } = this.plan;
    if (frame.symbols < Infinity) return frame.start + frame.symbols * perSymbol;
    const received = Math.max(0, Math.floor((this.limit - frame.start) / perSymbol));
    return frame.start + Math.min(air.maxFrameSymbols, received) * perSymbol;
  }

  private deliver(frame: OpenFrame, symbols: number): void {
    this.open = null;
    if (symbols <= 0) return;
    const { plan } = this;
    const metrics = new Float32Array(4 * symbols);
    const received = Math.min(symbols, Math.ceil((this.limit - frame.start) / plan.perSymbol));
    if (received > 0) this.receiver.detector.detect(frame.fix, -plan.air.syncPosition, received, metrics);
    this.counters.frames++;
    this.done.push({ fix: frame.fix, start: frame.start, symbols, metrics });
  }

  private symbolsBetween(start: number, end: number): number {
    return Math.min(this.plan.air.maxFrameSymbols, Math.round((end - start) / this.plan.perSymbol));
  }

  /** True where no sync can be if the open frame's header is right. */
  private isInside(open: OpenFrame, header: FrameHeader, at: number, expected: boolean): boolean {
    const { perSymbol } = this.plan;
    if (at > this.endOf(open) - perSymbol) return false;
    return !expected || at < open.start + ((header.least ?? header.symbols) - 1) * perSymbol;
  }

  private onGrid(at: number): boolean {
    const { plan, lastFix } = this;
    if (!lastFix || plan.air.grid <= 1) return false;
    const symbols = (at - lastFix.at) / plan.perSymbol;
    if (symbols > SYNC_MEMORY * plan.air.symbolRate) return false;
    return Math.abs(symbols - plan.air.grid * Math.round(symbols / plan.air.grid)) < GRID_TOLERANCE;
  }
}
