import type { FrameCode } from '../../air-interface';
import { LEAD, RIDGE, VECTOR } from '../../kernels/equalise-channel';
import { EQUALISER } from '../../kernels/equalise-design';
import { nextPhase } from '../../kernels/equalise-phases';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../../kernels/wasm';
import { CHANNEL_TAPS, type WaveformTables } from './tables';

/** Symbols for which one equaliser is designed. */
const SEGMENT = 8;
/** Half-widths, in segments, of the windows the channel may be estimated over: fading decides. */
const WINDOWS = [1, 2, 4, 8, 14];
const LEAST_NOISE = 2e-3;
/** Share of the extrinsic metrics fed back, and their limit: max-log overstates what it knows. */
const FEEDBACK = { scale: 0.7, limit: 30 };
/** Weight of the previous frame's channel per sample of this one's training. */
const PRIOR = 0.3;
/** Metrics are cut off here: beyond it a level is known not to be. */
const LEAST_METRIC = -40;
/** Symbols either side over which a bare carrier is looked for, and how straight its turns go on. */
const CARRIER_REACH = 8;
const CARRIER_TURN = 0.82;
/** Floats of the sums of a stretch of signal (kernels/equalise-channel.as.ts), and where its vector begins. */
const SUMS = 40;
const SUMS_VECTOR = 32;

/** What one frame's channel leaves for the next. */
export interface ChannelState {
  /** Complex taps, for a signal of unit power. */
  taps: Float64Array;
  valid: boolean;
}

/** How the frame is gone about; the first way serves nearly always. */
export interface Effort {
  /** Forgetting factor of the first pass. */
  forget: number;
  /** Half-width of the later passes' window in segments; 0 finds the best. */
  window: number;
  usePrior: boolean;
  passes: number;
  /** Rounds of feedback from the code after the last pass. */
  rounds: number;
}

export interface Detection {
  /** Error power of the equalised symbols. */
  error: number;
  /** All the code can verify is verified. */
  done: boolean;
  /** Mean turn of the channel, radians per symbol: what is left of the carrier offset. */
  slope: number;
}

/**
 * Receives one buffered frame: the channel is estimated from known symbols, an equaliser follows from it by formula, a forward pass
 * decides, and further passes estimate the channel around each place from all decisions and detect the whole sequence. Where the
 * frame's code can tell more, it is fed back. Works on `signal`: two samples a symbol from SIGNAL_LEAD half symbols before the first
 * instant, complex, unit mean power, offset removed. Keeps nothing between frames, so that all receivers of a thread share one.
 */
export class FrameEqualiser {
  readonly signalArray: KernelArray<Float32Array>;
  /** Index of the level of each symbol that is known, -1 elsewhere. */
  readonly known: Int8Array;
  private readonly knownArray: KernelArray<Uint8Array>;
  private readonly metricsArray: KernelArray<Float32Array>;
  private readonly priors: KernelArray<Float32Array>;
  private readonly extrinsic: Float32Array;
  private readonly phases: KernelArray<Uint8Array>;
  private readonly reference: KernelArray<Float32Array>;
  private readonly alpha: KernelArray<Float32Array>;
  private readonly gamma: KernelArray<Float32Array>;
  private readonly back: KernelArray<Float32Array>;
  private readonly sums = kernelFloats(SUMS);
  private readonly trial = kernelFloats(VECTOR);
  private readonly left = kernelFloats(1);
  private readonly segments: KernelArray<Float32Array>;
  private readonly energies: KernelArray<Float32Array>;
  private readonly taps: KernelArray<Float32Array>;
  private readonly thetas: KernelArray<Float32Array>;
  private readonly errors: KernelArray<Float32Array>;
  private readonly weights: KernelArray<Float32Array>;

