import assert from 'node:assert/strict';
import { waveformTables } from '../../src/dsp/demod/equaliser/tables';
import { planFor } from '../../src/dsp/demod/plan';
import {
  addSample,
  LEAD,
  MATRIX,
  RIDGE,
  residual,
  solveTaps,
  VECTOR,
  writeReference,
} from '../../src/dsp/kernels/equalise-channel';
import { designEqualiser, EQUALISER } from '../../src/dsp/kernels/equalise-design';
import { forwardPass } from '../../src/dsp/kernels/equalise-forward';
import { nextPhase } from '../../src/dsp/kernels/equalise-phases';
import { detectSequence, SequenceMemory, SIGNAL_LEAD } from '../../src/dsp/kernels/equalise-sequence';
import { kernelBytes, kernelFloats, kernels } from '../../src/dsp/kernels/wasm';
import { C4FM } from '../../src/protocols/p25/air-interface';
import { gaussian } from '../support/channel-simulator';
import { uniform } from '../support/random';

const SYMBOLS = 240;
const SEGMENT = 8;

/** Kernel memory holding these numbers. */
function held(values: ArrayLike<number>) {
  const array = kernelFloats(values.length);
  array.view.set(values);
  return array;
}

function heldBytes(values: Uint8Array) {
  const array = kernelBytes(values.length);
  array.view.set(values);
  return array;
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** Random symbols through a channel of two rays in opposite phase, with noise. */
function scene(seed: number, waveform: number, sigma: number) {
  const tables = waveformTables(planFor(C4FM))[waveform];
  const random = uniform(seed);
  const normal = gaussian(seed);
  const phases = new Uint8Array(SYMBOLS + 2 * LEAD + 8);
  for (let k = 1; k < phases.length; k++)
    phases[k] = nextPhase(k === LEAD ? 0 : phases[k - 1], Math.floor(4 * random()));
  // The phase before the first symbol counts as 0.
  for (let k = LEAD; k > 0; k--) phases[k - 1] = (-3 * (LEAD - k)) & 7;
  for (let k = LEAD; k < phases.length; k++) phases[k] = nextPhase(phases[k - 1], Math.floor(4 * random()));
  const reference = new Float64Array(4 * (SYMBOLS + 2 * LEAD + 8));
  writeReference(tables, phases, -4, SYMBOLS + 4, reference);
  const taps = Float64Array.of(0.1, 0.05, 0.9, 0.2, -0.75, -0.35, 0.1, -0.1);
  const signal = new Float32Array(2 * (2 * SYMBOLS + 3 * SIGNAL_LEAD));
  for (let n = -6; n < 2 * SYMBOLS + 4; n++) {
    let re = sigma * normal();
    let im = sigma * normal();
    for (let j = 0; j < 4; j++) {
      const at = 2 * (n + 1 - j + 2 * LEAD);
      re += taps[2 * j] * reference[at] - taps[2 * j + 1] * reference[at + 1];
      im += taps[2 * j] * reference[at + 1] + taps[2 * j + 1] * reference[at];
    }
    signal[2 * (n + SIGNAL_LEAD)] = re;
    signal[2 * (n + SIGNAL_LEAD) + 1] = im;
  }
  return { tables, phases, reference, taps, signal };
}

describe('equaliser kernels and their plain twins', () => {
  for (const waveform of [0, 1]) {
    it(`channel estimate, waveform ${waveform}`, () => {
      const { tables, phases, signal, taps } = scene(1, waveform, 0.05);
      const reference = new Float64Array(4 * (SYMBOLS + 2 * LEAD + 8));
      writeReference(tables, phases, 3, 53, reference);
      const matrix = new Float64Array(MATRIX);
      const vector = new Float64Array(VECTOR);
      let energy = 0;
      for (let n = 8; n < 104; n++) {
        const at = 2 * (n + SIGNAL_LEAD);
        energy += signal[at] ** 2 + signal[at + 1] ** 2;
        addSample(reference, n, signal[at], signal[at + 1], matrix, 0, vector, 0);
      }
      const plain = new Float64Array(VECTOR);
      solveTaps(matrix, 0, RIDGE, vector, 0, plain, 0);
      const left = residual(energy, matrix, 0, vector, 0, plain, 0);
      const [ph, ref, sig] = [heldBytes(phases), kernelFloats(reference.length), held(signal)];
      const [sums, out, rest] = [kernelFloats(40), kernelFloats(VECTOR), kernelFloats(1)];
      const kernelEnergy = kernels().equaliseFit(
        tables.kernel.pointer,
        ph.pointer,
        ref.pointer,
        sig.pointer,
        4,
        52,
        0,
        sums.pointer,
        out.pointer,
        rest.pointer,
      );
      assert.ok(largest(out.view, plain) < 2e-4);
      assert.ok(largest(out.view, taps) < 0.1, 'the channel itself');
      assert.ok(Math.abs(kernelEnergy - energy) < 1e-4 * energy);
      assert.ok(Math.abs(rest.view[0] - left) < 1e-4 * energy);
      for (const array of [ph, ref, sig, sums, out, rest]) array.free();
    });

    it(`equaliser design, waveform ${waveform}`, () => {
      const { tables } = scene(1, waveform, 0);
      const normal = gaussian(7);
      for (let round = 0; round < 20; round++) {
        const taps = Float64Array.from({ length: VECTOR }, () => 0.4 * normal());
        const plain = new Float64Array(EQUALISER);
        designEqualiser(tables, taps, 0, 0.02, plain, 0);
        const [h, out] = [held(taps), kernelFloats(EQUALISER)];
        kernels().equaliseDesign(tables.kernel.pointer, h.pointer, 0.02, out.pointer);
        const size = Math.max(...plain.map(Math.abs));
        assert.ok(largest(out.view, plain) < 2e-3 * size, `${largest(out.view, plain)} of ${size}`);
        h.free();
        out.free();
      }
    });

    it(`sequence and forward pass, waveform ${waveform}`, () => {
      const { tables, phases, signal, taps, reference } = scene(3, waveform, 0.12);
      const segments = SYMBOLS / SEGMENT;
      const thetas = new Float64Array(EQUALISER * segments);
      for (let g = 0; g < segments; g++) designEqualiser(tables, taps, 0, 0.03, thetas, EQUALISER * g);
      const weights = new Float64Array(segments).fill(12);
      const known = new Int8Array(SYMBOLS).fill(-1);
      for (let k = 0; k < 24; k++) known[k] = ((phases[k + LEAD] - phases[k + LEAD - 1] + 3) & 7) / 2;
      const random = uniform(5);
      const priors = Float32Array.from({ length: 4 * SYMBOLS }, () => -2 * random());
      const memory = new SequenceMemory(SYMBOLS);
      const metrics = new Float32Array(4 * SYMBOLS);
      const found = new Uint8Array(phases.length);
      detectSequence(signal, thetas, weights, SEGMENT, known, priors, SYMBOLS, memory, metrics, found);
      const errors = found.slice(LEAD, LEAD + SYMBOLS).filter((phase, k) => phase !== phases[k + LEAD]).length;
      assert.ok(errors < 12, `${errors} wrong phases`);

      const k = kernels();
      const knownBytes = heldBytes(Uint8Array.from(known));
      const arrays = {
        signal: held(signal),
        thetas: held(thetas),
        weights: held(weights),
        priors: held(priors),
        alpha: kernelFloats(4 * (SYMBOLS + 1)),
        gamma: kernelFloats(16 * SYMBOLS),
        back: kernelFloats(4 * (SYMBOLS + 2)),
        metrics: kernelFloats(4 * SYMBOLS),
        taps: held(taps),
        sums: kernelFloats(40),
        reference: kernelFloats(reference.length),
      };
      const ph = kernelBytes(phases.length);
      k.equaliseSequence(
        arrays.signal.pointer,
        arrays.thetas.pointer,
        arrays.weights.pointer,
        SEGMENT,
        knownBytes.pointer,
        arrays.priors.pointer,
        SYMBOLS,
        arrays.alpha.pointer,
        arrays.gamma.pointer,
        arrays.back.pointer,
        arrays.metrics.pointer,
        ph.pointer,
      );
      assert.deepEqual(ph.view.slice(LEAD, LEAD + SYMBOLS), found.slice(LEAD, LEAD + SYMBOLS));
      for (let i = 0; i < metrics.length; i++)
        assert.ok(Math.abs(metrics[i] - arrays.metrics.view[i]) < 1e-3 * (1 + Math.abs(metrics[i])), `metric ${i}`);

      for (const lead of [0, 2.5]) {
        const start = phases.slice();
        const plainTaps = taps.slice();
        const back = new Uint8Array(4 * (SYMBOLS + 2));
        forwardPass(
          tables,
          signal,
          known,
          24,
          SYMBOLS,
          0.95,
          0.03,
          plainTaps,
          new Float64Array(MATRIX),
          new Float64Array(VECTOR),
          new Float64Array(reference.length),
          back,
          start,
          lead,
        );
        ph.view.set(phases);
        arrays.sums.view.fill(0);
        arrays.taps.view.set(taps);
        k.equaliseForward(
          tables.kernel.pointer,
          arrays.signal.pointer,
          knownBytes.pointer,
          24,
          SYMBOLS,
          0.95,
          0.03,
          arrays.taps.pointer,
          arrays.sums.pointer,
          arrays.reference.pointer,
          arrays.back.pointer,
          ph.pointer,
          lead,
        );
        assert.deepEqual(ph.view.slice(LEAD, LEAD + SYMBOLS), start.slice(LEAD, LEAD + SYMBOLS));
        assert.ok(largest(arrays.taps.view, plainTaps) < 0.01);
      }
      for (const array of [...Object.values(arrays), knownBytes, ph]) array.free();
    });
  }
});
