import type { PhaseWaveform, Pulse } from '../../air-interface';
import { type KernelArray, kernelFloats } from '../../kernels/wasm';
import { channelResponse } from '../mixer';
import type { Fsk4Plan } from '../plan';
import { PhasePulse } from '../waveform';

/** Taps of the channel estimate, half a symbol apart; the second stands for no delay. */
export const CHANNEL_TAPS = 4;
/** Feed-forward taps of the equaliser, half a symbol apart, and the index of the one at the symbol's instant. */
export const FORWARD_TAPS = 10;
export const CENTRE_TAP = 5;
/** Feedback taps, one symbol apart. */
export const FEEDBACK_TAPS = 2;
/** Half symbols by which `signal` and `cross` are known around 0. */
export const SIGNAL_LAGS = FORWARD_TAPS + CHANNEL_TAPS;
export const CROSS_LAGS = 12;
/** Symbols of a pattern: the waveform around an instant, given these and averaged over all others. */
export const PATTERN = 5;

/** Points per symbol at which pulses and filters are sampled. */
const GRID = 12;
/** Symbols either side after which a pulse has no effect. */
const REACH = 12;
const TURN = Math.PI / 4;

/**
 * The waveform as it comes out of the channel filter, of unit mean power, given five symbols; and its second-order
 * statistics. All on instants half a symbol apart. Phases are relative to that of the middle symbol, c(k), at its instant kT.
 */
export interface WaveformTables {
  name: string;
  kind: PhaseWaveform['kind'];
  /**
   * Complex, [pattern][0: half a symbol before kT, 1: kT]; the pattern's first (most significant) base-4 digit is the index of
   * the level of symbol k - 2.
   */
  pattern: Float64Array;
  /** E s(t) s*(t - m T/2) at [parity][m + SIGNAL_LAGS], parity 0: t = kT, 1: t = kT + T/2. */
  signal: Float64Array;
  /** E s(kT + m T/2) c*(k) at [m + CROSS_LAGS]. */
  cross: Float64Array;
  /** Autocorrelation of the channel filter's noise at lags of T/2, 1 at lag 0. */
  noise: Float64Array;
  /** All of these in kernel memory (kernels/equalise-design.as.ts tells where what stands). */
  kernel: KernelArray<Float32Array>;
}

const known = new WeakMap<Fsk4Plan, WaveformTables[]>();

/** Tables of each of the air interface's waveforms; shared by all its receivers. */
export function waveformTables(plan: Fsk4Plan): WaveformTables[] {
  let tables = known.get(plan);
  if (!tables) {
    const filter = filterResponse(plan);
    const noise = noiseCorrelation(filter);
    tables = (plan.air.waveforms ?? []).map(({ name, kind, pulse }) => {
      const statistics = kind === 'linear' ? linearTables(pulse, filter) : frequencyTables(pulse, filter);
      return { name, kind, ...statistics, noise, kernel: inKernel(statistics, noise) };
    });
    known.set(plan, tables);
  }
  return tables;
}

/** Impulse response of the channel filter, GRID points per symbol, odd length, unit gain at 0 Hz. */
function filterResponse(plan: Fsk4Plan): Float64Array {
  const response = channelResponse(plan);
  const half = Math.floor((response.length / 2 / plan.perSymbol) * GRID);
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => response.at(((i - half) * plan.perSymbol) / GRID));
  const sum = taps.reduce((a, b) => a + b);
  return taps.map((tap) => tap / sum);
}

function noiseCorrelation(filter: Float64Array): Float64Array {
  const out = new Float64Array(FORWARD_TAPS);
  for (let m = 0; m < FORWARD_TAPS; m++)
    for (let i = (m * GRID) / 2; i < filter.length; i++) out[m] += filter[i] * filter[i - (m * GRID) / 2];
  return out.map((value) => value / out[0]);
}

type Statistics = Omit<WaveformTables, 'name' | 'noise' | 'kernel' | 'kind'>;

function inKernel({ pattern, signal, cross }: Statistics, noise: Float64Array): KernelArray<Float32Array> {
  const array = kernelFloats(pattern.length + 64 + 32 + 16);
  const lags = 2 * SIGNAL_LAGS + 1;
  array.view.set(pattern);
  array.view.set(signal.subarray(0, lags), pattern.length);
  array.view.set(signal.subarray(lags), pattern.length + 32);
  array.view.set(cross, pattern.length + 64);
  array.view.set(noise, pattern.length + 96);
  return array;
}

