import type { FrameHeader } from '../air-interface';
import { type DetectorName, FrameReception, type PlacedFrame } from './frame-reception';
import type { Fsk4Plan } from './plan';
import type { Receiver, SyncCandidate, SyncFix, SyncThresholds } from './receiver';

/** How far the carrier may move between a sync and a doubtful next one, Hz; measuring errors are 12 Hz at Es/N0 5 dB. */
const OFFSET_TOLERANCE = 200;
/** How far a sync may lie from the grid, symbols. */
const GRID_TOLERANCE = 0.75;
/** Correlation of a sync without echoes at Es/N0 13 dB. */
const CLEAR_SYNC = 0.95;
/** A header with at most this many bits corrected needs no second opinion. */
const SURE_HEADER = 4;
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
  detector: DetectorName;
}

interface OpenFrame extends PlacedFrame {
  /** What the search made of its sync. */
  searchQuality: number;
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
  /** Of the frames, those the sequence detector and the equaliser received. */
  sequenced: number;
  equalised: number;
}

/** Before there is an assembler. */
export const NOTHING_COUNTED: Readonly<AssemblerCounters> = {
  candidates: 0,
  syncs: 0,
  headers: 0,
  rejected: 0,
  frames: 0,
  sequenced: 0,
  equalised: 0,
};

/**
 * Makes frames of sync candidates. A sync is believed when its header verifies, when it is beyond doubt, or when it lies
 * on the frame grid of the last one. With a header the frame's length is known and weaker syncs inside it are data that
 * look alike; without, it lasts until the next sync. Polarity is believed only where a header verified it.
 */
