import type { SignalHistory } from './signal-history';

/** Share of a new hop in the running means: they remember about a second. */
const SHARE = 0.01;

/**
 * Blind figures of a complex signal that tell why nothing was decoded. A constant envelope has E|x|^4 = (E|x|^2)^2,
 * noise twice that; what lies between gives the signal-to-noise ratio (the M2M4 estimator, Pauluzzi and Beaulieu 2000).
 */
export class CarrierMeter {
  private power = 0;
  private fourth = 0;
  private lagRe = 0;
  private lagIm = 0;
  private hops = 0;

  /** Takes `count` samples of the history, the last at `end`. */
  update(history: SignalHistory, count: number): void {
    const re = history.view(0, history.end - count - 1);
    const im = history.view(1, history.end - count - 1);
    let power = 0;
    let fourth = 0;
    let lagRe = 0;
    let lagIm = 0;
    for (let i = 1; i <= count; i++) {
      const p = re[i] * re[i] + im[i] * im[i];
      power += p;
      fourth += p * p;
      lagRe += re[i] * re[i - 1] + im[i] * im[i - 1];
      lagIm += im[i] * re[i - 1] - re[i] * im[i - 1];
    }
    this.hops++;
    const share = Math.max(SHARE, 1 / this.hops) / count;
    const keep = 1 - share * count;
    this.power = this.power * keep + power * share;
    this.fourth = this.fourth * keep + fourth * share;
    this.lagRe = this.lagRe * keep + lagRe * share;
    this.lagIm = this.lagIm * keep + lagIm * share;
  }

  /** Power in dB relative to full scale; -200 for digital silence. */
  get level(): number {
    return decibels(this.power);
  }

  /** Share of the power that has a constant envelope, 0..1. */
  get carrierShare(): number {
    if (this.power < 1e-20) return 0;
    return Math.sqrt(Math.max(0, Math.min(1, 2 - this.fourth / this.power ** 2)));
  }

  /** Noise power in dB relative to full scale. */
  get noise(): number {
    return decibels(this.power * (1 - this.carrierShare));
  }

  /** Middle of the received power, Hz from the channel's centre. */
  offset(rate: number): number {
    return (Math.atan2(this.lagIm, this.lagRe) * rate) / (2 * Math.PI);
  }

  reset(): void {
    this.power = this.fourth = this.lagRe = this.lagIm = this.hops = 0;
  }
}

function decibels(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-20));
}
