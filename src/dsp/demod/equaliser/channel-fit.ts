import { LEAD, RIDGE, VECTOR } from '../../kernels/equalise-channel';
import { nextPhase } from '../../kernels/equalise-phases';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../../kernels/wasm';
import { CHANNEL_TAPS, type WaveformTables } from './tables';

/** Weight of the previous frame's channel per sample of this one's training. */
const PRIOR = 0.3;
/** Floats of the sums of a stretch of signal (kernels/equalise-channel.as.ts), and where its vector begins. */
export const SUMS = 40;
const SUMS_VECTOR = 32;
/** Known symbols at either end of a training whose neighbours are not known. */
const EDGE = 4;

/**
 * A stretch of signal, what is known of its symbols, and the channel that explains the one by the other, by least squares. The
 * signal has two samples a symbol from SIGNAL_LEAD half symbols before the first instant, complex, of unit mean power, its carrier
 * offset removed.
 */
export class ChannelFit {
  readonly signalArray: KernelArray<Float32Array>;
  /** Phase at the end of each symbol in eighths of a turn, from LEAD symbols before the first. */
  readonly phases: KernelArray<Uint8Array>;
  /** The waveform of these phases, two complex samples a symbol. */
  readonly reference: KernelArray<Float32Array>;
  readonly sums = kernelFloats(SUMS);
  private readonly trial = kernelFloats(VECTOR);
  private readonly left = kernelFloats(1);

  /** `most`: symbols. */
  constructor(most: number) {
    this.signalArray = kernelFloats(2 * (2 * most + 3 * SIGNAL_LEAD));
    this.phases = kernelBytes(most + 2 * LEAD);
    this.reference = kernelFloats(4 * (most + 2 * LEAD));
  }

  get signal(): Float32Array {
    return this.signalArray.view;
  }

  /** Takes the levels (indices) known from the first symbol on. */
  train(levels: ArrayLike<number>): void {
    const phases = this.phases.view;
    for (let k = 1; k <= LEAD; k++) phases[LEAD - k] = (-3 * (k - 1)) & 7;
    for (let k = 0; k < levels.length; k++) phases[LEAD + k] = nextPhase(phases[LEAD + k - 1], levels[k]);
  }

  /** Phases where nothing is known. */
  idle(first: number, last: number): void {
    const phases = this.phases.view;
    for (let k = first; k < last && k + LEAD < phases.length; k++) phases[LEAD + k] = (phases[LEAD + k - 1] + 1) & 7;
  }

  /**
   * Fits a channel to the first `known` symbols less those at the edges, as if they came `shift` half symbols later. Gives the
   * share of the power it leaves.
   */
  fit(tables: WaveformTables, known: number, taps: Float64Array | null, shift = 0): number {
    const energy = this.fitSums(tables, EDGE, known - EDGE, shift);
    taps?.set(this.trial.view);
    return this.left.view[0] / (energy + 1e-12);
  }

  /** Mean turn per symbol between the two halves of the symbols last fitted with these taps, radians. */
  slope(known: number, taps: Float64Array): number {
    const signal = this.signal;
    const reference = this.reference.view;
    const first = EDGE;
    const last = known - EDGE;
    const middle = (first + last) >> 1;
    const halves = [0, 0, 0, 0];
    for (let n = 2 * first; n < 2 * last; n++) {
      let re = 0;
      let im = 0;
      const at = 2 * (n + 2 + 2 * LEAD);
      for (let j = 0; j < CHANNEL_TAPS; j++) {
        re += taps[2 * j] * reference[at - 2 * j] - taps[2 * j + 1] * reference[at - 2 * j + 1];
        im += taps[2 * j] * reference[at - 2 * j + 1] + taps[2 * j + 1] * reference[at - 2 * j];
      }
      const yr = signal[2 * (n + SIGNAL_LEAD)];
      const yi = signal[2 * (n + SIGNAL_LEAD) + 1];
      const half = n < 2 * middle ? 0 : 2;
      halves[half] += yr * re + yi * im;
      halves[half + 1] += yi * re - yr * im;
    }
    const [ar, ai, br, bi] = halves;
    return Math.atan2(bi * ar - br * ai, br * ar + bi * ai) / ((last - first) / 2);
  }