export class FrameAssembler {
  readonly counters: AssemblerCounters = { ...NOTHING_COUNTED };
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
  private readonly reception: FrameReception;
  /** Where the frame grid next expects a sync. */
  private nextExpected = Infinity;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly receiver: Receiver,
    private readonly polarity: 1 | -1 | 0,
  ) {
    this.knownPolarity = polarity;
    this.thresholds = receiver.search.thresholds;
    this.headerSymbols = Math.max(plan.air.headerSymbols, plan.syncLength);
    this.headerMetrics = new Float32Array(4 * (plan.air.headerSymbols + plan.air.syncPosition));
    this.reception = new FrameReception(plan, receiver);
  }

  /** Call after each hop; gives the frames that are complete now. */
  advance(): FoundFrame[] {
    const { receiver, plan, pending } = this;
    for (const candidate of receiver.search.scan()) {
      this.counters.candidates++;
      if (candidate.at < this.limit) pending.push(candidate);
    }
    this.expectSyncs();
    const wait = (this.headerSymbols + 1) * plan.perSymbol + receiver.detector.reach;
    while (pending.length > 0 && receiver.history.end >= pending[0].at + wait) {
      const candidate = pending.shift()!;
      // A sync right behind the open frame helps to receive it.
      this.closeBefore(candidate.at - plan.perSymbol);
      this.consider(candidate);
    }
    this.closeBefore((pending[0]?.at ?? receiver.search.scanned) - plan.perSymbol);
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
    this.nextExpected = Infinity;
    this.receiver.sequence?.reset();
    this.receiver.equaliser?.reset();
    this.limit = Infinity;
  }

  private consider(candidate: SyncCandidate): void {
    const { open, thresholds } = this;
    const expected = this.onGrid(candidate.at);
    const inside = open?.header ? this.isInside(open, open.header, candidate.at, expected) : false;
    // Inside a frame only a sync better than the frame's own is worth a closer look.
    const least = inside ? open!.searchQuality : expected ? 0 : thresholds.search;
    if (candidate.quality < least) return;
    const found = this.bestReading(candidate, inside ? open!.fix.quality : thresholds.grid, expected);
    if (found && this.believe(found.fix, found.header, expected, inside)) this.begin(found, candidate.quality);
    else this.counters.rejected++;
  }

  /**
   * Where the grid expects a sync the equaliser looks for one: it sees those that echoes have bent beyond recognition. The
   * general search has seen what is there otherwise.
   */
  private expectSyncs(): void {
    const { receiver, plan, pending, open, lastFix } = this;
    const { equaliser, search } = receiver;
    if (!equaliser || !lastFix || plan.air.grid <= 1) return;
    const step = plan.air.grid * plan.perSymbol;
    for (; this.nextExpected <= Math.min(search.scanned, this.limit); this.nextExpected += step) {
      const at = this.nextExpected;
      if (at - lastFix.at > SYNC_MEMORY * plan.rate) break;
      if (open?.header && (this.isInside(open, open.header, at, true) || this.wouldShow(open, at))) continue;
      if (pending.some((candidate) => Math.abs(candidate.at - at) < plan.perSymbol)) continue;
      const found = equaliser.search.expected(at, lastFix.sync, lastFix.polarity);
      if (!found) continue;
      const place = pending.findIndex((candidate) => candidate.at > at);
      const { sync, polarity } = lastFix;
      pending.splice(place < 0 ? pending.length : place, 0, { ...found, variants: [{ sync, polarity }] });
    }
  }

  /** Within a frame received well the general search sees every sync. */
  private wouldShow(open: OpenFrame, at: number): boolean {
    return !open.deep && open.fix.quality > CLEAR_SYNC && at < this.endOf(open) - this.plan.perSymbol;
  }

  /** Of the readings of at least this quality, the one whose header verifies, else the one that correlates best. */
  private bestReading(candidate: SyncCandidate, least: number, expected: boolean): PlacedFrame | null {
    const { search, equaliser, reader } = this.receiver;
    let best: PlacedFrame | null = null;
    for (const variant of candidate.variants) {
      const fix = search.measure(candidate, variant);
      if (!fix || fix.quality < least) continue;
      const header = this.readHeader(fix);
      if (header) {
        best = { fix, header, deep: false, measured: fix };
        break;
      }
      if (!best || fix.quality > best.fix.quality) best = { fix, header: null, deep: false, measured: fix };
    }
    const header = best?.header;
    if (!equaliser || (header && header.corrected <= SURE_HEADER && (!reader || reader.knows(header)))) return best;
    // A discriminator can be wrong in a row where echoes cancel the carrier, and then find the header of another frame.
    const deep = this.deepReading(candidate, least, expected, best?.fix ?? null);
    if (!header) return deep ?? best;
    if (header.corrected <= SURE_HEADER && deep?.header?.symbols === header.symbols) return best;
    return deep?.header ? deep : best;
  }

  /** The header as the discriminator reads it, or, where that is no sure one, the sequence detector. */
  private readHeader(fix: SyncFix): FrameHeader | null {
    const { air } = this.plan;
    const { detector, sequence, equaliser, reader } = this.receiver;
    const read = reader ? (metrics: Float32Array) => reader.header(metrics) : air.header;
    if (!read) return null;
    detector.detect(fix, 0, air.headerSymbols, this.headerMetrics);
    const header = read(this.headerMetrics);
    if (!sequence || equaliser?.linear || (header && header.corrected <= SURE_HEADER)) return header;
    sequence.detect(fix, air.syncPosition + air.headerSymbols, false, null, this.headerMetrics);
    const again = read(this.headerMetrics.subarray(4 * air.syncPosition));
    return again && (!header || again.corrected < header.corrected) ? again : header;
  }

  private deepReading(
    candidate: SyncCandidate,
    least: number,
    expected: boolean,
    measured: SyncFix | null,
  ): PlacedFrame | null {
    const { equaliser, search } = this.receiver;
    let best: PlacedFrame | null = null;
    for (const { sync, polarity } of candidate.variants) {
      const rough = search.roughOffset?.(candidate, { sync, polarity }) ?? 0;
      const found = equaliser!.search.examine(candidate.at, sync, polarity, rough, expected);
      if (!found || found.fix.quality < least) continue;
      if (found.header) return { ...found, deep: true, measured };
      if (!best || found.fix.quality > best.fix.quality) best = { ...found, deep: true, measured };
    }
    return best;
  }

  private believe(fix: SyncFix, header: FrameHeader | null, expected: boolean, inside: boolean): boolean {
    const { open, lastFix, thresholds } = this;
    const sure = fix.quality >= thresholds.sure;
    if (expected && !sure && Math.abs(fix.offset - lastFix!.offset) > OFFSET_TOLERANCE) return false;
    if (header) {
      if (!expected && fix.quality < thresholds.header) return false;
      return !inside || header.corrected <= open!.header!.corrected;
    }
    if (inside || ((this.plan.air.header || this.receiver.reader) && fix.polarity !== this.knownPolarity)) return false;
    // Where the open frame may still go on, a sync without a header would gain nothing and may cut it short.
    if (open?.header && this.receiver.reader && fix.at < this.endOf(open) - this.plan.perSymbol) return false;
    return sure || expected;
  }

  private begin(reading: PlacedFrame, searchQuality: number): void {
    const { air, perSymbol } = this.plan;
    const { fix, header } = reading;
    const start = fix.at - air.syncPosition * perSymbol;
    if (this.open) {
      const between = this.symbolsBetween(this.open.start, start);
      this.deliver(this.open, Math.min(this.open.symbols, between), between <= this.open.symbols);
    }
    this.counters.syncs++;
    if (header) {
      this.counters.headers++;
      this.receiver.reader?.accept(header);
      if (this.polarity === 0) this.knownPolarity = fix.polarity;
    }
    this.lastFix = fix;
    this.nextExpected = fix.at + air.grid * perSymbol;
    const symbols = header ? Math.min(header.symbols, air.maxFrameSymbols) : Infinity;
    this.open = { ...reading, searchQuality, start, symbols };
  }

  /** Delivers the open frame if nothing that begins before `time` can change it any more. */
  private closeBefore(time: number): void {
    const { open, plan, receiver } = this;
    if (!open) return;
    const end = this.endOf(open);
    if (time < end || receiver.history.end < end + receiver.detector.reach) return;
    this.deliver(open, Math.round((end - open.start) / plan.perSymbol), false);
  }

  /** Sample just after the frame, as far as known. */
  private endOf(frame: OpenFrame): number {
    const { air, perSymbol } = this.plan;
    if (frame.symbols < Infinity) return frame.start + frame.symbols * perSymbol;
    const received = Math.max(0, Math.floor((this.limit - frame.start) / perSymbol));
    return frame.start + Math.min(air.maxFrameSymbols, received) * perSymbol;
  }

  private deliver(frame: OpenFrame, symbols: number, followed: boolean): void {
    this.open = null;
    if (symbols <= 0) return;
    const { plan } = this;
    const metrics = new Float32Array(4 * symbols);
    const received = Math.min(symbols, Math.ceil((this.limit - frame.start) / plan.perSymbol));
    const { detector, fix }: { detector: DetectorName; fix: SyncFix } =
      received > 0
        ? this.reception.receive(frame, received, followed, metrics)
        : { detector: 'discriminator', fix: frame.fix };
    this.counters.frames++;
    if (detector === 'equaliser') this.counters.equalised++;
    if (detector === 'sequence') this.counters.sequenced++;
    this.done.push({ fix, start: frame.start, symbols, metrics, detector });
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