  constructor(readonly most: number) {
    const segments = Math.ceil(most / SEGMENT) + 1;
    this.signalArray = kernelFloats(2 * (2 * most + 3 * SIGNAL_LEAD));
    this.known = new Int8Array(most + 8);
    this.knownArray = kernelBytes(most + 8);
    this.metricsArray = kernelFloats(4 * most);
    this.priors = kernelFloats(4 * most);
    this.extrinsic = new Float32Array(4 * most);
    this.phases = kernelBytes(most + 2 * LEAD);
    this.reference = kernelFloats(4 * (most + 2 * LEAD));
    this.alpha = kernelFloats(4 * (most + 1));
    this.gamma = kernelFloats(16 * most);
    this.back = kernelFloats(4 * (most + 2));
    this.segments = kernelFloats(SUMS * segments);
    this.energies = kernelFloats(segments);
    this.taps = kernelFloats(VECTOR * segments);
    this.thetas = kernelFloats(EQUALISER * segments);
    this.errors = kernelFloats(segments);
    this.weights = kernelFloats(segments);
  }

  get signal(): Float32Array {
    return this.signalArray.view;
  }

  /** 4 a symbol; valid until the next allocation in kernel memory. */
  get metrics(): Float32Array {
    return this.metricsArray.view;
  }

  /** Takes the levels (indices) known from the first symbol on. */
  train(levels: ArrayLike<number>): void {
    const phases = this.phases.view;
    for (let k = 1; k <= LEAD; k++) phases[LEAD - k] = (-3 * (k - 1)) & 7;
    for (let k = 0; k < levels.length; k++) phases[LEAD + k] = nextPhase(phases[LEAD + k - 1], levels[k]);
  }

  /**
   * Fits a channel to the known symbols first .. last - 1, as if they came `shift` half symbols later; phases must be known two
   * symbols further to both sides. Gives the share of the power it leaves.
   */
  fit(tables: WaveformTables, first: number, last: number, taps: Float64Array | null, shift = 0): number {
    const energy = this.fitSums(tables, first, last, shift);
    taps?.set(this.trial.view);
    return this.left.view[0] / (energy + 1e-12);
  }

