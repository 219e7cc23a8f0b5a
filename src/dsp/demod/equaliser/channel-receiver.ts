import type { FrameCode, FrameHeader, FrameReader } from '../../air-interface';
import type { Mixer } from '../mixer';
import type { Fsk4Plan } from '../plan';
import type { SyncFix } from '../receiver';
import type { SignalHistory } from '../signal-history';
import { EchoSearch, MOST_LEFT } from './echo-search';
import { type Detection, type Effort, FrameEqualiser } from './frame-equaliser';
import { FrameSignal } from './frame-signal';
import { Tracking } from './tracking';
import { type Trained, Trainer } from './trainer';

/** Ways to go about a frame: the usual one, then what is tried when the frame's code fails. */
const USUAL: Effort = { forget: 0.95, window: 0, usePrior: true, passes: 3, rounds: 3 };
const RETRIES: readonly Effort[] = [
  { ...USUAL, forget: 0.98, window: 8 },
  { ...USUAL, forget: 0.9, window: 2, usePrior: false },
  { ...USUAL, forget: 0.95 },
];
const PLAIN: Effort = { ...USUAL, passes: 2 };
/** The same where rays beat fast: what the last frame's channel was says nothing, and the first pass looks ahead. */
const BEATING: Effort = { ...PLAIN, forget: 0.88, usePrior: false, lead: 2 };
/** With more error than this the other of the two is tried, in one of so many frames; it must leave this part where it is for beats. */
const OTHER = { error: 0.05, frames: 4, part: 0.75 };
/** After so many frames in a row of which the code verified nothing, this must do; one of so many is gone about in every way still. */
const HOPELESS: Effort = { ...USUAL, passes: 2, rounds: 1 };
const IN_VAIN = 12;
const TRY_AGAIN = 8;

/** How far one sync alone moves the carrier offset: it tells it to some 10 Hz at Es/N0 5 dB. */
const ONE_SYNC = 0.03;
/** Turn of a first frame's channel over its training that can be a carrier offset, radians per symbol. */
const MOST_FIRST_TURN = 0.3;
/**
 * Turns of the channel, radians per symbol: up to `most` fading or what is left of the carrier offset, from there on to `limit` a carrier
 * that is elsewhere.
 */
const SLOPE = { most: 0.025, limit: 0.12 };
/** Smoothing of the carrier offset from frame to frame. */
const FOLLOW = 0.3;
/** Once it is clear which waveform is on the air, one frame of so many that are received otherwise is looked at. */
const LOOK_AGAIN = 8;

export interface DeepFrame {
  /** The frame's code verified all it can; null when there is none. */
  verified: boolean | null;
  /** Error power of the equalised symbols. */
  error: number;
  waveform: string;
  offset: number;
}

/**
 * Receives frames through their channel: equalises whole frames, and finds (`search`) the syncs that echoes have bent beyond
 * recognition. Keeps the timing grid, the carrier offset, the kind of waveform and the channel from frame to frame.
 */
export class ChannelReceiver {
  readonly search: EchoSearch;
  private readonly equaliser: FrameEqualiser;
  private readonly tracking: Tracking;
  private readonly signal: FrameSignal;
  private readonly trainer: Trainer;
  private followed = 0;
  /** Frames in a row of which the code verified nothing. */
  private vain = 0;
  /** Frames without a code are received as where rays beat fast; and how many of them had errors. */
  private beating = false;
  private doubted = 0;

  constructor(
    private readonly plan: Fsk4Plan,
    history: SignalHistory,
    mixer: Mixer,
    private readonly reader: FrameReader | null,
  ) {
    this.equaliser = FrameEqualiser.shared(plan.air.maxFrameSymbols + plan.syncLength + 8);
    this.tracking = new Tracking(plan);
    this.signal = new FrameSignal(plan, history, mixer, this.equaliser.training, this.tracking.channel);
    this.trainer = new Trainer(plan, this.equaliser);
    this.search = new EchoSearch(plan, reader, this.tracking, this.signal, this.trainer, this.equaliser);
  }

  /** Name of the waveform on the air, as far as known. */
  get waveform(): string {
    return this.trainer.tables.name;
  }

  /** As far as known, the waveform on the air is not one of frequency modulation. */
  get linear(): boolean {
    return this.trainer.tables.kind === 'linear';
  }

  reset(): void {
    this.vain = 0;
    this.beating = false;
    this.doubted = 0;
    this.tracking.reset();
  }

  /** Takes what a frame received otherwise says of timing, carrier and waveform. */
  follow(fix: SyncFix, header: FrameHeader | null): void {
    const { tracking, trainer, reader, plan } = this;
    const placed = tracking.place(fix);
    tracking.channel.valid = false;
    this.vain = 0;
    if (header && reader && (!trainer.sure || ++this.followed % LOOK_AGAIN === 0)) {
      this.signal.read(placed.anchor, placed.offset, fix.polarity, 0, plan.air.headerSymbols + 2);
      const trained = trainer.trainBest(fix.sync, reader.training(header));
      if (trained) trainer.weigh(this.syncLength(fix) + trained.levels.length);
    }
    const offset = placed.continues ? placed.offset + FOLLOW * (fix.offset - placed.offset) : fix.offset;
    tracking.lock = { anchor: placed.anchor, offset, polarity: fix.polarity };
  }

