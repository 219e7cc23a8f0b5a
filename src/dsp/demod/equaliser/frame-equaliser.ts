import type { FrameCode } from '../../air-interface';
import { addSample, LEAD, levelAt, MATRIX, RIDGE, residual, solveTaps, VECTOR, writeReference } from './channel';
import { designEqualiser, EQUALISER } from './design';
import { forwardPass } from './forward';
import { COS, nextPhase, SIN } from './phases';
import { detectSequence, SequenceMemory, SIGNAL_LEAD } from './sequence';
import { CENTRE_TAP, CHANNEL_TAPS, FORWARD_TAPS, type WaveformTables } from './tables';

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

/** What one frame's channel leaves for the next. */
export interface ChannelState {
  /** Complex taps, for a signal of unit power times `gain`. */
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

export interface FitResult {
  /** Power the fitted channel leaves, as a part of all. */
  share: number;
  noise: number;
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
 * frame's code can tell more, it is fed back. Works on `signal`: two samples a symbol, unit mean power, offset removed.
 */
export class FrameEqualiser {
  readonly signal: Float32Array;
  /** Index of the level of each symbol that is known, -1 elsewhere. */
  readonly known: Int8Array;
  readonly metrics: Float32Array;
  readonly phases: Uint8Array;
  private readonly memory: SequenceMemory;
  private readonly reference: Float64Array;
  private readonly priors: Float32Array;
  private readonly extrinsic: Float32Array;
  private readonly matrix = new Float64Array(MATRIX);
  private readonly vector = new Float64Array(VECTOR);
  private readonly biased = new Float64Array(VECTOR);
  private readonly sums: { matrix: Float64Array; vector: Float64Array; energy: Float64Array; count: Float64Array };
  private readonly taps: Float64Array;
  private readonly best: Float64Array;
  private readonly thetas: Float64Array;
  private readonly errors: Float64Array;
  private readonly weights: Float64Array;

  constructor(readonly most: number) {
    const segments = Math.ceil(most / SEGMENT) + 1;
    this.signal = new Float32Array(2 * (2 * most + 3 * SIGNAL_LEAD));
    this.known = new Int8Array(most + 8);
    this.metrics = new Float32Array(4 * most);
    this.priors = new Float32Array(4 * most);
    this.extrinsic = new Float32Array(4 * most);
    this.phases = new Uint8Array(most + 2 * LEAD);
    this.reference = new Float64Array(4 * (most + 2 * LEAD));
    this.memory = new SequenceMemory(most);
    this.sums = {
      matrix: new Float64Array(MATRIX * (segments + 1)),
      vector: new Float64Array(VECTOR * (segments + 1)),
      energy: new Float64Array(segments),
      count: new Float64Array(segments),
    };
    this.taps = new Float64Array(VECTOR * segments);
    this.best = new Float64Array(VECTOR * segments);
    this.thetas = new Float64Array(EQUALISER * segments);
    this.errors = new Float64Array(segments);
    this.weights = new Float64Array(segments);
  }

  /** Takes the levels (indices) known from the first symbol on as phases. */
  train(levels: ArrayLike<number>): void {
    const { phases } = this;
    for (let k = 1; k <= LEAD; k++) phases[LEAD - k] = (-3 * (k - 1)) & 7;
    for (let k = 0; k < levels.length; k++) phases[LEAD + k] = nextPhase(phases[LEAD + k - 1], levels[k]);
  }

