import { type KernelArray, kernelBytes, kernels } from '../../kernels/wasm';
import { LEAST_METRIC } from '../metrics';
import type { Mixer } from '../mixer';
import type { Fsk4Plan } from '../plan';
import type { SyncFix } from '../receiver';
import { scratch } from '../scratch';
import { AHEAD, nearestRatio, SAMPLES, sequenceTemplates } from './templates';

/** How fast a survivor's phase and frequency follow what it sees. */
const BETA = 0.08;
const FOLLOW_PHASE = 0.0015;
/** Symbols beyond the last one that still tell of it: with eight nothing is lost, with five 0.01 dB. */
const LOOK_AHEAD = 5;
/** Working memory of the kernel, floats. */
const WORK = 292;
/** Carrier offset and deviation go on from frame to frame, smoothed: within this offset, Hz, and time, seconds. */
const SAME_CARRIER = 150;
const MEMORY = 1;
const SMOOTHING = 0.3;

/**
 * Detects whole frames of 4-level FSK as sequences: 16 states, templates of the transmitted waveform of five symbols with the measured
 * deviation, a phase reference and a frequency for every survivor, and max-log metrics from a second pass backwards. Worth 1.7 dB over
 * a discriminator, and blind to the carrier's phase; for channels without echoes. (Per-survivor processing: Raheli, Polydoros, Tzou,
 * IEEE Trans. Commun. 43, 1995.)
 */
export class SequenceDetector {
  private readonly told: KernelArray<Uint8Array>;
  private last: { at: number; offset: number; ratio: number } | null = null;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly mixer: Mixer,
  ) {
    this.told = kernelBytes(plan.air.maxFrameSymbols + LOOK_AHEAD);
  }

  /**
   * Metrics (4 per symbol, natural logarithms, largest 0) of `symbols` symbols of the frame of this sync; `known[k]` >= 0 is the index
   * of a level known before, which counts for its neighbours only; `followed`: the same sync word stands behind the frame. Gives
   * N0/Es (a ratio of powers), from what the sequence found does not explain.
   */
  detect(fix: SyncFix, symbols: number, followed: boolean, known: Int8Array | null, metrics: Float32Array): number {
    const { plan } = this;
    const { offset, ratio: exact } = this.smoothed(fix);
    const ratio = nearestRatio(exact);
    const steps = symbols + LOOK_AHEAD;
    this.read(fix, offset, steps);
    this.tell(fix.sync, symbols, followed, known);
    const gammas = scratch('sequence-gammas', 64 * steps).pointer;
    const alphas = scratch('sequence-alphas', 16 * steps).pointer;
    const work = scratch('sequence-work', WORK).pointer;
    const k = kernels();
    const total = k.fsk4Sequence(
      scratch('sequence-re', 0).pointer,
      scratch('sequence-im', 0).pointer,
      sequenceTemplates(plan, ratio).pointer,
      this.told.pointer,
      steps,
      (2 * ratio * plan.air.deviation) / plan.air.symbolRate,
      BETA,
      FOLLOW_PHASE,
      work,
      gammas,
      alphas,
    );
    const amplitude = Math.max(0.05, Math.min(0.9999, total / (SAMPLES * steps)));
    const noise = 1 - amplitude * amplitude;
    const bandwidth = 2 * plan.channelCutoff;
    // Samples are closer than the noise in the channel's bandwidth is independent.
    const scale = (2 * amplitude * bandwidth) / (noise * SAMPLES * plan.air.symbolRate);
    const out = scratch('sequence-metrics', 4 * symbols);
    k.fsk4SequenceBack(gammas, alphas, this.told.pointer, steps, symbols, scale, work, out.pointer);
    const found = out.view;
    for (let i = 0; i < 4 * symbols; i++) metrics[i] = Math.max(LEAST_METRIC, found[i]);
    return (noise * plan.air.symbolRate) / (amplitude * amplitude * bandwidth);
  }

  free(): void {
    this.told.free();
  }

  /** Another signal, or the same counted anew: nothing goes on. */
  reset(): void {
    this.last = null;
  }

  /** This sync is believed: the next frames go on from it. */
  follow(fix: SyncFix): void {
    this.last = { at: fix.at, ...this.smoothed(fix) };
  }

  /** Offset and relative deviation: one sync tells them to 12 Hz and half a percent at Es/N0 5 dB, several better. */
  private smoothed(fix: SyncFix): { offset: number; ratio: number } {
    const { plan, last } = this;
    const { offset } = fix;
    const ratio = fix.deviation / plan.air.deviation;
    const age = last ? fix.at - last.at : 0;
    if (!last || age < 0 || age > MEMORY * plan.rate || Math.abs(offset - last.offset) > SAME_CARRIER)
      return { offset, ratio };
    return {
      offset: last.offset + SMOOTHING * (offset - last.offset),
      ratio: last.ratio + SMOOTHING * (ratio - last.ratio),
    };
  }

  /** Reads the intervals from AHEAD symbols before the first one on, scaled to unit mean power. */
  private read(fix: SyncFix, offset: number, steps: number): void {
    const { plan, mixer } = this;
    const step = plan.perSymbol / SAMPLES;
    const count = SAMPLES * steps;
    const first = fix.at - (plan.air.syncPosition + AHEAD) * plan.perSymbol;
    const start = first + (0.5 / SAMPLES - 0.5) * plan.perSymbol;
    mixer.tune(start, start + count * step, offset);
    mixer.read(start, step, count, 'sequence');
    const re = scratch('sequence-re', 0).view;
    const im = scratch('sequence-im', 0).view;
    let power = 1e-30;
    for (let i = 0; i < count; i++) power += re[i] * re[i] + im[i] * im[i];
    const scale = Math.sqrt(count / power);
    for (let i = 0; i < count; i++) {
      re[i] *= scale;
      im[i] *= fix.polarity * scale;
    }
  }

  private tell(sync: number, symbols: number, followed: boolean, known: Int8Array | null): void {
    const { plan } = this;
    const told = this.told.view.fill(255);
    if (known) for (let k = 0; k < symbols; k++) if (known[k] >= 0) told[k] = known[k];
    const { levels } = plan.syncs[sync];
    levels.forEach((level, k) => {
      const at = plan.air.syncPosition + k;
      if (at < symbols) told[at] = (level + 3) / 2;
      if (followed && symbols + at < told.length) told[symbols + at] = (level + 3) / 2;
    });
  }
}
