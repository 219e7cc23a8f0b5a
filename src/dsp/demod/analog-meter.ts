import type { SignalHistory } from './signal-history';

/** Share of a new hop in the running means: a time constant of about 30 ms. */
const SHARE = 0.3;
/** Mean power below which a hop is digital silence. */
const SILENCE = 1e-16;

/** By how many hops the means lag behind the signal. */
export const METER_LAG = 2;

/** Level and SNR of an analog channel, hop by hop (dB; -200 when there is nothing). */
export interface Reading {
  level: number;
  snr: number;
}

/**
 * SNR of an FM channel from its envelope: constant for a carrier, Rayleigh for noise (the M2M4 estimator, Pauluzzi and
 * Beaulieu 2000). Each hop is judged by itself before averaging, so that steps of the level do no harm.
 */
export class FmMeter {
  /** Fourth moment of the envelope over the square of the second: 1 for a carrier, 2 for noise. */
  private shape = 2;

  /** Reads the hop of `count` samples from index `from` of a complex history. */
  read(history: SignalHistory, from: number, count: number): Reading {
    const re = history.view(0, from);
    const im = history.view(1, from);
    let power = 0;
    let fourth = 0;
    for (let i = 0; i < count; i++) {
      const p = re[i] * re[i] + im[i] * im[i];
      power += p;
      fourth += p * p;
    }
    // A hop in which a signal begins or ends has more than noise; it says no more than noise does.
    const shape = power < SILENCE * count ? 2 : Math.min(2, (fourth * count) / (power * power));
    this.shape += SHARE * (shape - this.shape);
    return reading(power / count, Math.sqrt(Math.max(0, 2 - this.shape)));
  }

  reset(): void {
    this.shape = 2;
  }
}

/**
 * SNR of an AM channel: the square of a signal of constant phase stays alike over a few samples, whatever its carrier
 * offset; that of noise does not.
 */
export class AmMeter {
  private re = 0;
  private im = 0;

  /** `lag`: samples after which the channel filter's noise is no longer alike. */
  constructor(private readonly lag: number) {}

  read(history: SignalHistory, from: number, count: number): Reading {
    const { lag } = this;
    const re = history.view(0, from - lag);
    const im = history.view(1, from - lag);
    let power = 0;
    let sumRe = 0;
    let sumIm = 0;
    for (let i = lag; i < count + lag; i++) {
      power += re[i] * re[i] + im[i] * im[i];
      // (x[i] conj x[i - lag]) squared = x[i]^2 conj x[i - lag]^2
      const a = re[i] * re[i - lag] + im[i] * im[i - lag];
      const b = im[i] * re[i - lag] - re[i] * im[i - lag];
      sumRe += a * a - b * b;
      sumIm += 2 * a * b;
    }
    const scale = power < SILENCE * count ? 0 : count / (power * power);
    this.re += SHARE * (sumRe * scale - this.re);
    this.im += SHARE * (sumIm * scale - this.im);
    return reading(power / count, Math.sqrt(Math.hypot(this.re, this.im)));
  }

  reset(): void {
    this.re = this.im = 0;
  }
}

/** `share`: what part of the power is signal. */
function reading(power: number, share: number): Reading {
  return { level: decibels(power), snr: decibels(share / Math.max(1 - share, 1e-4)) };
}

function decibels(ratio: number): number {
  return 10 * Math.log10(Math.max(ratio, 1e-20));
}
