import type { FrameCode, FrameHeader, FrameReader, Training } from '../../air-interface';
import { VECTOR } from '../../kernels/equalise-channel';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import type { Mixer } from '../mixer';
import type { Fsk4Plan } from '../plan';
import type { SyncFix } from '../receiver';
import { scratch } from '../scratch';
import type { SignalHistory } from '../signal-history';
import { type ChannelState, type Effort, FrameEqualiser } from './frame-equaliser';
import { SyncFit } from './sync-fit';
import { waveformTables } from './tables';

/** Ways to go about a frame: the usual one, then what is tried when the frame's code fails. */
const USUAL: Effort = { forget: 0.95, window: 0, usePrior: true, passes: 3, rounds: 3 };
const RETRIES: readonly Effort[] = [
  { ...USUAL, forget: 0.98, window: 8 },
  { ...USUAL, forget: 0.9, window: 2, usePrior: false },
  { ...USUAL, forget: 0.95 },
];
const PLAIN: Effort = { ...USUAL, passes: 2 };
const HEADER_ONLY: Effort = { ...USUAL, passes: 1 };

/** Least likelihood ratio of a sync where one is expected, and elsewhere. */
const LEAST_EXPECTED = 0.4;
const LEAST_ELSEWHERE = 0.5;
/** Share the ratio has in noise: taps over samples. */
const noiseShare = (length: number): number => 6 / (2 * length);
/** A header's symbols are believed when they leave at most this share of the power. */
const MOST_LEFT = 0.75;
/** A header of which nothing was known before may have so many bits corrected. */
const MOST_CORRECTED = 7;
/** And at most this part of what the next best header leaves. */
const CLEARLY = 0.93;
/** What the search for a sync's frequency tries, Hz. */
const FREQUENCY_STEP = 60;
const WIDE = 720;
/** A frame is moved by half a symbol when that leaves at most this part. */
const SURELY_MOVED = 0.85;
/** A frame's offset within this of the last one's continues it, Hz. */
const SAME_CARRIER = 150;
/** Channel estimates are worth something for this long, seconds. */
const CHANNEL_MEMORY = 1;
/** Logarithm of the ratio of what the waveforms leave, from which on there is no doubt. */
const SURE_EVIDENCE = 3;
/** How far one sync alone moves the carrier offset: it tells it to some 10 Hz at Es/N0 5 dB. */
const ONE_SYNC = 0.03;
/**
 * Turns of the channel, radians per symbol: up to `most` fading or what is left of the carrier offset, from there on to `limit` a carrier
 * that is elsewhere.
 */
const SLOPE = { most: 0.025, limit: 0.12 };
/** Smoothing of the carrier offset from frame to frame. */
const FOLLOW = 0.3;

const equalisers = new Map<number, FrameEqualiser>();

/** One for all receivers of this thread that need the same size. */
function sharedEqualiser(most: number): FrameEqualiser {
  let equaliser = equalisers.get(most);
  if (!equaliser) {
    equaliser = new FrameEqualiser(most);
    equalisers.set(most, equaliser);
  }
  return equaliser;
}

/** A sync found by its likelihood ratio. */
export interface DeepFix {
  fix: SyncFix;
  header: FrameHeader | null;
}

export interface DeepFrame {
  /** The frame's code verified all it can; null when there is none. */
  verified: boolean | null;
  /** Error power of the equalised symbols. */
  error: number;
  waveform: string;
  offset: number;
}

/** Known symbols: what may follow the sync, with its unknown symbol found. */
interface Trained {
  training: Training;
  levels: Int8Array;
  header: FrameHeader;
  /** Share of the power it leaves, and the least that any other leaves. */
  share: number;
  second: number;
}

interface Lock {
  /** Sample of a first symbol's instant. */
  anchor: number;
  offset: number;
  polarity: 1 | -1;
  power: number;
}

/**
 * Receives frames through their channel: finds syncs that echoes have bent beyond recognition, and equalises whole frames. Keeps the
 * timing grid, the carrier offset, the kind of waveform and the channel from frame to frame.
 */
