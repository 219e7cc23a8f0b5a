import type { AirInterface } from '../../air-interface';
import { VECTOR } from '../../kernels/equalise-channel';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import { type ChannelState, type Effort, FrameEqualiser } from '../equaliser/frame-equaliser';
import { type WaveformTables, waveformTables } from '../equaliser/tables';
import { channelMixer, type Mixer } from '../mixer';
import { type Fsk4Plan, planFor } from '../plan';
import { scratch } from '../scratch';
import type { SignalHistory } from '../signal-history';
import type { SlotPlan } from './plan';

/** The last cycle's channel is of no use: beats of a hertz turn it, and the sync words are enough. */
const EFFORT: Effort = { forget: 0.92, window: 0, usePrior: false, passes: 2, rounds: 0 };
/** The same where echoes are: the forward pass looks ahead as they beat, by the 24 symbols its estimates are old. */
const ECHOES: Effort = { ...EFFORT, forget: 0.94, lead: 3 };
/** Half symbols read before the first and after the last symbol. */
const MARGIN = 12;
/** Half symbols by which the sync's correlation may miss the symbols where two rays cancel in the middle of the band. */
const SHIFTS = [-1, 0, 1];
/** With no more error than this nothing better is looked for. */
const LITTLE = 0.03;
/** Other shifts are tried when this many cycles in a row were no better for the equaliser, and in every last of them after that. */
const TRIED = [0, 3, 15];
/** Lead in log-likelihood by which a word is recognised. */
const TOLD_APART = 10;
/** Turn of the channel, radians per symbol, from which on the carrier is taken to be elsewhere, and up to which. */
const TURNS = { least: 0.003, most: 0.06 };
/** Carriers tried beside the sync words', Hz, in so many cycles after a channel was found that still leaves more error than this. */
const CARRIERS = { beside: [-20, 20, -40, 40], cycles: 3, error: 0.05 };
/** How far the carrier found here may lie from the sync words', Hz, and its smoothing. */
const SAME_CARRIER = 60;
const FOLLOW = 0.3;
/** Share of the error that must be left at most for a channel to be believed. */
const BETTER = 0.85;
/** The same for the first one. */
const SURELY = 0.6;

/** A cycle's slots received through their channel. */
export interface EqualisedCycle {
  /** Error power of the equalised symbols. */
  error: number;
  /** What is left of the carrier offset, radians per symbol. */
  slope: number;
  /** 4 per symbol, of all slots. */
  metrics: Float32Array;
}

/**
 * Receives a whole cycle of slots, sync words first, through a channel with echoes: the two sync words and those of the next
 * cycle train it, decisions do the rest.
 */
export class CycleEqualiser {
  /** Samples needed after the next cycle's first sync word. */
  readonly reach: number;
  private readonly half: Fsk4Plan;
  private readonly mixer: Mixer;
  private readonly tables: WaveformTables;
  private readonly equaliser: FrameEqualiser;
  private readonly levels: number[];
  private readonly channel: ChannelState = { taps: new Float64Array(VECTOR), valid: false };
  private readonly symbols: number;
  /** First symbols of the slots without sync word, and indices of the levels of all words they may begin with. */
  private readonly words: readonly { from: number; words: readonly Uint8Array[] }[];
  /** Half symbols by which the symbols lie beside where the sync words seem to. */
  private shift = 0;
  /** Of the carrier, Hz; NaN until a channel was found. */
  private offset = Number.NaN;
  /** Cycles in a row that are no better for the equaliser. */
  private vain = 0;
  /** Cycles in which the carrier was looked for. */
  private young = 0;

  constructor(
    air: AirInterface,
    private readonly plan: SlotPlan,
    history: SignalHistory,
  ) {
    this.half = planFor(air);
    this.mixer = channelMixer(history, this.half);
    [this.tables] = waveformTables(this.half);
    this.symbols = plan.slots.cycle * air.maxFrameSymbols;
    this.levels = air.syncs[0].levels.map((level) => (level + 3) / 2);
    const { cycle, syncs, words = {} } = plan.slots;
    this.words = Object.entries(words).map(([at, all]) => ({
      from: ((Number(at) - syncs[0] + cycle) % cycle) * air.maxFrameSymbols,
      words: all.map((word) => Uint8Array.from(word, (level) => (level + 3) / 2)),
    }));
    this.equaliser = FrameEqualiser.shared(this.symbols + this.levels.length + 8);
    this.reach = (MARGIN + 2) * this.half.perSymbol + this.mixer.reach;
  }

  /** Forgets the channel: another signal is followed. */
  reset(): void {
    this.shift = 0;
    this.offset = Number.NaN;
    this.vain = 0;
    this.young = 0;
  }