/** Scales to unit mean power. */
function normalised({ pattern, signal, cross }: Statistics): Statistics {
  const power = (signal[SIGNAL_LAGS] + signal[3 * SIGNAL_LAGS + 1]) / 2;
  const amplitude = Math.sqrt(power);
  return {
    pattern: pattern.map((value) => value / amplitude),
    signal: signal.map((value) => value / power),
    cross: cross.map((value) => value / amplitude),
  };
}

/** Linear modulation: symbols of unit magnitude times the pulse. Unknown symbols average to zero. */
function linearTables(pulse: Pulse, filter: Float64Array): Statistics {
  const half = (filter.length - 1) / 2;
  // The filtered pulse at grid points, symmetric.
  const reach = (REACH + 8) * GRID;
  const bare = pulseShape(pulse, reach + half);
  const filtered = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < filter.length; i++) sum += filter[i] * bare[Math.abs(n - reach - (i - half))];
    return sum;
  });
  const at = (halves: number): number => filtered[reach + (halves * GRID) / 2] ?? 0;
  const pattern = new Float64Array(4 ** PATTERN * 4);
  for (let p = 0; p < 4 ** PATTERN; p++) {
    for (let side = 0; side < 2; side++) {
      let re = 0;
      let im = 0;
      for (let i = -3; i <= 2; i++) {
        const turns = phaseBetween(p, i);
        const value = at(side - 1 - 2 * i);
        re += value * Math.cos(TURN * turns);
        im += value * Math.sin(TURN * turns);
      }
      pattern[4 * p + 2 * side] = re;
      pattern[4 * p + 2 * side + 1] = im;
    }
  }
  const signal = new Float64Array(2 * (2 * SIGNAL_LAGS + 1));
  for (let parity = 0; parity < 2; parity++)
    for (let m = -SIGNAL_LAGS; m <= SIGNAL_LAGS; m++) {
      let sum = 0;
      for (let i = -REACH; i <= REACH; i++) sum += at(parity - 2 * i) * at(parity - m - 2 * i);
      signal[parity * (2 * SIGNAL_LAGS + 1) + m + SIGNAL_LAGS] = sum;
    }
  const cross = Float64Array.from({ length: 2 * CROSS_LAGS + 1 }, (_, i) => at(i - CROSS_LAGS));
  return normalised({ pattern, signal, cross });
}

/** Level of the pattern's i-th symbol, i = -2..2 around the middle one. */
const levelOf = (pattern: number, i: number): number => 2 * ((pattern >> (2 * (2 - i))) & 3) - 3;

/** Phase of symbol k + i relative to symbol k, eighths of a turn, i = -3..2. */
function phaseBetween(pattern: number, i: number): number {
  let turns = 0;
  for (let j = 1; j <= i; j++) turns += levelOf(pattern, j);
  for (let j = 0; j > i; j--) turns -= levelOf(pattern, j);
  return turns;
}

/** A linear pulse at the grid points 0 .. last after its middle, where it is 1. */
function pulseShape({ kind, rolloff }: Pulse, last: number): Float64Array {
  const steps = 240;
  const edge = (1 + rolloff) / 2;
  const flat = (1 - rolloff) / 2;
  const pulse = new Float64Array(last + 1);
  for (let i = 0; i < steps; i++) {
    const f = ((i + 0.5) / steps) * edge;
    const raised = f <= flat ? 1 : 0.5 * (1 + Math.cos((Math.PI * (f - flat)) / rolloff));
    const weight = kind === 'rrc' ? Math.sqrt(raised) : raised;
    for (let n = 0; n <= last; n++) pulse[n] += weight * Math.cos((2 * Math.PI * f * n) / GRID);
  }
  return pulse.map((value) => value / pulse[0]);
}

/** Mean of exp(j TURN level x) over the four levels. */
const meanTurn = (x: number): number => (Math.cos(TURN * x) + Math.cos(3 * TURN * x)) / 2;

