import type { FrameHeader } from '../air-interface';
import { LEAST_METRIC } from './metrics';
import type { Fsk4Plan } from './plan';
import type { Receiver, SyncFix } from './receiver';

/** The equaliser is believed when its error is at most this part of what the sequence detector leaves: noise alone brings it to 0.75. */
const MUCH_BETTER = 0.7;
/** N0/Es, echoes counted as noise, up to which the sequence detector serves a frame without a code: 1 error in 3 000 symbols. */
const GOOD_ERROR = 0.06;
/** Squared distance from the levels up to which the discriminator serves a frame whose code cannot tell: 1 error in 10 000 symbols. */
const GOOD_DISTANCE = 0.07;

export type DetectorName = 'discriminator' | 'sequence' | 'equaliser';

/** A frame whose place is known. */
export interface PlacedFrame {
  fix: SyncFix;
  header: FrameHeader | null;
  /** Only the equaliser could read its header. */
  deep: boolean;
  /** The sync as it looks to a receiver that knows of no echoes, if it is one to it. */
  measured: SyncFix | null;
}

/**
 * Receives whole frames by the cheapest way that does: the discriminator, where the frame's code verifies all or the values lie close to
 * the levels; the sequence detector, where noise is too much for it; the equaliser, where echoes are or the waveform is a linear one.
 */
export class FrameReception {
  private readonly known: Int8Array;

  constructor(
    private readonly plan: Fsk4Plan,
    private readonly receiver: Receiver,
  ) {
    this.known = new Int8Array(plan.air.maxFrameSymbols);
  }

  /** Writes 4 metrics per symbol; tells who received it, and the fix as known better then. `followed`: a sync stands right behind. */
  receive(
    frame: PlacedFrame,
    symbols: number,
    followed: boolean,
    metrics: Float32Array,
  ): { detector: DetectorName; fix: SyncFix } {
    const { plan } = this;
    const { detector, sequence, equaliser, reader } = this.receiver;
    const { fix, header, measured } = frame;
    const known = this.known.fill(-1);
    const code = reader?.code(header, symbols) ?? null;
    let least = Infinity;
    let best: DetectorName = 'discriminator';
    if (!frame.deep) {
      const distance = detector.detect(fix, -plan.air.syncPosition, symbols, metrics);
      if (code ? code.verify(metrics, null, known) : distance < GOOD_DISTANCE) {
        equaliser?.follow(fix, header);
        return { detector: best, fix };
      }
      least = distance;
    }
    if (sequence && measured && !equaliser?.linear) {
      const detected = new Float32Array(4 * symbols);
      const told = this.told(header, known);
      const error = sequence.detect(measured, symbols, followed, told, detected);
      sequence.follow(measured);
      best = 'sequence';
      metrics.set(detected);
      least = error;
      const verified = code?.verify(metrics, null, known);
      // The header said where the code is, which proves it.
      if (verified) overlay(metrics, told, symbols);
      if (!equaliser || verified || (!code && error < GOOD_ERROR)) {
        equaliser?.follow(measured, header);
        return { detector: best, fix: measured };
      }
    }
    if (!equaliser) return { detector: best, fix };
    if (symbols < Math.max(plan.air.headerSymbols, plan.syncLength)) return { detector: best, fix };
    const equalised = new Float32Array(4 * symbols);
    const { verified, error, offset } = equaliser.receive(fix, header, symbols, followed, code, known, equalised);
    if (!verified && error > (code ? 1 : MUCH_BETTER) * least) {
      overlay(metrics, known, symbols);
      // The header trained the equaliser, which may read it where the rest is too much for it.
      if (this.errors(header, equalised) < this.errors(header, metrics))
        metrics.set(equalised.subarray(0, 4 * (plan.air.syncPosition + plan.air.headerSymbols)));
      return { detector: best, fix };
    }
    metrics.set(equalised);
    return { detector: 'equaliser', fix: { ...fix, offset } };
  }

  /** What is known of a frame's symbols: those its code verified, and its header. */
  private told(header: FrameHeader | null, known: Int8Array): Int8Array {
    const { plan, receiver } = this;
    const told = known.slice();
    const training = header && receiver.reader?.training(header)[0];
    if (training) told.set(training.levels, plan.air.syncPosition + plan.syncLength);
    return told;
  }

  /** Symbols of the header that these metrics read otherwise. */
  private errors(header: FrameHeader | null, metrics: Float32Array): number {
    const { plan, receiver } = this;
    const training = header && receiver.reader?.training(header)[0];
    let wrong = 0;
    training?.levels.forEach((level, k) => {
      const at = 4 * (plan.air.syncPosition + plan.syncLength + k);
      const four = metrics.subarray(at, at + 4);
      if (level >= 0 && four[level] < Math.max(...four)) wrong++;
    });
    return wrong;
  }
}

/** Puts what is known beyond doubt (`known[k]` >= 0) into metrics. */
function overlay(metrics: Float32Array, known: Int8Array, symbols: number): void {
  for (let k = 0; k < symbols; k++)
    if (known[k] >= 0) metrics.fill(LEAST_METRIC, 4 * k, 4 * k + 4)[4 * k + known[k]] = 0;
}
