import { kaiser } from '../filter-design';
import { type KernelArray, kernelFloats } from '../kernels/wasm';

export function sinc(x: number): number {
  return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Windowed-sinc lowpass with unit gain at 0 Hz. `cutoff` (-6 dB) in cycles per sample; any odd or even length. */
export function windowedSinc(length: number, cutoff: number, beta: number): Float64Array {
  const taps = new Float64Array(length);
  const middle = (length - 1) / 2;
  for (let i = 0; i < length; i++)
    taps[i] = 2 * cutoff * sinc(2 * cutoff * (i - middle)) * kaiser((i - middle) / (length / 2), beta);
  return normalised(taps);
}

/** Root raised cosine sampled at `rate` samples per symbol over `length` samples, unit gain at 0 Hz. */
export function rootRaisedCosine(length: number, rate: number, rolloff: number): Float64Array {
  const taps = new Float64Array(length);
  const middle = (length - 1) / 2;
  for (let i = 0; i < length; i++) {
    const t = (i - middle) / rate;
    const d = 1 - (4 * rolloff * t) ** 2;
    if (Math.abs(t) < 1e-9) taps[i] = 1 - rolloff + (4 * rolloff) / Math.PI;
    else if (Math.abs(d) < 1e-6) {
      const a = Math.PI / (4 * rolloff);
      taps[i] = (rolloff / Math.SQRT2) * ((1 + 2 / Math.PI) * Math.sin(a) + (1 - 2 / Math.PI) * Math.cos(a));
    } else
      taps[i] =
        (Math.sin(Math.PI * t * (1 - rolloff)) + 4 * rolloff * t * Math.cos(Math.PI * t * (1 + rolloff))) /
        (Math.PI * t * d);
  }
  return normalised(taps);
}

export function convolve(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) out[i + j] += a[i] * b[j];
  return out;
}

function normalised(taps: Float64Array): Float64Array {
  let sum = 0;
  for (const tap of taps) sum += tap;
  return taps.map((tap) => tap / sum);
}

/** Phases of every polyphase table here: the interpolation error of a signal at a quarter of the rate is below -52 dB. */
export const PHASES = 256;

/** A polyphase filter in kernel memory, shared by every stage of this thread that needs the same one. */
export interface PolyphaseTable {
  readonly taps: KernelArray<Float32Array>;
  /** Taps of one phase, a multiple of 16. */
  readonly length: number;
}

/** One of those tables, with the name it is given back by. */
export interface SharedTable {
  readonly key: string;
  readonly table: PolyphaseTable;
}

/** In the order of their last sharing. */
const tables = new Map<string, { table: PolyphaseTable; users: number }>();
/** Tables kept without a user: the next call's channel needs what the last one's did, and making one costs 3 ms. */
const KEPT = 8;

/**
 * Table for the kernel fmInterpolate: row p holds the filter for an instant p / PHASES of a sample after the middle.
 * `response(t)` is the filter's impulse response at t samples, 0 beyond `least` / 2; each row is scaled to unit gain at 0 Hz.
 */
export function sharePolyphase(key: string, least: number, response: (t: number) => number): PolyphaseTable {
  const known = tables.get(key);
  if (known) {
    known.users++;
    tables.delete(key);
    tables.set(key, known);
    return known.table;
  }
  const length = 16 * Math.ceil(least / 16);
  const taps = kernelFloats((PHASES + 1) * length);
  const view = taps.view;
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0;
    const row = phase * length;
    for (let j = 0; j < length; j++) sum += view[row + j] = response(j - length / 2 + 1 - phase / PHASES);
    for (let j = 0; j < length; j++) view[row + j] /= sum;
  }
  const table = { taps, length };
  tables.set(key, { table, users: 1 });
  return table;
}

/** Gives a shared table back; of those without a user the latest few stay. */
export function releasePolyphase(key: string): void {
  const known = tables.get(key);
  if (known) known.users--;
  const unused = [...tables].filter(([, { users }]) => users === 0);
  for (const [name, { table }] of unused.slice(0, -KEPT)) {
    table.taps.free();
    tables.delete(name);
  }
}

/** Shared windowed-sinc interpolator of at least `length` taps; `cutoff` (-6 dB) in cycles per input sample. */
export function shareLowpass(length: number, cutoff: number, beta: number): SharedTable {
  const key = `sinc/${length}/${cutoff.toFixed(6)}/${beta}`;
  return { key, table: sharePolyphase(key, length, lowpassAt(length, cutoff, beta)) };
}

/** Windowed sinc of this length as a function of time in samples, not scaled. `cutoff` in cycles per sample. */
export function lowpassAt(length: number, cutoff: number, beta: number): (t: number) => number {
  return (t) => sinc(2 * cutoff * t) * kaiser(t / (length / 2), beta);
}