  /**
   * Fits a channel to the known symbols first .. last - 1, as if they came `shift` half symbols later; phases must be known two
   * symbols further to both sides.
   */
  fit(
    tables: WaveformTables,
    first: number,
    last: number,
    prior: Float64Array | null,
    taps: Float64Array,
    shift = 0,
  ): FitResult {
    const { signal, reference, matrix, vector, biased } = this;
    writeReference(tables, this.phases, first - 1, last + 1, reference);
    matrix.fill(0);
    vector.fill(0);
    let energy = 0;
    for (let n = 2 * first; n < 2 * last; n++) {
      const at = 2 * (n + SIGNAL_LEAD + shift);
      energy += signal[at] * signal[at] + signal[at + 1] * signal[at + 1];
      addSample(reference, n, signal[at], signal[at + 1], matrix, 0, vector, 0);
    }
    const samples = 2 * (last - first);
    biased.set(vector);
    if (prior) {
      // The carrier's phase is anyone's guess: the prior is turned to where the samples see it.
      let turnRe = 0;
      let turnIm = 0;
      for (let j = 0; j < VECTOR; j += 2) {
        turnRe += prior[j] * vector[j] + prior[j + 1] * vector[j + 1];
        turnIm += prior[j] * vector[j + 1] - prior[j + 1] * vector[j];
      }
      const weight = (PRIOR * samples) / (Math.hypot(turnRe, turnIm) + 1e-12);
      for (let j = 0; j < VECTOR; j += 2) {
        biased[j] += weight * (prior[j] * turnRe - prior[j + 1] * turnIm);
        biased[j + 1] += weight * (prior[j] * turnIm + prior[j + 1] * turnRe);
      }
    }
    solveTaps(matrix, 0, RIDGE + (prior ? PRIOR * samples : 0), biased, 0, taps, 0);
    const left = residual(energy, matrix, 0, vector, 0, taps, 0);
    return { share: left / (energy + 1e-12), noise: left / (samples - CHANNEL_TAPS) + 1e-4 };
  }