  /** Turns the signal back by `slope` radians a symbol. */
  turn(slope: number, symbols: number): void {
    const signal = this.signal;
    const c = Math.cos(slope / 2);
    const s = -Math.sin(slope / 2);
    let re = Math.cos((slope * SIGNAL_LEAD) / 2);
    let im = Math.sin((slope * SIGNAL_LEAD) / 2);
    for (let i = 0; i < 2 * (2 * symbols + 2 * SIGNAL_LEAD); i += 2) {
      const a = signal[i];
      const b = signal[i + 1];
      signal[i] = a * re - b * im;
      signal[i + 1] = a * im + b * re;
      const next = re * c - im * s;
      im = re * s + im * c;
      re = next;
    }
  }

  /**
   * Fits the first `trained` symbols together with the `prior` channel, if there is one. Leaves their sums, forgotten by `forget` a
   * symbol, for the forward pass and the channel at their end in `taps`; gives the noise power.
   */
  begin(
    tables: WaveformTables,
    trained: number,
    prior: Float64Array | null,
    forget: number,
    taps: KernelArray<Float32Array>,
  ): number {
    const first = EDGE;
    const last = trained - EDGE;
    const samples = 2 * (last - first);
    const energy = this.fitSums(tables, first, last, 0);
    if (prior) this.addPrior(prior, samples, energy);
    const noise = this.left.view[0] / (samples - CHANNEL_TAPS) + 1e-4;
    const sums = this.sums.view.fill(0);
    kernels().equaliseSums(
      this.reference.pointer,
      this.signalArray.pointer,
      2 * first,
      2 * last,
      forget,
      this.sums.pointer,
    );
    if (prior) {
      const weight = PRIOR * (last - first);
      const fitted = this.trial.view;
      for (let j = 0; j < CHANNEL_TAPS; j++) {
        sums[9 * j] += weight;
        sums[SUMS_VECTOR + j] += weight * fitted[2 * j];
        sums[SUMS_VECTOR + CHANNEL_TAPS + j] += weight * fitted[2 * j + 1];
      }
    }
    kernels().equaliseSolve(this.sums.pointer, RIDGE, taps.pointer);
    return noise;
  }

  /** Fits again with the prior as if it were further samples. */
  private addPrior(prior: Float64Array, samples: number, energy: number): void {
    const sums = this.sums.view;
    // The carrier's phase is anyone's guess: the prior is turned to where the samples see it.
    const own = sums.slice();
    let turnRe = 0;
    let turnIm = 0;
    for (let j = 0; j < CHANNEL_TAPS; j++) {
      const re = own[SUMS_VECTOR + j];
      const im = own[SUMS_VECTOR + CHANNEL_TAPS + j];
      turnRe += prior[2 * j] * re + prior[2 * j + 1] * im;
      turnIm += prior[2 * j] * im - prior[2 * j + 1] * re;
    }
    const weight = (PRIOR * samples) / (Math.hypot(turnRe, turnIm) + 1e-12);
    for (let j = 0; j < CHANNEL_TAPS; j++) {
      sums[SUMS_VECTOR + j] += weight * (prior[2 * j] * turnRe - prior[2 * j + 1] * turnIm);
      sums[SUMS_VECTOR + CHANNEL_TAPS + j] += weight * (prior[2 * j] * turnIm + prior[2 * j + 1] * turnRe);
    }
    kernels().equaliseSolve(this.sums.pointer, RIDGE + PRIOR * samples, this.trial.pointer);
    sums.set(own);
    this.left.view[0] = kernels().equaliseResidual(this.sums.pointer, energy, this.trial.pointer);
  }

  /** Sums, taps (trial) and what is left of these symbols, which must be known two further to both sides; gives their energy. */
  private fitSums(tables: WaveformTables, first: number, last: number, shift: number): number {
    return kernels().equaliseFit(
      tables.kernel.pointer,
      this.phases.pointer,
      this.reference.pointer,
      this.signalArray.pointer,
      first,
      last,
      shift,
      this.sums.pointer,
      this.trial.pointer,
      this.left.pointer,
    );
  }
}