  /**
   * `at`: sample of the first sync word's first symbol; `perSymbol`: samples per symbol; `plain`: error power without
   * equaliser. Null when it is no better with one. Not for mirrored signals.
   */
  receive(at: number, perSymbol: number, offset: number, plain: number): EqualisedCycle | null {
    // Where rays cancel, the sync words tell the carrier only to some forty Hz.
    const carrier = Math.abs(this.offset - offset) < SAME_CARRIER ? this.offset : offset;
    let best = this.attempt(at, perSymbol, carrier, this.shift);
    let { shift } = this;
    let from = carrier;
    if (best.error > LITTLE && this.isDue)
      for (const other of SHIFTS) {
        if (other === this.shift) continue;
        const found = this.attempt(at, perSymbol, carrier, other);
        if (found.error >= BETTER * best.error) continue;
        best = found;
        shift = other;
      }
    if (best.error > CARRIERS.error && this.young < CARRIERS.cycles && best.error < SURELY * plain) {
      this.young++;
      for (const away of CARRIERS.beside) {
        const found = this.attempt(at, perSymbol, carrier + away, shift);
        if (found.error >= BETTER * best.error) continue;
        best = found;
        from = carrier + away;
      }
    }
    this.vain++;
    if (best.error > (Number.isNaN(this.offset) ? SURELY : BETTER) * plain) return null;
    this.vain = 0;
    this.shift = shift;
    const turned = (best.slope * this.plan.air.symbolRate) / (2 * Math.PI);
    this.offset = from + (Number.isNaN(this.offset) || from !== carrier ? 1 : FOLLOW) * turned;
    return best;
  }

  private get isDue(): boolean {
    return TRIED.includes(this.vain) || (this.vain + 1) % (TRIED[2] + 1) === 0;
  }

  private attempt(at: number, perSymbol: number, offset: number, shift: number): EqualisedCycle {
    const { levels, symbols, equaliser } = this;
    const count = symbols + levels.length;
    this.read(at + (shift * perSymbol) / 2, perSymbol / 2, offset, count);
    const effort = Number.isNaN(this.offset) && shift === this.shift ? EFFORT : ECHOES;
    let { error, slope } = this.detect(count, effort);
    let turned = 0;
    if (error > LITTLE && Math.abs(slope) > TURNS.least && Math.abs(slope) < TURNS.most) {
      turned = slope;
      equaliser.training.turn(slope, count);
      ({ error, slope } = this.detect(count, effort));
    }
    const metrics = new Float32Array(4 * symbols);
    equaliser.write(symbols, metrics);
    return { error, slope: turned + slope, metrics };
  }

  /** Detects the cycle; where words that slots begin with are recognised, once more with these known too. */
  private detect(count: number, effort: Effort): { error: number; slope: number } {
    const { plan, equaliser, levels, symbols } = this;
    const slot = plan.air.maxFrameSymbols;
    equaliser.known.fill(-1);
    for (const from of [0, slot, symbols]) equaliser.known.set(levels, from);
    const found = this.pass(count, effort);
    if (found.error <= LITTLE || Number.isNaN(this.offset)) return found;
    let recognised = 0;
    for (const { from, words } of this.words) {
      const word = recognise(equaliser.metrics, from, words);
      if (!word) continue;
      equaliser.known.set(word, from);
      recognised++;
    }
    return recognised > 0 ? this.pass(count, effort) : found;
  }

  private pass(count: number, effort: Effort): { error: number; slope: number } {
    const { equaliser, levels } = this;
    equaliser.training.train(levels);
    return equaliser.detect(this.tables, count, levels.length, this.channel, effort, null);
  }

  free(): void {
    this.mixer.free();
  }

  /** Reads the cycle into the equaliser, two samples a symbol, scaled to unit power. */
  private read(at: number, half: number, offset: number, count: number): void {
    const { mixer, equaliser } = this;
    const samples = 2 * count + 2 * MARGIN;
    const start = at - MARGIN * half;
    mixer.tune(start, start + samples * half, offset);
    mixer.read(start, half, samples, 'halves');
    const re = scratch('halves-re', 0).view;
    const im = scratch('halves-im', 0).view;
    const { signal } = equaliser.training;
    let power = 1e-30;
    for (let i = 0; i < samples; i++) power += re[i] * re[i] + im[i] * im[i];
    const scale = Math.sqrt(samples / power);
    const to = 2 * (SIGNAL_LEAD - MARGIN);
    signal.fill(0);
    for (let i = 0; i < samples; i++) {
      signal[to + 2 * i] = re[i] * scale;
      signal[to + 2 * i + 1] = im[i] * scale;
    }
  }
}

/** The word that stands at symbol `from`, when the metrics (4 per symbol) clearly tell it from all others. */
function recognise(metrics: Float32Array, from: number, words: readonly Uint8Array[]): Uint8Array | null {
  let best: Uint8Array | null = null;
  let most = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (const word of words) {
    let sum = 0;
    for (let k = 0; k < word.length; k++) sum += metrics[4 * (from + k) + word[k]];
    if (sum > most) {
      second = most;
      most = sum;
      best = word;
    } else if (sum > second) second = sum;
  }
  return most - second >= TOLD_APART ? best : null;
}