  /**
   * Equalises a frame; `followed`: the next sync stands right behind it. `begun` is its code if it was tried before, `verified` the
   * levels it verified then, to which those are added that it verifies now. Writes 4 metrics a symbol.
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
    const { plan, equaliser, reader, trainer, tracking } = this;
    const { channel } = tracking;
    const placed = tracking.place(fix);
    const levels = this.syncLength(fix);
    const count = symbols + (followed ? levels : 0);
    let offset = placed.offset + ONE_SYNC * (fix.offset - placed.offset);
    if (!placed.continues) offset = this.settle(fix, placed.anchor, offset, header);
    this.signal.read(placed.anchor, offset, fix.polarity, 0, count);
    const trained = this.trainFrame(fix, header);
    let known = trained ? levels + trained.training.levels.length : levels;
    /** Turns what was read, to be trained with again; gives by how many Hz the carrier is elsewhere. */
    const turn = (slope: number): number => {
      equaliser.training.turn(slope, count);
      trainer.train(fix.sync, trained?.levels ?? null);
      return (fix.polarity * slope * plan.air.symbolRate) / (2 * Math.PI);
    };
    if (!channel.valid) {
      const slope = equaliser.training.slope(known, trainer.taps);
      if (Math.abs(slope) < MOST_FIRST_TURN) offset += turn(slope);
    }
    trainer.weigh(known);
    if (known > symbols) known = Math.min(levels, symbols);
    trainer.mark(fix.sync, trained?.training ?? null, symbols, followed);
    for (let k = 0; k < symbols; k++) if (verified[k] >= 0) equaliser.known[k] = verified[k];
    const code = begun ?? reader?.code(trained?.header ?? header, symbols) ?? null;
    const was = { taps: channel.taps.slice(), valid: channel.valid };
    const hopeless = this.vain >= IN_VAIN && this.vain % TRY_AGAIN !== 0;
    const effort = hopeless ? HOPELESS : USUAL;
    const plain = this.beating ? BEATING : PLAIN;
    const usual = (): Detection => equaliser.detect(trainer.tables, count, known, channel, code ? effort : plain, code);
    let first = usual();
    if (!first.done && Math.abs(first.slope) > SLOPE.most && Math.abs(first.slope) < SLOPE.limit) {
      // The carrier is elsewhere: once more from there.
      channel.valid = false;
      offset += turn(first.slope);
      first = usual();
    }
    let { done } = first;
    for (const retry of code && !hopeless ? RETRIES : []) {
      if (done) break;
      trainer.train(fix.sync, trained?.levels ?? null);
      const again = { taps: was.taps.slice(), valid: was.valid };
      done = equaliser.detect(trainer.tables, count, known, again, retry, code).done;
    }
    if (code) {
      const some = equaliser.known.subarray(plan.air.headerSymbols, symbols).some((level) => level >= 0);
      this.vain = some ? 0 : this.vain + 1;
      verified.set(equaliser.known.subarray(plan.air.headerSymbols, symbols), plan.air.headerSymbols);
    }
    const write = (): void => {
      if (plan.air.headerSymbols > levels) equaliser.reread(levels, Math.min(plan.air.headerSymbols, symbols));
      equaliser.write(symbols, metrics);
    };
    write();
    code?.finish(metrics);
    if (!code && placed.continues && first.error > OTHER.error && this.doubted++ % OTHER.frames === 0) {
      trainer.train(fix.sync, trained?.levels ?? null);
      trainer.mark(fix.sync, trained?.training ?? null, symbols, followed);
      const again = { taps: was.taps.slice(), valid: was.valid };
      const other = this.beating ? PLAIN : BEATING;
      const second = equaliser.detect(trainer.tables, count, known, again, other, null);
      if (second.error < (this.beating ? 1 : OTHER.part) * first.error) {
        this.beating = !this.beating;
        first = second;
        channel.taps.set(again.taps);
        write();
      }
    }
    const rest = Math.abs(first.slope) < SLOPE.most ? (first.slope * plan.air.symbolRate) / (2 * Math.PI) : 0;
    offset += fix.polarity * (was.valid ? FOLLOW : 1) * rest;
    tracking.lock = { anchor: placed.anchor, offset, polarity: fix.polarity };
    return { verified: code && done, error: first.error, waveform: this.waveform, offset };
  }

  private syncLength(fix: SyncFix): number {
    return this.plan.syncs[fix.sync].levels.length;
  }

  /** Trains with the frame's header, or the likeliest one; null when none fits and the sync alone has to do. */
  private trainFrame(fix: SyncFix, header: FrameHeader | null): Trained | null {
    const trained = this.trainer.trainBest(fix.sync, this.reader?.training(header) ?? []);
    if (trained && (header || trained.share < MOST_LEFT)) return trained;
    this.trainer.train(fix.sync, null);
    return null;
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
      this.signal.read(anchor, offset + place * apart, fix.polarity, 0, plan.air.headerSymbols + 2);
      const share = this.trainer.trainBest(fix.sync, training)?.share ?? 1;
      if (share >= least) continue;
      least = share;
      best = offset + place * apart;
    }
    return best;
  }
}