  /** Mean turn per symbol between the two halves of the symbols last fitted with these taps, radians. */
  slope(first: number, last: number, taps: Float64Array): number {
    const { signal, reference } = this;
    const middle = (first + last) >> 1;
    const halves = [0, 0, 0, 0];
    for (let n = 2 * first; n < 2 * last; n++) {
      let re = 0;
      let im = 0;
      const at = 2 * (n + 1 + 2 * LEAD);
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
    const { signal } = this;
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
    const first = this.start(tables, symbols, trained, state, effort);
    forwardPass(
      tables,
      this.signal,
      this.known,
      trained,
      symbols,
      effort.forget,
      first.noise,
      this.best,
      this.matrix,
      this.vector,
      this.reference,
      this.memory.back,
      this.phases,
    );
    let error = 0;
    let done = false;
    let slope = 0;
    for (let pass = 0; pass < effort.passes && !done; pass++) {
      const last = pass === effort.passes - 1;
      this.accumulate(tables, symbols);
      this.estimate(symbols, effort.window);
      error = this.equalise(tables, symbols);
      slope = this.meanTurn(symbols);
      this.sequence(symbols, null);
      if (!code) continue;
      done = code.verify(this.metrics, null, this.known);
      const rounds = last ? effort.rounds : Math.min(1, effort.rounds);
      let priors: Float32Array | null = null;
      for (let round = 0; round < rounds && !done; round++) {
        code.feedback(this.metrics, priors, this.extrinsic);
        for (let i = 0; i < 4 * symbols; i++)
          this.priors[i] = Math.max(-FEEDBACK.limit, FEEDBACK.scale * this.extrinsic[i]);
        priors = this.priors;
        this.sequence(symbols, priors);
        done = code.verify(this.metrics, priors, this.known);
      }
    }
    const segments = Math.ceil(symbols / SEGMENT);
    const end = VECTOR * Math.max(0, segments - 3);
    state.taps.set(this.best.subarray(end, end + VECTOR));
    state.valid = true;
    return { error, done, slope };
  }

  /** Writes the metrics of symbols 0 .. symbols - 1 to be sent on; known ones beyond doubt. */
  write(symbols: number, metrics: Float32Array): void {
    const { known } = this;
    for (let k = 0; k < symbols; k++)
      for (let a = 0; a < 4; a++) {
        const i = 4 * k + a;
        if (known[k] >= 0) metrics[i] = known[k] === a ? 0 : LEAST_METRIC;
        else metrics[i] = Math.max(LEAST_METRIC, this.metrics[i]);
      }
  }

  /** Fits the training and leaves its sums with forgetting, and the taps at its end, for the forward pass. */
  private start(
    tables: WaveformTables,
    symbols: number,
    trained: number,
    state: ChannelState,
    effort: Effort,
  ): FitResult {
    const { phases, matrix, vector, signal, reference, best } = this;
    for (let k = trained; k < symbols + 8 && k + LEAD < phases.length; k++)
      phases[LEAD + k] = (phases[LEAD + k - 1] + 1) & 7;
    const prior = effort.usePrior && state.valid ? state.taps : null;
    const from = 4;
    const to = trained - 4;
    const fit = this.fit(tables, from, to, prior, best);
    matrix.fill(0);
    vector.fill(0);
    for (let k = from; k < to; k++) {
      for (let i = 0; i < MATRIX; i++) matrix[i] *= effort.forget;
      for (let i = 0; i < VECTOR; i++) vector[i] *= effort.forget;
      for (let n = 2 * k; n < 2 * k + 2; n++)
        addSample(reference, n, signal[2 * (n + SIGNAL_LEAD)], signal[2 * (n + SIGNAL_LEAD) + 1], matrix, 0, vector, 0);
    }
    if (prior) {
      const weight = PRIOR * (to - from);
      for (let i = 0; i < CHANNEL_TAPS; i++) matrix[2 * (CHANNEL_TAPS + 1) * i] += weight;
      for (let i = 0; i < VECTOR; i++) vector[i] += weight * best[i];
    }
    solveTaps(matrix, 0, RIDGE, vector, 0, best, 0);
    return fit;
  }

  /** Sums of each segment from the decisions so far; the sums of segment g run from row g to row g + 1. */
  private accumulate(tables: WaveformTables, symbols: number): void {
    const { signal, reference, phases, sums } = this;
    for (let k = symbols; k < symbols + 6; k++) phases[LEAD + k] = (phases[LEAD + k - 1] + 1) & 7;
    writeReference(tables, phases, 0, symbols + 2, reference);
    const segments = Math.ceil(symbols / SEGMENT);
    for (let g = 0; g < segments; g++) {
      const m = MATRIX * (g + 1);
      const v = VECTOR * (g + 1);
      sums.matrix.fill(0, m, m + MATRIX);
      sums.vector.fill(0, v, v + VECTOR);
      let energy = 0;
      const first = Math.max(3, g * SEGMENT);
      const last = Math.min((g + 1) * SEGMENT, symbols - 3);
      for (let n = 2 * first; n < 2 * last; n++) {
        const re = signal[2 * (n + SIGNAL_LEAD)];
        const im = signal[2 * (n + SIGNAL_LEAD) + 1];
        energy += re * re + im * im;
        addSample(reference, n, re, im, sums.matrix, m, sums.vector, v);
      }
      sums.energy[g] = energy;
      sums.count[g] = Math.max(0, 2 * (last - first));
    }
  }

  /** Channel taps of every segment into `best`, over the window that predicts segments left out best. */
  private estimate(symbols: number, window: number): void {
    const segments = Math.ceil(symbols / SEGMENT);
    let width = window;
    if (window === 0) {
      let least = Infinity;
      for (const candidate of WINDOWS) {
        if (candidate > 1 && candidate >= 2 * segments) continue;
        const left = this.leftOut(segments, candidate);
        if (left < least) {
          least = left;
          width = candidate;
        }
      }
    }
    const { sums, matrix, vector, best, errors } = this;
    for (let g = 0; g < segments; g++) {
      this.windowSums(g, width, segments);
      if (sums.count[g] < 4 && g > 0) best.copyWithin(VECTOR * g, VECTOR * (g - 1), VECTOR * g);
      else solveTaps(matrix, 0, RIDGE, vector, 0, best, VECTOR * g);
      errors[g] = residual(
        sums.energy[g],
        sums.matrix,
        MATRIX * (g + 1),
        sums.vector,
        VECTOR * (g + 1),
        best,
        VECTOR * g,
      );
    }
  }

  /** What a window of this half-width leaves of all segments, each left out of its own estimate. */
  private leftOut(segments: number, width: number): number {
    const { sums, matrix, vector, taps } = this;
    let total = 0;
    for (let g = 0; g < segments; g++) {
      if (sums.count[g] === 0) continue;
      this.windowSums(g, width, segments);
      for (let i = 0; i < MATRIX; i++) matrix[i] -= sums.matrix[MATRIX * (g + 1) + i];
      for (let i = 0; i < VECTOR; i++) vector[i] -= sums.vector[VECTOR * (g + 1) + i];
      solveTaps(matrix, 0, RIDGE, vector, 0, taps, 0);
      total += residual(sums.energy[g], sums.matrix, MATRIX * (g + 1), sums.vector, VECTOR * (g + 1), taps, 0);
    }
    return total;
  }

  private windowSums(g: number, width: number, segments: number): void {
    const { sums, matrix, vector } = this;
    matrix.fill(0);
    vector.fill(0);
    const last = Math.min(segments - 1, g + width);
    for (let q = Math.max(0, g - width); q <= last; q++) {
      for (let i = 0; i < MATRIX; i++) matrix[i] += sums.matrix[MATRIX * (q + 1) + i];
      for (let i = 0; i < VECTOR; i++) vector[i] += sums.vector[VECTOR * (q + 1) + i];
    }
  }

  /** Designs every segment's equaliser and weighs it by the error it leaves on the decisions; gives the mean error. */
  private equalise(tables: WaveformTables, symbols: number): number {
    const { sums, best, thetas, errors, weights, signal, phases } = this;
    const segments = Math.ceil(symbols / SEGMENT);
    let left = 0;
    let count = 0;
    for (let g = 0; g < segments; g++) {
      left += errors[g];
      count += sums.count[g];
    }
    const noise = Math.max(LEAST_NOISE, (1.05 * left) / (count + 1) + 1e-3);
    let total = 0;
    for (let g = 0; g < segments; g++) {
      const theta = EQUALISER * g;
      designEqualiser(tables, best, VECTOR * g, noise, thetas, theta);
      let sum = 0;
      let used = 0;
      for (let k = Math.max(2, g * SEGMENT); k < Math.min(symbols, (g + 1) * SEGMENT); k++) {
        let re = -COS[phases[k + LEAD]];
        let im = -SIN[phases[k + LEAD]];
        let at = 2 * (2 * k - CENTRE_TAP + SIGNAL_LEAD);
        for (let i = theta; i < theta + 2 * FORWARD_TAPS; i += 2, at += 2) {
          re += thetas[i] * signal[at] - thetas[i + 1] * signal[at + 1];
          im += thetas[i] * signal[at + 1] + thetas[i + 1] * signal[at];
        }
        for (let q = 1; q <= 2; q++) {
          const b = theta + 2 * (FORWARD_TAPS + q - 1);
          const p = phases[k - q + LEAD];
          re -= thetas[b] * COS[p] - thetas[b + 1] * SIN[p];
          im -= thetas[b] * SIN[p] + thetas[b + 1] * COS[p];
        }
        sum += re * re + im * im;
        used++;
      }
      errors[g] = (sum + 0.02) / (used + 1);
      total += sum;
    }
    for (let g = 0; g < segments; g++) {
      let sum = 0;
      let used = 0;
      for (let q = Math.max(0, g - 2); q <= Math.min(segments - 1, g + 2); q++) {
        sum += errors[q];
        used++;
      }
      weights[g] = used / sum;
    }
    return total / symbols;
  }

  private meanTurn(symbols: number): number {
    const { best } = this;
    const apart = 4;
    const segments = Math.ceil(symbols / SEGMENT);
    let re = 0;
    let im = 0;
    for (let g = 1; g + apart < segments - 1; g++)
      for (let i = 0; i < VECTOR; i += 2) {
        const a = VECTOR * (g + apart) + i;
        const b = VECTOR * g + i;
        re += best[a] * best[b] + best[a + 1] * best[b + 1];
        im += best[a + 1] * best[b] - best[a] * best[b + 1];
      }
    return Math.atan2(im, re) / (apart * SEGMENT);
  }

  private sequence(symbols: number, priors: Float32Array | null): void {
    detectSequence(
      this.signal,
      this.thetas,
      this.weights,
      SEGMENT,
      this.known,
      priors,
      symbols,
      this.memory,
      this.metrics,
      this.phases,
    );
  }

  /** Index of the level of symbol k on the likeliest path. */
  level(k: number): number {
    return levelAt(this.phases, k);
  }
}