/** Frequency modulation: not linear, but given some symbols the mean over all others is a product over symbols. */
function frequencyTables(pulse: Pulse, filter: Float64Array): Statistics {
  const integral = new PhasePulse(pulse);
  const half = (filter.length - 1) / 2;
  // How far symbol i's turn has come at grid point n; it is complete at its instant n = i GRID.
  const span = (REACH + 14) * GRID;
  const progress = Float64Array.from({ length: 2 * span + 1 }, (_, n) => integral.at((n - span) / GRID + 0.5));
  const turned = (n: number, i: number): number => {
    const at = n - i * GRID + span;
    return at <= 0 ? 0 : at >= progress.length ? 1 : progress[at];
  };
  const relative = (n: number, i: number): number => turned(n, i) - (i <= 0 ? 1 : 0);

  const pattern = new Float64Array(4 ** PATTERN * 4);
  let nodes = new Float64Array(2);
  for (let n = -half - GRID / 2; n <= half; n++) {
    // Grow the tree of products, oldest symbol first, from the mean over the symbols outside the pattern.
    let outside = 1;
    for (let i = -REACH; i <= REACH; i++) if (Math.abs(i) > 2) outside *= meanTurn(relative(n, i));
    nodes = Float64Array.of(outside, 0);
    for (let i = -2; i <= 2; i++) {
      const next = new Float64Array(nodes.length * 4);
      for (let a = 0; a < 4; a++) {
        const angle = TURN * (2 * a - 3) * relative(n, i);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let p = 0; p < nodes.length; p += 2) {
          next[4 * p + 2 * a] = nodes[p] * c - nodes[p + 1] * s;
          next[4 * p + 2 * a + 1] = nodes[p] * s + nodes[p + 1] * c;
        }
      }
      nodes = next;
    }
    for (let side = 0; side < 2; side++) {
      const weight = filter[half + n - ((side - 1) * GRID) / 2] ?? 0;
      if (weight === 0) continue;
      for (let p = 0; p < 4 ** PATTERN; p++) {
        pattern[4 * p + 2 * side] += weight * nodes[2 * p];
        pattern[4 * p + 2 * side + 1] += weight * nodes[2 * p + 1];
      }
    }
  }

  // Before the filter: correlation of the waveform at grid point n of a symbol with itself `lag` points earlier.
  const lags = 4 * GRID;
  const raw = new Float64Array(GRID * (2 * lags + 1));
  for (let n = 0; n < GRID; n++)
    for (let lag = -lags; lag <= lags; lag++) {
      let product = 1;
      for (let i = -8; i <= 8; i++) product *= meanTurn(turned(n, i) - turned(n - lag, i));
      raw[n * (2 * lags + 1) + lag + lags] = product;
    }
  const signal = new Float64Array(2 * (2 * SIGNAL_LAGS + 1));
  for (let parity = 0; parity < 2; parity++)
    for (let m = -SIGNAL_LAGS; m <= SIGNAL_LAGS; m++) {
      let sum = 0;
      for (let i = 0; i < filter.length; i++) {
        const n = (parity * GRID) / 2 - (i - half);
        const row = (((n % GRID) + GRID) % GRID) * (2 * lags + 1) + lags;
        // The second instant is m T/2 and its own filter delay earlier.
        const first = Math.max(0, half - lags - (m * GRID) / 2 + (i - half));
        const last = Math.min(filter.length - 1, half + lags - (m * GRID) / 2 + (i - half));
        for (let j = first; j <= last; j++)
          sum += filter[i] * filter[j] * raw[row + (m * GRID) / 2 + (j - half) - (i - half)];
      }
      signal[parity * (2 * SIGNAL_LAGS + 1) + m + SIGNAL_LAGS] = sum;
    }
  const cross = Float64Array.from({ length: 2 * CROSS_LAGS + 1 }, (_, m) => {
    let sum = 0;
    for (let i = 0; i < filter.length; i++) {
      const n = ((m - CROSS_LAGS) * GRID) / 2 - (i - half);
      let product = filter[i];
      for (let symbol = -REACH; symbol <= REACH; symbol++) product *= meanTurn(relative(n, symbol));
      sum += product;
    }
    return sum;
  });
  return normalised({ pattern, signal, cross });
}
