import type { FrameCode } from '../../air-interface';
import { VECTOR } from '../../kernels/equalise-channel';
import { EQUALISER } from '../../kernels/equalise-design';
import { SIGNAL_LEAD } from '../../kernels/equalise-sequence';
import { type KernelArray, kernelBytes, kernelFloats, kernels } from '../../kernels/wasm';
import { LEAST_METRIC } from '../metrics';
import { blankCarrier } from './bare-carrier';
import { ChannelFit, SUMS } from './channel-fit';
import type { WaveformTables } from './tables';

/** Symbols for which one equaliser is designed. */
const SEGMENT = 8;
/** Half-widths, in segments, of the windows the channel may be estimated over: fading decides. */
const WINDOWS = [1, 2, 4, 8, 14];
const LEAST_NOISE = 2e-3;
/** Share of the extrinsic metrics fed back, and their limit: max-log overstates what it knows. */
const FEEDBACK = { scale: 0.7, limit: 30 };

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
  /** Begin with the previous frame's channel. */
  usePrior: boolean;
  passes: number;
  /** Blocks (8 symbols) by which the first pass looks ahead of its estimates, for a channel that changes fast; default 0. */
  lead?: number;
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

const shared = new Map<number, FrameEqualiser>();

/**
 * Receives one buffered frame: the channel is estimated from known symbols, an equaliser follows from it by formula, a forward pass
 * decides, and further passes estimate the channel around each place from all decisions and detect the whole sequence. Where the
 * frame's code can tell more, it is fed back. Keeps nothing between frames, so that all receivers of a thread share one.
 */
export class FrameEqualiser {
  /** The signal, and the channel of what is known of it. */
  readonly training: ChannelFit;
  /** Index of the level of each symbol that is known, -1 elsewhere. */
  readonly known: Int8Array;
  private readonly knownArray: KernelArray<Uint8Array>;
  private readonly metricsArray: KernelArray<Float32Array>;
  private readonly priors: KernelArray<Float32Array>;
  private readonly extrinsic: Float32Array;
  private readonly alpha: KernelArray<Float32Array>;
  private readonly gamma: KernelArray<Float32Array>;
  private readonly back: KernelArray<Float32Array>;
  private readonly segments: KernelArray<Float32Array>;
  private readonly energies: KernelArray<Float32Array>;
  private readonly taps: KernelArray<Float32Array>;
  private readonly thetas: KernelArray<Float32Array>;
  private readonly errors: KernelArray<Float32Array>;
  private readonly weights: KernelArray<Float32Array>;

  private constructor(most: number) {
    const segments = Math.ceil(most / SEGMENT) + 1;
    this.training = new ChannelFit(most);
    this.known = new Int8Array(most + 8);
    this.knownArray = kernelBytes(most + 8);
    this.metricsArray = kernelFloats(4 * most);
    this.priors = kernelFloats(4 * most);
    this.extrinsic = new Float32Array(4 * most);
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

  /** The one of this thread for frames of at most so many symbols. */
  static shared(most: number): FrameEqualiser {
    const known = shared.get(most) ?? new FrameEqualiser(most);
    shared.set(most, known);
    return known;
  }

  /** 4 a symbol; valid until the next allocation in kernel memory. */
  get metrics(): Float32Array {
    return this.metricsArray.view;
  }

  /**
   * Detects `symbols` symbols of which the first `trained` are known (`training`) and others may be (`known`). `state` holds the
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
    const { training } = this;
    training.idle(trained, symbols + 8);
    const prior = effort.usePrior && state.valid ? state.taps : null;
    const noise = training.begin(tables, trained, prior, effort.forget, this.taps);
    this.knownArray.view.set(this.known);
    kernels().equaliseForward(
      tables.kernel.pointer,
      training.signalArray.pointer,
      this.knownArray.pointer,
      trained,
      symbols,
      effort.forget,
      noise,
      this.taps.pointer,
      training.sums.pointer,
      training.reference.pointer,
      this.back.pointer,
      training.phases.pointer,
      effort.lead ?? 0,
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
    blankCarrier(this.training.signal.subarray(2 * SIGNAL_LEAD), symbols, known, metrics);
  }

  /** Channel taps of every segment, over the window that predicts segments left out best; gives its half-width. */
  private estimate(tables: WaveformTables, symbols: number, start: number, choose: boolean): number {
    const { training } = this;
    const k = kernels();
    const segments = Math.ceil(symbols / SEGMENT);
    training.idle(symbols, symbols + 6);
    k.equaliseSegments(
      tables.kernel.pointer,
      training.signalArray.pointer,
      training.phases.pointer,
      symbols,
      SEGMENT,
      training.reference.pointer,
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
      this.training.signalArray.pointer,
      this.training.phases.pointer,
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
      this.training.signalArray.pointer,
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
      this.training.phases.pointer,
    );
  }
}
