import { type KernelArray, kernelFloats } from '../../kernels/wasm';
import type { Fsk4Plan } from '../plan';

/** Samples per symbol of the detector. */
export const SAMPLES = 4;
/** Symbols of a template's history, besides the newest one. */
const HISTORY = 4;
/** Symbols by which the newest one is ahead of the interval: the pulse of the next symbol already turns the phase. */
export const AHEAD = 1;
/** Deviations are told apart by this part of the nominal one: half of it is a loss that cannot be measured. */
const STEP = 0.01;

const tables = new WeakMap<Fsk4Plan, Map<number, KernelArray<Float32Array>>>();

/** The deviation, relative to the nominal one, of the templates that serve this one. */
export function nearestRatio(ratio: number): number {
  return STEP * Math.round(ratio / STEP);
}

/**
 * The transmitted waveform within one symbol interval given the last four symbols and the next one, on the phase that all earlier
 * symbols left: [history, newest digit lowest][sample][re, im][next symbol]. 32 KB, shared by all demodulators of the plan; `ratio` is the
 * deviation relative to the nominal one (nearestRatio).
 */
export function sequenceTemplates(plan: Fsk4Plan, ratio: number): KernelArray<Float32Array> {
  let known = tables.get(plan);
  if (!known) {
    known = new Map();
    tables.set(plan, known);
  }
  const key = Math.round(ratio / STEP);
  let table = known.get(key);
  if (!table) {
    table = make(plan, ratio);
    known.set(key, table);
  }
  return table;
}

function make(plan: Fsk4Plan, ratio: number): KernelArray<Float32Array> {
  const turn = (2 * Math.PI * ratio * plan.air.deviation) / plan.air.symbolRate;
  const table = kernelFloats(4 ** HISTORY * SAMPLES * 8);
  const { view } = table;
  /** Phase pulses of the newest symbol and those before it at each sample. */
  const pulses = Array.from({ length: SAMPLES }, (_, n) =>
    Array.from({ length: HISTORY + 1 }, (_, i) => plan.pulse.at((n + 0.5) / SAMPLES - 0.5 - (AHEAD - i))),
  );
  for (let history = 0; history < 4 ** HISTORY; history++)
    for (let n = 0; n < SAMPLES; n++)
      for (let symbol = 0; symbol < 4; symbol++) {
        let phase = (2 * symbol - 3) * pulses[n][0];
        for (let i = 0; i < HISTORY; i++) phase += (2 * ((history >> (2 * i)) & 3) - 3) * pulses[n][i + 1];
        const at = 8 * (SAMPLES * history + n) + symbol;
        view[at] = Math.cos(turn * phase);
        view[at + 4] = Math.sin(turn * phase);
      }
  return table;
}
