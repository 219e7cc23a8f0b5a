import type { FrameHeader, Training } from '../../air-interface';
import { VECTOR } from '../../kernels/equalise-channel';
import type { Fsk4Plan } from '../plan';
import type { FrameEqualiser } from './frame-equaliser';
import { type WaveformTables, waveformTables } from './tables';

/** A frame is moved by half a symbol when that leaves at most this part. */
const SURELY_MOVED = 0.85;
/** Logarithm of the ratio of what the waveforms leave, from which on there is no doubt. */
const SURE_EVIDENCE = 3;
/** How much of the evidence the next frame keeps. */
const KEPT_EVIDENCE = 0.8;

/** Known symbols: what may follow the sync, with its unknown symbol found. */
export interface Trained {
  training: Training;
  levels: Int8Array;
  header: FrameHeader;
  /** Share of the power it leaves, and the least that any other leaves. */
  share: number;
  second: number;
}

/** Trains an equaliser with sync words and what follows them, and learns from the fit which waveform is on the air. */
export class Trainer {
  /** The channel of the last training. */
  readonly taps = new Float64Array(VECTOR);
  private readonly waveforms: readonly WaveformTables[];
  /** The sync words, as indices of levels. */
  private readonly words: readonly number[][];
  /** > 0: the first waveform fits better, < 0: the second. */
  private evidence = 0;

  constructor(
    plan: Fsk4Plan,
    private readonly equaliser: FrameEqualiser,
  ) {
    this.waveforms = waveformTables(plan);
    this.words = plan.syncs.map(({ levels }) => levels.map((level) => (level + 3) / 2));
  }

  /** The waveform on the air, as far as known. */
  get tables(): WaveformTables {
    return this.waveforms[this.evidence < 0 && this.waveforms.length > 1 ? 1 : 0];
  }

  /** There is no doubt which waveform is on the air. */
  get sure(): boolean {
    return Math.abs(this.evidence) >= SURE_EVIDENCE;
  }

  /** Trains with the sync word and the likeliest of what may follow; null when nothing may. */
  trainBest(sync: number, following: readonly Training[]): Trained | null {
    const { tables } = this;
    const all = following.map((training) => {
      const open = training.levels.indexOf(-1);
      const found = { training, levels: training.levels, header: training.header, share: Infinity, second: 1 };
      for (let guess = 0; guess < (open < 0 ? 1 : 4); guess++) {
        const levels = training.levels.slice();
        if (open >= 0) levels[open] = guess;
        const share = this.equaliser.training.fit(tables, this.tell(sync, levels), null);
        if (share < found.share) Object.assign(found, { levels, share });
      }
      return found;
    });
    all.sort((a, b) => a.share - b.share);
    const best = all.length > 0 ? { ...all[0], second: all[1]?.share ?? 1 } : null;
    this.train(sync, best?.levels ?? null);
    return best;
  }

  /** Fits the channel to the sync word and these levels behind it. */
  train(sync: number, levels: Int8Array | null): void {
    this.equaliser.training.fit(this.tables, this.tell(sync, levels), this.taps);
  }

  /** By how many half symbols the known symbols fit better. */
  bestShift(sync: number, { levels, share }: Trained): number {
    const known = this.tell(sync, levels);
    let best = 0;
    let least = SURELY_MOVED * share;
    for (const shift of [-1, 1]) {
      const moved = this.equaliser.training.fit(this.tables, known, null, shift);
      if (moved >= least) continue;
      least = moved;
      best = shift;
    }
    return best;
  }

  /** Compares the waveforms on the first `known` symbols of the last training. */
  weigh(known: number): void {
    if (this.waveforms.length < 2) return;
    const [first, second] = this.waveforms.map((tables) => this.equaliser.training.fit(tables, known, null));
    this.evidence = KEPT_EVIDENCE * this.evidence + Math.log((second + 1e-3) / (first + 1e-3));
  }

  /** Marks the symbols of a frame that are known for sure; with `next` the same sync word stands behind symbol `symbols` - 1. */
  mark(sync: number, training: Training | null, symbols: number, next: boolean): void {
    const { known } = this.equaliser;
    const word = this.words[sync];
    known.fill(-1, 0, symbols + (next ? word.length : 0));
    known.set(word);
    if (training) known.set(training.levels.subarray(0, Math.max(0, symbols - word.length)), word.length);
    if (next) known.set(word, symbols);
  }

  /** Tells the equaliser the known symbols; gives how many. */
  private tell(sync: number, levels: Int8Array | null): number {
    const all = levels ? [...this.words[sync], ...levels] : this.words[sync];
    this.equaliser.training.train(all);
    return all.length;
  }
}