  /** Mean turn per symbol between the two halves of the symbols last fitted with these taps, radians. */
  slope(first: number, last: number, taps: Float64Array): number {
    const signal = this.signal;
    const reference = this.reference.view;
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
   * Detects `symbols` symbols of which the first `trained` are known (see train) and others may be (`known`). `state` holds the
   * previous frame's channel and gets this one's.
   */
  detect(
    tables: WaveformTables,
    symbols: number,
    trained: number,
    state: ChannelState,
    effort: Effort,
    code: FrameCode | null,
  ): Detection {
    const noise = this.start(tables, symbols, trained, state, effort);
    this.knownArray.view.set(this.known);
    kernels().equaliseForward(
      tables.kernel.pointer,
      this.signalArray.pointer,
      this.knownArray.pointer,
      trained,
      symbols,
      effort.forget,
      noise,
      this.taps.pointer,
      this.sums.pointer,
      this.reference.pointer,
      this.back.pointer,
      this.phases.pointer,
    );
    let error = 0;
    let done = false;
    let slope = 0;
    let width = effort.window;
    for (let pass = 0; pass < effort.passes && !done; pass++) {
      const last = pass === effort.passes - 1;
      width = this.estimate(tables, symbols, effort.window || width, effort.window === 0);
      error = this.equalise(tables, symbols);
      slope = this.meanTurn(symbols);
      this.sequence(symbols, false);
      if (!code) continue;
      done = code.verify(this.metrics, null, this.known);
      const rounds = last ? effort.rounds : Math.min(1, effort.rounds);
      for (let round = 0; round < rounds && !done; round++) {
        const priors = this.priors.view;
        code.feedback(this.metrics, round > 0 ? priors : null, this.extrinsic);
        for (let i = 0; i < 4 * symbols; i++) priors[i] = Math.max(-FEEDBACK.limit, FEEDBACK.scale * this.extrinsic[i]);
        this.sequence(symbols, true);
        done = code.verify(this.metrics, priors, this.known);
      }
    }
    const segments = Math.ceil(symbols / SEGMENT);
    const end = VECTOR * Math.max(0, segments - 3);
    state.taps.set(this.taps.view.subarray(end, end + VECTOR));
    state.valid = true;
    return { error, done, slope };
  }

  /** Reads symbols first .. last - 1 again as if nothing were known of them, so that their metrics can be checked by others. */
  reread(first: number, last: number): void {
    this.known.fill(-1, first, last);
    this.sequence(last, false);
  }

  /**
   * Writes the metrics of symbols 0 .. symbols - 1 to be sent on: known ones beyond doubt, zeros where a bare carrier stands, in which
   * the equaliser would read anything.
   */
  write(symbols: number, metrics: Float32Array): void {
    const { known } = this;
    const own = this.metrics;
    for (let k = 0; k < symbols; k++)
      for (let a = 0; a < 4; a++) {
        const i = 4 * k + a;
        if (known[k] >= 0) metrics[i] = known[k] === a ? 0 : LEAST_METRIC;
        else metrics[i] = Math.max(LEAST_METRIC, own[i]);
      }
    blankCarrier(this.signal.subarray(2 * SIGNAL_LEAD), symbols, known, metrics);
  }

  /** Sums, taps (trial) and what is left of these symbols; gives their energy. */
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

  /** Fits the training, leaves its sums with forgetting and the taps at its end for the forward pass; gives the noise power. */
  private start(tables: WaveformTables, symbols: number, trained: number, state: ChannelState, effort: Effort): number {
    this.idle(trained, symbols + 8);
    const prior = effort.usePrior && state.valid ? state.taps : null;
    const from = 4;
    const to = trained - 4;
    const samples = 2 * (to - from);
    const energy = this.fitSums(tables, from, to, 0);
    const sums = this.sums.view;
    if (prior) {
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
    const noise = this.left.view[0] / (samples - CHANNEL_TAPS) + 1e-4;
    sums.fill(0);
    kernels().equaliseSums(
      this.reference.pointer,
      this.signalArray.pointer,
      2 * from,
      2 * to,
      effort.forget,
      this.sums.pointer,
    );
    if (prior) {
      const weight = PRIOR * (to - from);
      const fitted = this.trial.view;
      for (let j = 0; j < CHANNEL_TAPS; j++) {
        sums[9 * j] += weight;
        sums[SUMS_VECTOR + j] += weight * fitted[2 * j];
        sums[SUMS_VECTOR + CHANNEL_TAPS + j] += weight * fitted[2 * j + 1];
      }
    }
    kernels().equaliseSolve(this.sums.pointer, RIDGE, this.taps.pointer);
    return noise;
  }

  /** Phases where nothing is known. */
  private idle(first: number, last: number): void {
    const phases = this.phases.view;
    for (let k = first; k < last && k + LEAD < phases.length; k++) phases[LEAD + k] = (phases[LEAD + k - 1] + 1) & 7;
  }

  /** Channel taps of every segment, over the window that predicts segments left out best; gives its half-width. */
  private estimate(tables: WaveformTables, symbols: number, start: number, choose: boolean): number {
    const k = kernels();
    const segments = Math.ceil(symbols / SEGMENT);
    this.idle(symbols, symbols + 6);
    k.equaliseSegments(
      tables.kernel.pointer,
      this.signalArray.pointer,
      this.phases.pointer,
      symbols,
      SEGMENT,
      this.reference.pointer,
      this.segments.pointer,
      this.energies.pointer,
    );
    let width = start;
    if (choose) {
      let least = Infinity;
      for (const [i, candidate] of WINDOWS.entries()) {
        // Once a width was found the next passes look beside it only.
        if (start > 0 && Math.abs(WINDOWS.indexOf(start) - i) > 1) continue;
        if (candidate > 1 && candidate >= 2 * segments) continue;
        const left = k.equaliseLeftOut(this.segments.pointer, this.energies.pointer, segments, candidate);
        if (left < least) {
          least = left;
          width = candidate;
        }
      }
    }
    k.equaliseTaps(
      this.segments.pointer,
      this.energies.pointer,
      segments,
      width,
      this.taps.pointer,
      this.errors.pointer,
    );
    return width;
  }

  /** Designs every segment's equaliser and weighs it by the error it leaves on the decisions; gives the mean error. */
  private equalise(tables: WaveformTables, symbols: number): number {
    const segments = Math.ceil(symbols / SEGMENT);
    let left = 0;
    for (const error of this.errors.view.subarray(0, segments)) left += error;
    const noise = Math.max(LEAST_NOISE, (1.05 * left) / (2 * (symbols - 6) + 1) + 1e-3);
    const mean = kernels().equaliseDesigns(
      tables.kernel.pointer,
      this.signalArray.pointer,
      this.phases.pointer,
      symbols,
      SEGMENT,
      this.taps.pointer,
      noise,
      this.thetas.pointer,
      this.errors.pointer,
    );
    const errors = this.errors.view;
    const weights = this.weights.view;
    for (let g = 0; g < segments; g++) {
      let sum = 0;
      let used = 0;
      for (let q = Math.max(0, g - 2); q <= Math.min(segments - 1, g + 2); q++) {
        sum += errors[q];
        used++;
      }
      weights[g] = used / sum;
    }
    return mean;
  }

  private meanTurn(symbols: number): number {
    const taps = this.taps.view;
    const apart = 3;
    const segments = Math.ceil(symbols / SEGMENT);
    let re = 0;
    let im = 0;
    for (let g = 1; g + apart < segments - 1; g++)
      for (let i = 0; i < VECTOR; i += 2) {
        const a = VECTOR * (g + apart) + i;
        const b = VECTOR * g + i;
        re += taps[a] * taps[b] + taps[a + 1] * taps[b + 1];
        im += taps[a + 1] * taps[b] - taps[a] * taps[b + 1];
      }
    return Math.atan2(im, re) / (apart * SEGMENT);
  }

  private sequence(symbols: number, fed: boolean): void {
    this.knownArray.view.set(this.known);
    kernels().equaliseSequence(
      this.signalArray.pointer,
      this.thetas.pointer,
      this.weights.pointer,
      SEGMENT,
      this.knownArray.pointer,
      fed ? this.priors.pointer : 0,
      symbols,
      this.alpha.pointer,
      this.gamma.pointer,
      this.back.pointer,
      this.metricsArray.pointer,
      this.phases.pointer,
    );
  }
}

/**
 * Zeros the metrics of unknown symbols around which the phase stands still. From symbol to symbol data turn it by odd eighths: the mean
 * of their turns is no more than 0.71 straight on, that of a carrier is 1.
 */
function blankCarrier(signal: Float32Array, symbols: number, known: Int8Array, metrics: Float32Array): void {
  let re = 0;
  let im = 0;
  let power = 1e-20;
  const add = (k: number, sign: number): void => {
    const a = 4 * k;
    const b = a + 4;
    re += sign * (signal[b] * signal[a] + signal[b + 1] * signal[a + 1]);
    im += sign * (signal[b + 1] * signal[a] - signal[b] * signal[a + 1]);
    power += (sign * (signal[a] ** 2 + signal[a + 1] ** 2 + signal[b] ** 2 + signal[b + 1] ** 2)) / 2;
  };
  for (let k = 0; k < Math.min(CARRIER_REACH, symbols); k++) add(k, 1);
  let blank = 0;
  for (let k = 0; k < symbols; k++) {
    if (k + CARRIER_REACH < symbols) add(k + CARRIER_REACH, 1);
    if (k > CARRIER_REACH) add(k - CARRIER_REACH - 1, -1);
    if (re <= CARRIER_TURN * power || Math.abs(im) >= 0.3 * re) continue;
    // All the stretch that was looked at.
    for (blank = Math.max(blank, k - CARRIER_REACH); blank <= Math.min(k + CARRIER_REACH, symbols - 1); blank++)
      if (known[blank] < 0) metrics.fill(0, 4 * blank, 4 * blank + 4);
  }
}