export class ChannelReceiver {
  private readonly tables;
  private readonly equaliser: FrameEqualiser;
  private readonly syncs: SyncFit[];
  private lock: Lock | null = null;
  private readonly channel: ChannelState = { taps: new Float64Array(VECTOR), valid: false };
  private readonly trial: ChannelState = { taps: new Float64Array(VECTOR), valid: false };
  private readonly taps = new Float64Array(VECTOR);
  /** > 0: the first waveform fits better, < 0: the second. */
  private evidence = 0;
  private followed = 0;
  private power = 1;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly history: SignalHistory,
    private readonly mixer: Mixer,
    private readonly reader: FrameReader | null,
  ) {
    this.tables = waveformTables(plan);
    this.equaliser = sharedEqualiser(plan.air.maxFrameSymbols + plan.syncLength + 8);
    this.syncs = plan.syncs.map(({ levels }) => new SyncFit(levels));
  }

  /** Name of the waveform on the air, as far as known. */
  get waveform(): string {
    return this.tables[this.waveformIndex()].name;
  }

  reset(): void {
    this.lock = null;
    this.channel.valid = false;
  }

  /** The likeliest place of a sync near `at` (its first symbol's centre), with the carrier where it was; null when there is none. */
  expected(at: number, polarity: 1 | -1): { at: number; quality: number } | null {
    const { lock, plan } = this;
    if (!lock) return null;
    const anchor = this.onGrid(at + plan.perSymbol / 2);
    this.read(anchor, lock.offset, polarity, 3, plan.syncLength + 3);
    const found = this.bestPlace(2, 0);
    if (found.ratio < LEAST_EXPECTED) return null;
    return { at: anchor + (found.n * plan.perSymbol) / 2 - plan.perSymbol / 2, quality: this.qualityOf(found) };
  }

  /** Looks closely at a place where a sync may begin, `offset` being roughly the carrier's. */
  examine(at: number, sync: number, polarity: 1 | -1, offset: number, expected: boolean): DeepFix | null {
    const { plan, lock } = this;
    const half = plan.perSymbol / 2;
    const continues = expected && lock !== null;
    const centre = continues ? lock.offset : offset;
    const anchor = continues ? this.onGrid(at + half) : at + half;
    this.read(anchor, centre, polarity, 4, plan.syncLength + 4);
    const found = this.bestPlace(continues ? 2 : 3, continues ? 60 : WIDE, sync);
    if (found.ratio < (expected ? LEAST_EXPECTED : LEAST_ELSEWHERE)) return null;
    const fix = this.fixOf(anchor + found.n * half, centre + polarity * found.frequency, sync, polarity, found);
    const symbols = plan.air.headerSymbols + 2;
    this.read(anchor + found.n * half, fix.offset, polarity, 0, symbols);
    const trained = this.trainBest(sync, this.reader?.training(null) ?? []);
    if (trained && trained.share < MOST_LEFT) {
      // The likelihood ratio hardly tells half a symbol; the header's symbols do.
      const shift = this.bestShift(sync, trained);
      fix.at += shift * half;
      if (shift !== 0) {
        this.read(anchor + (found.n + shift) * half, fix.offset, polarity, 0, symbols);
        const again = this.trainBest(sync, this.reader?.training(null) ?? []);
        if (again) Object.assign(trained, again);
      }
      if (trained.share < CLEARLY * trained.second) return { fix, header: { ...trained.header, corrected: 8 } };
    }
    if (!this.reader) return { fix, header: null };
    this.trainBest(sync, []);
    this.known(sync, null, symbols);
    this.trial.valid = false;
    const tables = this.tables[this.waveformIndex()];
    this.equaliser.detect(tables, symbols, plan.syncs[sync].levels.length, this.trial, HEADER_ONLY, null);
    const header = this.reader.header(this.equaliser.metrics);
    return { fix, header: header && header.corrected <= MOST_CORRECTED ? header : null };
  }

  /** Takes what a frame received otherwise says of timing, carrier and waveform. */
  follow(fix: SyncFix, header: FrameHeader | null): void {
    const placed = this.place(fix);
    const { channel } = this;
    channel.valid = false;
    // Once it is clear which waveform is on the air, a look now and then will do.
    if (header && this.reader && (Math.abs(this.evidence) < SURE_EVIDENCE || ++this.followed % 8 === 0)) {
      this.read(placed.anchor, placed.offset, fix.polarity, 0, this.plan.air.headerSymbols + 2);
      const trained = this.trainBest(fix.sync, this.reader.training(header));
      if (trained) this.weigh(this.plan.syncs[fix.sync].levels.length + trained.levels.length);
    }
    const offset = placed.continues ? placed.offset + FOLLOW * (fix.offset - placed.offset) : fix.offset;
    this.lock = { anchor: placed.anchor, offset, polarity: fix.polarity, power: this.power };
  }

  /**
   * Equalises a frame; `followed`: the next sync stands right behind it. `begun` is its code if it was tried before, `verified` the
   * levels it verified then.
   */
  receive(
    fix: SyncFix,
    header: FrameHeader | null,
    symbols: number,
    followed: boolean,
    begun: FrameCode | null,
    verified: Int8Array,
    metrics: Float32Array,
  ): DeepFrame {
    const { plan, equaliser, reader, channel } = this;
    const placed = this.place(fix);
    const count = symbols + (followed ? plan.syncLength : 0);
    let offset = placed.offset + ONE_SYNC * (fix.offset - placed.offset);
    if (!placed.continues) offset = this.settle(fix, placed.anchor, offset, header);
    this.read(placed.anchor, offset, fix.polarity, 0, count);
    const levels = plan.syncs[fix.sync].levels.length;
    let trained = this.trainBest(fix.sync, reader?.training(header) ?? []);
    if (!trained || trained.share >= MOST_LEFT) {
      if (!header) trained = null;
      if (!trained) this.trainBest(fix.sync, []);
    }
    let known = trained ? levels + trained.training.levels.length : levels;
    if (!channel.valid) {
      const slope = equaliser.slope(4, known - 4, this.taps);
      if (Math.abs(slope) < 0.3) {
        equaliser.turn(slope, count);
        offset += (fix.polarity * slope * plan.air.symbolRate) / (2 * Math.PI);
        this.trainWith(fix.sync, trained?.levels ?? null);
      }
    }
    this.weigh(known);
    if (known > symbols) known = Math.min(levels, symbols);
    this.known(fix.sync, trained?.training ?? null, count);
    if (followed)
      plan.syncs[fix.sync].levels.forEach((level, k) => {
        equaliser.known[symbols + k] = (level + 3) / 2;
      });
    const tables = this.tables[this.waveformIndex()];
    for (let k = 0; k < symbols; k++) if (verified[k] >= 0) equaliser.known[k] = verified[k];
    const code = begun ?? reader?.code(trained?.header ?? header, symbols) ?? null;
    const was = { taps: channel.taps.slice(), valid: channel.valid };
    const restart = (): ChannelState => {
      this.trainWith(fix.sync, trained?.levels ?? null);
      return { taps: was.taps.slice(), valid: was.valid };
    };
    let first = equaliser.detect(tables, count, known, channel, code ? USUAL : PLAIN, code);
    if (!first.done && Math.abs(first.slope) > SLOPE.most && Math.abs(first.slope) < SLOPE.limit) {
      // The carrier is elsewhere: once more from there.
      equaliser.turn(first.slope, count);
      offset += (fix.polarity * first.slope * plan.air.symbolRate) / (2 * Math.PI);
      channel.valid = false;
      this.trainWith(fix.sync, trained?.levels ?? null);
      first = equaliser.detect(tables, count, known, channel, code ? USUAL : PLAIN, code);
    }
    let done = first.done;
    for (const effort of RETRIES) {
      if (!code || done) break;
      done = equaliser.detect(tables, count, known, restart(), effort, code).done;
    }
    if (plan.air.headerSymbols > levels) equaliser.reread(levels, Math.min(plan.air.headerSymbols, symbols));
    equaliser.write(symbols, metrics);
    code?.finish(metrics);
    const turned = Math.abs(first.slope) < SLOPE.most ? (first.slope * plan.air.symbolRate) / (2 * Math.PI) : 0;
    offset += fix.polarity * (was.valid ? FOLLOW : 1) * turned;
    this.lock = { anchor: placed.anchor, offset, polarity: fix.polarity, power: this.power };
    return { verified: code && done, error: first.error, waveform: this.waveform, offset };
  }

  /**
   * The carrier offset of a first frame. An unknown symbol within the header can take up a turn of the phase by a quarter, so that
   * wrong offsets fit too, but not as well.
   */
  private settle(fix: SyncFix, anchor: number, offset: number, header: FrameHeader | null): number {
    const { plan, reader } = this;
    const training = reader?.training(header) ?? [];
    if (!header || training.length === 0) return offset;
    const apart = plan.air.symbolRate / (4 * (training[0].levels.length - 8));
    let best = offset;
    let least = Infinity;
    for (const place of [0, -1, 1]) {
      this.read(anchor, offset + place * apart, fix.polarity, 0, plan.air.headerSymbols + 2);
      const share = this.trainBest(fix.sync, training)?.share ?? 1;
      if (share >= least) continue;
      least = share;
      best = offset + place * apart;
    }
    return best;
  }

  private waveformIndex(): number {
    return this.evidence < 0 && this.tables.length > 1 ? 1 : 0;
  }

  /** The place on the lock's grid of symbols nearest to this instant. */
  private onGrid(instant: number): number {
    const { perSymbol } = this.plan;
    const { anchor } = this.lock!;
    return anchor + perSymbol * Math.round((instant - anchor) / perSymbol);
  }

  /** Where a frame's symbols are: where the grid has them unless the sync clearly says otherwise. */
  private place(fix: SyncFix): { anchor: number; offset: number; continues: boolean } {
    const { plan, lock, channel } = this;
    const instant = fix.at + plan.perSymbol / 2;
    const recent = lock && instant - lock.anchor < CHANNEL_MEMORY * plan.rate && lock.polarity === fix.polarity;
    if (!recent || Math.abs(fix.offset - lock.offset) > SAME_CARRIER) {
      channel.valid = false;
      return { anchor: instant, offset: fix.offset, continues: false };
    }
    const half = plan.perSymbol / 2;
    const grid = this.onGrid(instant);
    const away = (instant - grid) / half;
    const moved = Math.abs(away) < 0.75 ? 0 : Math.round(away);
    if (moved !== 0) {
      // The same channel, seen from half a symbol earlier or later.
      const { taps } = channel;
      if (moved > 0) taps.copyWithin(0, 2 * moved);
      else taps.copyWithin(-2 * moved, 0);
      if (moved > 0) taps.fill(0, VECTOR - 2 * moved);
      else taps.fill(0, 0, -2 * moved);
    }
    return { anchor: grid + moved * half, offset: lock.offset, continues: true };
  }

  /** Reads symbols -before .. count of a frame into the equaliser, two samples each, scaled to unit power. */
  private read(anchor: number, offset: number, polarity: 1 | -1, before: number, count: number): void {
    const { plan, mixer, equaliser, history } = this;
    const half = plan.perSymbol / 2;
    const lead = before > 0 ? 2 * before : 12;
    const samples = Math.min(lead + 2 * count + 12, Math.floor((history.end - mixer.reach - 2 - anchor) / half) + lead);
    const start = anchor - lead * half;
    mixer.tune(start, start + samples * half, offset);
    mixer.read(start, half, samples, 'halves');
    const re = scratch('halves-re', 0).view;
    const im = scratch('halves-im', 0).view;
    const { signal } = equaliser;
    signal.fill(0, 0, 2 * (SIGNAL_LEAD - lead));
    let power = 1e-30;
    const to = 2 * (SIGNAL_LEAD - lead);
    const last = Math.min(samples, lead + 2 * count);
    for (let i = lead; i < last; i++) power += re[i] * re[i] + im[i] * im[i];
    power /= Math.max(1, last - lead);
    const scale = 1 / Math.sqrt(power);
    for (let i = 0; i < samples; i++) {
      signal[to + 2 * i] = re[i] * scale;
      signal[to + 2 * i + 1] = polarity * im[i] * scale;
    }
    signal.fill(0, to + 2 * samples, Math.min(signal.length, to + 2 * samples + 4 * SIGNAL_LEAD));
    if (this.lock && this.channel.valid) {
      const ratio = Math.sqrt(this.power / power);
      for (let i = 0; i < VECTOR; i++) this.channel.taps[i] *= ratio;
    }
    this.power = power;
  }

  private bestPlace(reach: number, span: number, sync = 0): { n: number; ratio: number; frequency: number } {
    const { equaliser, plan } = this;
    const fit = this.syncs[sync];
    const perHz = (2 * Math.PI) / plan.air.symbolRate;
    const best = { n: 0, ratio: 0, frequency: 0 };
    const look = (n: number, frequency: number): void => {
      const ratio = fit.at(equaliser.signal, n + SIGNAL_LEAD, frequency * perHz);
      // Moving off the grid must be worth it.
      if (ratio > best.ratio) Object.assign(best, { n, ratio, frequency });
    };
    for (let f = -span; f <= span; f += FREQUENCY_STEP) for (let n = -reach; n <= reach; n++) look(n, f);
    if (span > 0) {
      const { n, frequency } = best;
      for (let f = -40; f <= 40; f += 10) look(n, frequency + f);
    }
    const centre = fit.at(equaliser.signal, SIGNAL_LEAD, best.frequency * perHz);
    return centre > best.ratio - 0.06 && reach === 2 ? { ...best, n: 0, ratio: centre } : best;
  }

  private qualityOf({ ratio }: { ratio: number }): number {
    const share = noiseShare(this.plan.syncLength - 2);
    return Math.sqrt(Math.min(0.9999, Math.max(0, (ratio - share) / (1 - share))));
  }

  private fixOf(instant: number, offset: number, sync: number, polarity: 1 | -1, found: { ratio: number }): SyncFix {
    const { plan } = this;
    const quality = this.qualityOf(found);
    const signal = Math.min(0.9999, quality * quality);
    const snr = 10 * Math.log10(((signal / (1 - signal)) * 2 * plan.channelCutoff) / plan.air.symbolRate);
    const at = instant - plan.perSymbol / 2;
    return { at, quality, offset, deviation: plan.air.deviation, snr, sync, polarity };
  }

  /** Trains with the sync word and the likeliest of what may follow; null when nothing may. `taps` is the channel then. */
  private trainBest(sync: number, following: readonly Training[]): Trained | null {
    const tables = this.tables[this.waveformIndex()];
    const all = following.map((training) => {
      const open = training.levels.indexOf(-1);
      const found = { training, levels: training.levels, header: training.header, share: Infinity, second: 1 };
      for (let guess = 0; guess < (open < 0 ? 1 : 4); guess++) {
        const levels = training.levels.slice();
        if (open >= 0) levels[open] = guess;
        const known = this.trainLevels(sync, levels);
        const share = this.equaliser.fit(tables, 4, known - 4, null);
        if (share < found.share) Object.assign(found, { levels, share });
      }
      return found;
    });
    all.sort((a, b) => a.share - b.share);
    const best = all.length > 0 ? { ...all[0], second: all[1]?.share ?? 1 } : null;
    this.trainWith(sync, best?.levels ?? null);
    return best;
  }

  /** By how many half symbols the known symbols fit better. */
  private bestShift(sync: number, { levels, share }: Trained): number {
    const tables = this.tables[this.waveformIndex()];
    const known = this.trainLevels(sync, levels);
    let best = 0;
    let least = SURELY_MOVED * share;
    for (const shift of [-1, 1]) {
      const moved = this.equaliser.fit(tables, 4, known - 4, null, shift);
      if (moved >= least) continue;
      least = moved;
      best = shift;
    }
    return best;
  }

  /** Fits the channel to the sync word and these levels behind it. */
  private trainWith(sync: number, levels: Int8Array | null): void {
    const known = this.trainLevels(sync, levels);
    this.equaliser.fit(this.tables[this.waveformIndex()], 4, known - 4, this.taps);
  }

  private trainLevels(sync: number, levels: Int8Array | null): number {
    const all = this.plan.syncs[sync].levels.map((level) => (level + 3) / 2);
    if (levels) all.push(...levels);
    this.equaliser.train(all);
    return all.length;
  }

  /** Compares the waveforms on the known symbols; leaves the channel of the likelier one in `taps`. */
  private weigh(known: number): void {
    if (this.tables.length < 2) return;
    const [first, second] = this.tables.map((tables) => this.equaliser.fit(tables, 4, known - 4, null));
    this.evidence = 0.8 * this.evidence + Math.log((second + 1e-3) / (first + 1e-3));
  }

  /** Marks the symbols that are known for sure. */
  private known(sync: number, training: Training | null, symbols: number): void {
    const { known } = this.equaliser;
    known.fill(-1, 0, symbols);
    const { levels } = this.plan.syncs[sync];
    levels.forEach((level, k) => {
      known[k] = (level + 3) / 2;
    });
    if (training) known.set(training.levels.subarray(0, Math.max(0, symbols - levels.length)), levels.length);
  }
}
