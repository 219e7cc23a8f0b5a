import type { AirInterface, SlotStructure } from '../../air-interface';
import { kaiser } from '../../filter-design';
import { type SharedTable, sharePolyphase } from '../fir';

/** Samples per symbol of this demodulator's own rate. */
export const PER_SYMBOL = 4;
/** Length of the receive filter, symbols. */
const FILTER_SYMBOLS = 16;
/** Noise per symbol (relative to the signal) that the receive filter is the best one for: 10 dB. */
const FILTER_NOISE = 0.1;
/** Steps of integrals over frequency; points per symbol at which the filter is known: 80 dB exact. */
const STEPS = 480;
const GRID = 128;

/** What follows from an air interface with time slots; shared by all its demodulators. */
export interface SlotPlan {
  air: AirInterface;
  slots: SlotStructure;
  /** Samples per second; those processed at once, of a slot, of a cycle of sync words. */
  rate: number;
  hop: number;
  slot: number;
  cycle: number;
  /** The sync word's symbols, phases that begin at 0: interleaved. */
  sync: Float64Array;
  /** Its waveform, sample i at (i + 0.5) / PER_SYMBOL - 0.5 symbols after the first symbol. */
  waveform: { re: Float32Array; im: Float32Array };
  /** Impulse response of the receive filter at t samples, and its length. */
  filter: { response(t: number): number; length: number };
  /** Samples of history needed. */
  keep: number;
}

const plans = new WeakMap<AirInterface, SlotPlan>();

export function slotPlanFor(air: AirInterface): SlotPlan {
  const known = plans.get(air);
  if (known) return known;
  const slots = air.slots!;
  const slot = air.maxFrameSymbols * PER_SYMBOL;
  const sync = symbolsOf(air.syncs[0].levels);
  const length = FILTER_SYMBOLS * PER_SYMBOL;
  const plan: SlotPlan = {
    air,
    slots,
    rate: PER_SYMBOL * air.symbolRate,
    hop: 4 * Math.ceil((PER_SYMBOL * air.symbolRate) / 400),
    slot,
    cycle: slot * slots.cycle,
    sync,
    waveform: waveformOf(sync, air.pulse.rolloff),
    filter: {
      response: tabulated((t) => filterAt(t, air.pulse.rolloff) * kaiser((t * PER_SYMBOL) / (length / 2), 2)),
      length,
    },
    keep: slot * (3 * slots.cycle + 2),
  };
  plans.set(air, plan);
  return plan;
}

/** The receive filter, for a mixer. */
export function receiveFilter({ air, filter }: SlotPlan): SharedTable {
  const key = `slots/${air.symbolRate}/${air.pulse.rolloff}`;
  return { key, table: sharePolyphase(key, filter.length, filter.response) };
}

/** A symmetric function of t symbols, by linear interpolation between GRID points a symbol; of t samples then. */
function tabulated(exact: (t: number) => number): (t: number) => number {
  const last = (FILTER_SYMBOLS / 2) * GRID;
  const table = Float64Array.from({ length: last + 2 }, (_, i) => (i > last ? 0 : exact(i / GRID)));
  return (t) => {
    const place = (Math.abs(t) / PER_SYMBOL) * GRID;
    const i = Math.floor(place);
    return i > last ? 0 : table[i] + (place - i) * (table[i + 1] - table[i]);
  };
}

/** Phases of symbols that change by these levels (units of pi / 4), interleaved; the symbol before the first is 1. */
function symbolsOf(levels: readonly number[]): Float64Array {
  const symbols = new Float64Array(2 * levels.length);
  let phase = 0;
  levels.forEach((level, k) => {
    phase += (level * Math.PI) / 4;
    symbols[2 * k] = Math.cos(phase);
    symbols[2 * k + 1] = Math.sin(phase);
  });
  return symbols;
}

/** Raised cosine spectrum, f in symbol rates. */
function raisedCosine(f: number, rolloff: number): number {
  const x = Math.abs(f) - (1 - rolloff) / 2;
  if (x <= 0) return 1;
  return x >= rolloff ? 0 : 0.5 * (1 + Math.cos((Math.PI * x) / rolloff));
}

/** Response of a spectrum at t symbols. */
function response(spectrum: (f: number) => number, t: number, edge: number): number {
  let sum = 0;
  for (let i = 0; i < STEPS; i++) {
    const f = ((i + 0.5) / STEPS) * edge;
    sum += spectrum(f) * Math.cos(2 * Math.PI * f * t);
  }
  return (2 * sum * edge) / STEPS;
}

function waveformOf(sync: Float64Array, rolloff: number): SlotPlan['waveform'] {
  const count = sync.length / 2;
  const re = new Float32Array(count * PER_SYMBOL);
  const im = new Float32Array(count * PER_SYMBOL);
  const edge = (1 + rolloff) / 2;
  for (let i = 0; i < re.length; i++) {
    for (let k = 0; k < count; k++) {
      const gain = response((f) => raisedCosine(f, rolloff), (i + 0.5) / PER_SYMBOL - 0.5 - k, edge);
      re[i] += gain * sync[2 * k];
      im[i] += gain * sync[2 * k + 1];
    }
  }
  return { re, im };
}

/**
 * The linear filter with the least error at the symbol instants, for a raised cosine whose shaping is all at the
 * transmitter: its conjugate over what falls onto each frequency at one sample per symbol, noise included.
 */
function filterAt(t: number, rolloff: number): number {
  const power = (f: number): number => raisedCosine(f, rolloff) ** 2;
  const spectrum = (f: number): number =>
    raisedCosine(f, rolloff) / (power(f) + power(f - 1) + power(f + 1) + FILTER_NOISE);
  return response(spectrum, t, (1 + rolloff) / 2);
}
