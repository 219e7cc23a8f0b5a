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
/** Half symbols read before the first and after the last symbol. */
const MARGIN = 12;
const equalisers = new Map<number, FrameEqualiser>();

/** One for all receivers of this thread that need the same size. */
function sharedEqualiser(most: number): FrameEqualiser {
  const known = equalisers.get(most) ?? new FrameEqualiser(most);
  equalisers.set(most, known);
  return known;
}

/** A cycle's slots received through their channel. */
export interface EqualisedCycle {
  /** Error power of the equalised symbols. */
  error: number;
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
    this.equaliser = sharedEqualiser(this.symbols + this.levels.length + 8);
    this.reach = (MARGIN + 2) * this.half.perSymbol + this.mixer.reach;
  }

  /** `at`: sample of the first sync word's first symbol; `perSymbol`: samples per symbol. Not for mirrored signals. */
  receive(at: number, perSymbol: number, offset: number): EqualisedCycle {
    const { plan, equaliser, levels, symbols, channel } = this;
    const count = symbols + levels.length;
    this.read(at, perSymbol / 2, offset, count);
    equaliser.train(levels);
    equaliser.known.fill(-1);
    for (const from of [0, plan.air.maxFrameSymbols, symbols])
      levels.forEach((level, k) => {
        equaliser.known[from + k] = level;
      });
    const { error } = equaliser.detect(this.tables, count, levels.length, channel, EFFORT, null);
    const metrics = new Float32Array(4 * symbols);
    equaliser.write(symbols, metrics);
    return { error, metrics };
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
    const signal = equaliser.signal;
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
